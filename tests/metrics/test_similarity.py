import keras
import numpy as np
import pytest
from keras import ops

from keras_gans.metrics import similarity
from keras_gans.metrics.similarity import MSSSIM, PSNR, SSIM, ms_ssim, psnr, ssim

EXACT = similarity.precision() == "float64"  # JAX has float32 alone
CLOSE = 1e-9 if EXACT else 2e-5
FUNCTIONS, METRICS = [psnr, ssim, ms_ssim], [PSNR, SSIM, MSSSIM]
TENSORFLOW = keras.backend.backend() == "tensorflow"
# JAX compiles every operation anew for every shape, seconds for five scales: there, fewer shapes and MS-SSIM less often
SCORES, SCORES_AND_METRICS = (FUNCTIONS if EXACT else FUNCTIONS[:2]), list(zip(METRICS, FUNCTIONS))[: 3 if EXACT else 2]


def pairs(n, height, width, channels=1, noise=0.1, seed=0):
    """Smooth images in [0, 1] and noisy copies of them."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width][:, None, ..., None]
    turns, phases = rng.uniform(0.1, 0.6, (2, n, 1, 1, channels)), rng.uniform(0, 6, (n, 1, 1, channels))
    a = 0.5 + 0.4 * np.sin(turns[0] * x + turns[1] * y + phases)
    return a.astype("float32"), np.clip(a + noise * rng.normal(size=a.shape), 0, 1).astype("float32")


# the definitions once more, in other words: one window after the other, with weighted means around the window's own mean


def window_terms(a, b, data_range, size):
    """Brightness, contrast-structure of one channel (height, width), window by window."""
    offsets = np.arange(size) - (size - 1) / 2
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * (1.5 * size / 11) ** 2))
    weights /= weights.sum()
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    for i in range(a.shape[0] - size + 1):
        for j in range(a.shape[1] - size + 1):
            p, q = a[i : i + size, j : j + size], b[i : i + size, j : j + size]
            m, o = (weights * p).sum(), (weights * q).sum()
            spread_p, spread_q = (weights * (p - m) ** 2).sum(), (weights * (q - o) ** 2).sum()
            together = (weights * (p - m) * (q - o)).sum()
            yield (2 * m * o + c1) / (m * m + o * o + c1), (2 * together + c2) / (spread_p + spread_q + c2)


def terms(a, b, data_range, size):
    """SSIM and contrast-structure of one image, each (channels,)."""
    found = [np.array(list(window_terms(a[..., c], b[..., c], data_range, size))) for c in range(a.shape[-1])]
    return np.array([(each[:, 0] * each[:, 1]).mean() for each in found]), np.array([each[:, 1].mean() for each in found])


def half(image):
    rows, columns = ([(i, min(i + 1, n - 1)) for i in range(0, n, 2)] for n in image.shape[:2])
    return np.array([[np.mean([image[i, j] for i in r for j in c], axis=0) for c in columns] for r in rows])


def small_ms_ssim(a, b, data_range):
    """The variant for small images, of one image."""
    product = 1.0
    for scale, weight in enumerate([0.0448, 0.2856, 0.3001, 0.2363, 0.1333]):
        if scale:
            a, b = half(a), half(b)
        whole, contrast = terms(a, b, data_range, min(11, *a.shape[:2]))
        product *= max((whole if scale == 4 else contrast).mean(), 0) ** weight
    return product


def test_psnr_closed_form():
    a = np.zeros((3, 4, 5, 2))
    b = a + np.array([0.1, 0.5, 2.0]).reshape(3, 1, 1, 1)
    expected = [20 * np.log10(1 / 0.1), 20 * np.log10(1 / 0.5), 20 * np.log10(1 / 2.0)]
    np.testing.assert_allclose(psnr(a, b, 1.0), expected, rtol=1e-12 if EXACT else 1e-6)
    a, b = pairs(5, 9, 8, 3)
    expected = [10 * np.log10(4 / np.mean((x.astype("float64") - y) ** 2)) for x, y in zip(a, b)]
    np.testing.assert_allclose(psnr(a, b, 2), expected, rtol=1e-9 if EXACT else 1e-6)
    assert psnr(a, b, 2).shape == (5,) and psnr(a, b, 2).dtype == np.float64
    assert np.isinf(psnr(a, a, 1)).all()


@pytest.mark.parametrize("height,width,channels", [(11, 11, 1), (13, 18, 3), (12, 15, 4)])
def test_ssim_definition(height, width, channels):
    a, b = pairs(2, height, width, channels)
    expected = [terms(x.astype("float64"), y, 1.0, 11)[0].mean() for x, y in zip(a, b)]
    np.testing.assert_allclose(ssim(a, b, 1.0), expected, atol=CLOSE)


@pytest.mark.parametrize(
    "height,width,channels", [(12, 12, 1), (9, 13, 3), (8, 8, 1), (31, 16, 1), (28, 28, 4), (8, 200, 1)][: 6 if EXACT else 2]
)
def test_small_ms_ssim_definition(height, width, channels):
    a, b = pairs(2, height, width, channels)
    expected = [small_ms_ssim(x.astype("float64"), y.astype("float64"), 1.0) for x, y in zip(a, b)]
    np.testing.assert_allclose(ms_ssim(a, b, 1.0), expected, atol=CLOSE)


@pytest.mark.skipif(not TENSORFLOW, reason="TensorFlow's own scores")
@pytest.mark.parametrize("height,width,channels", [(11, 11, 1), (32, 32, 3), (17, 40, 4)])
def test_like_tensorflow(height, width, channels):
    import tensorflow as tf

    a, b = pairs(3, height, width, channels)
    np.testing.assert_allclose(psnr(a, b, 1.0), tf.image.psnr(a, b, 1.0), rtol=1e-5)
    np.testing.assert_allclose(ssim(a, b, 1.0), tf.image.ssim(a, b, 1.0), atol=2e-5)
    with pytest.warns(UserWarning, match="low=-1"):
        np.testing.assert_allclose(ssim(a * 2 - 1, b * 2 - 1, 2), tf.image.ssim(a * 2 - 1, b * 2 - 1, 2.0), atol=2e-5)


@pytest.mark.skipif(not TENSORFLOW, reason="TensorFlow's own scores")
@pytest.mark.parametrize("height,width,channels", [(176, 176, 3), (179, 181, 1), (176, 177, 4)])
def test_canonical_ms_ssim_like_tensorflow(height, width, channels):
    import tensorflow as tf

    a, b = pairs(2, height, width, channels, noise=0.3)
    np.testing.assert_allclose(ms_ssim(a, b, 1.0), tf.image.ssim_multiscale(a, b, 1.0), atol=2e-5)


def test_the_variant_changes_at_176_pixels():
    a, b = (images[:, :, :, :2] for images in pairs(1, 176, 176, 2))
    a = np.concatenate([a[..., :1], b[..., :1]], -1)  # channels of unlike quality tell the orders of averaging apart
    b = np.concatenate([b[..., :1], b[..., :1] * 0 + 0.5], -1)
    canonical, small = ms_ssim(a, b, 1.0), ms_ssim(a[:, :175], b[:, :175], 1.0)
    assert abs(canonical - small) > 1e-2


@pytest.mark.parametrize("score", SCORES)
def test_types_and_ranges_agree(score):
    a, b = (np.round(images * 255).astype("uint8") for images in pairs(3, 11, 11, 3))
    expected = score(a, b, 255)
    np.testing.assert_allclose(score(b, a, np.uint8(255)), expected, rtol=CLOSE)  # symmetric, and nothing wraps around
    for kind in ("int64", "float16", "float64"):
        np.testing.assert_allclose(score(a.astype(kind), b.astype(kind), 255), expected, rtol=CLOSE)
    np.testing.assert_allclose(score(a / 255, b / 255, 1), expected, rtol=10 * CLOSE)
    around_zero = {} if score is psnr else {"low": -1}
    np.testing.assert_allclose(score(a / 127.5 - 1, b / 127.5 - 1, 2, **around_zero), expected, rtol=10 * CLOSE)
    np.testing.assert_allclose(score(ops.convert_to_tensor(a), ops.convert_to_tensor(b), 255), expected, rtol=CLOSE)


@pytest.mark.parametrize("size", [12, 40, 176][: 3 if EXACT else 1])
def test_identical_and_constant_images(size):
    a, _ = pairs(2, size, size, 3)
    np.testing.assert_allclose(ssim(a, a, 1), 1, atol=1e-6)
    np.testing.assert_allclose(ms_ssim(a, a, 1), 1, atol=1e-6)
    black, white = np.zeros((1, size, size, 1), "uint8"), np.full((1, size, size, 1), 255, "uint8")
    for constant in (black, white):
        np.testing.assert_allclose([ssim(constant, constant, 255), ms_ssim(constant, constant, 255)], 1, atol=1e-6)
    brightness = 0.01**2 / (1 + 0.01**2)
    np.testing.assert_allclose(psnr(black, white, 255), 0, atol=1e-12 if EXACT else 1e-4)
    np.testing.assert_allclose(ssim(black, white, 255), brightness, rtol=1e-9 if EXACT else 1e-3)  # 1e-4, by rounding of 1
    np.testing.assert_allclose(ms_ssim(black, white, 255), brightness**0.1333, rtol=1e-9 if EXACT else 1e-3)


def test_inverted_images_are_0_and_not_nan():
    a, _ = pairs(2, 12, 12)
    assert (ssim(a, 1 - a, 1) < 0).all() and (ms_ssim(a, 1 - a, 1) == 0).all()


@pytest.mark.parametrize("score", SCORES)
def test_more_noise_is_worse(score):
    values = [score(*pairs(3, 11, 11, 3, noise=noise), 1.0) for noise in (0.02, 0.1, 0.3, 1.0)]
    assert (np.diff(values, axis=0) < 0).all()


@pytest.mark.parametrize("score", SCORES)
def test_chunks_do_not_matter(score, monkeypatch):
    a, b = pairs(7, 11, 11, 3)
    expected = score(a, b, 1)
    monkeypatch.setattr(similarity, "CHUNK", 3 * a[0].size)
    np.testing.assert_allclose(score(a, b, 1), expected, rtol=CLOSE)
    monkeypatch.setattr(similarity, "CHUNK", 1)
    np.testing.assert_allclose(score(a, b, 1), expected, rtol=CLOSE)


@pytest.mark.parametrize("score", FUNCTIONS)
def test_bad_input(score):
    a, b = pairs(2, 12, 12)
    for message, arguments in {
        "expected equal shapes": (a, b[:1], 1),
        "expected images": (a[0], b[0], 1),
        "at least one": (a[:0], b[:0], 1),
        "a: values are NaN": (np.where(a > 0.5, np.nan, a), b, 1),
        "b: values are NaN or inf": (a, np.where(b > 0.5, np.inf, b), 1),
        "a of type complex": (a.astype("complex64"), b, 1),
        "b of type bool": (a, b > 0.5, 1),
        "data_range=None": (a, b),
        "data_range=0": (a, b, 0),
        "data_range=-1": (a, b, -1),
        "data_range=True": (a, b, True),
        "data_range='1'": (a, b, "1"),
        "data_range=nan": (a, b, float("nan")),
        "span more than twice": (a * 255, b * 255, 1),
        "from 0.* to 255": (a, np.round(b * 255), 1),
    }.items():
        with pytest.raises(ValueError, match=message):
            score(*arguments)
    assert np.isfinite(score(a, a + 0.3 * np.sin(np.arange(12)).reshape(12, 1), 1.0)).all()  # a bit out of range is no error


def test_images_too_small():
    a, b = pairs(2, 10, 30)
    with pytest.raises(ValueError, match="10x30 pixels: SSIM .* ms_ssim"):
        ssim(a, b, 1)
    with pytest.raises(ValueError, match="7x30 pixels: MS-SSIM needs at least 8x8"):
        ms_ssim(a[:, :7], b[:, :7], 1)
    with pytest.raises(ValueError, match="low=None"):
        ms_ssim(a, b, 1, low=None)


@pytest.mark.parametrize("metric,score", SCORES_AND_METRICS)
def test_metrics_weights_and_shapes(metric, score):
    a, b = pairs(3, 11, 11)
    b[2] = a[2]
    found = metric(1)
    found.update_state(a, b, sample_weight=[1, 3, 0])
    assert float(found.result()) == pytest.approx(np.average(score(a, b, 1)[:2], weights=[1, 3]), rel=1e-5)
    with pytest.raises(ValueError, match="expected equal"):
        found.update_state(a, b[:, :, :10])
    with pytest.raises(ValueError, match="data_range=None"):
        metric()


def test_an_identical_pair_makes_the_mean_psnr_infinite():
    a, b = pairs(3, 8, 8)
    metric = PSNR(1)
    metric.update_state(a, b)
    metric.update_state(a[:1], a[:1])
    assert float(metric.result()) == float("inf")


@pytest.mark.parametrize("eager", [False, True][: 2 if EXACT else 1])
def test_metrics_inside_compile(eager):
    a, b = pairs(10, 11, 11, 3)
    model = keras.Sequential([keras.Input((11, 11, 3)), keras.layers.Identity()])
    model.compile(loss="mse", metrics=[PSNR(1), SSIM(1), MSSSIM(1)], run_eagerly=eager)
    logs = model.evaluate(a, b, batch_size=4, verbose=0, return_dict=True)
    for name, score in zip(("psnr", "ssim", "ms_ssim"), FUNCTIONS):
        assert logs[name] == pytest.approx(score(a, b, 1).mean(), rel=1e-5)
