"""`keras-gans tune`: a search, its table, its export."""

import pathlib
import sys

from keras_gans.cli.answer import Answer
from keras_gans.cli.train import find_data, read_json


def run_tune(arguments):
    """`keras-gans tune`."""
    from keras_gans import files, tuning
    from keras_gans.models import ARCHITECTURES, settings

    architecture = ARCHITECTURES[arguments.architecture]
    if arguments.export:  # now, not after the search
        path = pathlib.Path(arguments.export)
        files.check_place(path if path.suffix == ".json" else path / "recipe.json")
    settings.check_names(architecture, dict(arguments.model))
    found = find_data(arguments, architecture)
    source = {"data": arguments.data, "data_option": dict(arguments.data_option)}
    source |= {"image_size": arguments.image_size, "augment_data": arguments.augment_data}
    result = tuning.tune(
        arguments.architecture,
        found,
        objective(arguments.objective),
        arguments.tuner,
        space(arguments.space),
        arguments=dict(arguments.model),
        max_trials=arguments.max_trials or None,
        executions_per_trial=arguments.executions,
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        budget=arguments.budget,
        measurements=arguments.measurements,
        rerun=arguments.rerun,
        seeds=arguments.seeds,
        seed=arguments.seed,
        directory=arguments.output,
        num_workers=arguments.workers,
        worker_command=[sys.executable, "-m", "keras_gans", *arguments.words],
        command=arguments.line,
        source=source,
        verbose=not arguments.quiet,
    )
    lines = [str(result)]
    lines.append(f"In {result.folder}: search.png, best.json (`keras-gans train --recipe {result.folder}/best.json`)")
    exported = str(result.export(arguments.export)) if arguments.export else None
    if exported:
        lines.append(f"exported to {exported}")
    document = {"folder": str(result.folder), "exported": exported, "verdict": result.verdict()}
    document |= {"objective": result.key.removeprefix("val_"), "better": result.better}
    return Answer("\n".join(lines), {**document, "recipe": result.recipe(), "trials": result.trials})


def objective(words):
    """A score's name, or {name: weight} of several."""
    if len(words) == 1 and "=" not in words[0]:
        return words[0]
    weights = {}
    for word in words:
        name, _, weight = word.partition("=")
        try:
            weights[name] = float(weight or 1)
        except ValueError:
            raise ValueError(f"--objective {word}: expected SCORE=WEIGHT, the weight a number.") from None
    return weights


def space(text):
    """A ready space's name, or the dict that JSON or a file of it holds."""
    if text.isidentifier() and not pathlib.Path(text).is_file():
        return text
    return read_json("--space", text, dict, 'settings, for example {"batch_size": [32, 64]}')
