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

ON_JAX = keras.backend.backend() == "jax"
COMPILED = [pytest.mark.slow] if ON_JAX else []  # for a quarter of a minute in each process
COMMAND = [sys.executable, "-c", "from keras_gans.cli import main; raise SystemExit(main())"]
OPTIONS = "train dense_gan --data wine -m widths=[8] --every 1 --resume --run run --monitor warn"
TRAIN = [*COMMAND, *OPTIONS.split()]


def cluster(count):
    """The environment of each of `count` workers on ports of this machine that nobody uses."""
    with_ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{server.getsockname()[1]}" for server in with_ports]
    for server in with_ports:
        server.close()
    if ON_JAX:
        names = [f"KERAS_DISTRIBUTION_{name}" for name in ("JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID")]
        return [dict(zip(names, (",".join(addresses), str(count), str(index)))) for index in range(count)]
    tasks = ({"type": "worker", "index": index} for index in range(count))
    return [{"TF_CONFIG": json.dumps({"cluster": {"worker": addresses}, "task": task})} for task in tasks]


STARTED = []


@pytest.fixture(autouse=True)
def no_process_is_left():
    yield
    while STARTED:
        process = STARTED.pop()
        process.kill()
        process.communicate()


def start(line, worker, cwd):
    environment = {**os.environ, **worker, "TF_NUM_INTRAOP_THREADS": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    STARTED.append(subprocess.Popen(line, env=environment, cwd=cwd, text=True, **pipes))
    return STARTED[-1]


def kill_in_the_middle(folder, killed):
    """Starts two workers of a run in a folder, kills one after some epochs; what the other one ends with: (exit code, standard error)."""
    workers = [start([*TRAIN, "--epochs", "400"], worker, folder) for worker in cluster(2)]
    begin = time.monotonic()
    while len(read_history(folder / "run" / "history.csv")) < 3:
        assert time.monotonic() - begin < 120, "three epochs take seconds"
        time.sleep(0.1)
    workers[killed].send_signal(signal.SIGKILL)
    _, error = workers[1 - killed].communicate(timeout=120)
    return workers[1 - killed].returncode, error


def train_all(lines, cwd):
    """Standard outputs of one process for each line, together a cluster."""
    processes = [start(line, worker, cwd) for line, worker in zip(lines, cluster(len(lines)))]
    ended = [process.communicate(timeout=300) for process in processes]
    for process, (_, error) in zip(processes, ended):
        assert process.returncode == 0, error[-3000:]
    return [output for output, _ in ended]


@pytest.fixture(scope="module")
def alone(tmp_path_factory, request):
    folder, names = tmp_path_factory.mktemp("alone"), "wgan_gp,dense_gan"
    if ON_JAX and not request.config.getoption("--slow"):
        names = "dense_gan"
    done = subprocess.run([sys.executable, SCRIPT, "1", folder, names], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


CASES = [(2, "dense_gan"), (2, "wgan_gp"), (3, "dense_gan")] if ON_JAX else [(2, "wgan_gp,dense_gan"), (3, "dense_gan")]


@pytest.mark.parametrize("count,names", [CASES[0], *(pytest.param(*case, marks=COMPILED) for case in CASES[1:])])
def test_workers_are_one_process_and_share_the_samples(count, names, alone, tmp_path):
    folders = [tmp_path / str(index) for index in range(count)]
    for folder in folders:
        folder.mkdir()
    train_all([[sys.executable, str(SCRIPT), "1", str(folder), names] for folder in folders], tmp_path)
    for name in names.split(","):
        for folder in folders:
            check(alone / f"{name}.npz", folder / f"{name}.npz")
    if "dense_gan" not in names:
        return
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
    """Which leads the workers: the engine may end the other one itself, and what was saved is whole."""
    code, error = kill_in_the_middle(tmp_path, 0)
    assert code != 0 and any(words in error for words in ("Another worker of this training is gone", "leader")), error[
        -2000:
    ]
    assert int(keras_gans.load_model(tmp_path / "run" / "model.keras").steps.numpy()) > 0


def test_a_worker_that_does_not_come(tmp_path):
    code = "import keras_gans; keras_gans.backend.devices(1, wait=3)"
    process = start([sys.executable, "-c", code], cluster(2)[0], tmp_path)
    begin = time.monotonic()
    _, error = process.communicate(timeout=120)
    assert process.returncode == 1 and "TimeoutError: After 3 s there is no worker at 127.0.0.1:" in error, error[-2000:]
    assert time.monotonic() - begin < 60


@pytest.mark.skipif(ON_JAX, reason="JAX distributes over the whole process, whatever model it is")
def test_a_gan_of_one_worker_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}')
    gan = keras_gans.DenseGAN(13, widths=(8,))
    gan.compile()
    with pytest.raises(ValueError, match="this GAN is one worker's alone"):
        runs.train(gan, keras_gans.data.load("wine"), tmp_path / "run", epochs=1)
