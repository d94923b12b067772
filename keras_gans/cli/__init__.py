"""The command: parses, calls the library, prints."""

from keras_gans.cli.arguments import parser, setting
from keras_gans.cli.command import main

__all__ = ["main", "parser", "setting"]
