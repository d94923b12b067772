import errno
import json
import os

import pytest

from keras_gans.cli.arguments import parser
from keras_gans.cli.mistakes import one_line, told, usage
from keras_gans.errors import TrainingDiverged, WorkerLost, check_seed


@pytest.mark.parametrize(
    "error,message,code",
    [
        (ValueError("a\n  b"), "a b", 2),
        (TrainingDiverged("d_loss became NaN"), "d_loss became NaN", 3),
        (WorkerLost("gone"), "gone", 4),
        (KeyError("x"), "KeyError: 'x'. This should not happen: the same command with --debug shows where.", 70),
        (MemoryError(), "out of memory. Ask for fewer samples (-n), a smaller --batch-size or a smaller model.", 2),
        (FileNotFoundError(2, os.strerror(2), "a.json"), "a.json: no such file or directory.", 2),
        (FileNotFoundError("a.keras: no such file."), "a.keras: no such file.", 2),
        (IsADirectoryError(21, os.strerror(21), "runs/.12-0123abcd-a.png"), "runs/a.png: is a directory. Name a file.", 2),
        (
            ModuleNotFoundError("No module named 'a.b'", name="a.b"),
            "this needs a.b, which is not installed: pip install a",
            2,
        ),
        (ModuleNotFoundError("No module named 'a'"), "No module named 'a'", 2),  # raised by hand: it has no name
    ],
)
def test_one_line_and_a_code(error, message, code):
    assert told(error) == (message, code)


def test_a_full_disk_says_what_helps():
    message, code = told(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x.npy"))
    assert message.startswith("x.npy: no space left on device. Free some space") and code == 2


def test_the_closest_word():
    train = parser().commands["train"]
    assert usage("unrecognized arguments: --epoks 3", train) == "unknown argument '--epoks'. Did you mean '--epochs'?"
    wrong = "argument COMMAND: invalid choice: 'trian' (choose from 'train')"
    assert usage(wrong, parser()) == f"{wrong}. Did you mean 'train'?"
    assert usage("argument --seed: invalid int value: 'x'", train) == "argument --seed: invalid int value: 'x'."


def test_a_message_is_no_page():
    assert len(one_line("word " * 1000)) < 1100


def test_what_another_package_says_comes_with_how_to_see_where():
    def told_of(code):
        try:
            code()
        except Exception as error:
            return told(error)

    assert told_of(lambda: json.loads("{")) == (
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1). The same command with --debug shows where.",
        2,
    )
    assert told_of(lambda: check_seed(-1))[0].startswith("seed=-1") and "--debug" not in told_of(lambda: check_seed(-1))[0]
