"""What a search found: its trials, the best ones again over several seeds, and a verdict."""

import dataclasses
import json
import math
import pathlib
import statistics

from keras_gans import files, plots
from keras_gans.models import ARCHITECTURES, settings
from keras_gans.tuning.space import FIT


@dataclasses.dataclass
class Rerun:
    """Settings trained again over several seeds.

    Attributes:
        name: "trial 07", or "default" of the recipe without changes.
        values: {name: value}.
        scores: the objective's best measured value for each seed; None where that training failed.
        better: "min" or "max".
    """

    name: str
    values: dict
    scores: list
    better: str

    @property
    def finished(self):
        return [score for score in self.scores if score is not None]

    @property
    def mean(self):
        """Mean over the seeds, infinitely bad with a training that failed."""
        if len(self.finished) < len(self.scores) or not self.scores:
            return math.inf if self.better == "min" else -math.inf
        return statistics.fmean(self.scores)

    @property
    def half_width(self):
        """Half of the 95 % interval of the mean (Student's t); None of fewer than two seeds."""
        if len(self.finished) < 2:
            return None
        from scipy import stats

        count = len(self.finished)
        return float(stats.t.ppf(0.975, count - 1) * statistics.stdev(self.finished) / math.sqrt(count))


def difference(winner, default):
    """(mean of default - mean of winner, turned so that above 0 is better; half of its 95 % interval by Welch's t-test), or None where
    either has fewer than two trainings that finished."""
    from scipy import stats

    a, b = default.finished, winner.finished
    if min(len(a), len(b)) < 2:
        return None
    parts = [statistics.variance(scores) / len(scores) for scores in (a, b)]
    gain = (statistics.fmean(a) - statistics.fmean(b)) * (1 if winner.better == "min" else -1)
    if sum(parts) == 0:
        return gain, 0.0
    freedom = sum(parts) ** 2 / sum(part**2 / (len(scores) - 1) for part, scores in zip(parts, (a, b)))
    return gain, float(stats.t.ppf(0.975, freedom) * math.sqrt(sum(parts)))


@dataclasses.dataclass
class TuneResult:
    """What `tune` returns.

    Attributes:
        folder: of the search.
        search: what was asked for, as search.json has it.
        trials: dicts, one a trial: trial, status, values, score (best measured value, mean over executions) or reason, seconds, epochs,
            steps (of the discriminator), images.
        reruns: `Rerun` of the best trials, best first, and of the default recipe.
    """

    folder: pathlib.Path
    search: dict
    trials: list
    reruns: list

    @property
    def key(self):
        return self.search["objective"]["key"]

    @property
    def better(self):
        return self.search["objective"]["direction"]

    def ranked(self):
        """Trials that finished, best first."""
        done = [trial for trial in self.trials if trial["status"] == "COMPLETED"]
        return sorted(done, key=lambda trial: trial["score"], reverse=self.better == "max")

    @property
    def default(self):
        """`Rerun` of the default recipe, or None."""
        return next((one for one in self.reruns if one.name == "default"), None)

    @property
    def winner(self):
        """`Rerun` of the best trial by its mean over seeds; the best trial as it was searched where none was run again; None where no
        trial finished."""
        again = [one for one in self.reruns if one.name != "default"]
        if again:
            return again[0]
        best = next(iter(self.ranked()), None)
        return None if best is None else Rerun(f"trial {best['trial']}", best["values"], [best["score"]], self.better)

    @property
    def best_values(self):
        """{name: value} of the winner."""
        return {} if self.winner is None else self.winner.values

    def verdict(self):
        """Whether the winner beats the default recipe by more than noise, in one sentence."""
        if self.winner is None:
            return "No trial finished."
        if self.default is None or self.winner.name == "default" or len(self.winner.scores) < 2:
            return f"{self.winner.name} was best in the search; not run again over seeds, so its lead may be luck (rerun=, seeds=)."
        found, name = difference(self.winner, self.default), self.key.removeprefix("val_")
        if len(self.default.finished) < len(self.default.scores):
            failed = len(self.default.scores) - len(self.default.finished)
            return f"{self.winner.name} beats the default recipe, {failed} of whose {len(self.default.scores)} trainings failed."
        if found is None:
            return f"Too few trainings of {self.winner.name} or of the default recipe finished to compare them."
        gain, half = found
        by = f"{short(gain)} ± {short(half)} (95 %, Welch, {len(self.winner.scores)} seeds each)"
        if gain > half:
            return f"{self.winner.name} beats the default recipe by more than noise: {name} better by {by}."
        return f"{self.winner.name} does not beat the default recipe by more than noise: {name} better by {by}."

    def table(self, count=10):
        """The best trials and what failed, as text."""
        lines, name = [], self.key.removeprefix("val_")
        ranked = self.ranked()
        lines.append(f"{'trial':>6} {name:>14} {'epochs':>7} {'steps':>8} {'seconds':>8}  values")
        for trial in ranked[:count]:
            cells = f"{int(trial['trial']):>6} {short(trial['score']):>14} {trial['epochs']:>7.0f} {trial['steps']:>8.0f} "
            lines.append(cells + f"{trial['seconds']:>8.1f}  {in_words(trial['values'])}")
        failed = [trial for trial in self.trials if trial["status"] == "FAILED"]
        lines.append(f"{len(ranked)} of {len(self.trials)} trials finished, {len(failed)} failed.")
        for reason, trials in grouped(failed).items():
            lines.append(f"  {reason}: trial {', '.join(trials)}")
        if self.reruns:
            lines.append(f"again over {len(self.reruns[0].scores)} seeds, mean with 95 % interval:")
            for one in self.reruns:
                half = "" if one.half_width is None else f" ± {short(one.half_width)}"
                each = ", ".join("failed" if score is None else short(score) for score in one.scores)
                lines.append(f"{one.name:>10}  {name} {short(one.mean)}{half} ({each})")
        return "\n".join([*lines, self.verdict()])

    def __str__(self):
        return self.table()

    def draw(self, path=None):
        """Writes the search as a picture (`plots.save_search`), by default `search.png` in its folder; returns the path."""
        path = self.folder / "search.png" if path is None else path
        logarithmic = [name for name, entry in self.search["space"].items() if isinstance(entry, dict) and entry.get("log")]
        options = {"score": self.key.removeprefix("val_"), "better": self.better, "logarithmic": logarithmic}
        return plots.save_search(self.trials, path, floor=self.default and self.default.mean, **options)

    def recipe(self):
        """The winner as `keras-gans train --recipe FILE` takes it."""
        if self.winner is None:
            raise ValueError("No trial finished, so there is nothing to export.")
        values = {**self.search["arguments"], **self.winner.values}
        found = next((trial for trial in self.trials if f"trial {trial['trial']}" == self.winner.name), {})
        return {
            "architecture": self.search["architecture"],
            "data": self.search["data"]["name"],
            "data_options": self.search.get("data_options", {}),
            "values": {name: value for name, value in values.items() if name not in FIT},
            "batch_size": values.get("batch_size", self.search["batch_size"]),
            "epochs": int(found.get("epochs", self.search["epochs"])),
            "seed": self.search["seed"],
            "about": {
                "objective": self.key,
                "scores": self.winner.scores,
                "mean": self.winner.mean,
                "half_width": self.winner.half_width,
                "default": None if self.default is None else {"scores": self.default.scores, "mean": self.default.mean},
                "verdict": self.verdict(),
                "found_by": self.search.get("command") or f"{self.search['tuner']} search",
            },
        }

    def best_gan(self):
        """The winner as its trial left it at its best measured epoch: a compiled GAN, in the state that was scored.

        Raises:
            ValueError: a search over a function of the caller's, which is not kept.
        """
        if self.search["architecture"] not in ARCHITECTURES:
            raise ValueError(
                f"{self.search['architecture']!r} is no architecture of the library. Build it, and load the weights."
            )
        recipe, trial = self.recipe(), self.winner.name.removeprefix("trial ")
        architecture = ARCHITECTURES[recipe["architecture"]]
        gan = settings.make(architecture, tuple(self.search["shape"]), recipe["values"], self.search["seed"])
        gan.load_weights(self.folder / "trials" / f"trial_{trial}" / "checkpoint.weights.h5")
        return gan

    def export(self, path):
        """Writes the winner: as a recipe where the path ends with .json, else as a folder with recipe.json, model.keras, scores.json
        and samples.png. Returns the path."""
        path, recipe = pathlib.Path(path), self.recipe()
        if path.suffix == ".json":
            files.write_json(path, recipe)
            return path
        gan = self.best_gan()
        files.write_json(path / "recipe.json", recipe)
        files.write_json(
            path / "scores.json", {**recipe["about"], "measured": self.search["measure"], "data": self.search["data"]}
        )
        with files.replacing(path / "model.keras") as temporary:
            gan.save(temporary)
        plots.save_samples(gan.generate(100, seed=0), path / "samples.png")
        return path


def read(folder):
    """`TuneResult` of a search's folder, finished or not.

    Raises:
        FileNotFoundError: not a search.
    """
    folder = pathlib.Path(folder)
    search = files.read_json(folder / "search.json", None)
    if not isinstance(search, dict):
        raise FileNotFoundError(
            f"{folder}: not a search (it has no readable search.json). Pass one that `keras-gans tune` made."
        )
    trials = []
    for path in sorted((folder / "trials").glob("trial_*/trial.json")):
        result = files.read_json(path.parent / "result.json", None)
        if result is not None and "status" in result:
            trials.append(trial_row(result, search["space"]))
    better = search["objective"]["direction"]
    reruns = [Rerun(**one, better=better) for one in files.read_json(folder / "reruns.json", [])]
    return TuneResult(folder, search, trials, in_order(reruns))


def in_order(reruns):
    """Best mean first, the default recipe last."""
    return sorted(reruns, key=lambda one: (one.name == "default", one.mean if one.better == "min" else -one.mean))


def trial_row(result, space):
    """A trial of `TuneResult.trials` from its result.json."""
    values = {name: decoded(value, space.get(name)) for name, value in result["drawn"].items() if name in space}
    executions = result.get("executions", [])
    spent = {
        name: sum(one[name] for one in executions) / len(executions) for name in ("epochs", "steps", "images") if executions
    }
    row = {key: result[key] for key in ("trial", "status", "score", "reason", "seconds") if key in result}
    return {**row, "values": values, **spent}


def decoded(value, entry):
    """A value as the space has it: choices of several types come from KerasTuner as JSON text."""
    if isinstance(entry, list) and value not in entry:
        return json.loads(value)
    return value


def grouped(failed):
    """{kind of reason: trial numbers}."""
    found = {}
    for trial in failed:
        reason = " ".join(trial.get("reason", "not said").split())
        kind = (
            reason.partition(":")[0]
            if reason.startswith(("nan", "collapse", "out of memory", "divergence"))
            else reason[:100]
        )
        found.setdefault(kind, []).append(str(int(trial["trial"])))
    return found


def short(value):
    """A number in few digits."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.3g}"


def in_words(values):
    """{name: value} on one line."""
    return ", ".join(f"{name} {short(value)}" for name, value in values.items() if not name.startswith("tuner/"))
