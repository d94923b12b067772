import numpy as np
import pytest

import keras_gans
from keras_gans.metrics import Evaluator, mode_coverage, nearest_real, scores


def test_every_name_belongs_to_one_group():
    names = [name for group in scores.GROUPS.values() for name in group.better]
    assert len(names) == len(set(names)) == len(scores.OF)
    assert {scores.better(name) for name in names} == {"min", "max"}
    assert scores.better("fid") == scores.better("kid") == "min" and scores.better("coverage") == "max"


def test_names_expand():
    image, sequence, vector = (16, 16, 3), (24, 5), (13,)
    assert scores.expand(["fid", "prdc", "recall"], image) == ["fid", "precision", "recall", "density", "coverage"]
    assert scores.expand("modes", vector) == ["modes", "high_quality", "reverse_kl", "deviation_ratio"]
    assert scores.expand("nearest", image) == ["nearest_ratio", "psnr", "ssim"]
    assert scores.expand("nearest", (8, 8, 1)) == ["nearest_ratio", "psnr"], "no SSIM under 11 pixels"
    assert scores.expand("nearest", sequence) == scores.expand("nearest", vector) == ["nearest_ratio"]
    with pytest.raises(ValueError, match="'ssim' needs images of 11 pixels"):
        scores.expand("ssim", (8, 8, 1))
    with pytest.raises(ValueError, match="'ms_ssim' is for images, and these are vectors"):
        scores.expand("ms_ssim", vector)
    with pytest.raises(ValueError, match="'discriminative' is for sequences, and these are images"):
        scores.expand("discriminative", image)
    with pytest.raises(ValueError, match="Did you mean 'coverage'"):
        scores.expand("coverge", vector)
    with pytest.raises(ValueError, match="No metrics"):
        scores.expand([], vector)


def test_options_are_checked():
    assert scores.check_options({"kid": {"subsets": 3}}) == {"kid": {"subsets": 3}} and scores.check_options(None) == {}
    with pytest.raises(ValueError, match="Unknown group of metrics in options 'kidd'. Did you mean 'kid'"):
        scores.check_options({"kidd": {}})
    with pytest.raises(TypeError, match="Did you mean 'subset_size'"):
        scores.check_options({"kid": {"subset_sise": 3}})


@pytest.fixture(scope="module")
def ring():
    return keras_gans.data.load("ring", count=2000)


def test_known_mixtures_and_raw_features_of_vectors(ring):
    score = Evaluator(ring.validation, ["modes", "fid", "coverage"], options={"prdc": {"k": 3}})
    good = score.score(keras_gans.data.ring(800, seed=9))
    assert good["modes"] == 8 and good["high_quality"] > 0.97 and good["coverage[raw]"] > 0.9 and good["fid[raw]"] < 0.05
    assert {name: good[name] for name in scores.GROUPS["modes"].better} == mode_coverage(
        keras_gans.data.ring(800, seed=9), keras_gans.data.generated.RING, 0.01
    )
    bad = score.score(np.random.default_rng(0).normal(size=(800, 2)))
    assert bad["high_quality"] < 0.1 and bad["fid[raw]"] > good["fid[raw]"] and bad["coverage[raw]"] < 0.5
    assert score.record["options"] == {"prdc": {"k": "3"}} and score.record["coverage_error"] > 0
    with pytest.raises(ValueError, match="needs the mixture"):
        Evaluator(np.zeros((9, 2), "float32"), "modes")


def test_the_memorisation_check(digits):
    place = digits.train.order.position
    score = Evaluator(digits.validation, ["nearest", "ms_ssim"], train=digits.train)
    train = digits.scaled(digits.train_samples)
    copies = score.score(train[:200])
    assert copies["nearest_ratio[digits]"] < 1e-4 and copies["psnr[digits]"] == np.inf
    assert score.record["nearest_share_closer"] == 1.0
    fresh = score.score(digits.scaled(digits.validation_samples))
    assert fresh["nearest_ratio[digits]"] == pytest.approx(1.0) and fresh["psnr[digits]"] < 25
    assert fresh["ms_ssim"] == pytest.approx(score.record["ms_ssim_real"], abs=0.01)
    assert digits.train.order.position == place, "the order of the training has not moved"
    with pytest.raises(ValueError, match="Pass train="):
        Evaluator(digits.validation, "nearest")


def test_nearest_is_the_plain_function(digits):
    score = Evaluator(digits.validation, "nearest", train=digits.train)
    fakes = np.random.default_rng(0).uniform(-1, 1, (50, 8, 8, 1)).astype("float32")
    got = score.score(fakes)
    levels = np.rint((fakes + 1) * 127.5).astype("float32") / 127.5 - 1
    images = [digits.scaled(digits.train_samples), digits.scaled(digits.validation_samples)]
    levels_of = [np.rint((x + 1) * 127.5).astype("float32") / 127.5 - 1 for x in images]
    features = [np.asarray(score.extractor(x)[0]) for x in (levels, *levels_of)]
    expected = nearest_real(*features, fake_images=levels, train_images=levels_of[0], data_range=2.0)
    assert got["nearest_ratio[digits]"] == pytest.approx(expected["ratio"], rel=1e-4)
    assert got["psnr[digits]"] == pytest.approx(expected["psnr"].mean(), rel=1e-4)


def test_sequences():
    sines = keras_gans.data.load("sines", count=400, steps=8, features=2)
    few = {"seeds": range(2), "iterations": 30}
    options = {"discriminative": few, "predictive": few, "boosted_trees": {"seeds": range(2)}}
    names = ["fid", "coverage", "discriminative", "predictive", "boosted_trees", "untrained", "kernel"]
    score = Evaluator(sines.validation, names, options=options)
    good = score.score(keras_gans.data.sines(100, 8, 2, seed=5))
    noise = score.score(np.random.default_rng(0).uniform(size=(100, 8, 2)))
    for name in ("fid[raw]", "boosted_trees", "quantile", "kernel", "predictive"):
        assert good[name] < noise[name], name
    assert {"step", "spread", "discriminative"} <= set(good) and score.record["predictive_deviation"] >= 0


def test_sequences_are_compared_in_the_range_of_the_real_ones():
    real, fake = keras_gans.data.sines(200, 8, 2, seed=0), keras_gans.data.sines(100, 8, 2, seed=5)
    low, high = real.min((0, 1)), real.max((0, 1))
    expected = Evaluator((real - low) / (high - low), ["untrained"]).score((fake - low) / (high - low))
    assert Evaluator(real * 300 - 7, ["untrained"]).score(fake * 300 - 7) == pytest.approx(expected, rel=1e-3)
    assert Evaluator(real, ["untrained"]).score(fake)["quantile"] < expected["quantile"], "in [0, 1] they stay as they are"
