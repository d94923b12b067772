"""What a run came to: its pictures, its scores beside those of real samples, in summary.json and in words."""

import dataclasses
import math
import pathlib
from typing import TYPE_CHECKING, Any

import keras

from keras_gans import files, plots
from keras_gans.callbacks import GenerativeMetrics, RunFolder
from keras_gans.callbacks.run_folder import history_text
from keras_gans.metrics import Evaluator
from keras_gans.models import GAN, load_model

if TYPE_CHECKING:
    from keras_gans.data import Data


@dataclasses.dataclass
class Summary:
    """What a run came to. Attributes are those of summary.json."""

    folder: str
    epochs: int
    seconds: float
    scores: dict
    real_scores: dict
    best: dict
    class_counts: dict
    record: dict
    pictures: list
    test: dict

    def __str__(self) -> str:
        lines = [f"{self.epochs} epochs, {self.seconds:.0f} s of training."]
        width = max(12, *map(len, self.scores), 0)
        for key, value in self.scores.items():
            best = f", best {short(self.best[key]['value'])} in epoch {self.best[key]['epoch']}" if key in self.best else ""
            lines.append(f"{key:{width}} {short(value):>8}   real training samples {short(self.real_scores[key])}{best}")
        if not self.record:
            lines.append(
                "No scores: there is no feature extractor for this data set here, or too few of its samples are held out "
                "(extractor=, --extractor: a stored one, or any Keras model)."
            )
        else:
            accuracy = self.record["extractor_accuracy"]
            lines.append(
                f"({self.record['n_fake']:,} of each against {self.record['n_real']:,} {self.record['split']} samples, features of "
                f"{self.record['extractor']!r}" + (f", test accuracy {accuracy:.1%})" if accuracy else ")")
            )
        if self.test:
            marks = (
                f"{key} {short(value)} (real {short(self.test['real_scores'][key])})"
                for key, value in self.test["scores"].items()
            )
            lines.append(f"best.keras on {self.test['n_real']:,} test samples, which did not choose it: {', '.join(marks)}")
        if self.class_counts:
            drawn = sum(count > 0 for count in self.class_counts.values())
            shares = ", ".join(f"{name}: {count}" for name, count in self.class_counts.items())
            lines.append(f"classes drawn: {drawn} of {len(self.class_counts)} ({shares})")
        kept = ["model.keras", "history.csv", "summary.json", "samples/", *self.pictures]
        kept += ["best.keras"] if self.best else []
        lines.append(f"In {self.folder}: {', '.join(kept)}")
        return "\n".join(lines)


def short(value: float) -> str:
    """A score in few digits."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.4f}"


def finish(
    gan: GAN, data: "Data", folder: pathlib.Path, kept: RunFolder, score: GenerativeMetrics | None, measured: bool = True
) -> Summary:
    """The pictures and the summary of a run that has reached its last epoch."""
    record: dict[str, Any] = {}
    scores, real, best, counts, test, rows = {}, {}, {}, {}, {}, kept.rows
    if score is not None:
        if not measured:
            score.evaluator(gan)
        record = score.evaluator.record
        scores = {key: record[key] for key in score.evaluator.keys()}
        drawn = record.get("class_counts", [])
        counts = dict(zip(data.class_names or map(str, range(len(drawn))), drawn))
        real = score.evaluator.score(data.real(record["n_fake"]))
        for key, produced in zip(scores, score.produces):
            measured_rows = [row for row in rows if math.isfinite(row.get(produced, math.nan))]
            if produced == kept.monitor and measured_rows:
                row = min(measured_rows, key=lambda row: kept.sign * row[produced])
                best[key] = {"value": row[produced], "epoch": row["epoch"]}
        if data.test is not None and (folder / "best.keras").exists():
            test = reported(load_model(folder / "best.keras"), data, score.evaluator)
    files.write_text(folder / "history.csv", history_text(rows))
    floors = {f"val_{key}": value for key, value in real.items()}
    pictures = plots.save_run(gan, data, folder, rows, floors, files.read_json(folder / "alarms.json", []))
    seconds = sum(row["seconds"] for row in rows)
    summary = Summary(
        str(folder), int(rows[-1]["epoch"]) if rows else 0, seconds, scores, real, best, counts, record, pictures, test
    )
    versions = {"keras": keras.__version__, "backend": keras.backend.backend()}
    files.write_json(folder / "summary.json", {**dataclasses.asdict(summary), "versions": versions})
    return summary


def reported(gan: GAN, data: "Data", chosen_on: Evaluator) -> dict[str, Any]:
    """What a model scores on the test split: {"scores", "real_scores", "n_real", "n_fake"}, with the settings of the evaluator that
    chose it."""
    evaluator = Evaluator(
        data.test,
        chosen_on.names,
        extractor=chosen_on.extractor or "auto",
        num_samples=chosen_on.num_samples,
        seed=chosen_on.seed,
    )
    scores = evaluator(gan)
    found = {"scores": scores, **{name: evaluator.record[name] for name in ("n_real", "n_fake")}}
    real = evaluator.score(data.real(evaluator.record["n_fake"]))
    return {**found, "real_scores": real}
