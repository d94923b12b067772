import argparse

import pytest

from keras_gans.cli import shared_arguments


def test_settings_are_read_as_json_or_words():
    assert shared_arguments.setting("dropout=[0,0.3]") == ("dropout", [0, 0.3])
    assert shared_arguments.setting("norm=batch") == ("norm", "batch")
    with pytest.raises(argparse.ArgumentTypeError, match="expected NAME=VALUE"):
        shared_arguments.setting("width")
