import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gans

TABLE = (np.random.default_rng(0).normal(size=(512, 3)) * [0.01, 1.0, 300.0] + [2.0, -5.0, 1e4]).astype("float32")


def test_samples_come_in_the_datas_units(tmp_path):
    gan = keras_gans.DenseGAN(3, seed=0)
    gan.fit(TABLE, batch_size=64, epochs=2, verbose=0)
    drawn = gan.generate(200, seed=0)
    assert (np.abs(drawn.mean(0) - TABLE.mean(0)) < 3 * TABLE.std(0)).all()
    gan.save(tmp_path / "table.keras")
    back = keras.models.load_model(tmp_path / "table.keras")
    np.testing.assert_array_equal(back.generate(5, seed=1), gan.generate(5, seed=1))
    scale = gan.normaliser.scale.numpy()
    with pytest.warns(UserWarning, match="x lies far from the data.*same units"):
        back.fit(TABLE * 2, batch_size=64, verbose=0)
    np.testing.assert_array_equal(back.normaliser.scale.numpy(), scale)  # fitted once


def test_it_learns_a_correlated_table():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4096, 1))
    real = np.concatenate([50 + 10 * x, 3 - 2 * x + 0.5 * rng.normal(size=x.shape)], 1).astype("float32")
    gan = keras_gans.DenseGAN(2, widths=(32, 32), seed=0)
    gan.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.9) for _ in range(2)))
    gan.fit(real, batch_size=128, epochs=30, verbose=0)
    drawn = gan.generate(4096, seed=0)
    assert abs(np.corrcoef(drawn.T)[0, 1] - np.corrcoef(real.T)[0, 1]) < 0.05
    np.testing.assert_allclose(drawn.mean(0), real.mean(0), atol=0.2 * real.std(0).max())
    np.testing.assert_allclose(drawn.std(0), real.std(0), rtol=0.2)


def test_fourier_features_are_the_discriminators_alone():
    gan = keras_gans.DenseGAN(2, fourier=(1.0, 3.0))
    kinds = [[type(layer).__name__ for layer in network.layers] for network in (gan.discriminator, gan.generator)]
    assert "FourierFeatures" in kinds[0] and "FourierFeatures" not in kinds[1]


def test_without_a_normaliser_the_range_is_checked():
    gan = keras_gans.DenseGAN(3, normalise=None, output_activation="tanh")
    with pytest.raises(ValueError, match="output activation that reaches"):
        gan.fit(TABLE, verbose=0)


def test_a_stream_without_end_cannot_be_measured():
    import tensorflow as tf

    endless = tf.data.Dataset.from_tensor_slices(TABLE).batch(64, drop_remainder=True).repeat()
    gan = keras_gans.DenseGAN(3, widths=(8,))
    with pytest.raises(ValueError, match="never ends.*normaliser.fit"):
        gan.fit(endless, steps_per_epoch=2, verbose=0)
    gan.normaliser.fit([TABLE])
    gan.fit(endless, steps_per_epoch=2, verbose=0)


def test_the_normaliser_sees_all_samples():
    """Also those that fill no batch, whichever they are."""
    table = np.random.default_rng(0).uniform(0, 1, (100, 2)).astype("float32")
    table[57, 0] = 50.0
    for seed in range(3):
        gan = keras_gans.DenseGAN(2, widths=(8,), normalise="minmax", output_activation="tanh", seed=seed)
        gan.fit(keras_gans.data.from_samples(table, validation=table[:10], batch_size=64).train, verbose=0)
        assert np.abs(np.asarray(gan.normaliser(table))).max() <= 1.0001


def test_half_precision_leaves_the_data_alone():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        table = np.random.default_rng(0).normal([1e6, 1000.0], [1e5, 1.0], (256, 2)).astype("float32")
        gan = keras_gans.DenseGAN(2, widths=(8,), seed=0)
        gan.fit(table, batch_size=64, verbose=0)
        drawn = gan.generate(300, seed=0)
        assert np.isfinite(drawn).all() and len(np.unique(drawn[:, 1])) > 200
    finally:
        keras.config.set_dtype_policy(policy)


def test_a_column_that_float32_cannot_resolve():
    seconds = 1.7e9 + np.arange(256.0)[:, None] + np.zeros((1, 2))
    with pytest.raises(ValueError, match="float32 cannot tell apart. Subtract a constant"):
        keras_gans.DenseGAN(2, widths=(8,)).fit(seconds, verbose=0)


@pytest.mark.parametrize("normalise", ["standard", "minmax", None])
def test_a_constant_column(normalise):
    table = np.random.default_rng(0).normal(size=(64, 3)) * [1.0, 0.0, 1.0]
    with pytest.raises(ValueError, match=r"x: feature 1.* has one value everywhere"):
        keras_gans.DenseGAN(3, widths=(8,), normalise=normalise).fit(table, verbose=0)
    pipeline = tf.data.Dataset.from_tensor_slices(table.astype("float32")).batch(16)
    with pytest.raises(ValueError, match=r"x: feature 1.* has one value everywhere"):
        keras_gans.DenseGAN(3, widths=(8,), normalise=normalise).fit(pipeline, verbose=0)
    endless = (
        tf.data.Dataset.from_tensor_slices(np.random.default_rng(0).normal(size=(64, 3)).astype("float32"))
        .batch(16)
        .repeat()
    )
    if normalise is None:
        keras_gans.DenseGAN(3, widths=(8,), normalise=None).fit(endless, steps_per_epoch=2, verbose=0)


def test_other_units_are_noticed_in_any_kind_of_data():
    class Batches(keras.utils.PyDataset):
        num_batches, scale = 4, 1.0

        def __getitem__(self, index):
            return self.scale * TABLE[index * 16 : index * 16 + 16]

    gan, batches = keras_gans.DenseGAN(3, widths=(8,), seed=0), Batches()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="x lies far")
        gan.fit(batches, verbose=0)
        gan.fit(batches, verbose=0)
    batches.scale = 1000.0
    with pytest.warns(UserWarning, match="x lies far from the data"):
        gan.fit(batches, verbose=0)
