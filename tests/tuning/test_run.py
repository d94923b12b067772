import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import keras_gans
from keras_gans import tuning
from keras_gans.errors import SearchFailed


def test_a_search_from_end_to_end(tiny, capsys):
    found = tuning.tune(**{**tiny, "rerun": 1, "seeds": 2, "verbose": True})
    folder = pathlib.Path(tiny["directory"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == ["trial 0/2", "trial 1/2"] and "best" in lines[0]
    assert {path.name for path in folder.iterdir()} == {"search.json", "search.png", "best.json", "reruns.json", "trials"}
    assert [one.name for one in found.reruns] == [f"trial {found.ranked()[0]['trial']}", "default"]
    assert all(len(one.scores) == 2 and len(set(one.scores)) == 2 for one in found.reruns), "each seed is another training"
    assert "default recipe" in found.verdict()
    again = tuning.tune(**{**tiny, "rerun": 1, "seeds": 2})
    assert again.reruns == found.reruns and again.trials == found.trials


def test_more_seeds_add_to_those_there_are(tiny):
    two = tuning.tune(**{**tiny, "rerun": 1, "seeds": 1})
    three = tuning.tune(**{**tiny, "rerun": 1, "seeds": 2})
    assert three.reruns[0].scores[:1] == two.reruns[0].scores and len(three.reruns[0].scores) == 2


def test_a_weighted_objective(tiny):
    found = tuning.tune(**{**tiny, "objective": {"fid": 1.0, "coverage": 0.5}})
    assert found.key == "val_weighted" and found.better == "min"
    result = json.loads(next(pathlib.Path(tiny["directory"]).rglob("result.json")).read_text())
    assert {"val_weighted", next(name for name in result["executions"][0] if "coverage" in name)} <= set(
        result["executions"][0]
    )


def test_images_with_classes(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (40, 8, 8, 1)).astype("float32")
    data = keras_gans.data.from_arrays(images, np.arange(40) % 2, value_range=(-1, 1), with_labels=True, batch_size=8)
    found = tuning.tune(
        keras_gans.DCGAN,
        data,
        extractor="raw",
        space={"batch_size": [8]},
        arguments={"width": 4, "num_classes": 2},
        max_trials=1,
        epochs=1,
        rerun=0,
        directory=tmp_path / "search",
        verbose=False,
    )
    assert found.ranked() and found.best_gan().num_classes == 2


def test_where_every_trial_fails_the_reasons_are_said(tiny):
    space = {"learning_rate": [1e37, 1e38]}
    with pytest.raises(SearchFailed, match=r"None of 2 trials finished: nan \(2\)"):
        tuning.tune(**{**tiny, "space": space})


def test_a_directory_of_another_search(tiny, tmp_path):
    tuning.tune(**tiny)
    with pytest.raises(ValueError, match="holds another search: its epochs is 2, asked for 3"):
        tuning.tune(**{**tiny, "epochs": 3})
    with pytest.raises(ValueError, match="its objective is"):
        tuning.tune(**{**tiny, "objective": "coverage"})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds no search"):
        tuning.tune(**{**tiny, "directory": tmp_path / "other"})
    (pathlib.Path(tiny["directory"]) / "search.json").write_text("{")
    with pytest.raises(ValueError, match="damaged"):
        tuning.tune(**tiny)


@pytest.mark.parametrize(
    "changes, error, message",
    [
        ({"tuner": "randm"}, ValueError, "Did you mean 'random'"),
        ({"model": "densegan"}, ValueError, "Did you mean 'dense_gan'"),
        ({"model": 3}, TypeError, "expected an architecture"),
        ({"data": np.zeros((9, 3))}, TypeError, "data.from_samples"),
        ({"objective": "d_loss"}, ValueError, "not the samples"),
        ({"objective": "discriminative"}, ValueError, "is for sequences"),
        ({"space": {"batch_size": [101]}}, ValueError, "there are 100 training samples"),
        ({"batch_size": 101, "space": {"beta_1": [0.0]}}, ValueError, "do not fill one batch"),
        ({"space": {"beta_1": {"low": 0.9, "high": 0.0}}}, ValueError, "low must be under high"),
        ({"space": {"beta_1": {"low": 0.0, "high": 1.5}}}, ValueError, "space: beta_1=1.5"),
        ({"arguments": {"widht": [3]}}, ValueError, "Did you mean 'widths'"),
        ({"max_trials": 0}, ValueError, "max_trials=0"),
        ({"seeds": 0}, ValueError, "seeds=0"),
        ({"num_workers": 0}, ValueError, "num_workers=0"),
        ({"budget": "hours"}, ValueError, "budget='hours'"),
        ({"every": -1}, ValueError, "every=-1"),
        ({"facter": 3}, TypeError, "Did you mean 'factor'"),
        ({"factor": 3}, TypeError, "'random' takes no option 'factor'"),
    ],
)
def test_mistakes_are_found_before_anything_is_written(tiny, changes, error, message):
    with pytest.raises(error, match=message):
        tuning.tune(**{**tiny, **changes})
    assert not pathlib.Path(tiny["directory"]).exists()


def test_it_is_there_when_it_is_asked_for():
    code = "import sys, keras_gans; assert 'keras_tuner' not in sys.modules; keras_gans.tuning.tune; assert 'keras_tuner' in sys.modules"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    code = "import sys; sys.modules['keras_tuner'] = None; import keras_gans; keras_gans.tuning"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install keras-gans[tuning]" in done.stderr
    with pytest.raises(AttributeError, match="no attribute 'tunings'"):
        getattr(keras_gans, "tunings")  # noqa: B009


def test_an_extractor_of_ones_own_is_known_again(tiny):
    """By its hash: as an object it is another one in each process."""
    import keras

    def made():
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)], name="mine")
        return keras_gans.metrics.Extractor(model)

    first = tuning.tune(**{**tiny, "extractor": made(), "max_trials": 1})
    assert first.key == "val_fid[mine]" and first.search["measure"]["extractor"].startswith("mine ")
    again = tuning.tune(**{**tiny, "extractor": made(), "max_trials": 1})
    assert again.trials == first.trials
