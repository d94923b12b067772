"""The JAX side of the gradients: checked in a process of its own, because one process has one backend."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

import keras_gans

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is an extra: pip install 'keras-gans[jax]'"
)

GRADIENTS = """
import keras, numpy as np, jax
from keras import ops
from keras_gans import backend
assert backend.COMPILE
keras.utils.set_random_seed(0)
dense = keras.layers.Dense
first = keras.Sequential([keras.Input((3,)), dense(5, "tanh", kernel_regularizer="l2"), dense(2)])
second = keras.Sequential([keras.Input((2,)), dense(1)])
x = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(7, 3)).astype("float32"))

def whole(weights):
    frozen = [v.value for v in second.trainable_variables]
    out, _ = first.stateless_call(weights, [], x)
    value, _ = second.stateless_call(frozen, [], out)
    return ops.sum(value**2) + 0.01 * ops.sum(weights[0] ** 2)

expected = jax.grad(whole)([v.value for v in first.trainable_variables])
out, pull = backend.vjp(first, x)
_, _, cotangent = backend.input_gradient(lambda y: (ops.sum(second(y) ** 2), ops.sum(y)), out)
for got, want in zip(pull(cotangent), expected):
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-6)

normalised = keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization(), dense(1)])
mean = normalised.layers[0].moving_mean
value, _, gradients = backend.gradient(lambda: (ops.sum(normalised(x, training=True)), None), normalised)
assert len(gradients) == 4 and np.abs(np.asarray(mean)).max() > 0, "moving averages are taken up"
print("right")
"""

CONTINUES = """
import sys, keras, keras_gans, numpy as np
gan = keras_gans.load_model(sys.argv[1])
assert keras.backend.backend() == "jax"
images = np.random.default_rng(0).uniform(-1, 1, (20, 8, 8, 1)).astype("float32")
print(float(np.abs(gan.generate(5, seed=0)).sum()), int(gan.d_optimizer.iterations.numpy()))
history = gan.fit(images, batch_size=10, epochs=2, verbose=0).history
assert np.isfinite(history["d_loss"]).all() and int(gan.steps.numpy()) == 6
gan.save(sys.argv[1])
"""


def on_jax(code, *arguments):
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_gradients():
    assert on_jax(GRADIENTS).strip() == "right"


def test_a_file_of_one_backend_goes_on_on_the_other(small, images, tmp_path):
    small.fit(images, batch_size=10, verbose=0)
    path = tmp_path / "gan.keras"
    small.save(path)
    total, iterations = on_jax(CONTINUES, str(path)).split()
    assert float(total) == pytest.approx(float(np.abs(small.generate(5, seed=0)).sum()), rel=1e-4) and int(iterations) == 2
    back = keras_gans.load_model(path)
    assert int(back.steps.numpy()) == int(back.g_optimizer.iterations.numpy()) == 6
    assert np.isfinite(back.fit(images, batch_size=10, verbose=0).history["g_loss"]).all()
