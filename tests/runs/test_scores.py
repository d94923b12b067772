import pytest

import keras_gans
from keras_gans import runs


def test_vectors_and_sequences_are_scored_by_their_values(tmp_path):
    ring = keras_gans.data.load("ring", count=600)
    gan = keras_gans.DenseGAN(2, widths=[8], seed=0)
    gan.compile()
    text = str(runs.train(gan, ring, tmp_path / "ring", epochs=1, verbose=0))
    assert (
        "fid[raw] " in text and "\nmodes " in text and "real training samples 8\n" in text and "features of 'raw')" in text
    )
    sines = keras_gans.data.load("sines", count=200, steps=6, features=2)
    gan = keras_gans.RecurrentGAN((6, 2), units=8, seed=0)
    gan.compile()
    summary = runs.train(gan, sines, tmp_path / "sines", epochs=1, verbose=0)
    assert {"fid[raw]", "coverage[raw]", "quantile", "step"} <= set(summary.scores) == set(summary.real_scores)
    assert summary.real_scores["quantile"] < summary.scores["quantile"] and (tmp_path / "sines" / "curves.png").exists()
    few = keras_gans.data.from_samples(sines.train_samples[:20], batch_size=8, name="few")
    assert runs.scored(few) == [], "16 and 4 are too few"


def test_images_are_scored_where_there_is_an_extractor(data, tmp_path):
    assert runs.scored(data) == [] and runs.scored(data, extractor="digits") == ["fid", "is"]
    own = keras_gans.metrics.fit_extractor(data, epochs=1)
    assert runs.scored(data, "recall", own) == ["fid", "recall"], "an autoencoder has no classes"
    with pytest.raises(ValueError, match="choose='recall': noise has no scores here"):
        runs.scored(data, "recall")
    with pytest.raises(ValueError, match="Unknown score to choose by 'recal'. Did you mean 'recall'"):
        runs.scored(data, "recal")
    for kind in ("nearest_ratio", "deviation_ratio"):
        with pytest.raises(ValueError, match=f"'{kind}' is best at 1, and neither the least nor the greatest is"):
            runs.scored(data, kind)
