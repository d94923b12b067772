import os
import signal
import sys

import pytest

import keras_gans
from keras_gans import tuning
from keras_gans.errors import SearchFailed
from keras_gans.tuning import workers

SCRIPT = """
import os, signal, sys
from keras_gans import data, models, tuning

def build(values):
    return models.settings.make(models.DenseGAN, (13,), {"widths": [values["size"]]})

class Model(tuning.GANHyperModel):
    def train(self, gan, values, *more):
        if values["size"] == 6 and sys.argv[2] == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().train(gan, values, *more)

if __name__ == "__main__":
    if sys.argv[2] == "stop" and "KERASTUNER_TUNER_ID" in os.environ:
        sys.exit("a worker that cannot start")
    tuning.tune(Model(build, (13,), {"size": [4, 5, 6, 7]}, epochs=2), data.load("wine"), tuner=sys.argv[3],
        max_trials=4, rerun=0, directory=sys.argv[1], num_workers=int(sys.argv[4]))
"""


@pytest.fixture
def job(tmp_path, capfd):
    """Runs the script in a process of its own: (exit code, result)."""
    import subprocess

    (tmp_path / "job.py").write_text(SCRIPT)

    def run(name, what, tuner, count):
        words = [sys.executable, str(tmp_path / "job.py"), str(tmp_path / name), what, tuner, str(count)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300)
        return done, tuning.read(tmp_path / name) if (tmp_path / name / "search.json").exists() else None

    return run


def test_two_workers_do_the_trials_of_a_serial_search_and_outlive_one_that_dies(job):
    """A worker is killed inside one trial, as the system does where memory runs out."""
    done, together = job("together", "die", "grid", 2)
    assert done.returncode == 0, done.stderr
    found = {trial["values"]["size"]: trial for trial in together.trials}
    assert sorted(found) == [4, 5, 6, 7] and found[6]["status"] == "FAILED"
    assert "its process ended with code -9 (out of memory?)" in found[6]["reason"]
    assert done.stdout.count("/4] trial ") == 4
    alone = search_here(together)
    for size in (4, 5, 7):
        assert found[size]["score"] == alone[size]


def search_here(together):
    """{size: score} of the same search in this process."""
    wine, scores = keras_gans.data.load("wine"), {}

    def build(values):
        return keras_gans.models.settings.make(keras_gans.DenseGAN, (13,), {"widths": [values["size"]]})

    model = tuning.GANHyperModel(build, (13,), {"size": [4, 5, 7]}, epochs=2)
    result = tuning.tune(model, wine, tuner="grid", rerun=0, directory=together.folder.parent / "alone", verbose=False)
    for trial in result.trials:
        scores[trial["values"]["size"]] = trial["score"]
    return scores


def test_workers_that_cannot_start_end_the_search(job):
    done, _ = job("none", "stop", "grid", 2)
    assert done.returncode != 0 and "before it had a trial" in done.stderr


@pytest.mark.filterwarnings("ignore:Exception in thread")  # which leaves with SystemExit
def test_a_worker_ends_with_the_process_that_started_it(monkeypatch):
    ended = []

    def leave(code):
        ended.append(code)
        monkeypatch.setattr(os, "getppid", lambda: 1234567)  # or it would watch on
        raise SystemExit

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setenv(workers.PARENT, "1234567")
    watcher = workers.end_with_parent()
    watcher.join(5)
    assert ended == [1]


def test_a_worker_is_for_one_search(monkeypatch, tmp_path):
    """A script with two searches: the second one's workers go through the first as well, and must not run it."""
    assert workers.is_for(tmp_path)
    team = workers.Workers([sys.executable, "-c", ""], 1, tmp_path / "second", 1)
    monkeypatch.setenv(workers.FOLDER, team.folder)
    assert workers.is_for(tmp_path / "x" / ".." / "second") and not workers.is_for(tmp_path / "first")


def test_the_role_is_kerastuners(monkeypatch):
    monkeypatch.setenv("KERASTUNER_TUNER_ID", "tuner3")
    assert workers.role() is None
    monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")
    assert workers.role() == "worker"
    monkeypatch.delenv("KERASTUNER_ORACLE_IP")
    with workers.as_chief(5000):
        assert workers.role() == "chief" and os.environ["KERASTUNER_ORACLE_PORT"] == "5000"
    assert "KERASTUNER_ORACLE_IP" not in os.environ and os.environ["KERASTUNER_TUNER_ID"] == "tuner3"
    assert signal.SIGKILL == 9 and issubclass(SearchFailed, RuntimeError)
