import numpy as np
import pytest

from keras_gans.metrics import nearest, similarity
from keras_gans.metrics.nearest import NearestReal, nearest_real

RNG = np.random.default_rng(0)
TRAIN, HELD_OUT, FAKE = RNG.normal(size=(400, 4)), RNG.normal(size=(300, 4)), RNG.normal(size=(350, 4))


@pytest.mark.parametrize("chunk", [256, 7, 1000])
def test_definition(chunk, monkeypatch):
    monkeypatch.setattr(nearest, "CHUNK", chunk)
    found = nearest_real(FAKE, TRAIN, HELD_OUT)
    distances = np.sqrt(((FAKE[:, None] - TRAIN) ** 2).sum(-1))
    usual = np.sqrt(((HELD_OUT[:, None] - TRAIN) ** 2).sum(-1)).min(1)
    np.testing.assert_array_equal(found["index"], distances.argmin(1))
    np.testing.assert_allclose(found["distance"], distances.min(1), rtol=1e-12)
    assert found["ratio"] == pytest.approx(np.median(distances.min(1)) / np.median(usual), rel=1e-12)
    fifteenth = np.sort(usual)[14]  # 5 % of 301 is 15.05
    assert found["share_closer"] == pytest.approx((distances.min(1) <= fifteenth).mean(), abs=1.5 / 350)
    assert set(nearest_real(FAKE, TRAIN)) == {"index", "distance"}


def test_copies_are_at_exactly_0_even_far_from_the_origin():
    for shift in (0, 1e6):
        train = TRAIN + shift
        found = nearest_real(train[[5, 17, 3]], train, HELD_OUT + shift)
        assert found["index"].tolist() == [5, 17, 3] and found["distance"].tolist() == [0, 0, 0]
        assert found["ratio"] == 0 and found["share_closer"] == 1


def test_honest_generator_and_copies_with_a_little_noise():
    honest = nearest_real(FAKE, TRAIN, HELD_OUT)
    assert 0.85 < honest["ratio"] < 1.15 and 0.01 < honest["share_closer"] < 0.1
    copies = nearest_real(TRAIN[:300] + 0.02 * RNG.normal(size=(300, 4)), TRAIN, HELD_OUT)
    assert copies["ratio"] < 0.1 and copies["share_closer"] > 0.95
    bad = nearest_real(FAKE + 5, TRAIN, HELD_OUT)
    assert bad["ratio"] > 5 and bad["share_closer"] == 0


def test_a_few_copies_show_in_the_share():
    found = nearest_real(np.concatenate([FAKE[:270], TRAIN[:80]]), TRAIN, HELD_OUT)
    assert 0.2 < found["share_closer"] < 0.35 and found["ratio"] > 0.5


@pytest.mark.parametrize("count", [19, 20, 99])
def test_the_expected_share_of_an_honest_generator_is_5_percent(count):
    rng = np.random.default_rng(1)
    shares = [
        nearest.beside_held_out(rng.exponential(size=200), rng.exponential(size=count))["share_closer"] for _ in range(500)
    ]
    assert np.mean(shares) == pytest.approx(0.05, abs=4 * np.std(shares) / 500**0.5)


def test_held_out_that_is_not():
    with pytest.warns(UserWarning, match="half of the held-out samples are found among the training samples"):
        assert np.isnan(nearest_real(FAKE, TRAIN, TRAIN[:50])["ratio"])


@pytest.mark.parametrize("size", [8, 12])
def test_images(size):
    train_images = RNG.uniform(-1, 1, (30, size, size, 1))
    fake_images = np.clip(train_images[[4, 9]] + RNG.normal(size=(2, size, size, 1)) * [[[[0.1]]], [[[0.0]]]], -1, 1)
    found = nearest_real(
        fake_images.reshape(2, -1),
        train_images.reshape(30, -1),
        fake_images=fake_images,
        train_images=train_images,
        data_range=2,
        low=-1,
    )
    assert found["index"].tolist() == [4, 9]
    np.testing.assert_array_equal(found["psnr"], similarity.psnr(fake_images, train_images[[4, 9]], 2))
    assert np.isfinite(found["psnr"][0]) and found["psnr"][1] == np.inf
    assert ("ssim" in found) == (size >= 11)  # as the docstring says
    if size >= 11:
        np.testing.assert_array_equal(found["ssim"], similarity.ssim(fake_images, train_images[[4, 9]], 2, low=-1))


def test_bad_input():
    images = {"fake_images": np.zeros((350, 8, 8, 1)), "train_images": np.zeros((400, 8, 8, 1))}
    for message, arguments, options in [
        ("Different numbers of features: fake 3, train 4", (FAKE[:, :3], TRAIN), {}),
        ("held_out 3", (FAKE, TRAIN, HELD_OUT[:, :3]), {}),
        ("fake: .*expected features", (FAKE[0], TRAIN), {}),
        ("train: .*at least one", (FAKE, TRAIN[:0]), {}),
        ("held_out: .*at least one", (FAKE, TRAIN, HELD_OUT[:0]), {}),
        ("train: values are NaN", (FAKE, np.where(TRAIN > 2, np.nan, TRAIN)), {}),
        ("fake: complex128", (FAKE + 1j, TRAIN), {}),
        ("train_images: None", (FAKE, TRAIN), {"fake_images": images["fake_images"], "data_range": 1}),
        ("fake_images: None", (FAKE, TRAIN), {"train_images": images["train_images"], "data_range": 1}),
        ("fake_images: 350 images for 349", (FAKE[1:], TRAIN), {**images, "data_range": 1}),
        ("data_range=None", (FAKE, TRAIN), images),
    ]:
        with pytest.raises(ValueError, match=message):
            nearest_real(*arguments, **options)


def test_metric_state():
    metric = NearestReal(4, size=10)
    metric.update_state(fake=FAKE[:3], train=TRAIN[:9])
    assert set(metric.result()) == {"distance"}
    metric.reset_state()
    with pytest.raises(ValueError, match="fake: .*at least one"):
        metric.result()
