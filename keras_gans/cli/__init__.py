"""The command: parses, calls the library, prints."""

from keras_gans.cli.arguments import parser
from keras_gans.cli.command import main
from keras_gans.cli.shared_arguments import setting

__all__ = ["main", "parser", "setting"]
