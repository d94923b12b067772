import pytest

from keras_gans.training import Curriculum, Stage


@pytest.mark.parametrize(
    "stages,message",
    [
        ([Stage(), Stage()], "stage 0 never ends, so that stage 1 is never reached"),
        (
            [Stage(2, resolution=8), Stage(resolution=4)],
            "out of order: resolution is 8 in stage 0 and 4 in stage 1; it has to rise",
        ),
        ([Stage(2), Stage(resolution=4)], "resolution is all in stage 0 and 4"),
        ([Stage(2, length=8), Stage(length=4)], "length is 8 in stage 0 and 4"),
        ([Stage(2, blur=(2, 0)), Stage(blur=1)], "blur is 0 in stage 0 and 1 in stage 1; it has to fall"),
        ([Stage(2, blur=2), Stage(2), Stage(blur=1)], "blur is 0 in stage 1 and 1 in stage 2"),
        ([Stage(2, noise=(0.1, 0.4)), Stage()], r"noise=\(0.1, 0.4\) of stage 0 rises"),
        ([Stage(2, classes=(0, 1)), Stage(classes=(1, 2))], r"classes is \(0, 1\) in stage 0 and \(1, 2\)"),
        ([], "expected a list"),
    ],
)
def test_stages_out_of_order_or_unreachable(stages, message):
    with pytest.raises(ValueError, match=message):
        Curriculum(stages)


@pytest.mark.parametrize(
    "values,message",
    [
        ({"epochs": 0}, "epochs=0"),
        ({"epochs": 1.5}, "epochs=1.5"),
        ({"epochs": 2, "resolution": True}, "resolution=True"),
        ({"blur": -1}, "blur=-1"),
        ({"blur": (2, 0)}, "moves over the stage's epochs"),
        ({"epochs": 2, "noise": (1, 2, 3)}, "noise="),
        ({"classes": 0}, "classes=0"),
        ({"classes": (0, "a")}, "classes="),
        ({"classes": "abc"}, "classes='abc'"),
        ({"classes": -1}, "classes=-1"),
        ({"classes": 2.5}, "classes=2.5"),
        ({"classes": (True,)}, "classes="),
        ({"until": "d_loss < e"}, '"KEY < NUMBER"'),
        ({"until": "d_loss < --"}, '"KEY < NUMBER"'),
        ({"until": "soon"}, '"KEY < NUMBER"'),
        ({"until": 3}, '"KEY < NUMBER"'),
    ],
)
def test_values_outside_their_range(values, message):
    with pytest.raises(ValueError, match=message):
        Stage(**values)


def test_dicts_are_stages_and_typos_are_named():
    assert Curriculum([{"epochs": 2, "blur": [2, 0]}, {}]).stages[0].blur == (2, 0)
    with pytest.raises(TypeError, match="Did you mean 'blur'"):
        Curriculum([{"blurr": 2}])
    with pytest.raises(TypeError, match="no Stage"):
        Curriculum([3])
