import keras
import numpy as np
import pytest

import keras_gans


def test_generate_checks_its_count(small):
    for count in (0, -3, 2.5, True, "a"):
        with pytest.raises(ValueError, match="count=.*whole number"):
            small.generate(count)
    with pytest.raises(ValueError, match="seed=-1"):
        small.generate(2, seed=-1)
    assert small.generate(np.int64(2), seed=np.int32(1)).shape == (2, 8, 8, 1)


def test_latents_are_the_same_for_every_count(small):
    np.testing.assert_array_equal(small.latents(3, seed=1), small.latents(10, seed=1)[:3])
    keras.utils.set_random_seed(3)
    first = small.latents(2)
    keras.utils.set_random_seed(3)
    np.testing.assert_array_equal(first, small.latents(2))


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's warning")
def test_several_models_bring_no_warning_of_retracing(tensorflow_says):
    for _ in range(6):
        keras_gans.DenseGAN(2, widths=(2,), normalise=None).generate(3, seed=0)
    assert not [one for one in tensorflow_says if "retracing" in one]
