import errno
import json

import pytest

from keras_gans import files


def test_what_was_there_survives_a_failed_write(tmp_path):
    path = tmp_path / "a.txt"
    files.write_text(path, "old")
    with pytest.raises(RuntimeError), files.replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise RuntimeError
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    files.write_text(path, "new")
    assert path.read_text() == "new" and [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_cache_folder_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_GANS_HOME", str(tmp_path))
    assert files.cache_folder() == tmp_path
    monkeypatch.delenv("KERAS_GANS_HOME")
    assert files.cache_folder().name == "keras_gans"


def test_json_of_what_is_not_finite(tmp_path):
    files.write_json(tmp_path / "a.json", {"psnr": float("inf"), "more": [float("nan"), 1.5, "x", None, True, 3]})
    assert json.loads((tmp_path / "a.json").read_text()) == {"psnr": None, "more": [None, 1.5, "x", None, True, 3]}


def test_read_json(tmp_path):
    path = tmp_path / "x.json"
    assert files.read_json(path, []) == []
    files.write_json(path, {"a": 1})
    assert files.read_json(path, []) == {"a": 1}
    path.write_text("{")
    assert files.read_json(path, None) is None


def test_halves_that_a_killed_process_left_are_swept(tmp_path):
    (tmp_path / "inner").mkdir()
    kept = [tmp_path / name for name in ("model.keras", ".hidden-file", "inner/12-a.json")]
    halves = [tmp_path / name for name in (".123-model.keras", "inner/.7-a.json")]
    for path in kept + halves:
        path.write_text("x")
    files.sweep(tmp_path)
    assert all(path.exists() for path in kept) and not any(path.exists() for path in halves)


def test_a_place_that_cannot_be_written_is_known_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    files.check_place(tmp_path / "new" / "folder" / "x.png")
    with pytest.raises(IsADirectoryError, match="is a folder. Name a file."):
        files.check_place(tmp_path)
    with pytest.raises(NotADirectoryError, match="is a file, not a folder"):
        files.check_place(tmp_path / "file" / "x.png")


def test_a_full_disk_names_the_file(tmp_path):
    """numpy's error has neither number nor file name, HDF5's no file name."""
    for error in (
        OSError("4000 requested and 2016 written"),
        OSError("errno = 28, error message = 'No space left on device'"),
    ):
        with pytest.raises(OSError) as raised, files.replacing(tmp_path / "x.npy"):
            raise error
        assert raised.value.errno == errno.ENOSPC and raised.value.filename == str(tmp_path / "x.npy")
    assert not list(tmp_path.iterdir())
