"""Processes that share a training over the network do what one does, each with its own samples; when one is gone, the rest end."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
from contracts.test_devices import SCRIPT, check

import keras_gans
from keras_gans import runs
from keras_gans.callbacks.run_folder import read_history

if keras.backend.backend() != "tensorflow":
    pytest.skip("TF_CONFIG is TensorFlow's", allow_module_level=True)

COMMAND = [sys.executable, "-c", "from keras_gans.cli import main; raise SystemExit(main())"]
OPTIONS = "train dense_gan --data wine -m widths=[8] --every 1 --resume --run run --monitor warn"
TRAIN = [*COMMAND, *OPTIONS.split()]


def cluster(count):
    """The TF_CONFIG of each of `count` workers on ports of this machine that nobody uses."""
    with_ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{server.getsockname()[1]}" for server in with_ports]
    for server in with_ports:
        server.close()
    tasks = ({"type": "worker", "index": index} for index in range(count))
    return [json.dumps({"cluster": {"worker": addresses}, "task": task}) for task in tasks]


STARTED = []


@pytest.fixture(autouse=True)
def no_process_is_left():
    yield
    while STARTED:
        process = STARTED.pop()
        process.kill()
        process.communicate()


def start(line, config, cwd):
    environment = {**os.environ, "TF_CONFIG": config, "TF_NUM_INTRAOP_THREADS": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    STARTED.append(subprocess.Popen(line, env=environment, cwd=cwd, text=True, **pipes))
    return STARTED[-1]


def kill_in_the_middle(folder, killed):
    """Starts two workers of a run in a folder, kills one after some epochs; what the other one ends with: (exit code, standard error)."""
    workers = [start([*TRAIN, "--epochs", "400"], config, folder) for config in cluster(2)]
    begin = time.monotonic()
    while len(read_history(folder / "run" / "history.csv")) < 3:
        assert time.monotonic() - begin < 120, "three epochs take seconds"
        time.sleep(0.1)
    workers[killed].send_signal(signal.SIGKILL)
    _, error = workers[1 - killed].communicate(timeout=120)
    return workers[1 - killed].returncode, error


def train_all(lines, cwd):
    """Standard outputs of one process for each line, together a cluster."""
    processes = [start(line, config, cwd) for line, config in zip(lines, cluster(len(lines)))]
    ended = [process.communicate(timeout=300) for process in processes]
    for process, (_, error) in zip(processes, ended):
        assert process.returncode == 0, error[-3000:]
    return [output for output, _ in ended]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    done = subprocess.run([sys.executable, SCRIPT, "1", folder, "wgan_gp,dense_gan"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.mark.parametrize("count,names", [(2, "wgan_gp,dense_gan"), (3, "dense_gan")])
def test_workers_are_one_process_and_share_the_samples(count, names, alone, tmp_path):
    folders = [tmp_path / str(index) for index in range(count)]
    for folder in folders:
        folder.mkdir()
    train_all([[sys.executable, str(SCRIPT), "1", str(folder), names] for folder in folders], tmp_path)
    for name in names.split(","):
        for folder in folders:
            check(alone / f"{name}.npz", folder / f"{name}.npz")
    seen = [np.load(folder / "seen.npy") for folder in folders]
    assert [len(part) for part in seen] == [120 // count] * count
    everything = np.concatenate(seen)
    assert len(set(everything.tolist())) == 120, "each sample once, none twice"


def test_a_killed_worker(tmp_path):
    """The other one ends with a message; both together and one machine alone go on from what the chief has saved, to the same end."""
    code, error = kill_in_the_middle(tmp_path, 1)
    assert code == 4 and "Another worker of this training is gone" in error and "Traceback" not in error
    saved = int(keras_gans.load_model(tmp_path / "run" / "model.keras").steps.numpy())
    rows = len(read_history(tmp_path / "run" / "history.csv"))
    assert rows >= 3 and saved > 0
    more = ["--epochs", str(rows + 4)]
    shutil.copytree(tmp_path / "run", tmp_path / "one" / "run")
    outputs = train_all([[*TRAIN, *more]] * 2, tmp_path)
    assert "In run: " in outputs[0] and "This worker is done; the chief has written run." in outputs[1]
    alone = subprocess.run([*TRAIN, *more], cwd=tmp_path / "one", capture_output=True, text=True)
    assert alone.returncode == 0, alone.stderr
    ends = [keras_gans.load_model(tmp_path / place / "model.keras") for place in ("run", "one/run")]
    for a, b in zip(*(end.variables for end in ends)):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-3, atol=1e-5)
    histories = [read_history(tmp_path / place / "history.csv") for place in ("run", "one/run")]
    assert [row["epoch"] for row in histories[0]] == list(range(1, rows + 5))
    for ours, theirs in zip(*(history[-4:] for history in histories)):
        for name in ("d_loss", "val_d_loss", "val_d_real_accuracy"):
            assert ours[name] == pytest.approx(theirs[name], rel=1e-3, abs=1e-4), name


def test_a_killed_chief(tmp_path):
    """Which leads the workers: TensorFlow ends the other one, and what was saved is whole."""
    code, error = kill_in_the_middle(tmp_path, 0)
    assert code != 0 and ("Another worker of this training is gone" in error or "leader" in error), (code, error[-2000:])
    assert int(keras_gans.load_model(tmp_path / "run" / "model.keras").steps.numpy()) > 0


def test_a_worker_that_does_not_come(tmp_path):
    code = "import keras_gans; keras_gans.backend.devices(1, wait=3)"
    process = start([sys.executable, "-c", code], cluster(2)[0], tmp_path)
    begin = time.monotonic()
    _, error = process.communicate(timeout=120)
    assert process.returncode == 1 and "TimeoutError: After 3 s there is no worker at 127.0.0.1:" in error, error[-2000:]
    assert time.monotonic() - begin < 60


def test_a_gan_of_one_worker_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}')
    gan = keras_gans.DenseGAN(13, widths=(8,))
    gan.compile()
    with pytest.raises(ValueError, match="this GAN is one worker's alone"):
        runs.train(gan, keras_gans.data.load("wine"), tmp_path / "run", epochs=1)
