import json

import pytest

from keras_gans import cli
from keras_gans.cli.training_arguments import RECIPE


def test_a_recipe_has_options_of_train():
    taken = {action.dest for action in cli.parser().train._actions}
    assert set(RECIPE) <= taken


@pytest.mark.parametrize(
    "recipe,message",
    [
        ("epochs: 3", "not JSON"),
        ("[]", "not a recipe"),
        ({"epochs": "many"}, "epochs='many': expected a whole number"),
        ({"epochs": 1.5}, "epochs=1.5: expected a whole number"),
        ({"seed": True}, "seed=True: expected a whole number"),
        ({"test": "half"}, "test='half': expected a number"),
        ({"data": ["digits"]}, "data=['digits']: expected a word"),
        ({"data_option": [1]}, "data_option=[1]"),
        ({"precision": "float8"}, "expected one of mixed_bfloat16, mixed_float16"),
        ({"epoks": 3}, "Did you mean 'epochs'?"),
        ({"epochs": -3}, "--epochs -3: expected at least 1"),
        ({"architecture": "dcgam"}, "Did you mean 'dcgan'?"),
        (b"\xff\xfe\x00", "not JSON"),
    ],
)
def test_recipes_that_are_none_are_one_line(recipe, message, tmp_path, capsys):
    path = tmp_path / "recipe.json"
    if isinstance(recipe, dict):
        recipe = json.dumps({"architecture": "dcgan", "values": {}, **recipe})
    path.write_bytes(recipe if isinstance(recipe, bytes) else recipe.encode())
    assert cli.main(["train", "--recipe", str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
