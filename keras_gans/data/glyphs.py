"""Glyphs of matplotlib's own text fonts, jittered by seed and drawn by its anti-aliasing renderer."""

import hashlib
import pathlib
import string

import numpy as np

from keras_gans import files

VERSION = 1  # of the drawing below; part of the cache's key
SIZE, MOST = 28, 60_000
NAMES = dict(zip(string.digits, "zero one two three four five six seven eight nine".split()))
SHARE = 0.62  # height of a glyph, as a share of the image, before jitter


def characters(classes):
    """The characters of a number of classes: 10 digits, or 36 digits and capitals."""
    if classes not in (10, 36):
        raise ValueError(f"classes={classes!r}: glyphs come as 10 (digits) or 36 (digits and capitals).")
    return (string.digits + string.ascii_uppercase)[:classes]


def text_fonts(wanted):
    """Paths of matplotlib's fonts that draw every wanted character as that character.

    A font's character map is not enough: symbol fonts put arrows where digits belong and a last-resort font a box. The
    glyph's own name tells.
    """
    import matplotlib
    from matplotlib.ft2font import FT2Font

    def draws_all(path):
        font = FT2Font(str(path))
        table = font.get_charmap()
        glyphs = [table.get(ord(character)) for character in wanted]
        return all(
            glyph is not None and font.get_glyph_name(glyph) == NAMES.get(character, character)
            for glyph, character in zip(glyphs, wanted)
        )

    return [
        path for path in sorted(pathlib.Path(matplotlib.get_data_path(), "fonts", "ttf").glob("*.ttf")) if draws_all(path)
    ]


def cached(wanted, count, seed=0):
    """`render`, read from the cache folder or rendered once and written there in one rename."""
    if not isinstance(count, int) or not 1 <= count <= MOST:
        raise ValueError(f"count={count!r}: glyphs come in whole numbers from 1 to {MOST:,}.")
    fonts = text_fonts(wanted)
    key = hashlib.sha256(repr((VERSION, wanted, count, seed, *(path.read_bytes() for path in fonts))).encode()).hexdigest()
    path = files.cache_folder() / "glyphs" / f"{len(wanted)}x{count}-{key[:16]}.npz"
    if path.exists():
        try:
            with np.load(path) as stored:
                return stored["images"], stored["labels"]
        except Exception:  # a foreign or damaged file: render again and replace it
            pass
    images, labels = render(wanted, count, seed, fonts)
    with files.replacing(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, images=images, labels=labels)
    return images, labels


def render(wanted, count, seed, fonts):
    """(count, 28, 28, 1) uint8 images, white on black, and their labels, classes in equal shares (to one).

    Each has its own font and its own rotation (standard deviation 7 degrees), shear (0.12), scale (0.09 in log, each
    axis), shift (0.7 pixels) and weight (a stroke of up to 1.3 pixels that thickens or thins the outline).
    """
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    outlines = []
    for path in fonts:
        for character in wanted:
            outline = TextPath((0, 0), character, size=100, prop=FontProperties(fname=str(path)))
            box = outline.get_extents()
            centred = Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2)
            outlines.append(outline.transformed(centred.scale(SHARE * SIZE / max(box.height, box.width))))

    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % len(wanted)).astype("uint8")
    font = rng.integers(len(fonts), size=count)
    rotation, shear = rng.normal(0, 7, count), rng.normal(0, 0.12, count)
    scale = np.exp(rng.normal(0, 0.09, (count, 2)))
    shift = rng.normal(0, 0.7, (count, 2))
    weight = rng.uniform(-0.7, 1.3, count)

    images = np.empty((count, SIZE, SIZE, 1), "uint8")
    across = 64  # glyphs on one canvas
    for start in range(0, count, across):
        stop = min(start + across, count)
        renderer = RendererAgg(SIZE * across, SIZE, 72)
        black = Affine2D().scale(SIZE * across, SIZE)
        renderer.draw_path(renderer.new_gc(), Path.unit_rectangle(), black, (0.0, 0.0, 0.0, 1.0))
        for i in range(start, stop):
            place = (
                Affine2D()
                .skew(shear[i], 0)
                .rotate_deg(rotation[i])
                .scale(*scale[i])
                .translate(SIZE * (i - start + 0.5) + shift[i, 0], SIZE / 2 + shift[i, 1])
            )
            draw(renderer, outlines[font[i] * len(wanted) + labels[i]], place, weight[i], SIZE * (i - start))
        canvas = np.asarray(renderer.buffer_rgba())[..., 0]  # (28, 28 * across)
        images[start:stop, ..., 0] = canvas.reshape(SIZE, across, SIZE).swapaxes(0, 1)[: stop - start]
    return images, labels


def draw(renderer, outline, place, weight, left):
    """One glyph in its own cell; its outline stroked in white makes it bolder, in black thinner."""
    from matplotlib.transforms import Bbox

    gc = renderer.new_gc()
    gc.set_clip_rectangle(Bbox.from_bounds(left, 0, SIZE, SIZE))
    gc.set_antialiased(True)
    gc.set_linewidth(0)
    white, black = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0)
    renderer.draw_path(gc, outline, place, white)
    gc.set_linewidth(abs(weight))
    gc.set_foreground(white if weight > 0 else black, isRGBA=True)
    renderer.draw_path(gc, outline, place)
    gc.restore()
