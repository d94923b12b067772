"""`keras-gans train`: data, model, run folder, summary."""

import json

from keras_gans.cli import names
from keras_gans.cli.answer import Answer
from keras_gans.errors import check_seed, unknown


def run_train(arguments):
    """`keras-gans train`: data, model, run folder, summary."""
    import pathlib

    from keras_gans import backend, files, runs
    from keras_gans.models import ARCHITECTURES, settings
    from keras_gans.models.networks import under_policy

    architecture = ARCHITECTURES[arguments.architecture]
    scope = backend.devices(arguments.devices)  # before the data wake the CPU
    values = chosen(arguments)
    settings.check_names(architecture, values)
    found = find_data(arguments, architecture)
    with scope, under_policy(arguments.precision or "float32"):
        gan = settings.build(architecture, found.shape, values, arguments.seed)
        gan.compile(**settings.training(gan, values | techniques(gan, arguments)))
    folder = pathlib.Path(arguments.output or f"runs/{arguments.architecture}_{found.name}")
    if not arguments.quiet:
        print(f"{found!r}\n{type(gan).__name__}: {gan.count_params():,} weights. Run folder: {folder}", flush=True)
    options = {"epochs": arguments.epochs, "every": arguments.every, "resume": arguments.resume}
    options |= {"tensorboard": arguments.tensorboard, "command": arguments.line, "recipe": recipe(arguments, values)}
    extractor = arguments.extractor or "auto"
    metrics = runs.scored(found, extractor=extractor) if arguments.monitor else []
    options |= {"choose": arguments.choose, "extractor": extractor}
    options |= {"monitor": monitor(arguments.monitor, metrics, found, extractor)}
    summary = runs.train(gan, found, folder, verbose=0 if arguments.quiet else "line", **options)
    if not backend.is_chief():
        return Answer(f"This worker is done; the chief has written {folder}.", {"folder": str(folder)})
    return Answer(str(summary), files.read_json(folder / "summary.json", {}))


def check(arguments):
    """Raises ValueError for what is wrong whatever the data and the model are: at once, before Keras is imported."""
    known = names.architectures()
    if arguments.architecture is None:
        raise ValueError(f"no architecture. Name one ({', '.join(known)}), or pass --recipe FILE.")
    if arguments.architecture not in known:
        raise ValueError(unknown("architecture", arguments.architecture, known))
    for name in ("epochs", "batch_size", "every", "devices"):
        value = getattr(arguments, name, 1)
        if value < 1:
            raise ValueError(f"--{name.replace('_', '-')} {value}: expected at least 1.")
    check_seed(arguments.seed)


def find_data(arguments, architecture):
    """The data set that the command line asks for; raises where the architecture is for another kind."""
    from keras_gans.data.load import load_named
    from keras_gans.models.settings import size_argument

    options = {"batch_size": arguments.batch_size, "seed": arguments.seed, **dict(arguments.data_option)}
    if getattr(arguments, "test", None) is not None:
        options["test"] = arguments.test
    if arguments.image_size is not None:
        options["image_size"] = arguments.image_size
    if arguments.data_dir is not None:
        options["data_dir"] = arguments.data_dir
    found = load_named(arguments.data, **options)
    size = size_argument(architecture)
    if (size == "features") != (len(found.shape) == 1) or (size == "sequence_shape") != (len(found.shape) == 2):
        fitting = {1: "dense_gan", 2: "recurrent_gan", 3: "dcgan, wgan_gp, sngan or r3gan"}[len(found.shape)]
        raise ValueError(
            f"{arguments.architecture} is not for samples of shape {found.shape}, which --data {arguments.data} has. Use {fitting}, or "
            "other data: sines, goog (sequences), ring, grid, wine, breast_cancer (tables); -d steps=N cuts a file's rows into sequences."
        )
    return found.augmented(arguments.augment_data) if arguments.augment_data else found


def recipe(arguments, values):
    """What `--recipe` would take for this run."""
    from keras_gans.cli.training_arguments import RECIPE

    found = {name: getattr(arguments, name) for name in RECIPE if getattr(arguments, name) is not None}
    return {**found, "data_option": dict(arguments.data_option), "values": values}


def chosen(arguments):
    """{name: value} of the settings on the command line: -m, and the options that have a name of their own."""
    named = {name: getattr(arguments, name, None) for name in ("loss", "d_learning_rate", "g_learning_rate")}
    return {**dict(arguments.model), **{name: value for name, value in named.items() if value is not None}}


def techniques(gan, arguments):
    """The training techniques that the command line asks for, as arguments of `compile`."""
    import pathlib

    from keras_gans.training import Augmentation, ready_stages

    asked = {
        "probability": arguments.augment_probability,
        "target": arguments.augment_target,
        "span": arguments.augment_span,
    }
    asked = {name: value for name, value in asked.items() if value is not None}
    if asked and not arguments.augment:
        raise ValueError(f"--augment-{next(iter(asked))} without --augment. Add --augment auto.")
    augment = Augmentation(arguments.augment, **asked) if arguments.augment else None
    stages = arguments.curriculum
    if stages is not None and stages.isidentifier() and not pathlib.Path(stages).is_file():
        stages = ready_stages(stages, gan, arguments.epochs)
    elif stages is not None:
        stages = read_json("--curriculum", stages, list, 'a list of stages, for example [{"epochs": 20}, {}]')
    found = {"augment": augment, "curriculum": stages, "self_supervision": arguments.self_supervision}
    return {name: value for name, value in found.items() if value is not None}


def read_json(option, text, kind, wanted):
    """JSON from a text, or from the file it names; raises ValueError unless it is a `kind`, with what was wanted in words."""
    import pathlib

    if text.lstrip()[:1] not in ("[", "{"):
        text = pathlib.Path(text).read_text(encoding="utf-8", errors="replace")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{option}: not JSON ({error}). Expected {wanted}.") from None
    if not isinstance(found, kind):
        raise ValueError(f"{option}: {text.strip()[:80]}: expected {wanted}.")
    return found


def monitor(words, metrics, found, extractor):
    """The `Monitor` for KIND=ACTION or ACTION words; None for None."""
    if words is None:
        return None
    from keras_gans.callbacks import GenerativeMetrics, Monitor

    alone = [word for word in words if "=" not in word]
    if len(alone) > 1:
        raise ValueError(f"--monitor {' '.join(words)}: one action for all kinds, or KIND=ACTION for each.")
    kinds = dict(word.split("=", 1) for word in words if "=" in word)
    score = GenerativeMetrics(found.validation, metrics, extractor=extractor) if metrics else None
    key = next(iter(score.produces)) if score else None
    return Monitor(kinds or (alone[0] if alone else "warn"), monitor=key, default=alone[0] if alone else "warn")
