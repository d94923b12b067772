"""What a search found: its trials, the best ones again over several seeds, a verdict, and the winner to take away."""

import dataclasses
import json
import pathlib
from typing import Any

from keras_gans import files, plots
from keras_gans.models import ARCHITECTURES, GAN, settings
from keras_gans.tuning import reruns as again
from keras_gans.tuning import words
from keras_gans.tuning.reruns import Rerun
from keras_gans.tuning.space import FIT
from keras_gans.types import Path


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
    def key(self) -> str:
        return self.search["objective"]["key"]

    @property
    def better(self) -> str:
        return self.search["objective"]["direction"]

    def ranked(self) -> list[dict[str, Any]]:
        """Trials that finished, best first."""
        done = [trial for trial in self.trials if trial["status"] == "COMPLETED"]
        return sorted(done, key=lambda trial: trial["score"], reverse=self.better == "max")

    def different(self, count: int) -> list[dict[str, Any]]:
        """The best trials with values of their own (of Hyperband's rounds with the same values, the best)."""
        found: dict[str, Any] = {}
        for trial in self.ranked():
            found.setdefault(json.dumps(trial["values"], sort_keys=True), trial)
        return list(found.values())[:count]

    @property
    def default(self) -> Rerun | None:
        """`Rerun` of the default recipe, or None."""
        return next((one for one in self.reruns if one.name == "default"), None)

    @property
    def candidates(self) -> list[Rerun]:
        """`Rerun` of the trials that were trained again, best mean first."""
        return [one for one in self.reruns if one.name != "default"]

    @property
    def winner(self) -> Rerun | None:
        """`Rerun` of the best trial by its mean over seeds; the best trial as it was searched where none was run again; None where no
        trial finished."""
        if self.candidates:
            return self.candidates[0]
        best = next(iter(self.ranked()), None)
        if best is None:
            return None
        return Rerun(words.called(best), best["values"], [best["score"]], self.better, int(best["epochs"]))

    @property
    def winning_trial(self) -> dict[str, Any]:
        """The winner's trial."""
        return next(trial for trial in self.trials if words.called(trial) == self.winner.name)  # type: ignore[union-attr]

    @property
    def best_values(self) -> dict[str, Any]:
        """{name: value} of the winner."""
        return {} if self.winner is None else self.winner.values

    def verdict(self) -> str:
        """Whether the winner beats the default recipe by more than noise, in one sentence."""
        if self.winner is None:
            return "No trial finished."
        return again.verdict(self.key.removeprefix("val_"), self.winner, self.default, len(self.candidates))

    def __str__(self) -> str:
        return words.table(self)

    def draw(self, path: Path | None = None) -> pathlib.Path:
        """Writes the search as a picture (`plots.save_search`), by default `search.png` in its folder; returns the path."""
        path = self.folder / "search.png" if path is None else path
        logarithmic = [name for name, entry in self.search["space"].items() if isinstance(entry, dict) and entry.get("log")]
        options: dict[str, Any] = {"score": self.key.removeprefix("val_"), "better": self.better, "logarithmic": logarithmic}
        return plots.save_search(self.trials, path, floor=self.default.mean if self.default else None, **options)

    def recipe(self) -> dict[str, Any]:
        """The winner as `keras-gans train --recipe FILE` takes it: with the trial's seed, epochs and measurements, so that its best
        epoch is the trial's."""
        if self.winner is None:
            raise ValueError("No trial finished, so there is nothing to export.")
        values, trial = {**self.search["arguments"], **self.winner.values}, self.winning_trial
        epochs = int(trial["epochs"])
        return {
            "architecture": self.search["architecture"],
            **self.search["source"],
            "values": {name: value for name, value in values.items() if name not in FIT},
            "batch_size": values.get("batch_size", self.search["batch_size"]),
            "epochs": epochs,
            "every": -(-epochs // self.search["measurements"]),
            "seed": self.search["seed"],
            "about": {
                "objective": self.key,
                "trial": {"name": self.winner.name, "score": trial["score"]},
                "again": [dataclasses.asdict(one) for one in (self.winner, self.default) if one is not None],
                "mean": self.winner.mean,
                "half_width": self.winner.half_width,
                "default_mean": self.default and self.default.mean,
                "verdict": self.verdict(),
                "found_by": self.search.get("command") or f"{self.search['tuner']} search",
            },
        }

    def best_gan(self) -> GAN:
        """The winner as its trial left it at its best measured epoch: a compiled GAN, in the state that was scored.

        Raises:
            ValueError: a search over a function of the caller's, which is not kept.
        """
        if self.search["architecture"] not in ARCHITECTURES:
            raise ValueError(
                f"{self.search['architecture']!r} is no architecture of the library. Build it, and load the weights."
            )
        recipe, trial = self.recipe(), self.winning_trial["trial"]
        architecture = ARCHITECTURES[recipe["architecture"]]
        gan = settings.make(architecture, tuple(self.search["shape"]), recipe["values"], self.search["seed"])
        gan.load_weights(self.folder / "trials" / f"trial_{trial}" / "checkpoint.weights.h5")
        return gan

    def export(self, path: Path) -> pathlib.Path:
        """Writes the winner: as a recipe where the path ends with .json, else as a folder with recipe.json, model.keras (the trial's, at
        its best measured epoch), scores.json (what that model scored, and apart from it what the settings did over other seeds) and
        samples.png. Returns the path."""
        path, recipe = pathlib.Path(path), self.recipe()
        if path.suffix == ".json":
            files.write_json(path, recipe)
            return path
        gan = self.best_gan()
        files.write_json(path / "recipe.json", recipe)
        scores = {
            "model": {self.key: self.winning_trial["score"]},
            "measured": self.search["measure"],
            "data": self.search["data"],
        }
        files.write_json(path / "scores.json", {**scores, "settings": recipe["about"]})
        with files.replacing(path / "model.keras") as temporary:
            gan.save(temporary)
        plots.save_samples(gan.generate(100, seed=0), path / "samples.png")
        return path


def read(folder: Path) -> TuneResult:
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
    trials.sort(key=lambda trial: int(trial["trial"]))
    better = search["objective"]["direction"]
    reruns = [Rerun(**one, better=better) for one in files.read_json(folder / "reruns.json", [])]
    return TuneResult(folder, search, trials, again.in_order(reruns))


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
