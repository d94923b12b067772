import numpy as np
import pytest
from PIL import Image

import keras_gans
from keras_gans import zoo
from keras_gans.zoo import scores


def test_a_score_is_a_mean_with_the_interval_of_one_more_draw():
    found = scores.summary([1.0, 2.0, 3.0], "fid")
    assert found["value"] == 2.0 and found["draws"] == [1.0, 2.0, 3.0]
    assert found["interval"] == pytest.approx([2 - 4.303 * (4 / 3) ** 0.5, 2 + 4.303 * (4 / 3) ** 0.5])
    assert found["tolerance"] == 0.02 and scores.summary([0.1], "fid") == {
        "value": 0.1,
        "interval": [0.1, 0.1],
        "draws": [0.1],
        "tolerance": 0.005,
    }
    assert scores.summary([0.0, 0.1], "discriminative")["tolerance"] > 0.5, "a judge is trained anew"


def test_measured_on_the_split_that_chose_nothing(entry):
    _, gan, data = entry
    found = zoo.measure(gan, data, ["fid"], draws=1)
    assert found["split"] == "test" and found["n_real"] == len(data.test_samples) and found["n_fake"] == 1445
    plain = keras_gans.evaluate(gan.generate(1445, seed=0), data.scaled(data.test_samples), ["fid"], extractor="digits")
    assert found["scores"]["fid[digits]"]["value"] == pytest.approx(plain["fid[digits]"], rel=1e-4)
    assert found["scores"]["fid[digits]"]["real"] < found["scores"]["fid[digits]"]["value"]
    assert found["data"]["fingerprint"] == data.fingerprint and found["data"]["recipe"] is None


@pytest.mark.parametrize("shape", [(8, 2), (3,)])
def test_sequences_and_vectors(shape):
    samples = np.random.default_rng(0).normal(size=(120, *shape)).astype("float32")
    data = keras_gans.data.from_samples(samples, validation=0.5, test=0.5, batch_size=16)
    gan = keras_gans.DenseGAN(3, widths=[4]) if len(shape) == 1 else keras_gans.RecurrentGAN(shape, units=4, widths=[4])
    gan.compile()
    gan.fit(data.train, verbose=0)
    found = zoo.measure(gan, data, ["fid", "nearest"] + ["untrained"] * (len(shape) == 2), draws=2)
    assert {"fid[raw]", "nearest_ratio[raw]"} <= set(found["scores"]) and found["split"] == "test"
    assert len(found["scores"]["fid[raw]"]["draws"]) == 2


def test_the_data_of_a_recipe_may_be_a_folder(tmp_path):
    for number in range(6):
        Image.fromarray(np.full((8, 8, 3 if number else 4), number, "uint8")).save(tmp_path / f"{number}.png")
    recipe = {"data": str(tmp_path), "batch_size": 2, "image_size": 8, "data_option": {"channels": 1}}
    assert scores.data_of(recipe).shape == (8, 8, 1)
