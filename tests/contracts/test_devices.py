"""Two devices with half of a batch each do what one does with the whole batch, and go on from each other's files."""

import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest

SCRIPT = pathlib.Path(__file__).with_name("share.py")
NAMES = ("dcgan", "wgan_gp", "recurrent_gan", "r3gan", "sngan", "dense_gan")
if keras.backend.backend() == "jax":  # where each network compiles for half a minute
    NAMES = ("dcgan", "wgan_gp")


def train(devices, folder, names, *start):
    folder.mkdir()
    run = [sys.executable, str(SCRIPT), str(devices), str(folder), ",".join(names), *map(str, start)]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    place = tmp_path_factory.mktemp("devices")
    return {devices: train(devices, place / str(devices), NAMES) for devices in (1, 2)}


def check(one, two):
    one, two = np.load(one), np.load(two)
    numbered = [{"".join(key.split(" ")[:2]): key for key in part.files} for part in (one, two)]
    assert numbered[0].keys() == numbered[1].keys()
    for key in numbered[0]:
        ours, theirs = one[numbered[0][key]], two[numbered[1][key]]
        scale = max(1.0, np.abs(ours).max(initial=0))
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-6 * scale, err_msg=numbered[0][key])
    assert int(one["steps"]) == 20


@pytest.mark.parametrize("name", NAMES)
def test_two_devices_are_one(name, runs):
    check(runs[1] / f"{name}.npz", runs[2] / f"{name}.npz")


@pytest.mark.parametrize("devices", [1, 2])
def test_what_one_number_of_devices_saved_the_other_goes_on_with(devices, runs, tmp_path):
    train(devices, tmp_path / "again", ["dcgan"], runs[3 - devices])
    check(runs[1] / "dcgan.npz", tmp_path / "again" / "dcgan.npz")
