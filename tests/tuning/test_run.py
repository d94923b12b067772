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
    assert [line.partition(":")[0] for line in lines[:2]] == ["[1/2] trial 0", "[2/2] trial 1"] and "best" in lines[0]
    assert {path.name for path in folder.iterdir()} == {"search.json", "search.png", "best.json", "reruns.json", "trials"}
    assert [one.name for one in found.reruns] == [f"trial {int(found.ranked()[0]['trial'])}", "default"]
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


@pytest.mark.filterwarnings("ignore:Fréchet distance from")
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
        ({"measurements": 0}, ValueError, "measurements=0"),
        ({"num_samples": 0}, ValueError, "num_samples=0"),
        ({"max_trials": None}, ValueError, "never ends by itself"),
        ({"monitor": 3}, TypeError, "expected callbacks.Monitor"),
        ({"tuner": "hyperband", "factor": 1}, ValueError, "factor"),
        ({"space": {"widths": [[4]]}}, ValueError, "widths is in arguments and in the space"),
        ({"space": {"learning_rate": ["a"]}}, ValueError, "learning_rate='a'"),
        ({"space": {"latent_dim": {"low": 2, "high": 8, "step": 1.5}}}, ValueError, "one too"),
        ({"model": lambda values: 3, "arguments": {}}, TypeError, "expected a compiled keras_gans.GAN"),
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


def test_epochs_of_the_space_count_when_the_best_are_trained_again(tiny):
    found = tuning.tune(**{**tiny, "space": {"epochs": [3, 4]}, "epochs": 1, "rerun": 2, "seeds": 2})
    assert sorted(one.epochs for one in found.candidates) == [3, 4]
    assert found.default.epochs == found.ranked()[0]["epochs"] and found.recipe()["epochs"] == found.winning_trial["epochs"]


def test_every_training_is_measured_as_often(tiny, monkeypatch):
    seen = {}

    class Counted(keras_gans.callbacks.GenerativeMetrics):
        def measure(self, epoch):
            seen.setdefault(self.params["epochs"], []).append(epoch + 1)
            return super().measure(epoch)

    monkeypatch.setattr("keras_gans.tuning.objective.GenerativeMetrics", Counted)
    space = {"batch_size": [10, 20, 50]}
    tuning.tune(
        **{**tiny, "space": space, "tuner": "grid", "max_trials": 3, "epochs": 10, "budget": "steps", "batch_size": 20}
    )
    assert seen == {5: [1, 2, 3, 4, 5], 10: [1, 2, 4, 6, 8, 10], 25: [1, 5, 10, 15, 20, 25]}


def test_a_search_that_ended_goes_on_with_more_trials(tiny):
    two = tuning.tune(**tiny)
    three = tuning.tune(**{**tiny, "max_trials": 3})
    assert three.trials[:2] == two.trials and len(three.trials) == 3 and three.search["max_trials"] == 3


def test_a_training_that_fails_when_it_is_done_again_ends_nothing(tiny, monkeypatch):
    hyper, made = tuning.GANHyperModel, []
    make = hyper.make

    def sometimes(self, values, seed):
        if seed >= 1000 and not made:
            made.append(seed)
            raise MemoryError
        return make(self, values, seed)

    monkeypatch.setattr(hyper, "make", sometimes)
    found = tuning.tune(**{**tiny, "rerun": 1, "seeds": 2})
    assert (
        found.winner.scores[0] is None and found.winner.scores[1] is not None and "is not shown to beat" in found.verdict()
    )


def test_a_hypermodel_brings_its_own(tiny):
    model = tuning.GANHyperModel(keras_gans.DenseGAN, (3,), {"epochs": [1, 2]}, arguments={"widths": [4]}, batch_size=20)
    with pytest.raises(ValueError, match="space, arguments, epochs: the GANHyperModel brings its own"):
        tuning.tune(**{**tiny, "model": model})
    mine = {name: tiny[name] for name in ("data", "directory", "max_trials", "rerun", "verbose")}
    with pytest.raises(ValueError, match="Hyperband chooses those itself"):
        tuning.tune(model, tuner="hyperband", **mine)
    assert len(tuning.tune(model, **mine).trials) == 2


def test_interrupted_it_says_what_is_kept(tiny, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(tuning.search.Search, "line", interrupt)
    with pytest.raises(KeyboardInterrupt, match="keeps 1 trials; the same call goes on"):
        tuning.tune(**tiny)


def test_numbers_of_numpy_are_numbers(tiny):
    found = tuning.tune(**{**tiny, "space": {"batch_size": list(np.array([20, 25])), "learning_rate": [np.float32(1e-3)]}})
    assert {type(one["values"]["batch_size"]) for one in found.trials} == {int}
