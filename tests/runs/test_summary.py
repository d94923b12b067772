import json

from keras_gans import runs


def test_a_run_leaves_everything(data, make, tmp_path):
    summary = runs.train(make(), data, tmp_path / "run", epochs=3, every=2, verbose=0)
    found = {path.relative_to(tmp_path / "run").as_posix() for path in (tmp_path / "run").rglob("*")}
    names = {"model.keras", "history.csv", "samples.png", "curves.png", "summary.json", "run.json", "samples"}
    names |= {"samples.gif", "interpolation.png", "nearest.png"}
    assert found == names | {f"samples/epoch_000{i}.png" for i in (1, 2, 3)}
    assert summary.epochs == 3 and "3 epochs" in str(summary) and "model.keras" in str(summary)
    assert "No scores: there is no feature extractor for this data set" in str(summary)
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["epochs"] == 3


def test_resuming_a_finished_run_only_draws_again(data, make, tmp_path):
    runs.train(make(), data, tmp_path, epochs=2, verbose=0)
    (tmp_path / "curves.png").unlink()
    before = (tmp_path / "model.keras").read_bytes()
    assert runs.train(make(), data, tmp_path, epochs=2, verbose=0, resume=True).epochs == 2
    assert (tmp_path / "curves.png").exists() and (tmp_path / "model.keras").read_bytes() == before
