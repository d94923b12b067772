"""A whole search: checked, run, its best settings run again, drawn and told."""

import contextlib
import copy
import functools
import io
import json
import logging
import pathlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import keras_tuner

from keras_gans import backend, files
from keras_gans.callbacks import Monitor
from keras_gans.errors import SearchFailed, unknown, whole_number
from keras_gans.metrics import Extractor
from keras_gans.models import ARCHITECTURES, GAN
from keras_gans.tuning import objective as objectives
from keras_gans.tuning import results, search, words, workers
from keras_gans.tuning import space as spaces
from keras_gans.tuning.hypermodel import GANHyperModel
from keras_gans.tuning.results import TuneResult
from keras_gans.types import Path

if TYPE_CHECKING:
    from keras_gans.data import Data

LATER = 1000  # seeds of the reruns lie this far above those of the trials


def tune(
    model: str | type[GAN] | Callable[[dict[str, Any]], GAN] | GANHyperModel,
    data: "Data",
    objective: str | Mapping[str, float] = "fid",
    tuner: str = "random",
    space: str | Mapping[str, Any] | None = None,
    *,
    arguments: Mapping[str, Any] | None = None,
    max_trials: int | None = 20,
    executions_per_trial: int = 1,
    epochs: int | None = None,
    batch_size: int | None = None,
    budget: str | None = None,
    measurements: int = 5,
    num_samples: int | None = None,
    extractor: Path | keras.Model | Extractor = "auto",
    rerun: int = 3,
    seeds: int = 3,
    monitor: Monitor | None = None,
    directory: Path | None = None,
    seed: int | None = None,
    num_workers: int = 1,
    worker_command: Sequence[str] | None = None,
    command: str | None = None,
    source: Mapping[str, Any] | None = None,
    verbose: bool = True,
    **tuner_options: Any,
) -> TuneResult:
    """Searches for settings with which a GAN draws the best samples.

    Goes on where it was, when it is called again with the same arguments after a kill. The trials are measured on the validation part of
    the data, on the averaged generator where there is one, and ranked by the best measured epoch.

    Args:
        model: architecture ("dcgan") or class; a function of {name: value} that gives a compiled GAN; or a `GANHyperModel`, which brings
            its own space, arguments, epochs, batch_size, budget and seed.
        objective: a score ("fid", "kid", "coverage", "density", "recall", "discriminative", "modes", ...; what they are:
            `keras_gans.metrics`), or a weighted sum, {"fid": 1, "coverage": 0.5}, in which 0 is what real samples score and 1 what an
            untrained generator does.
        tuner: "random", "grid" (the first value of each list first, the last name fastest), "hyperband" or "bayesian".
        space: "small", "practical", "brief", or {name: list of values, `Range`, or {"low":, "high":, "step":, "log":}}. Names: batch_size,
            epochs, learning_rate (both players'), d_learning_rate, g_learning_rate, beta_1, beta_2, n_critic, penalty_weight, loss,
            recipe, augment, self_supervision, curriculum, and any argument of the architecture (width, norm, dropout, weight_decay ...).
        arguments: {name: value} of the same names that every trial has.
        max_trials: trials in all; None for the whole grid. Hyperband's follow from `epochs`. A search that ended goes on with more.
        executions_per_trial: trainings of a trial, with seeds of their own; their mean counts.
        epochs, batch_size: where the space has none; the batch by default that of the data. With Hyperband the most epochs of a trial.
        budget: "epochs", "steps" or "images": see `GANHyperModel`.
        measurements: how often a training is measured, evenly up to its last epoch, and after its first; it counts by the best.
        num_samples: samples that a measurement draws; by default as many as there are real training samples, at most 2,000.
        extractor: as in `callbacks.GenerativeMetrics`.
        rerun: how many of the best trials are trained again, and with them the default recipe (with `arguments`, `batch_size`, and
            the epochs of the best trial); 0 for none.
        seeds: trainings of each of those.
        monitor: `callbacks.Monitor` whose "stop" fails a trial; by default one that stops at a collapse of the generator.
        directory: of the search; by default tuning_runs/MODEL_DATA.
        seed: of the draws and the trainings.
        num_workers: processes that train at once, on this machine. Processes on several machines: docs/tuning.md.
        worker_command: words that make the same call in another process; by default this process's own command line.
        command: line that started this search, for its report.
        source: {"data": name or folder, "data_option": {name: value}, "augment_data":, "image_size":} of the command that made the
            data, for the recipe; by default the data's name alone.
        verbose: print a line for each trial.
        tuner_options: of KerasTuner's oracle (factor, hyperband_iterations, num_initial_points, alpha, beta).

    Raises:
        ValueError: before the first trial, whatever the search could not do: a range upside down or outside what the model takes, a
            batch larger than the data, an objective that nobody can measure, a directory of another search.
        SearchFailed: no trial finished; with their reasons.
        KeyboardInterrupt: with a message that says what is kept.
    """
    counts = {"executions_per_trial": executions_per_trial, "seeds": seeds, "num_workers": num_workers}
    counts |= {"measurements": measurements, "max_trials": 1 if max_trials is None else max_trials}
    counts |= {} if num_samples is None else {"num_samples": num_samples}
    check_request(data, tuner, tuner_options, counts, max_trials, monitor)
    whole_number("rerun", rerun, least=0)
    given = {
        "space": space,
        "arguments": arguments,
        "batch_size": batch_size,
        "epochs": epochs,
        "budget": budget,
        "seed": seed,
    }
    hyper = hypermodel(model, data, tuner, {name: value for name, value in given.items() if value is not None})
    hyper.measurements = measurements
    folder = pathlib.Path(directory or f"tuning_runs/{hyper.called}_{data.name}")
    if not workers.is_for(folder):
        return results.read(folder)
    plain = check_model(hyper, data)
    measure = {"extractor": extractor, "num_samples": num_samples or min(2000, len(data.train_samples))}
    target = objectives.get(objective, data, plain, **measure)
    monitor = monitor or Monitor({"collapse": "stop"}, default="ignore", quiet=True)
    callbacks = [*target.callbacks(data, **measure), monitor]
    oracle = search.oracle(tuner, target, max_trials=max_trials, max_epochs=hyper.epochs, seed=hyper.seed, **tuner_options)
    hyper.declare_hyperparameters(keras_tuner.HyperParameters())
    asked = {
        **hyper.about(),
        "objective": {"key": target.key, "direction": target.direction, "weights": target.weights},
        "tuner": tuner,
        "tuner_options": tuner_options,
        "max_trials": None if tuner == "hyperband" else max_trials,
        "executions_per_trial": executions_per_trial,
        "measurements": measurements,
        "measure": {**measure, "extractor": described(callbacks[0].evaluator.extractor)},
        "monitor": monitor.actions,
        "data": {"name": data.name, "fingerprint": data.fingerprint},
    }
    if workers.role() != "worker":
        claim(folder, asked, {"command": command, "source": source or {"data": data.name}})
    say = functools.partial(print, flush=True) if verbose else str
    options = {"directory": str(folder), "project_name": "trials", "executions_per_trial": executions_per_trial}
    make = functools.partial(search.Search, oracle, hyper, target, say, **options)
    try:
        with quiet_tensorflow():
            run_trials(make, data, callbacks, num_workers, worker_command, folder)
            result = results.read(folder)
            if result.winner is not None and rerun:
                again(result, hyper, target, data, callbacks, rerun, seeds, say)
    except KeyboardInterrupt:
        ended = len(results.read(folder).trials)
        raise KeyboardInterrupt(f"Interrupted. {folder} keeps {ended} trials; the same call goes on from there.") from None
    result = results.read(folder)
    if result.winner is None:
        reasons = "; ".join(f"{why} ({len(trials)})" for why, trials in words.grouped(result.trials).items())
        raise SearchFailed(f"None of {len(result.trials)} trials finished: {reasons}. Try a narrower space, or lower rates.")
    result.draw()
    result.export(folder / "best.json")
    return result


@contextlib.contextmanager
def quiet_tensorflow():
    """Every trial is a new model, which TensorFlow takes for retracing and warns of."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)


def check_request(data, tuner, options, counts, max_trials, monitor):
    """Raises unless it is a data set, a tuner that takes the options and will end, counts of at least 1, a monitor."""
    if not hasattr(data, "validation_samples"):
        raise TypeError(
            f"data is {type(data).__name__}; expected keras_gans.data.load(...), data.from_arrays(...) or data.from_samples(...)."
        )
    search.check_options(tuner, options)
    for name, value in counts.items():
        whole_number(name, value)
    if max_trials is None and tuner in ("random", "bayesian"):
        raise ValueError(f"max_trials=None: {tuner} search never ends by itself. Say how many.")
    if monitor is not None and not isinstance(monitor, Monitor):
        raise TypeError(f"monitor is {type(monitor).__name__}; expected callbacks.Monitor.")


def described(extractor):
    """Name and hash of an extractor, None of none."""
    return extractor and f"{extractor.name} {extractor.sha256}"


def hypermodel(model, data, tuner, given):
    """`GANHyperModel` of an architecture's name or class, or of a function, with what is given; one of the caller's as it is."""
    if isinstance(model, GANHyperModel):
        if given:
            raise ValueError(f"{', '.join(given)}: the GANHyperModel brings its own. Give it there.")
        if tuner == "hyperband" and "epochs" in model.space:
            raise ValueError("space: epochs, and Hyperband chooses those itself. Leave them out of the model's space.")
        return model
    if isinstance(model, str):
        if model not in ARCHITECTURES:
            raise ValueError(unknown("architecture", model, ARCHITECTURES))
        model = ARCHITECTURES[model]
    if not callable(model):
        raise TypeError(
            f"model is {type(model).__name__}; expected an architecture, a GANHyperModel or a function that gives a GAN."
        )
    return GANHyperModel(model, data.shape, tuner=tuner, **{"batch_size": data.batch_size, **given})


def check_model(hyper, data):
    """Tries the space's corners on the model, and its batch on the data; returns the GAN of the default recipe, untrained."""
    plain = hyper.make(hyper.usual, hyper.seed)
    data.batched(hyper.batch_size)
    spaces.check(
        hyper.space, lambda values: hyper.make({**hyper.usual, **values}, hyper.seed), len(data.train_samples), plain.pack
    )
    return plain


def run_trials(make, data, callbacks, num_workers, worker_command, folder):
    """Runs the trials that are left, here or in workers. A process that is itself a worker ends with that.

    Args:
        make: function that gives the `Search`; called where KerasTuner's variables say what this process is.
    """
    role = workers.role()
    workers.end_with_parent()
    team = workers.Workers(worker_command or [sys.executable, *sys.argv], num_workers, folder, workers.free_port())
    leads = num_workers > 1 and role is None
    with workers.as_chief(team.port) if leads else contextlib.nullcontext():
        with contextlib.redirect_stdout(io.StringIO()):  # where KerasTuner says that it reloads
            tuner = make()
        tuner.oracle.verbose = 0
        if leads:
            tuner.save()
            team.serve(tuner.oracle, tuner.fail)
        else:
            tuner.search(data, callbacks)
    if role == "worker":
        sys.exit(0)


def claim(folder, identity, notes):
    """Makes the folder this search's own, or raises; one of the same search is gone on with."""
    path = folder / "search.json"
    if not path.exists():
        if folder.exists() and any(folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty and holds no search. Choose another directory.")
        return files.write_json(path, {**identity, **notes, "started": time.strftime("%Y-%m-%d %H:%M:%S")})
    files.sweep(folder)
    there, wanted = files.read_json(path, None), json.loads(files.to_json(identity))
    if not isinstance(there, dict):
        raise ValueError(f"{path}: damaged, so this search cannot be told from another. Choose another directory.")
    for name, value in wanted.items():
        if name != "max_trials" and there.get(name) != value:  # more trials go on where fewer ended
            raise ValueError(
                f"{folder} holds another search: its {name} is {there.get(name)}, asked for {value}. Go on with the settings it was "
                "started with, or choose another directory."
            )
    files.write_json(path, {**there, "max_trials": wanted["max_trials"]})


def again(result, hyper, target, data, callbacks, count, seeds, say):
    """Trains the best trials and the default recipe again, over seeds that no trial had; keeps each as soon as it is done."""
    path = result.folder / "reruns.json"
    kept = {one["name"]: one for one in files.read_json(path, [])}
    best = result.different(count)
    epochs = {name: value for name, value in best[0]["values"].items() if name == "epochs"}
    wanted = {words.called(one): one["values"] for one in best} | {"default": {**hyper.usual, **epochs}}
    for name, values in wanted.items():
        one = kept.setdefault(name, {"name": name, "values": values, "scores": [], "epochs": None})
        for seed in range(hyper.seed + LATER + len(one["scores"]), hyper.seed + LATER + seeds):
            with backend.forgetting():
                score, epochs, why = train(hyper, target, values, seed, data, callbacks)
            one["scores"].append(score)
            one["epochs"] = epochs or one["epochs"]
            files.write_json(path, list(kept.values()))
            said = f"failed: {why}" if score is None else words.short(score)
            say(f"{name}, seed {seed}: {target.key.removeprefix('val_')} {said}")


def train(hyper, target, values, seed, data, callbacks):
    """(the objective's best measured value of one training, its epochs, None), or (None, None, reason) of one that failed."""
    try:
        found = hyper.train(hyper.make(values, seed), values, data, copy.deepcopy(callbacks))
    except Exception as error:  # as in a trial, it ends this training and nothing else
        return None, None, " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return found.get(target.key), int(found["epochs"]), None
