from keras_gans.errors import TrainingDiverged, unknown


def test_unknown_names_the_closest():
    assert (
        unknown("loss", "hinges", ["hinge", "minimax"])
        == "Unknown loss 'hinges'. Did you mean 'hinge'? Known: hinge, minimax."
    )
    assert "Did you mean" not in unknown("loss", "zzz", ["hinge"])


def test_diverged_is_a_floating_point_error():
    assert issubclass(TrainingDiverged, FloatingPointError)
