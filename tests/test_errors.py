import numpy as np
import pytest

from keras_gans.errors import TrainingDiverged, check_seed, named, unknown, whole_number


def test_unknown_names_the_closest():
    assert (
        unknown("loss", "hinges", ["hinge", "minimax"])
        == "Unknown loss 'hinges'. Did you mean 'hinge'? Known: hinge, minimax."
    )
    assert "Did you mean" not in unknown("loss", "zzz", ["hinge"])


def test_diverged_is_a_floating_point_error():
    assert issubclass(TrainingDiverged, FloatingPointError)


def test_named_functions_know_their_arguments():
    @named
    def draw(count, seed=0):
        return count + seed

    assert draw(1, seed=2) == 3
    with pytest.raises(TypeError, match="draw: Unknown argument 'sed'. Did you mean 'seed'"):
        draw(1, sed=2)


def test_numbers():
    assert whole_number("n", np.int64(3)) == 3 and check_seed(None) is None and check_seed(0) == 0
    for value in (True, 0, -1, 2.0, "3", None):
        with pytest.raises(ValueError, match="n=.*at least 1"):
            whole_number("n", value)
    with pytest.raises(ValueError, match="seed=None"):
        check_seed(None, optional=False)


def test_seeds_are_what_numpy_and_keras_take():
    assert check_seed(2**32 - 1) == 2**32 - 1 and check_seed(None) is None
    with pytest.raises(ValueError, match="less than"):
        check_seed(2**32)
