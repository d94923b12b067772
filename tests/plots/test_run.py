import keras_gans
from keras_gans import plots


def test_a_run_of_vectors(tmp_path):
    data = keras_gans.data.load("wine")
    gan = keras_gans.DenseGAN(13, widths=(8,), seed=0)
    gan.fit(data.train, epochs=1, verbose=0)
    made = plots.save_run(gan, data, tmp_path, [{"epoch": 1, "d_loss": 1.0, "g_loss": 1.0}])
    assert made == ["samples.png", "curves.png", "interpolation.png", "comparison.png"]
    assert all((tmp_path / name).stat().st_size > 1000 for name in made)
