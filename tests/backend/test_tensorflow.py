import gc
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gans import backend

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the gradients of the other backend have their own"
)


def network(decay=None):
    regularizer = keras.regularizers.L2(decay) if decay else None
    dense = [keras.layers.Dense(5, "tanh", kernel_regularizer=regularizer), keras.layers.Dense(2)]
    return keras.Sequential([keras.Input((3,)), *dense])


def test_pull_back_is_the_gradient_of_the_whole():
    """vjp, then the gradient with respect to the output, equals one gradient through both networks."""
    keras.utils.set_random_seed(0)
    first, second = network(decay=0.1), keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    x = tf.random.normal((7, 3))
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(second(first(x)) ** 2) + tf.add_n(first.losses)
    expected = tape.gradient(value, first.trainable_weights)
    out, pull = backend.vjp(first, x)
    got, aux, cotangent = backend.input_gradient(lambda y: (tf.reduce_sum(second(y) ** 2), "aux"), out)
    assert aux == "aux" and float(got + tf.add_n(first.losses)) == np.float32(value)
    for a, b in zip(pull(cotangent), expected):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_gradient_of_one_network():
    net, x = network(), tf.ones((2, 3))
    value, aux, gradients = backend.gradient(lambda: (tf.reduce_sum(net(x)), 3), net)
    assert aux == 3 and len(gradients) == len(net.trainable_weights)
    np.testing.assert_allclose(gradients[-1], [2.0, 2.0])  # of the last bias: one for each sample


def two_networks():
    """Twice the same: of its weights one has the size that is updated by hand, three those of the kernel."""
    made = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        made.append(keras.Sequential([keras.Input((30,)), keras.layers.Dense(20), keras.layers.Dense(3)]))
    return made


@pytest.mark.parametrize(
    "options,fused",
    [
        ({}, True),
        ({"beta_1": 0.0, "beta_2": 0.9, "epsilon": 1e-4}, True),
        ({"learning_rate": keras.optimizers.schedules.ExponentialDecay(1e-2, 10, 0.5)}, True),
        ({"amsgrad": True}, False),
        ({"clipnorm": 0.1}, False),
        ({"weight_decay": 0.1}, False),
        ({"use_ema": True}, False),
        ({"gradient_accumulation_steps": 2}, False),
    ],
)
def test_a_lean_adam_is_the_same_update(options, fused):
    networks, rng = two_networks(), np.random.default_rng(0)
    optimizers = [keras.optimizers.Adam(**{"learning_rate": 1e-2, **options}) for _ in networks]
    for optimizer, network in zip(optimizers, networks):
        optimizer.build(network.trainable_variables)
    for _ in range(20):
        gradients = [tf.constant(rng.normal(size=w.shape).astype("float32")) for w in networks[0].trainable_weights]
        assert backend.chosen.is_plain_adam(optimizers[0], gradients, networks[0].trainable_variables) is fused
        backend.chosen.apply(optimizers[0], gradients, networks[0])
        optimizers[1].apply(gradients, networks[1].trainable_variables)
    for ours, theirs in zip(networks[0].weights + optimizers[0].variables, networks[1].weights + optimizers[1].variables):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=2e-5, atol=1e-6)


def test_which_weights_the_kernel_updates(monkeypatch):
    """Small and large ones; those between are updated by hand, unless there is an accelerator."""
    network = keras.Sequential([keras.Input((200,)), keras.layers.Dense(100), keras.layers.Dense(10)])
    sizes, kernel = [], tf.raw_ops.ResourceApplyAdam
    monkeypatch.setattr(
        tf.raw_ops, "ResourceApplyAdam", lambda **given: sizes.append(int(tf.size(given["grad"]))) or kernel(**given)
    )
    optimizer = keras.optimizers.Adam()
    optimizer.build(network.trainable_variables)
    for has, expected in ((False, [20000, 100, 10]), (True, [20000, 100, 1000, 10])):
        monkeypatch.setattr(backend.chosen, "has_accelerator", lambda has=has: has)
        backend.chosen.apply(optimizer, [tf.ones(w.shape) for w in network.trainable_variables], network)
        assert sizes == expected
        sizes.clear()


def test_a_gradient_without_a_static_shape():
    network = keras.Sequential([keras.Input((30,)), keras.layers.Dense(20)])
    optimizer = keras.optimizers.Adam()
    optimizer.build(network.trainable_variables)
    before = network.get_weights()[0]

    @tf.function
    def step():
        gradients = [
            tf.numpy_function(lambda shape=w.shape: np.ones(shape, "float32"), [], tf.float32) for w in network.weights
        ]
        backend.chosen.apply(optimizer, gradients, network)

    step()
    np.testing.assert_allclose(network.get_weights()[0], before - 1e-3, atol=1e-6)


def test_other_optimizers_have_no_fused_kernel():
    network = two_networks()[0]
    gradients = [tf.zeros(w.shape) for w in network.trainable_weights]
    for optimizer in (keras.optimizers.SGD(), keras.optimizers.AdamW(), keras.optimizers.RMSprop(), keras.optimizers.Adam()):
        optimizer.build(network.trainable_variables)
        assert backend.chosen.is_plain_adam(optimizer, gradients, network.trainable_variables) is (
            type(optimizer) is keras.optimizers.Adam
        )
    assert not backend.chosen.is_plain_adam(optimizer, [None, *gradients[1:]], network.trainable_variables)
    assert not backend.chosen.is_plain_adam(optimizer, gradients[2:], network.trainable_variables[2:]), "a frozen layer"


def test_when_runs_one_branch():
    counter = tf.Variable(0.0)

    def count():
        counter.assign_add(1.0)
        return [counter + 1.0, tf.constant(5.0)]

    @tf.function
    def step(condition):
        return backend.when(condition, count, 2)

    assert [float(value) for value in step(tf.constant(False))] == [0.0, 0.0] and float(counter) == 0.0
    assert [float(value) for value in step(tf.constant(True))] == [2.0, 5.0] and float(counter) == 1.0
    assert [float(value) for value in backend.when(tf.constant(False), count, 2)] == [0.0, 0.0]


def test_graphs_of_models_that_are_gone_are_let_go():
    """TensorFlow keeps every graph with a custom gradient in it; a search would grow with its trials."""

    @tf.custom_gradient
    def same(x):
        return tf.identity(x), lambda upstream: upstream

    def trace():
        @tf.function
        def traced(x):
            return tf.gradients(same(x), x)[0]

        traced(tf.constant(1.0))
        graphs.append(weakref.ref(traced.get_concrete_function(tf.constant(1.0)).graph))

    graphs = []
    trace()
    gc.collect()
    assert graphs[0]() is not None, "if TensorFlow lets go of it by itself, `forgetting` is no longer needed"
    with backend.forgetting():
        trace()
    assert graphs[1]() is None and graphs[0]() is not None
