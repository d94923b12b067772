import pytest

import keras_gans


@pytest.fixture(scope="session")
def entry(tmp_path_factory):
    """An entry of a tiny conditional DCGAN, measured: (its folder, the GAN, the data)."""
    data = keras_gans.data.load("digits", labels=True, test=0.5)
    gan = keras_gans.DCGAN((8, 8, 1), 8, width=4, num_classes=10, ema_decay=0.9, dropout=0.1, seed=0)
    gan.compile(loss="hinge")
    gan.fit(data.train, steps_per_epoch=3, verbose=0)
    folder = tmp_path_factory.mktemp("zoo") / "tiny"
    recipe = {
        "architecture": "dcgan",
        "data": "digits",
        "data_option": {"labels": True},
        "test": 0.5,
        "values": {},
        "seed": 0,
    }
    gan.save_to_preset(folder)
    loaded = keras_gans.zoo.load(folder)
    scores = keras_gans.zoo.measure(loaded, data, ["fid", "coverage"], draws=2, recipe=recipe)
    loaded.save_to_preset(folder, scores=scores, recipe=recipe)
    return folder, gan, data
