import numpy as np
import pytest

from keras_gans import files
from keras_gans.data import glyphs


def test_fonts_draw_what_is_asked():
    names = {path.stem for path in glyphs.text_fonts("0123456789")}
    assert {"DejaVuSans", "STIXGeneral", "cmr10"} <= names
    assert not names & {"cmsy10", "cmex10", "cmmi10", "STIXSizOneSymReg", "LastResortHE-Regular", "STIXNonUni"}


def test_seed_decides_every_pixel():
    fonts = glyphs.text_fonts("01")
    first, labels = glyphs.render("01", 130, 0, fonts)
    assert first.shape == (130, 28, 28, 1) and first.dtype == np.uint8 and np.bincount(labels).tolist() == [65, 65]
    np.testing.assert_array_equal(first, glyphs.render("01", 130, 0, fonts)[0])
    assert not np.array_equal(first, glyphs.render("01", 130, 1, fonts)[0])
    assert len(np.unique(first.reshape(130, -1), axis=0)) == 130, "no two alike"


def test_glyphs_are_white_on_black_and_inside():
    images, _ = glyphs.render("0123456789", 300, 0, glyphs.text_fonts("0123456789"))
    assert images.max() == 255 and (images.reshape(300, -1).max(1) > 120).all(), "no empty image"
    assert np.median(images) == 0 and 0.05 < images.mean() / 255 < 0.3
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    assert (border.reshape(300, -1).max(1) > 60).mean() < 0.1, "few glyphs are cut off"


def test_cache_is_read_and_repaired(monkeypatch):
    images, labels = glyphs.cached("012", 30)
    (path,) = (files.cache_folder() / "glyphs").glob("3x30-*.npz")
    monkeypatch.setattr(glyphs, "render", lambda *a: pytest.fail("rendered again"))
    np.testing.assert_array_equal(glyphs.cached("012", 30)[0], images)
    monkeypatch.undo()
    path.write_bytes(b"damaged")
    np.testing.assert_array_equal(glyphs.cached("012", 30)[0], images)
    with np.load(path) as stored:
        np.testing.assert_array_equal(stored["labels"], labels)


def test_limits():
    with pytest.raises(ValueError, match="10 .digits. or 36"):
        glyphs.characters(11)
    for count in (0, 60_001, 1.5):
        with pytest.raises(ValueError, match="1 to 60,000"):
            glyphs.cached("01", count)
