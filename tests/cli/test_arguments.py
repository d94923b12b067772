import subprocess
import sys

import pytest

from keras_gans import cli


def test_settings_are_read_as_json_or_words():
    assert cli.setting("dropout=[0,0.3]") == ("dropout", [0, 0.3]) and cli.setting("norm=batch") == ("norm", "batch")
    with pytest.raises(Exception, match="expected NAME=VALUE"):
        cli.setting("width")


def test_help_needs_no_keras():
    code = "import sys; sys.argv[0] = 'keras-gans'; import keras_gans.cli as c; c.parser(); print('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
    for arguments in (["--help"], ["train", "--help"], ["generate", "--help"]):
        with pytest.raises(SystemExit) as stop:
            cli.main(arguments)
        assert stop.value.code == 0
    assert cli.main([]) == 2 and cli.main(["--version"]) == 0
