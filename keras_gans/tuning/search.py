"""KerasTuner's search, made to survive: files written whole, failures kept with their reason, a kill at any moment."""

import functools
import json
import math
import pathlib
import time
from typing import TYPE_CHECKING, Any

import keras
import keras_tuner
from keras_tuner import oracles
from keras_tuner.errors import FailedTrialError, FatalError

from keras_gans import backend, files
from keras_gans.errors import unknown
from keras_gans.tuning import words

if TYPE_CHECKING:
    from keras_tuner import Oracle as Base  # what stands behind `Sturdy` in each class
else:
    Base = object

ENDED = ("COMPLETED", "FAILED")


class Sturdy(Base):
    """What every oracle here has on top of KerasTuner's."""

    def save(self):
        files.write_text(self._get_oracle_fname(), json.dumps(self.get_state()))

    def _save_trial(self, trial):
        files.write_text(pathlib.Path(self._get_trial_dir(trial.trial_id)) / "trial.json", json.dumps(trial.get_state()))

    def reload(self):
        """Goes on from what a killed process left: a trial that was drawn but not yet counted is drawn again, one that had ended but
        was not yet counted is counted."""
        super().reload()
        for trial_id in set(self.trials) - set(self.start_order):
            del self.trials[trial_id]
        for trial_id in [one for one in self._retry_queue if self.trials[one].status in ENDED]:
            self._retry_queue.remove(trial_id)
            if trial_id not in self.end_order:
                self.end_order.append(trial_id)


class RandomOracle(Sturdy, oracles.RandomSearchOracle):
    pass


class BayesianOracle(Sturdy, oracles.BayesianOptimizationOracle):
    pass


class GridOracle(Sturdy, oracles.GridSearchOracle):
    def reload(self):
        """KerasTuner does not keep where in the grid it was, and would stop at once; it follows from the trials there are."""
        super().reload()

        def compare(a, b):
            return self._compare(*(self.trials[one].hyperparameters.values for one in (a, b)))

        self._ordered_ids: Any = type(self._ordered_ids)()
        for trial_id in sorted(self.start_order, key=functools.cmp_to_key(compare)):
            self._ordered_ids.insert(trial_id)
        self._populate_next = list(self.start_order)


class HyperbandOracle(Sturdy, oracles.HyperbandOracle):
    def populate_space(self, trial_id):
        """KerasTuner waits for trials that failed before it lets the best of a round go on, and so drops the rounds after it. Here they
        count as the worst of their round."""
        failed = [trial for trial in self.trials.values() if trial.status == "FAILED"]
        for trial in failed:
            trial.status, trial.score = "COMPLETED", math.inf if self.objective.direction == "min" else -math.inf
        try:
            return super().populate_space(trial_id)
        finally:
            for trial in failed:
                trial.status, trial.score = "FAILED", None


OPTIONS = {  # of KerasTuner's oracles that are for a caller of `tune`
    "random": (),
    "grid": (),
    "bayesian": ("num_initial_points", "alpha", "beta"),
    "hyperband": ("factor", "hyperband_iterations"),
}


def check_options(tuner, options):
    """Raises ValueError for an unknown tuner, TypeError for an option that it does not take."""
    if tuner not in OPTIONS:
        raise ValueError(unknown("tuner", tuner, OPTIONS))
    known = sorted({name for names in OPTIONS.values() for name in names})
    for name in options:
        if name not in known:
            raise TypeError(f"tune: {unknown('argument', name, known)}")
        if name not in OPTIONS[tuner]:
            raise TypeError(f"tune: {tuner!r} takes no option {name!r}; it takes {', '.join(OPTIONS[tuner]) or 'none'}.")


def oracle(tuner, objective, *, max_trials, max_epochs, seed, **options):
    """KerasTuner's oracle for "random", "grid", "bayesian" or "hyperband"."""
    options |= {
        "objective": keras_tuner.Objective(objective.key, objective.direction),
        "seed": seed + 1,  # KerasTuner takes 0 for none
        "max_consecutive_failed_trials": 10**9,  # failures are part of the search
    }
    if tuner == "hyperband":
        return HyperbandOracle(max_epochs=max_epochs, **options)
    kinds = {"random": RandomOracle, "grid": GridOracle, "bayesian": BayesianOracle}
    return kinds[tuner](max_trials=max_trials, **options)


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the best measured epoch, over all fits it is in."""

    reads_logs = True

    def __init__(self, objective, path):
        super().__init__()
        self.objective, self.path, self.best = objective, path, math.inf

    def on_epoch_end(self, epoch, logs=None):
        value = self.objective.sign * float((logs or {}).get(self.objective.key, math.inf * self.objective.sign))
        if value < self.best:
            self.best = value
            with files.replacing(self.path) as temporary:
                self.model.save_weights(temporary)


class Search(keras_tuner.Tuner):
    """A `keras_tuner.Tuner` for GANs.

    A trial's folder has `result.json`: values, score, each execution's scores, epochs, steps and seconds, or the reason why it failed;
    `checkpoint.weights.h5`, the weights of its best measured epoch; and for Hyperband the last ones, from which its next round goes on.

    Args:
        oracle: of `oracle`.
        hypermodel: `GANHyperModel`.
        target: `Objective`.
        say: function that takes a line for the reader.
        others: of `keras_tuner.Tuner`.
    """

    def __init__(self, oracle, hypermodel, target, say=print, **others):
        self.target, self.say = target, say
        super().__init__(oracle=oracle, hypermodel=hypermodel, **others)

    def save(self):
        if not self._is_worker():
            self.oracle.save()
        files.write_text(self._get_tuner_fname(), json.dumps(self.get_state()))

    def path(self, trial_id, name):
        return pathlib.Path(self.get_trial_dir(trial_id)) / name

    def run_trial(self, trial, data, callbacks):
        """Builds and trains a GAN for each execution. Returns {log key: mean of the executions' best}."""
        values = dict(trial.hyperparameters.values)
        kept = files.read_json(self.path(trial.trial_id, "result.json"), {})
        if kept.get("drawn") == values and kept.get("status") in ENDED:  # it ended, and the process was killed just then
            if kept["status"] == "FAILED":
                raise FailedTrialError(kept["reason"])
            return {self.target.key: kept["score"]}
        result, start = {"trial": trial.trial_id, "drawn": values, "executions": []}, time.perf_counter()
        best = BestWeights(self.target, self.path(trial.trial_id, "checkpoint.weights.h5"))
        try:
            for execution in range(self.executions_per_trial):
                made = [*self._deepcopy_callbacks(callbacks), best]
                with backend.forgetting():
                    result["executions"].append(self.execute(trial, execution, data, made))
            scores = [one[self.target.key] for one in result["executions"] if one.get(self.target.key) is not None]
            score = sum(scores) / len(scores) if scores else math.nan
            if not math.isfinite(score):
                raise FailedTrialError(f"{self.target.key} is {score}")
            result |= {"status": "COMPLETED", "score": score}
        except FatalError:
            raise
        except Exception as error:
            reason = str(error) if isinstance(error, FailedTrialError) else f"{type(error).__name__}: {error}"
            result |= {"status": "FAILED", "reason": reason}
            raise FailedTrialError(reason) from error
        finally:
            result["seconds"] = round(time.perf_counter() - start, 2)
            if "status" in result:
                files.write_json(self.path(trial.trial_id, "result.json"), result)
        return {self.target.key: score}

    def execute(self, trial, execution, data, callbacks):
        """One training; returns what `GANHyperModel.fit` does."""
        gan, values = self.hypermodel.build(trial.hyperparameters), trial.hyperparameters.values
        options = {}
        if "tuner/epochs" in values:
            options = {"epochs": values["tuner/epochs"], "initial_epoch": values["tuner/initial_epoch"]}
            if "tuner/trial_id" in values:
                before = self.path(values["tuner/trial_id"], f"last_{execution}.weights.h5")
                if not before.exists():
                    raise FailedTrialError(f"trial {values['tuner/trial_id']}, which it goes on from, had failed")
                gan.load_weights(before)
        found = self.hypermodel.fit(trial.hyperparameters, gan, data, callbacks=callbacks, **options)
        if "tuner/epochs" in values:
            with files.replacing(self.path(trial.trial_id, f"last_{execution}.weights.h5")) as temporary:
                gan.save_weights(temporary)
        return found

    def fail(self, trial, reason):
        """Ends a trial whose process died."""
        result = {"trial": trial.trial_id, "drawn": dict(trial.hyperparameters.values), "executions": [], "seconds": 0.0}
        files.write_json(self.path(trial.trial_id, "result.json"), {**result, "status": "FAILED", "reason": reason})
        trial.status, trial.message = "FAILED", reason
        self.on_trial_end(trial)

    def on_trial_end(self, trial):
        super().on_trial_end(trial)
        self.say(self.line(files.read_json(self.path(trial.trial_id, "result.json"), {})))

    def line(self, result):
        """A trial in one line."""
        found = [files.read_json(path, {}) for path in pathlib.Path(self.project_dir).glob("trial_*/result.json")]
        done = [one for one in found if one.get("status") == "COMPLETED"]  # of other workers too
        best = min(done, key=lambda one: self.target.sign * one["score"], default=None)
        ended = sum(one.get("status") in ENDED for one in found)
        return words.line(result, self.target.key.removeprefix("val_"), best, ended, self.oracle.max_trials)
