"""The arguments of `train` and `tune`, and the recipe that may stand for those of `train`."""

import json
import numbers

from keras_gans.cli import train as train_command
from keras_gans.cli import tune as tune_command
from keras_gans.cli.shared_arguments import (
    ARCHITECTURES,
    add_command,
    add_data,
    add_json,
    add_model,
    add_quiet,
    add_seed,
)
from keras_gans.errors import unknown

RECIPE = (  # options of `train` that a recipe file may have; its "values" are those of -m, its "data_option" those of -d
    "architecture",
    "data",
    "image_size",
    "augment_data",
    "test",
    "batch_size",
    "epochs",
    "every",
    "choose",
    "extractor",
    "seed",
    "precision",
    "augment",
    "augment_probability",
    "augment_target",
    "augment_span",
    "curriculum",
    "self_supervision",
)


def checked_recipe(text, train):
    """The recipe of a JSON text.

    Args:
        text: of the file.
        train: parser of `train`, whose options a recipe may have.

    Raises:
        ValueError: not JSON, not a recipe, a name that none has, a value of another type than the option's.
    """
    try:
        recipe = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not a recipe: not JSON ({error}). `keras-gans tune --export` writes one.") from None
    if not isinstance(recipe, dict) or not isinstance(recipe.get("values"), dict) or "architecture" not in recipe:
        raise ValueError(
            "not a recipe. Expected JSON with architecture and values, as `keras-gans tune --export` writes it."
        )
    if not isinstance(recipe.get("data_option") or {}, dict):
        raise ValueError(f"data_option={recipe['data_option']!r}: expected {{name: value}}.")
    types = {action.dest: action.type for action in train._actions}
    choices = {action.dest: action.choices for action in train._actions}
    for name, value in recipe.items():
        if name in ("values", "data_option", "about") or value is None:
            continue
        if name not in RECIPE:
            raise ValueError(unknown("part of a recipe", name, [*RECIPE, "values", "data_option", "about"]))
        kind, wanted = {int: (numbers.Integral, "a whole number"), float: (numbers.Real, "a number")}.get(
            types[name], (str, "a word")
        )
        if choices[name] and value not in choices[name]:
            raise ValueError(f"{name}={value!r}: expected one of {', '.join(choices[name])}.")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ValueError(f"{name}={value!r}: expected {wanted}.")
    return recipe


def add_train(commands):
    """train."""
    train = add_command(
        commands,
        "train",
        train_command.run_train,
        "Train a GAN in a run folder: model, history, scores, pictures.",
        "keras-gans train dcgan --data digits",
        "keras-gans train r3gan --data glyphs -d labels=true -m num_classes=10 -o runs/glyphs --resume",
        summary="train a GAN in a run folder",
        check=train_command.check,
    )
    train.add_argument("architecture", nargs="?", help=ARCHITECTURES)
    train.add_argument(
        "--recipe",
        metavar="FILE",
        help="settings to start from: a file as `keras-gans tune --export` writes it, or a name of `keras-gans list`; options go before them",
    )
    add_data(train)
    add_model(train, "argument of the architecture (width=32, dropout=0.2) or its training (beta_1=0, n_critic=2)")
    train.add_argument(
        "--loss",
        help="non_saturating, minimax, least_squares, wasserstein, hinge, relativistic or tfgan:NAME (default: its own)",
    )
    train.add_argument("--d-learning-rate", type=float, metavar="RATE", help="of the discriminator's optimizer")
    train.add_argument("--g-learning-rate", type=float, metavar="RATE", help="of the generator's optimizer")
    techniques = train.add_argument_group("training techniques (docs/training.md)")
    techniques.add_argument(
        "--augment",
        metavar="POLICIES",
        help="what the discriminator sees: auto, or color,translation,cutout,flip; jitter,scaling,time_mask; noise",
    )
    techniques.add_argument(
        "--augment-probability", type=float, metavar="P", help="of each policy for each sample (default 1)"
    )
    techniques.add_argument(
        "--augment-target", type=float, metavar="SIGN", help="adapt it to this mean sign of real logits (0.6)"
    )
    techniques.add_argument(
        "--augment-span", type=int, metavar="N", help="images in which it can go from 0 to 1 (default 500,000)"
    )
    techniques.add_argument(
        "--curriculum",
        metavar="STAGES",
        help='blur, noise, resolution, length; or a JSON list, or a file of one: \'[{"epochs": 20, "blur": [2, 0]}, {}]\'',
    )
    techniques.add_argument("--self-supervision", metavar="TASK", help="auto, rotation, order, reversal or masked_feature")
    techniques.add_argument(
        "--monitor",
        nargs="+",
        metavar="[KIND=]ACTION",
        help="watch the run; warn, stop, lower_rate, augment or restore, for all or at pinned, overfitting, collapse, divergence, spike, nan",
    )
    train.add_argument("--epochs", type=int, default=150, help="in all (default 150)")
    train.add_argument("--batch-size", type=int, default=64, help="default 64")
    train.add_argument("--every", type=int, default=10, metavar="N", help="score, draw and save every N epochs (default 10)")
    train.add_argument(
        "--choose",
        metavar="SCORE",
        help="the score whose best epoch is best.keras (default fid): coverage, reverse_kl, kid ...",
    )
    train.add_argument(
        "--extractor",
        metavar="NAME",
        help="of the features that are scored: digits, glyphs, patches, inception, raw, or a stored one's path (default: the data's own)",
    )
    train.add_argument(
        "--test",
        type=float,
        metavar="SHARE",
        help="of the held-out samples, kept apart to report what best.keras scores on them",
    )
    add_seed(train, "of everything")
    train.add_argument(
        "--precision",
        choices=("mixed_bfloat16", "mixed_float16"),
        help="layers compute in 16 bits, which GPUs do faster (float16: both losses are scaled); losses, penalties, scores: 32",
    )
    train.add_argument(
        "--devices",
        type=int,
        default=1,
        metavar="N",
        help="of this machine, that share each batch in equal parts: GPUs, or parts of the CPU where there are none (default 1)",
    )
    train.add_argument("-o", "--output", "--run", metavar="FOLDER", help="run folder (default runs/ARCHITECTURE_DATA)")
    train.add_argument(
        "--resume", action="store_true", help="go on with the run in the folder, exactly; start it where there is none"
    )
    train.add_argument("--tensorboard", action="store_true", help="write for TensorBoard too, in the run folder's logs/")
    add_quiet(train, "print the summary alone")
    add_json(train, "the summary")
    return train


def add_tune(commands):
    """tune."""
    tune = add_command(
        commands,
        "tune",
        tune_command.run_tune,
        "Search for the settings with which a GAN draws the best samples. The same command goes on with a killed search.",
        "keras-gans tune dcgan --data digits",
        "keras-gans tune dense_gan --data ring --objective modes --tuner bayesian --workers 2",
        summary="search for the settings that draw the best samples",
        check=train_command.check,
    )
    tune.add_argument("architecture", help=ARCHITECTURES)
    add_data(tune)
    add_model(tune, "what every trial has: argument of the architecture or its training")
    tune.add_argument(
        "--objective",
        nargs="+",
        default=["fid"],
        metavar="SCORE[=WEIGHT]",
        help="fid (default), kid, coverage, density, recall, discriminative, modes ...; several with weights: fid=1 coverage=0.5",
    )
    tune.add_argument("--tuner", default="random", help="random (default), grid, hyperband, bayesian")
    tune.add_argument(
        "--space",
        default="small",
        help='small (default), practical, brief, or JSON or a file of it: \'{"batch_size": [32, 64], "d_learning_rate": {"low": 1e-4, '
        '"high": 1e-2, "log": true}}\'',
    )
    tune.add_argument("--max-trials", type=int, default=20, metavar="N", help="default 20; 0 for the whole grid")
    tune.add_argument("--executions", type=int, default=1, metavar="N", help="trainings of a trial (default 1)")
    tune.add_argument("--epochs", type=int, default=20, help="of a trial, where the space has none (default 20)")
    tune.add_argument("--batch-size", type=int, default=64, help="where the space has none (default 64)")
    tune.add_argument("--budget", default="epochs", help="what epochs count: epochs (default), steps or images")
    tune.add_argument("--measurements", type=int, default=5, metavar="N", help="of each training (default 5)")
    tune.add_argument("--rerun", type=int, default=3, metavar="K", help="train the best K again (default 3)")
    tune.add_argument("--seeds", type=int, default=3, metavar="N", help="over N seeds (default 3)")
    add_seed(tune, "of draws and trainings")
    tune.add_argument("--workers", type=int, default=1, metavar="N", help="processes that train at once (default 1)")
    tune.add_argument(
        "-o",
        "--output",
        "--directory",
        metavar="FOLDER",
        help="folder of the search (default tuning_runs/ARCHITECTURE_DATA)",
    )
    tune.add_argument("--export", metavar="PATH", help="write the winner: a recipe (.json), or a folder with its model too")
    add_quiet(tune, "print the table alone")
    add_json(tune, "trials, winner and verdict")
