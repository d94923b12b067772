import keras_tuner
import numpy as np
import pytest
from keras_tuner.errors import FailedTrialError

import keras_gans
from keras_gans.callbacks import GenerativeMetrics, Monitor
from keras_gans.tuning import GANHyperModel
from keras_gans.tuning.hypermodel import out_of_memory

SPACE = {"d_learning_rate": [1e-3, 1e-2], "batch_size": [20, 50], "epochs": [1, 2]}


def make(table, space=SPACE, **options):
    options = {"arguments": {"widths": [8]}, **options}
    return GANHyperModel(keras_gans.DenseGAN, table.shape, space, **options)


def test_with_a_tuner_of_kerastuners_own(table, tmp_path):
    """Everything is declared before the first trial, and the checkpoint is the model that was scored."""
    scores = GenerativeMetrics(table.validation, ["fid"], num_samples=64)
    (name,) = scores.produces
    tuner = keras_tuner.RandomSearch(
        make(table), keras_tuner.Objective(name, "min"), max_trials=2, seed=1, directory=tmp_path, project_name="own"
    )
    assert [one.name for one in tuner.oracle.get_space().space] == list(SPACE)
    tuner.search(table, callbacks=[scores], verbose=0)
    best = tuner.oracle.get_best_trials(1)[0]
    (gan,) = tuner.get_best_models(1)
    measured = GenerativeMetrics(table.validation, ["fid"], num_samples=64).evaluator(gan)
    assert next(iter(measured.values())) == pytest.approx(best.score, rel=1e-4)


def test_budgets(table):
    def epochs(budget, batch, count=100):
        return make(table, budget=budget, batch_size=20).length(10, batch, count)

    assert epochs("epochs", 20) == epochs("epochs", 50) == 10
    assert epochs("steps", 20) == 10 and epochs("steps", 50) == 25 and epochs("steps", 10) == 5  # 5, 2 and 10 steps an epoch
    assert epochs("images", 50) == 10 and epochs("images", 30) == 11  # 3 batches of 30: an epoch leaves 10 images out
    assert epochs("steps", 10, count=10**6) >= 1


@pytest.mark.parametrize("budget, epochs, steps", [("epochs", 4, 8), ("steps", 10, 20)])
def test_a_trial_trains_for_its_budget(table, budget, epochs, steps):
    model = make(table, {"batch_size": [50]}, budget=budget, batch_size=20, epochs=4)
    hp = keras_tuner.HyperParameters()
    gan = model.build(hp)
    found = model.fit(hp, gan, table)
    assert found["epochs"] == epochs and found["steps"] == steps == int(gan.steps.numpy()) and found["images"] == 50 * steps


def test_each_execution_has_a_seed_of_its_own(table):
    model, hp = make(table, seed=5), keras_tuner.HyperParameters()
    first = model.build(hp)
    assert model.build(hp).seed == first.seed == 5
    model.fit(hp, first, table)
    second = model.build(hp)
    assert second.seed == 6 and not np.array_equal(first.generator.weights[0].numpy(), second.generator.weights[0].numpy())


def test_a_function_of_ones_own(table):
    def build(values):
        gan = keras_gans.DenseGAN(3, widths=(values["size"],), seed=0)
        gan.compile()
        return gan

    model = GANHyperModel(build, table.shape, {"size": [4, 8], "batch_size": [50]}, epochs=1)
    hp = keras_tuner.HyperParameters()
    gan = model.build(hp)
    assert gan.widths == (4,) and model.called == "build" and model.fit(hp, gan, table)["steps"] == 2


def test_nan_is_a_failed_trial(table):
    model = make(table, {"learning_rate": [1e38]})
    hp = keras_tuner.HyperParameters()
    with pytest.raises(FailedTrialError, match="^nan: .* became NaN or infinite"):
        model.fit(hp, model.build(hp), table)


def test_what_a_monitor_stops_is_a_failed_trial(table):
    """A generator that cannot move collapses at once under a threshold that everything is under."""
    model = make(table, {"batch_size": [20]}, epochs=3)
    monitor = Monitor(
        {"collapse": "stop"}, default="ignore", thresholds={"diversity": 1e9}, patience={"collapse": 1}, warmup=0
    )
    hp = keras_tuner.HyperParameters()
    with pytest.raises(FailedTrialError, match="^collapse: fakes are"):
        model.fit(hp, model.build(hp), table, callbacks=[monitor])


def test_out_of_memory_is_known_by_name():
    class ResourceExhaustedError(Exception):
        pass

    assert out_of_memory(ResourceExhaustedError("OOM when allocating")) and out_of_memory(MemoryError())
    assert out_of_memory(RuntimeError("RESOURCE_EXHAUSTED: Out of memory")) and not out_of_memory(RuntimeError("no"))


def test_out_of_memory_is_a_failed_trial(table, monkeypatch):
    def full(*_, **__):
        raise MemoryError("cannot allocate 7 GiB")

    model, hp = make(table), keras_tuner.HyperParameters()
    gan = model.build(hp)
    monkeypatch.setattr(type(gan), "fit", full)
    with pytest.raises(FailedTrialError, match="out of memory: cannot allocate 7 GiB"):
        model.fit(hp, gan, table)


def test_other_errors_are_not_swallowed(table, monkeypatch):
    def broken(*_, **__):
        raise KeyError("a mistake")

    model, hp = make(table), keras_tuner.HyperParameters()
    gan = model.build(hp)
    monkeypatch.setattr(type(gan), "fit", broken)
    with pytest.raises(KeyError):
        model.fit(hp, gan, table)


def test_bad_arguments(table):
    with pytest.raises(ValueError, match="budget='time'"):
        make(table, budget="time")
    with pytest.raises(ValueError, match="Did you mean 'small'"):
        make(table, "smal")
