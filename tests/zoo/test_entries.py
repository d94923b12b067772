import h5py
import keras
import numpy as np
import pytest

import keras_gans
from keras_gans import runs, zoo
from keras_gans.models import ARCHITECTURES, settings
from keras_gans.runs.folder import plain
from keras_gans.zoo import entries

SMALL = {"dense_gan": ((3,), {"widths": [8]}), "recurrent_gan": ((8, 2), {"units": 8, "widths": [8], "steps_per_cell": 2})}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_comes_back_compiled_as_it_was(name, tmp_path):
    shape, small = SMALL.get(name, ((8, 8, 1), {"width": 4}))
    gan = settings.make(ARCHITECTURES[name], shape, {**small, "ema_decay": 0.9, "learning_rate": 3e-4})
    samples = np.random.default_rng(0).uniform(-1, 1, (32, *shape)).astype("float32")
    gan.fit(samples, batch_size=16, epochs=1, verbose=0)
    gan.save_to_preset(tmp_path / "entry", precision="float32")
    found = type(gan).from_preset(tmp_path / "entry")
    assert plain(found.get_compile_config()) == plain(gan.get_compile_config())
    assert int(found.steps) == int(gan.steps) == 2
    np.testing.assert_allclose(found.generate(4, seed=0), gan.generate(4, seed=0), atol=1e-5)  # sums in another order
    for ours, theirs in zip(found.discriminator.get_weights(), gan.discriminator.get_weights()):
        np.testing.assert_array_equal(ours, theirs)
    found.fit(samples, batch_size=16, epochs=1, verbose=0)
    with pytest.raises(ValueError, match="not a"):
        next(cls for cls in ARCHITECTURES.values() if not isinstance(gan, cls)).from_preset(tmp_path / "entry")


def test_half_precision_is_half_the_bytes_and_nearly_the_same_samples(entry):
    folder, gan, _ = entry
    kinds = set()
    with h5py.File(folder / "model.weights.h5") as file:
        file.visititems(lambda name, item: kinds.add((str(item.dtype), item.ndim > 1)) if hasattr(item, "dtype") else None)
    assert ("float16", True) in kinds and ("float32", True) not in kinds and ("float32", False) in kinds
    found = zoo.load(folder)
    assert {weight.dtype for weight in found.generator.weights} == {"float32"}
    np.testing.assert_allclose(found.generate(8, seed=0), gan.generate(8, seed=0), atol=0.02)


@pytest.mark.filterwarnings("ignore:Nothing is fitted yet")
def test_values_too_large_for_half_precision_stay(tmp_path):
    gan = keras_gans.DenseGAN(2, widths=[4])
    gan.compile()
    gan.generator.weights[0].assign(np.full(gan.generator.weights[0].shape, 1e6))
    gan.save_to_preset(tmp_path / "entry")
    assert np.asarray(zoo.load(tmp_path / "entry").generator.weights[0]).max() == 1e6


def test_networks_of_ones_own(tmp_path):
    generator = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)])
    gan = keras_gans.GAN(generator, discriminator, 4)
    gan.compile()
    gan.save_to_preset(tmp_path / "own")
    np.testing.assert_allclose(
        keras_gans.GAN.from_preset(tmp_path / "own").generate(3, seed=0), gan.generate(3, seed=0), atol=0.01
    )
    with pytest.raises(ValueError, match="no arguments to change"):
        zoo.load(tmp_path / "own", num_classes=3)
    sneaky = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2), keras.layers.Lambda(lambda x: x)])
    with pytest.raises(ValueError, match="names keras.layers.Lambda"):
        keras_gans.GAN(sneaky, discriminator, 4).save_to_preset(tmp_path / "sneaky")
    assert not (tmp_path / "sneaky").exists()


@pytest.mark.parametrize("changes", [{"num_classes": 4}, {"image_shape": (8, 8, 3)}, {"num_classes": None}])
def test_what_fits_is_kept_and_the_rest_is_named(entry, changes):
    folder, gan, _ = entry
    with pytest.warns(UserWarning, match=r"weights kept; new.*(ClassAffine|Conv2D|Embedding|Dense|BatchNormalization)"):
        found = zoo.load(folder, **changes)
    np.testing.assert_allclose(dense(found), dense(gan), atol=1e-3)
    samples = np.random.default_rng(0).uniform(-1, 1, (16, *found.image_shape)).astype("float32")
    labels = None if found.num_classes is None else np.arange(16) % found.num_classes
    found.fit(samples, labels, batch_size=8, verbose=0)


def dense(gan):
    """The generator's first kernel, which neither classes nor channels touch."""
    return next(np.asarray(layer.kernel) for layer in gan.generator.layers if type(layer).__name__ == "Dense")


@pytest.mark.parametrize(
    "options, message",
    [({"precision": "int8"}, "expected 'float16' or 'float32'"), ({"scores": {"fid": 3}}, "zoo.measure")],
)
def test_what_cannot_be_saved(small, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        small.save_to_preset(tmp_path / "entry", **options)


def test_a_subclass_of_the_users_is_refused(tmp_path):
    class Mine(keras_gans.DenseGAN):
        pass

    with pytest.raises(ValueError, match="not an architecture of the library"):
        Mine(2, widths=[4]).save_to_preset(tmp_path / "entry")


@pytest.mark.filterwarnings("ignore:Skipping nested container")
def test_weights_of_another_config(entry, tmp_path):
    import shutil

    from keras_gans import files
    from keras_gans.zoo import folder as folders

    shutil.copytree(entry[0], tmp_path / "entry")
    config = folders.read(tmp_path / "entry", "config.json")
    config["config"]["width"] = 8
    files.write_json(tmp_path / "entry" / "config.json", config)
    folders.write(tmp_path / "entry2", lambda made: [shutil.copy(path, made) for path in (tmp_path / "entry").iterdir()])
    with pytest.raises(ValueError, match="do not fit its config"):
        zoo.load(tmp_path / "entry2")


def test_an_entry_of_a_version_before_a_new_argument_loads(entry, tmp_path):
    """An older minor version wrote fewer arguments: they take their defaults."""
    import shutil

    from keras_gans import files
    from keras_gans.zoo import folder as folders

    def older(made):
        for path in entry[0].iterdir():
            shutil.copy(path, made)
        config = folders.read(entry[0], "config.json")
        config["keras_gans"] = "0.0.9"
        del config["config"]["minibatch_stddev"], config["config"]["pack"], config["compile"]["self_supervision"]
        files.write_json(made / "config.json", config)

    folders.write(tmp_path / "old", older)
    np.testing.assert_array_equal(zoo.load(tmp_path / "old").generate(4, seed=1), zoo.load(entry[0]).generate(4, seed=1))


def test_from_run(tmp_path):
    data = keras_gans.data.load("wine", validation=0.4, test=0.5, batch_size=32)
    gan = keras_gans.DenseGAN(13, widths=[8], seed=0)
    gan.compile()
    recipe = {
        "architecture": "dense_gan",
        "data": "wine",
        "data_option": {"validation": 0.4},
        "test": 0.5,
        "batch_size": 32,
        "values": {},
    }
    summary = runs.train(gan, data, tmp_path / "run", epochs=2, every=1, verbose=0, recipe=recipe)
    assert summary.test["n_real"] == len(data.test_samples) and "test samples, which did not choose it" in str(summary)
    folder = entries.from_run(tmp_path / "run", tmp_path / "wine", draws=2)
    card = zoo.card(folder)
    assert card["scores"]["rows"].keys() == {"untrained"} and card["scores"]["split"] == "test" and card["recipe"] == recipe
    assert card["scores"]["training"]["chosen"]["split"] == "validation" and card["scores"]["training"]["epochs"] == 2
    assert zoo.verify(folder)
    with pytest.raises(FileNotFoundError, match="not a finished run"):
        entries.from_run(tmp_path, tmp_path / "none")
