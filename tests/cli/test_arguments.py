import json

import pytest

from keras_gans import cli
from keras_gans.cli.arguments import parser

COMMANDS = ["train", "tune", "generate", "list", "card", "verify", "preset", "report", "evaluate", "completion"]


def test_help_has_every_command_and_the_exit_codes(capsys):
    assert list(parser().commands) == COMMANDS
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    said = capsys.readouterr().out
    assert stop.value.code == 0 and all(f"\n    {name}" in said for name in COMMANDS)
    assert all(f"\n  {code:3}  " in said for code in (0, 1, 2, 3, 4, 70, 130, 141))
    assert cli.main([]) == 2 and cli.main(["--version"]) == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_it_takes(name, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([name, "--help"])
    said = capsys.readouterr().out
    assert stop.value.code == 0 and f"keras-gans {name}" in said.partition("example")[2]


def test_one_name_has_one_meaning():
    """Short options stand for the same long one on every command; the same long one has the same type."""
    known = {}
    for command in parser().commands.values():
        for action in command._actions:
            for name in action.option_strings:
                kind = (action.dest, action.type if name not in ("-o", "--output") else None)
                assert known.setdefault(name, kind) == kind, name
    assert {"-o", "-n", "-m", "-d", "-q", "--seed", "--json", "--debug"} <= set(known)


@pytest.mark.parametrize(
    "words,message",
    [
        (["trian"], "Did you mean 'train'?"),
        (["train", "dcgan", "--epoks", "3"], "Did you mean '--epochs'?"),
        (["train", "dcgan", "--epochs", "nan"], "argument --epochs: invalid int value: 'nan'"),
        (["train", "dcgan", "-m", "width"], "expected NAME=VALUE"),
        (["train", "dcgan", "--data", ""], "an argument is empty"),
        (["generate", "dcgan_digits", "-n", "many"], "invalid int value"),
        (["completion", "fish"], "invalid choice: 'fish'"),
    ],
)
def test_words_that_it_does_not_take_are_one_line(words, message, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(words)
    error = capsys.readouterr().err
    assert stop.value.code == 2 and message in error and error.count("\n") == 1 and error.endswith("--help.\n")


def test_a_recipe_stands_for_options(tmp_path):
    recipe = {"architecture": "dcgan", "values": {"width": 8}, "epochs": 3, "data_option": {"labels": True}}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    top = parser()
    top.take_recipe(tmp_path)
    found = top.parse_args(["train", "--epochs", "5"])
    assert (found.architecture, found.epochs, found.model, found.data_option) == (
        "dcgan",
        5,
        [("width", 8)],
        [("labels", True)],
    )
