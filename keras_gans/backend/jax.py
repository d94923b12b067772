"""Gradients on JAX: pure functions of the values that Keras variables have in the scope that is open.

`Steps.train_step` opens one scope for a step; each gradient opens another inside it, which starts from the current values of
everything, has the traced values of one network's weights, and hands the updates of other state (moving averages, seeds)
back to the outer one.
"""

import contextlib
import gc

import jax
import keras
import numpy as np
import tensorflow as tf
from jax import numpy as jnp
from jax.experimental import multihost_utils

from keras_gans.backend import cluster

MANY_STEPS = 1  # dispatch is asynchronous: nothing to gain from several steps a call
COMPILE = True

_scopes = []  # the open ones, innermost last


@contextlib.contextmanager
def forgetting():
    """For models that are thrown away after the block: their compiled functions go with them."""
    try:
        yield
    finally:
        keras.backend.clear_session()
        jax.clear_caches()
        gc.collect()


@contextlib.contextmanager
def _scope(mapping):
    scope = keras.StatelessScope()
    scope.state_mapping.update(mapping)
    _scopes.append(scope)
    try:
        with scope:
            yield scope
    finally:
        _scopes.pop()


def _current():
    return dict(_scopes[-1].state_mapping) if _scopes else {}


def _tracked(function, network):
    """`function` as a pure function of `(values of the network's weights, inputs)` that also returns what it updated."""
    weights = network.trainable_variables if network is not None else []
    before = _current()

    def pure(values, *inputs):
        own = {id(weight): value for weight, value in zip(weights, values)}
        with _scope({**before, **own}) as scope:
            out = function(*inputs)
        updates = {k: v for k, v in scope.state_mapping.items() if k not in own and v is not before.get(k)}
        return out, updates

    return pure, [weight.value for weight in weights]


def _take_up(updates, network=None):
    """Writes updates into the scope around, or, outside any, into the network's variables."""
    if _scopes:
        _scopes[-1].state_mapping.update(updates)
    elif network is not None:
        for variable in network.variables:
            if id(variable) in updates:
                variable.assign(updates[id(variable)])


def vjp(network, inputs):
    """As in `backend.tensorflow`."""

    def run():
        outputs = network(inputs, training=True)
        return outputs, jnp.asarray(sum(network.losses, 0.0), "float32")

    pure, values = _tracked(run, network)
    (outputs, penalty), pull, updates = jax.vjp(pure, values, has_aux=True)
    _take_up(updates, network)
    return outputs, lambda cotangent, scale=1.0: pull((cotangent, jnp.asarray(scale, penalty.dtype)))[0]


def gradient(function, network):
    """As in `backend.tensorflow`."""
    pure, values = _tracked(function, network)

    def traced(values):
        (value, aux), updates = pure(values)
        return value, (aux, updates)

    (value, (aux, updates)), gradients = jax.value_and_grad(traced, has_aux=True)(values)
    _take_up(updates, network)
    return value, aux, gradients


def input_gradient(function, inputs):
    """As in `backend.tensorflow`."""
    pure, _ = _tracked(function, None)

    def traced(inputs):
        (value, aux), updates = pure([], inputs)
        return value, (aux, updates)

    (value, (aux, updates)), found = jax.value_and_grad(traced, has_aux=True)(inputs)
    _take_up(updates)
    return value, aux, found


def kinked(x, slope):
    """max(x, slope * x), slope in [0, 1): a LeakyReLU."""
    return jax.nn.leaky_relu(x, slope) if slope else jax.nn.relu(x)


def batch_normalise(x, scale, offset, epsilon):
    """float32 images (batch, height, width, channels) with each channel's mean and deviation taken out, times `scale`, plus `offset`
    (channels,); and the batch's mean and (biased) variance, without gradients."""
    mean, variance = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
    out = (x - mean) * (jax.lax.rsqrt(variance + epsilon) * scale) + offset
    return out, jax.lax.stop_gradient(mean), jax.lax.stop_gradient(variance)


def when(condition, function, count):
    """As in `backend.tensorflow`."""
    before = _current()

    def taken():
        with _scope(before) as scope:
            outputs = function()
        return outputs, {k: v for k, v in scope.state_mapping.items() if v is not before.get(k)}

    _, changed = jax.eval_shape(taken)  # which variables it assigns
    outputs, updates = jax.lax.cond(
        condition, taken, lambda: ([jnp.zeros(())] * count, {key: before[key] for key in changed})
    )
    _take_up(updates)
    return outputs


def apply(optimizer, gradients, network):
    """As in `backend.tensorflow`. (`optimizer.apply` would leak traced values where it scales the loss.)"""
    weights = network.trainable_variables
    values = [v.value for v in optimizer.variables], gradients, [w.value for w in weights]
    new_weights, new_state = optimizer.stateless_apply(*values)
    for variable, value in zip([*weights, *optimizer.variables], [*new_weights, *new_state]):
        variable.assign(value)


@contextlib.contextmanager
def without_updates():
    """Runs with the current values of everything and forgets what it assigns."""
    with _scope(_current()):
        yield


@contextlib.contextmanager
def whole_batches():
    """Held-out batches and those of scores, whose last may be one that several devices cannot share evenly: Keras takes its layout from
    the first, and would raise. Each device has the whole of them."""
    found = keras.distribution.distribution()
    if not isinstance(found, keras.distribution.DataParallel):
        yield
        return
    found.get_data_layout = lambda shape: keras.distribution.TensorLayout([None] * len(shape), found.device_mesh)
    try:
        yield
    finally:
        vars(found).pop("get_data_layout", None)


class Steps:
    """What Keras's JAX trainer calls, around the step body that every backend shares."""

    @property
    def device_count(self):
        """How many devices share a batch."""
        found = keras.distribution.distribution()
        return found.device_mesh.shape[0] if isinstance(found, keras.distribution.DataParallel) else 1

    def check_optimizer(self, optimizer):
        """As in `backend.tensorflow`: nothing to check."""

    def check_scope(self):
        """Readies a distribution over several processes: each is given the whole data and takes its own rows, see `own_part`."""
        found = keras.distribution.distribution()
        if jax.process_count() == 1:
            return
        if not isinstance(found, keras.distribution.DataParallel):
            raise ValueError(
                f"{jax.process_count()} processes of JAX, and no distribution: each would train alone. Call "
                "keras.distribution.set_distribution(keras.distribution.DataParallel()) before the model is made."
            )
        found.auto_shard_dataset = False

    def own_part(self, data):
        """Of each batch of a pipeline that all processes have alike, the rows of this one."""
        count, own = jax.process_count(), jax.process_index()
        if count == 1:
            return data
        if not isinstance(data, tf.data.Dataset):
            raise TypeError(
                f"x is {type(data).__name__}, and {count} processes of JAX train: pass an array or a tf.data.Dataset, of which each takes "
                "its rows."
            )

        def rows(batch):
            size = tf.shape(batch)[0]
            uneven = f"A batch of the pipeline cannot be shared by {count} processes. Batch it with drop_remainder=True. Its size:"
            with tf.control_dependencies([tf.debugging.Assert(size % count == 0, [uneven, size])]):
                each = size // count
            return batch[own * each : (own + 1) * each]

        return data.map(lambda *parts: keras.tree.map_structure(rows, parts if len(parts) > 1 else parts[0]))

    def predict_on_batch(self, x):
        with whole_batches():
            return super().predict_on_batch(x)

    def train_step(self, state, data):
        groups = (self.trainable_variables, self.non_trainable_variables, self.optimizer.variables, self.metrics_variables)
        return self._stateless(self.adversarial_step, groups, state, data)

    def test_step(self, state, data):
        groups = (self.trainable_variables, self.non_trainable_variables, self.metrics_variables)
        return self._stateless(self.held_out_step, groups, state, data)

    @staticmethod
    def _stateless(step, groups, state, data):
        mapping = {id(v): value for group, values in zip(groups, state) for v, value in zip(group, values)}
        with _scope(mapping) as scope:
            logs = step(data)
        return logs, tuple([scope.state_mapping[id(v)] for v in group] for group in groups)


def is_loss(error):
    """As in `backend.tensorflow`. (JAX gives them no type of their own; NumPy, asked for a result, raises a ValueError of them.)"""
    signs = ("Gloo", "NCCL", "UNAVAILABLE", "ABORTED", "DEADLINE_EXCEEDED", "coordination service", "heartbeat")
    return (
        isinstance(error, (RuntimeError, ValueError)) and workers() is not None and any(sign in str(error) for sign in signs)
    )


def workers():
    """The `Cluster` of the processes, where there are several; None otherwise."""
    if not jax.distributed.is_initialized() or jax.process_count() == 1:
        return None
    processes = [f"process {index}" for index in range(jax.process_count())]
    return cluster.Cluster(processes, processes[jax.process_index()], jax.process_index() == 0)


def same_everywhere(model, number):
    """As in `backend.tensorflow`."""
    if workers() is None:
        return True
    return len(set(multihost_utils.process_allgather(np.int32(number)).tolist())) == 1


def devices(count, wait=300.0):
    """As in `backend.tensorflow`; it holds for the whole process. The processes are those of KERAS_DISTRIBUTION_JOB_ADDRESSES.

    Raises:
        ValueError: fewer devices than that, or TF_CONFIG names several workers. TimeoutError, OSError: as in `meet`.
    """
    if cluster.workers() is not None:
        raise ValueError(
            "TF_CONFIG is TensorFlow's, and the backend is JAX, where this process would train alone. Use KERAS_BACKEND=tensorflow, or "
            "KERAS_DISTRIBUTION_JOB_ADDRESSES and KERAS_DISTRIBUTION_PROCESS_ID."
        )
    jobs = cluster.jobs()
    if jobs is not None:
        if count > 1:
            raise ValueError(
                f"{count} devices, and KERAS_DISTRIBUTION_JOB_ADDRESSES, under which each process takes all it has. Leave one of them out."
            )
        cluster.meet(jobs.addresses, jobs.own, wait)
        keras.distribution.initialize(",".join(jobs.addresses), len(jobs.addresses), jobs.addresses.index(jobs.own))
        keras.distribution.set_distribution(keras.distribution.DataParallel())
    if count > 1:
        there = keras.distribution.list_devices()
        if len(there) < count:
            raise ValueError(
                f"{count} devices: JAX sees {len(there)} ({', '.join(there)}). Ask for as many, or fewer; a CPU is divided by "
                f"XLA_FLAGS=--xla_force_host_platform_device_count={count} in the environment."
            )
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=there[:count]))
    return contextlib.nullcontext()


def scope_of(model):
    """As in `backend.tensorflow`."""
    return contextlib.nullcontext()


def replicas():
    """1: under `keras.distribution` a step is written, and computed, as on one device."""
    return 1


def mean_of_replicas(value, count):
    """As in `backend.tensorflow`."""
    return value


def reducible(logs):
    """As in `backend.tensorflow`."""
    return logs


def own_rows(draw, count):
    """As in `backend.tensorflow`."""
    return draw(count)


def has_accelerator():
    """Whether anything but a CPU does the work."""
    return jax.default_backend() != "cpu"
