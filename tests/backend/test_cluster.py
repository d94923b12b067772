"""What the environment says of workers; those that meet and train are in contracts/test_workers.py."""

import concurrent.futures
import json
import socket
import time

import keras
import pytest

import keras_gans
from keras_gans.backend import cluster

if keras.backend.backend() != "tensorflow":
    pytest.skip("TF_CONFIG is TensorFlow's", allow_module_level=True)


@pytest.mark.parametrize("job,index,chief", [("worker", 0, False), ("worker", 1, False), ("chief", 0, True)])
def test_who_this_process_is(job, index, chief, monkeypatch):
    there = {"chief": ["c:1"], "worker": ["a:1", "b:1"]}
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": there, "task": {"type": job, "index": index}}))
    assert cluster.workers() == (["c:1", "a:1", "b:1"], there[job][index], chief)
    assert keras_gans.backend.is_chief() is chief


def test_without_a_chief_the_first_worker_is_it(monkeypatch):
    for index in (0, 1):
        task = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": index}}
        monkeypatch.setenv("TF_CONFIG", json.dumps(task))
        assert keras_gans.backend.is_chief() is (index == 0)


def test_a_worker_alone_is_no_cluster(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}')
    assert cluster.workers() is None and keras_gans.backend.is_chief()


@pytest.mark.parametrize(
    "config,message",
    [
        ("{", "not a JSON object"),
        ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 2}}', "the cluster has worker 0 to 1"),
        ('{"cluster": {"worker": ["a:1"]}, "task": {"type": "evaluator", "index": 0}}', "this process is 'evaluator' 0"),
        ('{"cluster": ["a:1"], "task": {}}', "have to be objects"),
        ('{"cluster": {"worker": ["a", "b:1"]}, "task": {"type": "worker", "index": 0}}', "'a' is no HOST:PORT"),
    ],
)
def test_a_configuration_that_names_no_such_worker(config, message, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(ValueError, match=message):
        keras_gans.backend.devices(1)


def test_a_port_that_is_taken(monkeypatch):
    with socket.create_server(("", 0)) as server:
        here = f"127.0.0.1:{server.getsockname()[1]}"
        task = {"cluster": {"worker": [here, "127.0.0.1:1"]}, "task": {"type": "worker", "index": 0}}
        monkeypatch.setenv("TF_CONFIG", json.dumps(task))
        with pytest.raises(OSError, match=f"This worker is {here}, and cannot listen there"):
            keras_gans.backend.devices(1)


JOBS = "KERAS_DISTRIBUTION_"


def test_jobs_of_keras(monkeypatch):
    assert cluster.jobs() is None
    monkeypatch.setenv(f"{JOBS}JOB_ADDRESSES", "a:1,b:1")
    monkeypatch.setenv(f"{JOBS}PROCESS_ID", "1")
    assert cluster.jobs() == (["a:1", "b:1"], "b:1", False)
    with pytest.raises(ValueError, match="is for KERAS_BACKEND=jax; on TensorFlow workers are named by TF_CONFIG"):
        keras_gans.backend.devices(1)


@pytest.mark.parametrize(
    "addresses,number,own,message",
    [
        ("a:1,b:1", "3", "0", "NUM_PROCESSES='3'.*expected KERAS_DISTRIBUTION_JOB_ADDRESSES=HOST:PORT,HOST:PORT"),
        ("a:1,b:1", "2", "2", "PROCESS_ID='2': expected"),
        ("a:1,b:1", "2", "", "PROCESS_ID='': expected"),
        ("a,b:1", "", "0", "'a' is no HOST:PORT"),
        ("a:1", "2", "0", "NUM_PROCESSES='2'"),
    ],
)
def test_jobs_that_do_not_fit(addresses, number, own, message, monkeypatch):
    for name, value in (("JOB_ADDRESSES", addresses), ("NUM_PROCESSES", number), ("PROCESS_ID", own)):
        monkeypatch.setenv(f"{JOBS}{name}", value)
    with pytest.raises(ValueError, match=message):
        cluster.jobs()


def test_workers_wait_until_each_has_reached_each():
    """One that leaves at once would not be there for another that comes a moment later."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    addresses = [f"127.0.0.1:{server.getsockname()[1]}" for server in servers]
    for server in servers:
        server.close()

    def come(index):
        time.sleep(0.3 * index)
        cluster.meet(addresses, addresses[index], 20)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(come, range(3)))
    with pytest.raises(
        TimeoutError,
        match=f"After 0.5 s there is no worker at {addresses[1]}, {addresses[2]}|{addresses[2]}, {addresses[1]}",
    ):
        cluster.meet(addresses, addresses[0], 0.5)
