import keras
import numpy as np
import pytest
from keras import ops

import keras_gans
from keras_gans.training import Curriculum, Stage, ready_stages
from keras_gans.training.curriculum import Progress


def images(count=16, size=8):
    return np.random.default_rng(0).uniform(-1, 1, (count, size, size, 1)).astype("float32")


def dcgan(curriculum, size=8, self_supervision=None, **changes):
    gan = keras_gans.DCGAN((size, size, 1), 4, width=4, seed=0, **changes)
    gan.compile(curriculum=curriculum, self_supervision=self_supervision)
    return gan


def number(value):
    return float(ops.convert_to_numpy(value))


def test_values_move_over_a_stage():
    progress = Progress([Stage(4, blur=(2.0, 1.0), noise=0.5), Stage(2, blur=(1.0, 0.0)), Stage()])
    found = []
    for stage, passed in ((0, 0), (0, 1), (0, 4), (1, 0), (1, 1), (1, 2), (2, 7)):
        progress.stage.assign(stage)
        progress.passed.assign(passed)
        found.append((number(progress.value("blur")), number(progress.value("noise"))))
    assert found == [(2, 0.5), (1.75, 0.5), (1, 0.5), (1, 0), (0.5, 0), (0, 0), (0, 0)]


def test_levels_open_in_the_first_half_of_their_stage():
    progress = Progress([Stage(2, resolution=4), Stage(4, resolution=8), Stage(4)], [4, 8])
    found = []
    for stage, passed in ((0, 0), (0, 2), (1, 0), (1, 1), (1, 2), (1, 4), (2, 1), (2, 2)):
        progress.stage.assign(stage)
        progress.passed.assign(passed)
        found.append(tuple(number(progress.opened(level)) for level in (1, 2)))
    assert found == [(0, 0), (0, 0), (0, 0), (0.5, 0), (1, 0), (1, 0), (1, 0.5), (1, 1)]


def test_stages_are_logged_and_follow_each_other(capsys):
    gan = dcgan([Stage(2, blur=(2, 0)), Stage(1, noise=0.1), Stage()])
    logs = gan.fit(images(), batch_size=8, epochs=5, verbose=2).history
    assert logs["curriculum_stage"] == [0, 0, 1, 2, 2]
    np.testing.assert_allclose(logs["curriculum_progress"], [0.5, 1, 1, 0, 0])
    assert "curriculum: stage 1 of 0 to 2 from epoch 3: noise 0.1" in capsys.readouterr().out
    assert gan.curriculum.stage == 2


@pytest.mark.filterwarnings("ignore:curriculum.*begins after epoch")
def test_a_stage_change_compiles_nothing_again():
    gan = dcgan([Stage(1, resolution=2, blur=1.0), Stage(1, resolution=4, noise=(0.3, 0)), Stage()])
    traces = []
    step = gan.adversarial_step
    gan.adversarial_step = lambda data: (traces.append(1), step(data))[1]
    gan.fit(images(), batch_size=8, epochs=1, verbose=0)
    before = len(traces)
    gan.fit(images(), batch_size=8, epochs=4, initial_epoch=1, verbose=0)
    assert gan.curriculum.stage == 2 and before > 0
    if keras.backend.backend() == "tensorflow":
        assert len(traces) == before


def test_a_stage_ends_when_a_score_or_the_gap_says_so():
    stage = Stage(until="val_fid[digits] < 20")
    assert (
        not stage.reached({}) and not stage.reached({"val_fid[digits]": 21.0}) and stage.reached({"val_fid[digits]": 19.0})
    )
    gap = Stage(until="gap < 0.1")
    assert gap.reached({"d_real_accuracy": 0.8, "val_d_real_accuracy": 0.75}) and not gap.reached({"d_real_accuracy": 0.8})
    assert Stage(until="d_loss > -3e-1").reached({"d_loss": 0.0})
    gan = dcgan([Stage(until="val_d_loss > 0"), Stage(5, until="d_loss < -100"), Stage()])
    logs = gan.fit(images(), batch_size=8, epochs=7, validation_data=images(), verbose=0).history
    assert logs["curriculum_stage"] == [0, 1, 1, 1, 1, 1, 2]


def test_a_score_that_nobody_measures_is_said_before_training():
    gan = dcgan([Stage(until="val_fid[digits] < 20"), Stage()])
    with pytest.raises(ValueError, match=r"until='val_fid\[digits\] < 20'.*not in the logs of this fit.*GenerativeMetrics"):
        gan.fit(images(), batch_size=8, verbose=0)
    gan = dcgan([Stage(3, until="gapp < 0.1"), Stage()])
    with pytest.raises(ValueError, match="not in the logs"):  # a typo that its epochs would hide
        gan.fit(images(), batch_size=8, verbose=0)
    gan = dcgan([Stage(until="gap < 0.1"), Stage()])
    with pytest.raises(ValueError, match="Pass validation_data="):
        gan.fit(images(), batch_size=8, verbose=0)
    assert int(gan.steps.numpy()) == 0


def test_the_discriminator_sees_the_first_steps_alone():
    gan = keras_gans.RecurrentGAN((6, 2), 3, step_latent=2, units=4, widths=(8,), seed=0, normalise=None)
    gan.compile(curriculum=[Stage(1, length=2), Stage(1, length=4), Stage()])
    x = ops.ones((3, 6, 2))
    seen = []
    for stage in range(3):
        gan.curriculum.progress.stage.assign(stage)
        seen.append(ops.convert_to_numpy(gan.curriculum(x, seed=gan.test_seed)).sum((0, 2)).tolist())
    assert seen == [[6, 6, 0, 0, 0, 0], [6, 6, 6, 6, 0, 0], [6] * 6]


def test_classes_are_added():
    """Only samples of the chosen classes come, in as many batches; the next fit without a curriculum has all again."""
    x, y = images(32), np.arange(32) % 4
    x = np.where(np.arange(32)[:, None, None, None] % 4 < 2, 0.5, -0.5).astype("float32") + 0 * x
    gan = dcgan([Stage(1, classes=2), Stage(1, classes=(0, 1, 2)), Stage()], num_classes=4)
    means = []

    class Look(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            order = gan.order_seen
            means.append(sorted(set(y[order.rows(epoch).ravel()].tolist())))

    from keras_gans.data import feed

    original = feed.prepare

    def spied(*args):
        prepared = original(*args)
        gan.order_seen = prepared.order
        return prepared

    feed.prepare = spied
    try:
        gan.fit(x, y, batch_size=8, epochs=4, callbacks=[Look()], verbose=0)
    finally:
        feed.prepare = original
    assert means == [[0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3]]
    assert int(gan.steps.numpy()) == 16 and gan.order_seen.chosen is None


@pytest.mark.filterwarnings("ignore:curriculum.*begins after epoch")
def test_classes_without_labels_are_an_error():
    gan = dcgan([Stage(1, classes=2), Stage()])
    with pytest.raises(ValueError, match="labels of the training samples are not known"):
        gan.fit(images(), batch_size=8, verbose=0)
    data = keras_gans.data.load("digits")  # whose labels are known beside the unlabelled pipeline
    gan.fit(data.train, epochs=1, verbose=0)
    with pytest.raises(ValueError, match="num_classes=3"):
        dcgan([Stage(1, classes=4), Stage()], num_classes=3)


@pytest.mark.parametrize(
    "stage,shape,message",
    [
        ({"blur": 1}, (3,), "blur is for images, and the samples are vectors"),
        ({"resolution": 4}, (6, 2), "resolution is for images, and the samples are sequences"),
        ({"length": 4}, (8, 8, 1), "length is for sequences, and the samples are images"),
        ({"length": 9}, (6, 2), "length=9, and the sequences have 6 steps"),
        ({"resolution": 3}, (8, 8, 1), "resolution=3, .* can grow to 2, 4, 8"),
    ],
)
def test_stages_that_do_not_fit(stage, shape, message):
    cls = {1: keras_gans.DenseGAN, 2: keras_gans.RecurrentGAN, 3: keras_gans.DCGAN}[len(shape)]
    gan = cls(shape if len(shape) > 1 else 3)
    with pytest.raises(ValueError, match=message):
        gan.compile(curriculum=[Stage(2, **stage), Stage()])


def test_one_curriculum_for_two_models_shares_no_state():
    curriculum = Curriculum([Stage(1, noise=0.1), Stage()])
    first, second = dcgan(curriculum), dcgan(curriculum)
    first.fit(images(), batch_size=8, epochs=2, verbose=0)
    assert first.curriculum.stage == 1 and second.curriculum.stage == 0


@pytest.mark.filterwarnings("ignore:curriculum.*begins after epoch")
def test_the_stage_goes_on_where_it_was(tmp_path):
    stages = [Stage(3, resolution=4, blur=(1, 0)), Stage(3), Stage()]
    gan = dcgan(stages, ema_decay=0.9)
    gan.fit(images(), batch_size=8, epochs=4, verbose=0)
    gan.save(tmp_path / "half.keras")
    back = keras.models.load_model(tmp_path / "half.keras")
    assert back.curriculum.stage == 1 and number(back.curriculum.progress.passed) == 1
    np.testing.assert_array_equal(back.generate(4, seed=0), gan.generate(4, seed=0))
    logs = back.fit(images(), batch_size=8, epochs=8, initial_epoch=4, verbose=0).history
    assert logs["curriculum_stage"] == [1, 1, 2, 2]


def test_every_key_of_the_logs_may_end_a_stage():
    gan = dcgan(
        [Stage(until="d_task_accuracy > -1"), Stage(until="sample_diversity > -1"), Stage()], self_supervision="rotation"
    )
    watch = keras_gans.callbacks.Monitor("ignore")
    logs = gan.fit(images(), batch_size=8, epochs=3, callbacks=[watch], verbose=0).history
    assert logs["curriculum_stage"] == [0, 1, 2]
    gan = dcgan([Stage(1, until="val_d_loss < -9"), Stage()])
    gan.fit(images(), batch_size=8, epochs=2, validation_data=images(), verbose=0)
    gan.fit(images(), batch_size=8, verbose=0)  # whose first stage is over, so that its key may be missing


def test_stages_that_a_fit_does_not_reach_are_said():
    gan = dcgan([Stage(30), Stage(noise=0)])
    with pytest.warns(UserWarning, match="stage 1 begins after epoch 30.*In this fit"):
        gan.fit(images(), batch_size=8, epochs=1, verbose=0)


def test_an_interrupted_fit_leaves_all_classes(digits):
    """Else the next evaluation would take the chosen ones for the whole of the held-out data."""

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    gan = dcgan([Stage(1, classes=2), Stage()])
    with pytest.raises(KeyboardInterrupt):
        gan.fit(digits.train, epochs=3, validation_data=digits.validation, callbacks=[Stop()], verbose=0)
    assert digits.train.order.chosen is None and digits.validation.order.chosen is None


def test_nothing_saves_a_stage_before_it_moves(tmp_path, extractor):
    gan = dcgan([Stage(1), Stage()])
    saver = keras.callbacks.ModelCheckpoint(tmp_path / "gan.keras")
    scores = keras_gans.callbacks.GenerativeMetrics(images(), ["fid"], extractor=extractor, num_samples=20)
    with pytest.raises(ValueError, match="ModelCheckpoint stands before GenerativeMetrics"):
        gan.fit(images(), batch_size=8, callbacks=[saver, scores], verbose=0)


def test_a_last_resolution_fades_in_half_the_time_of_the_one_before():
    progress = Progress([Stage(8, resolution=4), Stage()], [4])
    progress.stage.assign(1)
    for passed, opened in ((0, 0), (2, 0.5), (4, 1), (9, 1)):
        progress.passed.assign(passed)
        assert number(progress.opened(1)) == opened


def test_networks_that_cannot_grow_are_said():
    gan = keras_gans.DCGAN((30, 30, 1), 4, width=4)
    with pytest.raises(ValueError, match="no lower resolution of images of 30x30"):
        ready_stages("resolution", gan, 10)
