import pytest

from keras_gans import cli

SMALL = ["train", "dcgan", "--data", "digits", "-m", "width=4", "-m", "latent_dim=8", "--every", "2"]


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["train"], "no architecture"),
        (["train", "dcgam"], "Did you mean 'dcgan'"),
        (["train", "dcgan", "--data", "digit"], "Did you mean 'digits'"),
        (["train", "dcgan", "-m", "widht=3"], "Did you mean 'width'"),
        (["train", "dcgan", "-d", "clases=3"], "Did you mean"),
        (["train", "dcgan", "--loss", "minmax"], "Did you mean 'minimax'"),
        (["train", "dcgan", "--epochs", "0"], "expected at least 1"),
        (["train", "dcgan", "--batch-size", "5000"], "do not fill one batch"),
        (["train", "dcgan", "--seed", "-1"], "seed=-1"),
        (["train", "dcgan", "--image-size", "0"], "image_size=0"),
        (["train", "dcgan", "--d-learning-rate", "-1"], "expected a number above 0"),
        (["train", "dcgan", "--g-learning-rate", "nan"], "expected a number above 0"),
        (["train", "dcgan", "-m", "image_shape=[8,8,1]"], "the data decide it"),
        (["train", "dcgan", "-m", "seed=abc"], "beside the settings"),
        (["train", "dcgan", "--data", "./photos"], "no such folder"),
        (["generate", "nowhere.keras"], "no such file"),
        (["generate", "."], "neither a run folder"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and not list(tmp_path.iterdir())


def test_divergence_exits_3_and_says_where_it_stopped(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rates = ["--d-learning-rate", "1e38", "--g-learning-rate", "1e38"]
    assert cli.main([*SMALL, "--epochs", "4", "-q", *rates]) == 3
    assert "Training stopped" in capsys.readouterr().err
