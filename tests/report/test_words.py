import shlex

import pytest

from keras_gans.metrics.scores import AT_ONE, GROUPS
from keras_gans.report import words
from keras_gans.zoo.text import RATIOS


def test_every_score_has_its_line_and_the_way_it_gets_better():
    for group in GROUPS.values():
        for name, way in group.better.items():
            way = "one" if name in AT_ONE else way
            assert words.better(f"val_{name}[x]") == way, name
            assert words.meaning(name).endswith(f"{words.SAID[way]} is better.")
    assert RATIOS == AT_ONE, "which the card cannot import"
    assert words.better("mine") == words.meaning("mine") == ""


@pytest.mark.parametrize(
    "value, text", [(3.0, "3"), (12, "12"), (34.888677, "34.89"), (1e-7, "1e-07"), (float("nan"), "nan")]
)
def test_short(value, text):
    assert words.short(value) == text


def test_settings_are_readable():
    adam = {"module": "keras", "class_name": "Adam", "config": {"learning_rate": 0.00019999999494757503, "clipnorm": None}}
    assert words.readable(adam) == "Adam(learning_rate=0.0002)"
    assert words.readable([1, None, True]) == "1, none, True" and words.readable([]) == "none"


def test_an_alarm_is_a_sentence():
    assert words.sentence({"epoch": 3, "kind": "spike", "message": "spike: it rose."}) == "Epoch 3: spike: it rose."


def test_the_command_that_goes_on_is_the_one_that_started():
    line = "keras-gans train dcgan --data 'my data' --epochs 5 --run=old -m width=8 --monitor warn --resume -o old -d classes=36"
    parts = shlex.split(words.resume_command({"epochs": 5, "command": line}, "runs/it's", 5))
    kept = ["keras-gans", "train", "dcgan", "--data", "my data", "-m", "width=8", "--monitor", "warn", "-d", "classes=36"]
    assert parts == [*kept, "--epochs", "10", "-o", "runs/it's", "--resume"]
    assert words.resume_command({"epochs": 5, "command": line}, "a", 3).endswith("--epochs 5 -o a --resume"), "not there yet"


def test_a_run_from_python_goes_on_in_python():
    line = words.resume_command({"epochs": 5, "every": 2, "command": None}, "runs/a", 5)
    assert line == "keras_gans.runs.train(gan, data, 'runs/a', epochs=10, every=2, resume=True)"
