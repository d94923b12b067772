"""What the command takes; needs neither Keras nor TensorFlow."""

import argparse
import pathlib
import sys

from keras_gans import files
from keras_gans.cli import results_arguments, training_arguments
from keras_gans.cli.mistakes import usage
from keras_gans.cli.training_arguments import RECIPE, checked_recipe

EXAMPLES = """examples:
  keras-gans train dcgan --data digits
  keras-gans train dcgan --data digits --epochs 300 -o runs/long --resume
  keras-gans train r3gan --data glyphs -d labels=true -m num_classes=10
  keras-gans train recurrent_gan --data sines
  keras-gans train dcgan --data digits --augment auto --augment-target 0.6 --monitor overfitting=augment
  keras-gans train recurrent_gan --data sines --curriculum length --self-supervision order
  keras-gans train dcgan --data glyphs -d classes=36 -m width=32 -m dropout=[0,0.3]
  keras-gans generate runs/dcgan_digits -n 64 --seed 1 -o grid.png
  keras-gans list
  keras-gans generate dcgan_digits -n 64 -o grid.png
  keras-gans verify dcgan_digits
  keras-gans evaluate runs/dcgan_digits
  keras-gans report runs/dcgan_digits
  keras-gans tune dcgan --data digits --max-trials 20 --export best.json
  keras-gans train --recipe best.json
  keras-gans evaluate fakes/ reals/ --metrics fid kid --extractor inception --json
  eval "$(keras-gans completion bash)"

exit codes:
    0  done
    1  a score of `verify` was not met
    2  something in the command, the data or the machine is wrong: one line says what
    3  training diverged; the run keeps its last good state
    4  another worker of a training on several machines is gone
   70  something that should not happen; --debug shows where
  130  interrupted: what is kept is said, and the command that goes on
  141  whoever read the output has gone"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, and which names the closest match."""

    train: "Parser"
    commands: dict[str, "Parser"]

    def parse_args(self, args=None, namespace=None):
        if "" in (
            sys.argv[1:] if args is None else args
        ):  # of a variable that is not set: pathlib would take it for this folder
            self.error("an argument is empty")
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            parser = self.commands.get(found.command, self)
            parser.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found

    def error(self, message):
        self.exit(2, f"{self.prog}: {usage(message, self)} See {self.prog} --help.\n")

    def take_recipe(self, path):
        """Lets `train` begin from a recipe file, and returns it; what the command line says goes before it.

        Raises:
            OSError: no such file. ValueError: not a recipe.
        """
        path = pathlib.Path(path)
        if not path.exists() and len(path.parts) == 1 and (files.shelf() / path).is_dir():
            path = files.shelf() / path
        if path.is_dir():
            path = path / "recipe.json"
        recipe = checked_recipe(path.read_text(encoding="utf-8", errors="replace"), self.train)
        defaults = {name: recipe[name] for name in RECIPE if recipe.get(name) is not None}
        listed = {"model": recipe["values"], "data_option": recipe.get("data_option") or {}}
        self.train.set_defaults(**defaults, **{name: list(found.items()) for name, found in listed.items()})
        return recipe


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
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    top.train = training_arguments.add_train(commands)
    training_arguments.add_tune(commands)
    results_arguments.add_all(commands)
    top.commands = commands.choices
    return top
