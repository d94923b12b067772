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

from keras_tuner.errors import FailedTrialError

from keras_gans import backend, files
from keras_gans.callbacks import Monitor
from keras_gans.errors import SearchFailed, unknown, whole_number
from keras_gans.models import ARCHITECTURES
from keras_gans.tuning import objective as objectives
from keras_gans.tuning import results, search, workers
from keras_gans.tuning import space as spaces
from keras_gans.tuning.hypermodel import GANHyperModel

LATER = 1000  # seeds of the reruns lie this far above those of the trials


def tune(
    model,
    data,
    objective="fid",
    tuner="random",
    space="small",
    *,
    arguments=None,
    max_trials=20,
    executions_per_trial=1,
    epochs=20,
    batch_size=None,
    budget="epochs",
    every=None,
    num_samples=None,
    extractor="auto",
    rerun=3,
    seeds=3,
    monitor=None,
    directory=None,
    seed=0,
    num_workers=1,
    worker_command=None,
    command=None,
    data_options=None,
    verbose=True,
    **tuner_options,
):
    """Searches for settings with which a GAN draws the best samples.

    Goes on where it was, when it is called again with the same arguments after a kill. The trials are measured on the validation part of
    the data, on the averaged generator where there is one, and ranked by the best measured epoch.

    Args:
        model: architecture ("dcgan") or class; a function of {name: value} that gives a compiled GAN; or a `GANHyperModel`, which brings
            its own space, arguments, epochs, batch_size, budget and seed.
        data: `keras_gans.data.Data`.
        objective: a score ("fid", "kid", "coverage", "density", "recall", "discriminative", "modes", ...; what they are:
            `keras_gans.metrics`), or a weighted sum, {"fid": 1, "coverage": 0.5}, in which 0 is what real samples score and 1 what an
            untrained generator does.
        tuner: "random", "grid" (the first value of each list first, the last name fastest), "hyperband" or "bayesian".
        space: "small", "practical", "brief", or {name: list of values, `Range`, or {"low":, "high":, "step":, "log":}}. Names: batch_size,
            epochs, learning_rate (both players'), d_learning_rate, g_learning_rate, beta_1, beta_2, n_critic, penalty_weight, loss,
            recipe, augment, self_supervision, curriculum, and any argument of the architecture (width, norm, dropout, weight_decay ...).
        arguments: {name: value} of the same names that every trial has.
        max_trials: trials in all; None for the whole grid. Hyperband's follow from `epochs`.
        executions_per_trial: trainings of a trial, with seeds of their own; their mean counts.
        epochs, batch_size: where the space has none; the batch by default that of the data. With Hyperband the most epochs of a trial.
        budget: "epochs", "steps" or "images": see `GANHyperModel`.
        every: epochs from one measurement to the next; by default a fifth of `epochs`.
        num_samples: samples that a measurement draws; by default as many as there are real training samples, at most 2,000.
        extractor: as in `callbacks.GenerativeMetrics`.
        rerun: how many of the best trials are trained again, and with them the default recipe (with `arguments`, `batch_size`, and
            the winner's epochs); 0 for none.
        seeds: trainings of each of those.
        monitor: `callbacks.Monitor` whose "stop" fails a trial; by default one that stops at a collapse of the generator.
        directory: of the search; by default tuning_runs/MODEL_DATA.
        seed: of the draws and the trainings.
        num_workers: processes that train at once, on this machine. Processes on several machines: docs/tuning.md.
        worker_command: list of words that makes the same call in another process; by default this process's own command line.
        command: line that started this search, for its report.
        data_options: {name: value} with which `data.load` made the data, for the recipe.
        verbose: print a line for each trial.
        tuner_options: of KerasTuner's oracle (factor, hyperband_iterations, num_initial_points, alpha, beta).

    Returns:
        `TuneResult`.

    Raises:
        ValueError: before the first trial, whatever the search could not do: a range upside down or outside what the model takes, a
            batch larger than the data, an objective that nobody can measure, a directory of another search.
        SearchFailed: no trial finished; with their reasons.
    """
    counts = {"executions_per_trial": executions_per_trial, "seeds": seeds, "num_workers": num_workers}
    check_request(data, tuner, tuner_options, counts | {"max_trials": 1 if max_trials is None else max_trials})
    whole_number("rerun", rerun, least=0)
    settings = {"batch_size": batch_size or data.batch_size, "epochs": epochs, "budget": budget, "seed": seed}
    hyper = hypermodel(model, data, space, tuner, arguments=arguments, **settings)
    plain = check_model(hyper, data)
    measure = {"extractor": extractor, "num_samples": num_samples or min(2000, len(data.train_images))}
    target = objectives.get(objective, data, plain, **measure)
    most = max([hyper.epochs, *(hyper.space["epochs"].corners if "epochs" in hyper.space else ())])
    every = whole_number("every", every or max(1, most // 5))
    callbacks = target.callbacks(data, every=every, **measure)
    callbacks.append(monitor or Monitor({"collapse": "stop"}, default="ignore", quiet=True))
    folder = pathlib.Path(directory or f"tuning_runs/{hyper.called}_{data.name}")
    asked = {
        **hyper.about(),
        "objective": {"key": target.key, "direction": target.direction, "weights": target.weights},
        "tuner": tuner,
        "tuner_options": tuner_options,
        "max_trials": max_trials,
        "executions_per_trial": executions_per_trial,
        "every": every,
        "measure": {**measure, "extractor": described(callbacks[0].evaluator.extractor)},
        "data": {"name": data.name, "fingerprint": data.fingerprint},
    }
    if workers.role() != "worker":
        claim(folder, asked, {"command": command, "data_options": data_options or {}})
    say = functools.partial(print, flush=True) if verbose else str
    logging.getLogger("tensorflow").setLevel("ERROR")  # every trial is a new model, which it takes for retracing
    oracle = search.oracle(tuner, target, max_trials=max_trials, max_epochs=hyper.epochs, seed=hyper.seed, **tuner_options)
    options = {"directory": str(folder), "project_name": "trials", "executions_per_trial": executions_per_trial}
    run_trials(
        functools.partial(search.Search, oracle, hyper, target, say, **options), data, callbacks, num_workers, worker_command
    )
    result = results.read(folder)
    if result.winner is None:
        reasons = "; ".join(f"{why} ({len(trials)})" for why, trials in results.grouped(result.trials).items())
        raise SearchFailed(f"None of {len(result.trials)} trials finished: {reasons}. Try a narrower space, or lower rates.")
    if rerun:
        again(result, hyper, target, data, callbacks, rerun, seeds, say)
        result = results.read(folder)
    result.draw()
    result.export(folder / "best.json")
    return result


def check_request(data, tuner, options, counts):
    """Raises unless it is a data set, a tuner that takes the options, and counts of at least 1."""
    if not hasattr(data, "validation_images"):
        raise TypeError(
            f"data is {type(data).__name__}; expected keras_gans.data.load(...), data.from_arrays(...) or data.from_samples(...)."
        )
    search.check_options(tuner, options)
    for name, value in counts.items():
        whole_number(name, value)


def described(extractor):
    """Name and hash of an extractor, None of none."""
    return extractor and f"{extractor.name} {extractor.sha256}"


def hypermodel(model, data, space, tuner, **settings):
    """`GANHyperModel` of an architecture's name or class, or of a function; one of the caller's as it is."""
    if isinstance(model, GANHyperModel):
        return model
    if isinstance(model, str):
        if model not in ARCHITECTURES:
            raise ValueError(unknown("architecture", model, ARCHITECTURES))
        model = ARCHITECTURES[model]
    if not callable(model):
        raise TypeError(
            f"model is {type(model).__name__}; expected an architecture, a GANHyperModel or a function that gives a GAN."
        )
    return GANHyperModel(model, data.shape, space, tuner=tuner, **settings)


def check_model(hyper, data):
    """Tries the space's corners on the model, and its batch on the data; returns the GAN of the default recipe, untrained."""
    plain = hyper.make(hyper.usual, hyper.seed)
    data.batched(hyper.batch_size)
    spaces.check(
        hyper.space, lambda values: hyper.make({**hyper.usual, **values}, hyper.seed), len(data.train_images), plain.pack
    )
    return plain


def run_trials(make, data, callbacks, num_workers, worker_command):
    """Runs the trials that are left, here or in workers. A process that is itself a worker ends with that.

    Args:
        make: function that gives the `Search`; called where KerasTuner's variables say what this process is.
    """
    role = workers.role()
    workers.end_with_parent()
    team = workers.Workers(worker_command or [sys.executable, *sys.argv], num_workers, workers.free_port())
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
    there, wanted = files.read_json(path, None), json.loads(files.to_json(identity))
    if not isinstance(there, dict):
        raise ValueError(f"{path}: damaged, so this search cannot be told from another. Choose another directory.")
    for name, value in wanted.items():
        if there.get(name) != value:
            raise ValueError(
                f"{folder} holds another search: its {name} is {there.get(name)}, asked for {value}. Go on with the settings it was "
                "started with, or choose another directory."
            )


def again(result, hyper, target, data, callbacks, count, seeds, say):
    """Trains the best trials and the default recipe again, over seeds that no trial had; keeps each as soon as it is done."""
    path = result.folder / "reruns.json"
    kept = {one["name"]: one for one in files.read_json(path, [])}
    best = result.ranked()[:count]
    epochs = {name: value for name, value in best[0]["values"].items() if name == "epochs"}
    wanted = {f"trial {one['trial']}": one["values"] for one in best} | {"default": {**hyper.usual, **epochs}}
    for name, values in wanted.items():
        one = kept.setdefault(name, {"name": name, "values": values, "scores": []})
        for seed in range(hyper.seed + LATER + len(one["scores"]), hyper.seed + LATER + seeds):
            with backend.forgetting():
                score = train(hyper, target, values, seed, data, callbacks)
            one["scores"].append(score)
            files.write_json(path, list(kept.values()))
            say(
                f"{name}, seed {seed}: {target.key.removeprefix('val_')} {'failed' if score is None else results.short(score)}"
            )


def train(hyper, target, values, seed, data, callbacks):
    """The objective's best measured value of one training, None of one that failed."""
    try:
        found = hyper.train(hyper.make(values, seed), values, data, copy.deepcopy(callbacks))
    except FailedTrialError:
        return None
    return found.get(target.key)
