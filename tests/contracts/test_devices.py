"""Two devices with half of a batch each do what one does with the whole batch, and go on from each other's files."""

import pathlib
import subprocess
import sys
from unittest import mock

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gans
from keras_gans.data import feed

SCRIPT = pathlib.Path(__file__).with_name("share.py")
NAMES, SLOW = ("dcgan", "wgan_gp", "recurrent_gan", "sync_batch", "clipped", "half"), ("r3gan", "sngan", "dense_gan")
if keras.backend.backend() == "jax":  # where each network compiles for half a minute
    NAMES, SLOW = ("dcgan",), ("wgan_gp", "recurrent_gan")


def train(devices, folder, names, *start):
    folder.mkdir()
    run = [sys.executable, str(SCRIPT), str(devices), str(folder), ",".join(names), *map(str, start)]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory, request):
    place, names = tmp_path_factory.mktemp("devices"), NAMES + (SLOW if request.config.getoption("--slow") else ())
    return {devices: train(devices, place / str(devices), names) for devices in (1, 2)}


def check(one, two, rtol=1e-4, atol=1e-5):  # a step of Adam moves a weight by ten times as much or more
    one, two = (dict(np.load(path)) for path in (one, two))
    scales = [part.pop("scales", np.ones((2, 1))) for part in (one, two)]
    np.testing.assert_array_equal(scales[0] + 0 * scales[1], scales[1], "every replica has the loss scale of one device")
    numbered = [{"".join(key.split(" ")[:2]): key for key in part} for part in (one, two)]
    assert numbered[0].keys() == numbered[1].keys()
    for key in numbered[0]:
        ours, theirs = one[numbered[0][key]], two[numbered[1][key]]
        scale = max(1.0, np.abs(ours).max(initial=0))
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol * scale, err_msg=numbered[0][key])
    assert int(one["steps"]) == 20


@pytest.mark.parametrize("name", [*NAMES, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_two_devices_are_one(name, runs):
    loose = {"rtol": 0.02, "atol": 0.02} if name == "half" else {}
    check(runs[1] / f"{name}.npz", runs[2] / f"{name}.npz", **loose)


@pytest.mark.parametrize("devices", [1, 2])
def test_what_one_number_of_devices_saved_the_other_goes_on_with(devices, runs, tmp_path):
    train(devices, tmp_path / "again", ["dcgan"], runs[3 - devices])
    check(runs[1] / "dcgan.npz", tmp_path / "again" / "dcgan.npz")


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a distribution of JAX holds for the whole process")
def test_a_strategy_made_after_the_model():
    gan = keras_gans.DCGAN((8, 8, 1), width=4)
    with (
        tf.distribute.MirroredStrategy(["CPU:0"]).scope(),
        pytest.raises(ValueError, match="not made in the scope of this strategy"),
    ):
        gan.fit(np.zeros((16, 8, 8, 1), "float32"), batch_size=8, verbose=0)


def test_a_batch_that_the_devices_do_not_divide():
    wanted = feed.Wanted((8, 8, 1), pack=2, devices=3)
    feed.check_pack(12, wanted)
    with pytest.raises(
        ValueError, match="16 samples, and 3 devices: each takes an equal part of whole packs of 2. Try batch_size=12"
    ):
        feed.check_pack(16, wanted)


def test_several_steps_in_one_call():
    gan = keras_gans.DCGAN((8, 8, 1), width=4)
    with (
        mock.patch.object(type(gan), "device_count", 2),
        pytest.raises(ValueError, match="steps_per_execution=4: several devices"),
    ):
        gan.compile(steps_per_execution=4)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="of TensorFlow each worker's strategy says so")
def test_processes_of_jax_without_a_distribution(monkeypatch):
    import jax

    gan = keras_gans.DCGAN((8, 8, 1), width=4)
    monkeypatch.setattr(jax, "process_count", lambda: 2)
    with pytest.raises(ValueError, match="2 processes of JAX, and no distribution: each would train alone"):
        gan.compile()
    monkeypatch.setattr(jax, "process_index", lambda: 1)
    with pytest.raises(TypeError, match="x is ndarray, and 2 processes of JAX train"):
        gan.own_part(np.zeros((4, 2)))
    pairs = tf.data.Dataset.from_tensor_slices((np.arange(12), np.arange(12) * 2)).batch(6)
    assert [part.numpy().tolist() for part in next(iter(gan.own_part(pairs)))] == [[3, 4, 5], [6, 8, 10]]
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="cannot be shared by 2 processes. Batch it with drop_remainder"
    ):
        list(gan.own_part(pairs.unbatch().batch(9)))
