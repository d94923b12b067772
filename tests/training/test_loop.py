import keras
import numpy as np
import pytest

import keras_gans
from keras_gans.errors import TrainingDiverged


class NaNLoss(keras_gans.losses.NonSaturating):
    """Finite for ten steps of the generator, then NaN: what divergence looks like from outside."""

    def generator(self, fake_logits):
        return keras.ops.where(self.steps >= 10, float("nan"), super().generator(fake_logits))


def test_nan_stops_names_the_epoch_and_keeps_the_checkpoint(small, images, tmp_path):
    loss = NaNLoss()
    loss.steps = small.steps
    small.compile(loss=loss)
    path = tmp_path / "good.weights.h5"
    keep = keras.callbacks.ModelCheckpoint(path, save_weights_only=True)
    with pytest.raises(TrainingDiverged, match=r"g_loss became NaN or infinite in epoch 3, by batch 1\b.*still good"):
        small.fit(images, batch_size=4, epochs=9, callbacks=[keep], verbose=0)  # 5 steps an epoch
    good = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=1)
    good.compile()
    good.load_weights(path)
    assert int(good.steps.numpy()) == 10 and all(np.isfinite(w.numpy()).all() for w in good.weights)


class NaNWeights(keras.callbacks.Callback):
    """A weight that breaks while every loss stays finite: a ReLU behind it hides the NaN."""

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.steps.numpy()) == 10:
            bias = self.model.generator.trainable_weights[-1]
            bias.assign(bias * float("nan"))


def test_a_broken_weight_is_found_before_it_is_saved(small, images, tmp_path):
    path = tmp_path / "good.weights.h5"
    keep = keras.callbacks.ModelCheckpoint(path, save_weights_only=True)
    with pytest.raises(TrainingDiverged, match="The weight .* became NaN or infinite in epoch 2"):
        small.fit(images, batch_size=4, epochs=9, callbacks=[NaNWeights(), keep], verbose=0)
    small.load_weights(path)
    assert int(small.steps.numpy()) == 5 and np.isfinite(small.generate(3, seed=0)).all()


@pytest.mark.parametrize("steps", [2, 3, 7, None])
def test_resuming_inside_an_epoch_is_exact(images, steps):
    """`steps_per_epoch` that an epoch of the data (5 batches) is no multiple of."""
    drawn = []
    for parts in ((4,), (2, 2)):
        gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=0)
        for epochs in parts:  # each with a pipeline of its own, as in a new process
            data = keras_gans.data.batches(images, 4, shuffle=True, seed=5)
            gan.fit(data, epochs=epochs, steps_per_epoch=steps, verbose=0)
        assert int(gan.steps.numpy()) == 4 * (steps or 5)
        drawn.append(gan.generate(4, seed=0))
    np.testing.assert_array_equal(*drawn)


def test_every_epoch_of_the_data_has_its_own_order(small, images):
    """Also where Keras's epochs are shorter: 2 of 5 batches."""
    data, seen = keras_gans.data.batches(images, 4, shuffle=True, seed=5), []
    rows = data.order.rows
    data.order.rows = lambda epoch: seen.append(epoch) or rows(epoch)
    small.fit(data, epochs=6, steps_per_epoch=2, verbose=0)
    assert seen == [0, 0, 1, 2] and int(small.steps.numpy()) == 12  # fit looked at the first batch before


def test_data_order_follows_the_model_not_the_pipeline(small, images):
    data = keras_gans.data.batches(images, 4, shuffle=True, seed=5)
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            seen.append(data.order.position)

    small.fit(data, epochs=2, callbacks=[Watch()], verbose=0)
    list(data)  # somebody else reads the pipeline
    small.fit(data, epochs=2, callbacks=[Watch()], verbose=0)
    assert seen == [0, 5, 10, 15]


class Measures(keras.callbacks.Callback):
    produces = {"val_fid[toy]": "min", "val_is[toy]": "max"}

    def on_epoch_end(self, epoch, logs=None):
        logs["val_fid[toy]"], logs["val_is[toy]"] = [3.0, 2.0, 5.0, 6.0, 7.0][epoch], [1.0, 1.1, 1.2, 1.3, 1.4][epoch]


def test_readers_of_scores_come_after_what_measures_them(small, images, tmp_path):
    stop = keras.callbacks.EarlyStopping("val_fid[toy]")
    with pytest.raises(ValueError, match="EarlyStopping stands before Measures.*Put Measures first"):
        small.fit(images, batch_size=4, callbacks=[stop, Measures()], verbose=0)
    with pytest.raises(ValueError, match="CSVLogger stands before Measures"):
        small.fit(images, batch_size=4, callbacks=[keras.callbacks.CSVLogger(tmp_path / "log.csv"), Measures()], verbose=0)
    with pytest.raises(ValueError, match=r"Monitor 'val_fid\[toy\]'"):
        small.fit(images, batch_size=4, callbacks=[Measures(), keras.callbacks.EarlyStopping("val_fid")], verbose=0)
    assert int(small.steps.numpy()) == 0


def test_file_names_cannot_hold_brackets(small, images, tmp_path):
    bad = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}-{val_fid[toy]:.2f}.keras", monitor="val_fid[toy]")
    with pytest.raises(ValueError, match="brackets mean an index"):
        small.fit(images, batch_size=4, callbacks=[Measures(), bad], verbose=0)


def test_readers_learn_which_way_is_better(small, images):
    stops = [keras.callbacks.EarlyStopping(key, patience=2) for key in ("val_fid[toy]", "val_is[toy]")]
    for stop, epochs in zip(stops, (4, 5)):  # the distance is best in epoch 2; the other score grows all along
        assert len(small.fit(images, batch_size=20, epochs=5, callbacks=[Measures(), stop], verbose=0).epoch) == epochs
