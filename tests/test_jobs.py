"""The search jobs in tuning/: each stands for what it says at its head."""

import json
import pathlib
import re
import runpy

import pytest

import keras_gans
from keras_gans import tuning
from keras_gans.models import ARCHITECTURES

ROOT = pathlib.Path(__file__).parent.parent
JOBS = sorted((ROOT / "tuning").glob("*.py"))


def test_every_architecture_has_one():
    assert {name for name in ARCHITECTURES if any(job.stem.startswith(name) for job in JOBS)} == set(ARCHITECTURES)


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.stem)
def test_a_job_says_what_it_costs_and_what_it_reached(path):
    head = path.read_text().split('"""')[1]
    assert f"command:   python tuning/{path.name}" in head and re.search(r"expected:  \d+\.\d+ hours on 2 CPU cores", head)
    best = json.loads((path.parent / "best" / f"{path.stem}.json").read_text())
    mean, default = best["about"]["mean"], best["about"]["default_mean"]
    found = re.search(r"reached:   \S+ ([\d.]+) ± [\d.]+ over 3 seeds; default recipe ([\d.]+|inf)", head)
    assert float(found[1]) == pytest.approx(mean, rel=0.01) and float(found[2]) == pytest.approx(default, rel=0.01)
    assert [len(one["scores"]) for one in best["about"]["again"]] == [3, 3]


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.stem)
def test_a_job_can_begin(path, monkeypatch, tmp_path):
    """The whole job, made small: its checks, its space at the corners, one trial."""
    monkeypatch.chdir(tmp_path)
    tune, asked = tuning.tune, {}

    class Enough(Exception):
        pass

    def small(*arguments, **options):
        asked.update(options)
        options |= {"max_trials": 1, "epochs": 1, "rerun": 0, "verbose": False}
        options |= {} if "ring" in path.stem else {"num_samples": 128}  # few of which may hit no mode at all
        if "width" in options.get("arguments", {}):
            options["arguments"] = {**options["arguments"], "width": 4}
        tune(*arguments, **options)
        raise Enough

    monkeypatch.setattr(tuning, "tune", small)
    load = keras_gans.data.load
    few = {"ring": {"count": 12800}, "sines": {"count": 640}}
    monkeypatch.setattr(keras_gans.data, "load", lambda name, **options: load(name, **options, **few.get(name, {})))
    with pytest.raises(Enough):
        runpy.run_path(str(path), run_name="__main__")
    assert asked["command"] == f"python tuning/{path.name}" and (tmp_path / asked["directory"] / "best.json").exists()
