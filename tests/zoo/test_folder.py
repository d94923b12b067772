import os
import shutil

import pytest

from keras_gans import zoo
from keras_gans.zoo import folder


def test_a_whole_entry_passes(entry):
    listed = folder.check(entry[0])["files"]
    assert set(listed) == set(folder.KNOWN)


@pytest.mark.parametrize("name", [*folder.KNOWN, folder.MANIFEST])
@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_a_corrupted_byte_in_any_file_is_found(entry, tmp_path, name, place):
    shutil.copytree(entry[0], tmp_path / "entry")
    path = tmp_path / "entry" / name
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1
    path.write_bytes(content)
    with pytest.raises((ValueError, FileNotFoundError), match="again|Upgrade"):
        zoo.load(tmp_path / "entry")


@pytest.mark.parametrize("name", [*folder.KNOWN, folder.MANIFEST])
def test_a_missing_file_is_named(entry, tmp_path, name):
    shutil.copytree(entry[0], tmp_path / "entry")
    (tmp_path / "entry" / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        zoo.load(tmp_path / "entry")


def test_links_out_of_the_entry_and_later_formats(entry, tmp_path):
    shutil.copytree(entry[0], tmp_path / "entry")
    path = tmp_path / "entry" / "config.json"
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(FileNotFoundError, match="config.json: missing"):
        folder.check(tmp_path / "entry")
    manifest = entry[0].joinpath(folder.MANIFEST).read_text()
    (tmp_path / "entry" / folder.MANIFEST).write_text(manifest.replace('"format": 1', '"format": 9'))
    with pytest.raises(ValueError, match="format 9; this version reads up to 1"):
        folder.check(tmp_path / "entry")


def test_the_cache_of_the_hub_links_to_its_own_blobs(entry, tmp_path):
    snapshot = tmp_path / "models--a--b" / "snapshots" / "1"
    blobs = tmp_path / "models--a--b" / "blobs"
    shutil.copytree(entry[0], blobs)
    snapshot.mkdir(parents=True)
    for path in blobs.iterdir():
        (snapshot / path.name).symlink_to(os.path.relpath(path, snapshot))
    assert folder.check(snapshot)


def test_writing_takes_place_at_once_or_not_at_all(entry, tmp_path):
    shutil.copytree(entry[0], tmp_path / "entry")

    def fails(made):
        (made / "config.json").write_text("{}")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        folder.write(tmp_path / "entry", fails)
    assert folder.check(tmp_path / "entry") and [path.name for path in tmp_path.iterdir()] == ["entry"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    with pytest.raises(FileExistsError, match="thesis.txt, which is of no entry"):
        folder.write(tmp_path / "mine", lambda made: None)
    with pytest.raises(FileExistsError, match="is a file"):
        folder.write(tmp_path / "mine" / "thesis.txt", lambda made: None)
