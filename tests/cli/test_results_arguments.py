from keras_gans.cli import parser


def test_what_needs_no_keras_says_so():
    light = {name for name, command in parser().commands.items() if command.get_default("light")}
    assert light == {"list", "card", "completion"}


def test_every_answer_may_be_json():
    without = {
        name
        for name, command in parser().commands.items()
        if not any("--json" in action.option_strings for action in command._actions)
    }
    assert without == {"completion"}
