"""What several commands take: one name and one meaning each."""

import argparse
import json

ARCHITECTURES = "dcgan, wgan_gp, sngan, r3gan (images), recurrent_gan (sequences), dense_gan (tables)"
HANDLE = "a name of `keras-gans list`, an entry's folder, hf://user/repo, the https address of an archive"


def setting(text):
    """NAME=VALUE, the value read as JSON where it is JSON and as a word otherwise."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=VALUE")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def add_command(commands, name, work, description, *examples, summary=None, light=False, check=None):
    """A command with its examples in --help.

    Args:
        commands: of the parser.
        name: of the command.
        work: function that takes the arguments and returns an `Answer`.
        description: sentence.
        examples: lines.
        summary: of the list of commands, by default the description.
        light: whether it does its work without Keras.
        check: function of the arguments that raises for what can be told without Keras.
    """
    kept = "example" if len(examples) == 1 else "examples"
    command = commands.add_parser(
        name,
        help=summary or description[0].lower() + description[1:].rstrip("."),
        description=description,
        epilog="\n  ".join([f"{kept}:", *examples]) + "\n\nexit codes: keras-gans --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback of an error")
    command.set_defaults(work=work, light=light, check=check)
    return command


def add_json(command, what="the answer"):
    """--json."""
    text = f"print {what} as one JSON document and nothing else; progress goes to standard error"
    command.add_argument("--json", action="store_true", help=text)


def add_quiet(command, text):
    """-q."""
    command.add_argument("-q", "--quiet", action="store_true", help=text)


def add_seed(command, text):
    """--seed."""
    command.add_argument("--seed", type=int, default=0, metavar="N", help=f"{text} (default 0)")


def add_data(command):
    """The options that choose a data set."""
    command.add_argument(
        "--data",
        default="digits",
        help="digits, glyphs, patches, a TensorFlow Datasets name, a folder of images; sines, goog; ring, grid, wine, breast_cancer; a .csv, "
        ".tsv, .npy or .npz file",
    )
    command.add_argument("--data-dir", metavar="FOLDER", help="where TensorFlow Datasets keeps its files")
    command.add_argument("--image-size", type=int, metavar="N", help="resize images to N x N")
    command.add_argument(
        "-d",
        "--data-option",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="option of the data set (classes=36, count=60000; steps=24 cuts a file's rows into sequences)",
    )
    command.add_argument(
        "--augment-data",
        metavar="POLICIES",
        help="change the data set itself: flip,translation,noise; it leaks into the samples",
    )


def add_model(command, text):
    """-m NAME=VALUE."""
    command.add_argument("-m", "--model", type=setting, action="append", default=[], metavar="NAME=VALUE", help=text)
