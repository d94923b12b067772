"""What a command has to say: words for a reader or one JSON document for a program."""

import contextlib
import sys
from typing import Any, NamedTuple

from keras_gans import files


class Answer(NamedTuple):
    """What a command found.

    Attributes:
        text: for a reader; "" where everything was said on the way.
        document: the same for a program, plain values.
        code: exit code.
    """

    text: str
    document: Any
    code: int = 0

    def show(self, as_json):
        """Prints the one or the other."""
        if as_json or self.text:
            print(files.to_json(self.document).rstrip() if as_json else self.text)


def progress(as_json):
    """While a command works: where it is to print JSON, what it says on the way goes to standard error."""
    return contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext()
