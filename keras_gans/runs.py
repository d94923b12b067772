"""One run in one folder: train, score, draw, stop at any moment, go on exactly."""

import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec

import keras

from keras_gans import backend, files, plots
from keras_gans.callbacks import GenerativeMetrics, Interruption, Monitor, ProgressLine, RunFolder, SampleGrid
from keras_gans.callbacks.run_folder import history_text
from keras_gans.errors import unknown
from keras_gans.metrics import Evaluator, embedded_extractors
from keras_gans.metrics.scores import OF, expand
from keras_gans.models import GAN, load_model
from keras_gans.models.base import naming_the_lost
from keras_gans.types import Path

if TYPE_CHECKING:
    from keras_gans.data import Data

P = ParamSpec("P")
STATE = ("run.json", "model.keras", "best.keras", "history.csv", "alarms.json")


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
                "(callbacks.GenerativeMetrics takes any Keras model)."
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


def one_writes(train: Callable[P, "Summary"]) -> Callable[P, "Summary"]:
    """Of several workers each does the whole of `train`, and those that are not the chief do it in a copy of the folder's state,
    which goes when they are done."""

    @functools.wraps(train)
    def trained(gan, data, folder, **options):
        if backend.workers() and gan.device_count == 1:
            raise ValueError(
                "Several workers are named in the environment, and this GAN is one worker's alone. Make it in the scope of "
                "tf.distribute.MultiWorkerMirroredStrategy(), or leave TF_CONFIG out."
            )
        with naming_the_lost():
            if backend.is_chief():
                return train(gan, data, folder, **options)
            with tempfile.TemporaryDirectory(prefix="keras_gans_worker_") as own:
                for name in STATE:
                    with contextlib.suppress(FileNotFoundError):
                        shutil.copy(pathlib.Path(folder) / name, own)
                try:
                    return train(gan, data, own, **options)
                except KeyboardInterrupt:
                    raise KeyboardInterrupt(
                        f"This worker was interrupted; {folder} keeps what the chief has saved."
                    ) from None

    return trained  # type: ignore[return-value]  # it takes what `train` takes


@one_writes
def train(
    gan: GAN,
    data: "Data",
    folder: Path,
    *,
    epochs: int,
    every: int = 10,
    resume: bool = False,
    choose: str | None = None,
    monitor: Monitor | None = None,
    tensorboard: bool = False,
    command: str | None = None,
    recipe: Mapping[str, Any] | None = None,
    verbose: int | str = "auto",
) -> Summary:
    """Trains a GAN on a data set in a run folder.

    The folder then holds `model.keras` (the last state, complete), `best.keras` (best Fréchet distance, or `choose`), `history.csv`,
    `samples/epoch_0010.png` ..., `samples.png`, `curves.png`, `interpolation.png`, of images `samples.gif` and `nearest.png` and of
    others `comparison.png`, `run.json` (what was asked for) and `summary.json`. Where the data have a test split, the summary has what
    `best.keras` scores on it: the samples that did not choose.

    Args:
        gan: compiled GAN; of a run that goes on, any GAN made in the same way: its state comes from the folder.
        folder: empty, missing, or (with `resume`) one of this same run.
        epochs: in all.
        every: epochs from one measurement, picture and saved state to the next.
        resume: go on with the run in the folder; where there is none yet, start it.
        choose: name of the score whose best measured epoch is `best.keras`; by default the Fréchet distance.
        monitor: whose alarms the folder then keeps (`alarms.json`), or None.
        tensorboard: write logs, scores and pictures for TensorBoard too, in `logs/`.
        command: line that starts this run, for run.json and the report.
        recipe: what `keras-gans train --recipe` takes for this run, for run.json.
        verbose: as in `fit`, or "line" for one line an epoch.

    Of several workers (docs/devices.md) all read the folder, and the chief alone writes to it.

    Raises:
        FileExistsError: the folder holds another run, or something else.
        ValueError: resuming with other settings, or to fewer epochs than there are; a curriculum with a stage that these epochs do
            not reach.
        KeyboardInterrupt: after Ctrl-C, with a message that says what is kept: the epoch it came in, or after a second one what was
            saved last.
        TrainingDiverged: a loss became NaN; the folder keeps its last good state.
    """
    folder = pathlib.Path(folder)
    identity = {
        "architecture": type(gan).__name__,
        "config": plain(gan.get_config()),
        "compile": plain(gan.get_compile_config()),
        "data": {
            "name": data.name,
            "fingerprint": data.fingerprint,
            "batch_size": data.batch_size,
            "seed": data.train.order.seed,
        },
        "every": every,
    }
    if monitor is not None:
        identity["monitor"] = monitor.actions
    if choose is not None:
        identity["choose"] = choose
    if gan.curriculum is not None:
        gan.curriculum.check_reached(epochs)
    open_folder(folder, identity, epochs, resume, {"command": command, "recipe": recipe})
    done = 0
    if (folder / "model.keras").exists():
        with backend.scope_of(gan):
            gan = load_model(folder / "model.keras")
        done = int(gan.steps.numpy()) // len(data.train)
    if not backend.same_everywhere(gan, done):
        raise ValueError(
            f"This worker finds {done} epochs in the run folder, and others find another number. The folder has to be one that all "
            "workers see: put it on storage that they share."
        )
    callbacks, score, metrics = [], None, scored(data, choose)
    if metrics:
        # as many fakes as there are real training samples to compare them with: the scores move with the number
        score = GenerativeMetrics(data.validation, metrics, every=every, num_samples=min(2000, len(data.train_images)))
        callbacks.append(score)
    callbacks.append(SampleGrid(folder / "samples", every=every))
    chooser: Any = score and score.prefix + score.evaluator.key(choose or metrics[0])
    kept = RunFolder(folder, every, chooser, score.produces[chooser] if score else "min")
    kept.resume(done)
    if monitor is not None:
        monitor.path = folder / "alarms.json"
        best = (
            load_model(folder / "best.keras")
            if monitor.monitor == kept.monitor and (folder / "best.keras").exists()
            else None
        )
        monitor.resume(kept.rows, gan, files.read_json(monitor.path, []), best)
        callbacks.append(monitor)
    stop = Interruption()
    callbacks += [stop, kept]
    if done > epochs:
        raise ValueError(f"{folder} already has {done} epochs, asked for {epochs}. Ask for more, or choose another folder.")
    if tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(folder / "logs", write_graph=False))
    if verbose == "line":
        callbacks.append(ProgressLine())
    try:
        if done < epochs:
            with stop if not backend.workers() else contextlib.nullcontext():  # others would wait for one that stops
                gan.fit(
                    data.train,
                    epochs=epochs,
                    initial_epoch=done,
                    validation_data=data.validation,
                    callbacks=callbacks,
                    verbose=0 if verbose == "line" else verbose,
                )
        if stop.asked and kept.saved < epochs:
            raise KeyboardInterrupt
        return finish(gan, data, folder, kept, score, measured=done < epochs)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Interrupted. {folder} keeps the state after epoch {kept.saved} of {epochs}."
            if kept.saved
            else f"Interrupted before the first state was saved (after epoch {every}); {folder} can be started again."
        ) from None


def scored(data: "Data", choose: str | None = None) -> list[str]:
    """The scores of a run on this data, with one more to choose by; none where they need an extractor that there is not, or more
    samples."""
    found = usual_scores(data)
    if choose is not None and choose not in OF:
        raise ValueError(unknown("score to choose by", choose, OF))
    if choose is not None and not found:
        raise ValueError(f"choose={choose!r}: {data.name} has no scores here, for want of an extractor or of samples.")
    return [*found, choose] if choose is not None and choose not in expand(found, data.shape) else found


def usual_scores(data: "Data") -> list[str]:
    if len(data.shape) == 3:
        return ["fid", "is"] if getattr(data.validation, "extractor", None) in embedded_extractors() else []
    if min(len(data.train_images), len(data.validation_images)) < 15:
        return []
    if len(data.shape) == 2:
        return ["fid", "coverage", "untrained"]
    return ["fid", "modes" if hasattr(data.validation, "modes") else "coverage"]


def short(value: float) -> str:
    """A score in few digits."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.4f}"


def plain(config: Any) -> Any:
    """A config as JSON holds it, without the names that Keras numbers anew in every process."""
    if isinstance(config, dict):
        return {key: plain(value) for key, value in config.items() if key != "name"}
    if isinstance(config, (tuple, list)):
        return [plain(value) for value in config]
    return config


def open_folder(folder: pathlib.Path, identity: dict[str, Any], epochs: int, resume: bool, about: dict[str, Any]) -> None:
    """Makes the folder this run's own, or raises. One whose run never saved a state may be started again."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file. Choose another folder.")
    path = folder / "run.json"
    if path.exists():
        files.sweep(folder)
    if not path.exists() or not (folder / "model.keras").exists():
        if not path.exists() and folder.exists() and any(not item.name.startswith(".") for item in folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty and holds no run. Choose another folder.")
        notes = {"epochs": epochs, "started": time.strftime("%Y-%m-%d %H:%M:%S"), "machine": machine()}
        files.write_json(path, {**identity, **notes, **about})
        return
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(f"{path}: damaged, so this run cannot be told from another. Choose another folder.") from None
    if not resume:
        raise FileExistsError(
            f"{folder} holds a run that was started on {there.get('started')}. Go on with it (resume=True, --resume), or "
            "choose another folder."
        )
    for name, value in identity.items():
        if there.get(name) != value:
            raise ValueError(
                f"{folder} holds another run: its {name} is {brief(there.get(name), value)}, asked for "
                f"{brief(value, there.get(name))}. Resume with the settings it was started with, or choose another folder."
            )
    files.write_json(path, {**there, "epochs": max(epochs, there.get("epochs", 0))})


def brief(value: Any, other: Any) -> str:
    """A value for a message: of two dicts only what differs."""
    if isinstance(value, dict) and isinstance(other, dict):
        value = {name: part for name, part in value.items() if other.get(name) != part}
    text = str(value)
    return text if len(text) <= 200 else text[:200] + "..."


def machine() -> str:
    """What the run computes on, in words."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores"


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
            measured_rows = [row for row in rows if produced in row]
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
