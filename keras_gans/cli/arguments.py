"""What the command takes; needs neither Keras nor TensorFlow."""

import argparse
import json
import pathlib

from keras_gans import files
from keras_gans.cli import results, zoo
from keras_gans.cli import train as train_command
from keras_gans.cli import tune as tune_command

EXAMPLES = """examples:
  keras-gans train dcgan --data digits
  keras-gans train dcgan --data digits --epochs 300 --run runs/long --resume
  keras-gans train r3gan --data glyphs -o labels=true -m num_classes=10
  keras-gans train recurrent_gan --data sines
  keras-gans train dcgan --data digits --augment auto --augment-target 0.6 --monitor overfitting=augment
  keras-gans train recurrent_gan --data sines --curriculum length --self-supervision order
  keras-gans train dcgan --data glyphs -o classes=36 -m width=32 -m dropout=[0,0.3]
  keras-gans generate runs/dcgan_digits -n 64 --seed 1 -o grid.png
  keras-gans list
  keras-gans generate dcgan_digits -n 64 -o grid.png
  keras-gans verify dcgan_digits
  keras-gans evaluate runs/dcgan_digits
  keras-gans report runs/dcgan_digits
  keras-gans tune dcgan --data digits --max-trials 20 --export best.json
  keras-gans train --recipe best.json
  keras-gans evaluate fakes/ reals/ --metrics fid kid --extractor inception --json

exit codes: 0 done, 1 a score of `verify` was not met, 2 something in the command or the data is wrong, 3 training diverged, 4 another worker of a training on several machines is gone, 130 interrupted (what is kept is said)"""


def setting(text):
    """NAME=VALUE, the value read as JSON where it is JSON and as a word otherwise."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=VALUE")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


HANDLE = "a name of `keras-gans list`, an entry's folder, hf://user/repo, the https address of an archive"
ARCHITECTURES = "dcgan, wgan_gp, sngan, r3gan (images), recurrent_gan (sequences), dense_gan (tables)"


def add_data(command):
    """The options that choose a data set."""
    command.add_argument(
        "--data",
        default="digits",
        help="digits, glyphs, a TensorFlow Datasets name, a folder of images; sines, goog; ring, grid, wine, breast_cancer",
    )
    command.add_argument("--data-dir", help="where TensorFlow Datasets keeps its files")
    command.add_argument("--image-size", type=int, metavar="N", help="resize images to N x N")
    command.add_argument(
        "-o",
        "--data-option",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="option of the data set (classes=36, count=60000)",
    )
    command.add_argument(
        "--augment-data",
        metavar="POLICIES",
        help="change the data set itself: flip,translation,noise; it leaks into the samples",
    )


def add_model(command, text):
    """-m NAME=VALUE."""
    command.add_argument("-m", "--model", type=setting, action="append", default=[], metavar="NAME=VALUE", help=text)


RECIPE = (  # options of `train` that a recipe file may have; its "values" are those of -m, its "data_option" those of -o
    "architecture",
    "data",
    "image_size",
    "augment_data",
    "test",
    "batch_size",
    "epochs",
    "every",
    "choose",
    "seed",
    "precision",
    "augment",
    "augment_probability",
    "augment_target",
    "augment_span",
    "curriculum",
    "self_supervision",
)


class Parser(argparse.ArgumentParser):
    """The command's parser, which can take a recipe for defaults."""

    def take_recipe(self, path):
        """Lets `train` begin from a recipe file; what the command line says goes before it.

        Raises:
            OSError: no such file. ValueError: not a recipe.
        """
        path = pathlib.Path(path)
        if not path.exists() and len(path.parts) == 1 and (files.shelf() / path).is_dir():
            path = files.shelf() / path
        if path.is_dir():
            path = path / "recipe.json"
        recipe = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(recipe, dict) or not isinstance(recipe.get("values"), dict) or "architecture" not in recipe:
            raise ValueError(
                "not a recipe. Expected JSON with architecture and values, as `keras-gans tune --export` writes it."
            )
        defaults = {name: recipe[name] for name in RECIPE if recipe.get(name) is not None}
        listed = {"model": recipe["values"], "data_option": recipe.get("data_option") or {}}
        self.train.set_defaults(**defaults, **{name: list(found.items()) for name, found in listed.items()})


def add_zoo(commands):
    """list, card, verify, preset: what `keras_gans.zoo` does."""
    listed = commands.add_parser(
        "list",
        help="list pretrained entries and recipes",
        description="List the pretrained entries, and recipes without weights.",
    )
    listed.add_argument("--json", action="store_true", help="print JSON instead")
    listed.set_defaults(work=zoo.run_list)

    card = commands.add_parser(
        "card",
        help="show the card of a pretrained entry",
        description="Show what a pretrained entry is, what it scores and where it comes from.",
        epilog="example: keras-gans card dcgan_digits",
    )
    card.add_argument("entry", help=HANDLE)
    card.add_argument("--json", action="store_true", help="print config, scores and recipe as JSON instead")
    card.set_defaults(work=zoo.run_card)

    verify = commands.add_parser(
        "verify",
        help="compute the scores of pretrained entries again",
        description="Compute every score of a card again from weights and data, and say whether each is within its tolerance. Exit code 1 "
        "where one is not.",
        epilog="example: keras-gans verify dcgan_digits",
    )
    verify.add_argument("entries", nargs="*", metavar="entry", help=f"{HANDLE}; none: every name")
    verify.add_argument("--draws", type=int, metavar="N", help="repeat the first N samplings (default: all)")
    verify.set_defaults(work=zoo.run_verify)

    preset = commands.add_parser(
        "preset",
        help="write a run's best model as an entry",
        description="Write a run's best model as an entry: weights, scores on the test split, card, recipe, hashes; a folder to share.",
        epilog="example: keras-gans train dcgan --data digits --test 0.5 --run runs/mine; keras-gans preset runs/mine my_digits",
    )
    preset.add_argument("run", metavar="RUN", help="run folder")
    preset.add_argument("folder", metavar="FOLDER", help="of the entry")
    preset.set_defaults(work=zoo.run_preset)


def parser():
    """The command's arguments."""
    top = Parser(
        prog="keras-gans",
        description="Train GANs and draw from them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    top.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=argparse.ArgumentParser)

    top.train = train = commands.add_parser(
        "train",
        help="train a GAN in a run folder",
        description="Train a GAN in a run folder: model, history, scores, pictures.",
        epilog="example: keras-gans train dcgan --data digits",
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
        "--test",
        type=float,
        metavar="SHARE",
        help="of the held-out samples, kept apart to report what best.keras scores on them",
    )
    train.add_argument("--seed", type=int, default=0, help="of everything (default 0)")
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
    train.add_argument("--run", metavar="FOLDER", help="run folder (default runs/ARCHITECTURE_DATA)")
    train.add_argument(
        "--resume", action="store_true", help="go on with the run in the folder, exactly; start it where there is none"
    )
    train.add_argument("--tensorboard", action="store_true", help="write for TensorBoard too, in the run folder's logs/")
    train.add_argument("-q", "--quiet", action="store_true", help="print the summary alone")
    train.set_defaults(work=train_command.run_train)

    generate = commands.add_parser(
        "generate",
        help="draw samples from a pretrained entry, a run or a saved model",
        description="Draw samples from a pretrained entry, a run or a saved model.",
        epilog="example: keras-gans generate runs/dcgan_digits -n 64 -o grid.png",
    )
    generate.add_argument("model", help=f"run folder, .keras file, or {HANDLE}")
    generate.add_argument(
        "--labels", type=int, metavar="CLASS", help="of a conditional GAN: draw this class (default: each)"
    )
    generate.add_argument("-n", "--count", type=int, default=64, help="how many (default 64)")
    generate.add_argument("--seed", type=int, default=0, help="default 0")
    generate.add_argument(
        "-o", "--output", default="samples.png", help="picture (.png) or array (.npy); default samples.png"
    )
    generate.set_defaults(work=results.run_generate)

    tune = commands.add_parser(
        "tune",
        help="search for the settings that draw the best samples",
        description="Search for the settings with which a GAN draws the best samples. The same command goes on with a killed search.",
        epilog="examples: keras-gans tune dcgan --data digits\n"
        "          keras-gans tune dense_gan --data ring --objective modes --tuner bayesian --workers 2",
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
    tune.add_argument("--seed", type=int, default=0, help="of draws and trainings (default 0)")
    tune.add_argument("--workers", type=int, default=1, metavar="N", help="processes that train at once (default 1)")
    tune.add_argument("--directory", metavar="FOLDER", help="of the search (default tuning_runs/ARCHITECTURE_DATA)")
    tune.add_argument("--export", metavar="PATH", help="write the winner: a recipe (.json), or a folder with its model too")
    tune.add_argument("-q", "--quiet", action="store_true", help="print the table alone")
    tune.set_defaults(work=tune_command.run_tune)

    add_zoo(commands)
    report = commands.add_parser(
        "report",
        help="write a run or a search as one HTML page",
        description="Write a run or a search as one HTML page, its scores and pictures inside; of one that was killed, what there is.",
        epilog="example: keras-gans report runs/dcgan_digits",
    )
    report.add_argument("folder", metavar="RUN", help="folder of a run or a search")
    report.add_argument("-o", "--output", metavar="FILE", help="the page (default RUN/report.html)")
    report.set_defaults(work=results.run_report)

    evaluate = commands.add_parser(
        "evaluate",
        help="score a run, a pretrained entry, a saved model, an array or a folder of images",
        description="Score samples against real ones: of a run, a pretrained entry or a saved model, of an array (.npy), of a folder of images.",
        epilog="examples: keras-gans evaluate runs/dcgan_digits\n          keras-gans evaluate fakes/ reals/ --extractor inception",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    evaluate.add_argument("samples", help=f"run folder, .keras file, .npy or .npz file, folder of images, or {HANDLE}")
    evaluate.add_argument(
        "reference",
        nargs="?",
        help="real samples: an embedded data set's name, array, folder, or npz of statistics (default: the data set of the run or the entry)",
    )
    evaluate.add_argument(
        "--metrics", nargs="+", metavar="NAME", help="fid is kid prdc ms_ssim nearest modes discriminative untrained ..."
    )
    evaluate.add_argument("--extractor", default="auto", help="auto, digits, glyphs, inception, raw, or a stored one's path")
    evaluate.add_argument("-n", "--count", type=int, default=2000, help="how many a model draws (default 2000)")
    evaluate.add_argument("--train", help="training samples, for the memorisation check 'nearest'")
    evaluate.add_argument("--image-size", type=int, metavar="N", help="read folders at N x N")
    evaluate.add_argument(
        "--value-range", type=float, nargs=2, metavar=("LOW", "HIGH"), help="black and white in float arrays (default -1 1)"
    )
    evaluate.add_argument("--seed", type=int, default=0, help="of latents, shuffles and subsets (default 0)")
    evaluate.add_argument("--json", action="store_true", help="print JSON instead of a table")
    evaluate.add_argument("-o", "--output", metavar="FILE", help="write the JSON to a file as well")
    evaluate.set_defaults(work=results.run_evaluate)
    return top
