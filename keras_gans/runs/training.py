"""`train`: a GAN, a data set and a folder, from the first epoch or from the last saved one."""

import contextlib
import functools
import os
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import keras

from keras_gans import backend, files
from keras_gans.callbacks import GenerativeMetrics, Interruption, Monitor, ProgressLine, RunFolder, SampleGrid
from keras_gans.metrics import Extractor, extractors
from keras_gans.models import GAN, load_model
from keras_gans.models.fitting import naming_the_lost
from keras_gans.runs.folder import open_folder, plain
from keras_gans.runs.scores import scored
from keras_gans.runs.summary import Summary, finish
from keras_gans.types import Path

if TYPE_CHECKING:
    from keras_gans.data import Data

Train = TypeVar("Train", bound=Callable[..., Summary])
STATE = ("run.json", "model.keras", "best.keras", "history.csv", "alarms.json")


def one_writes(train: Train) -> Train:
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
    extractor: Path | keras.Model | Extractor = "auto",
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
        extractor: of the features that are scored, as in `metrics.Evaluator`; by default the data set's own, and images without one
            have no scores.
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
    extractor, given = resolved(extractor, data)
    metrics = scored(data, choose, extractor)
    identity = identity_of(gan, data, every, choose, monitor, extractor)
    if gan.curriculum is not None:
        gan.curriculum.check_reached(epochs)
    about = {"class_names": data.class_names, "feature_names": data.feature_names, "extractor_from": given}
    open_folder(folder, identity, epochs, resume, {"command": command, "recipe": recipe, **about})
    gan, done = restored(gan, data, folder)
    score, kept_best = None, ""
    if metrics:
        # as many fakes as there are real training samples to compare them with: the scores move with the number
        options: dict[str, Any] = {"every": every, "num_samples": min(2000, len(data.train_samples)), "extractor": extractor}
        score = GenerativeMetrics(data.validation, metrics, **options)
        kept_best = score.prefix + score.evaluator.key(choose or metrics[0])
    kept = RunFolder(folder, every, kept_best or None, score.produces[kept_best] if score else "min")
    kept.resume(done)
    if done > epochs:
        raise ValueError(f"{folder} already has {done} epochs, asked for {epochs}. Ask for more, or choose another folder.")
    if monitor is not None:
        resume_monitor(monitor, gan, kept)
    stop = Interruption()
    callbacks = [
        score,
        SampleGrid(folder / "samples", every=every, feature_names=data.feature_names),
        monitor,
        stop,
        kept,
        keras.callbacks.TensorBoard(folder / "logs", write_graph=False) if tensorboard else None,
        ProgressLine() if verbose == "line" else None,
    ]
    try:
        if done < epochs:
            with stop if not backend.workers() else contextlib.nullcontext():  # others would wait for one that stops
                gan.fit(
                    data.train,
                    epochs=epochs,
                    initial_epoch=done,
                    validation_data=data.validation,
                    callbacks=[callback for callback in callbacks if callback is not None],
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


def identity_of(gan, data, every, choose, monitor, extractor):
    """What makes a run this one and no other, as JSON holds it."""
    return {
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
        "monitor": monitor and monitor.actions,
        "choose": choose,
        "extractor": None if extractor == "auto" else extractor.sha256,  # Keras numbers names anew
    }


def resolved(extractor, data):
    """(the extractor itself, or "auto"; the name or path that it was called by, or None)."""
    given = os.fspath(extractor) if isinstance(extractor, (str, os.PathLike)) else None
    if given == "auto":
        return given, None
    return extractors.get(extractor, data.validation, data.shape), given


def restored(gan, data, folder):
    """(the GAN as the folder has it, how many epochs that is)."""
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
    return gan, done


def resume_monitor(monitor, gan, kept):
    """Gives a monitor what it had seen of the run, and where to write its alarms."""
    monitor.path = kept.folder / "alarms.json"
    best = None
    if monitor.monitor == kept.monitor and (kept.folder / "best.keras").exists():
        best = load_model(kept.folder / "best.keras")
    monitor.resume(kept.rows, gan, files.read_json(monitor.path, []), best)
