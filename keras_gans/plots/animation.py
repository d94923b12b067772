"""The samples of a run over time, as an animated GIF."""

import pathlib
import re
from collections.abc import Sequence

import numpy as np

from keras_gans import files
from keras_gans.plots.pictures import require_pictures
from keras_gans.types import Path

FRAMES, SIDE, STRIP = 60, 640, 26  # the most frames; pixels of the longer side; pixels of the line beneath
SECONDS, HELD = 6.0, 2.5  # for all frames; for the last


def save_animation(pictures: Sequence[Path], path: Path) -> pathlib.Path:
    """Writes pictures one after the other as a GIF that repeats, the last held longer, with the epoch in the file's name beneath.

    Args:
        pictures: in order; of more than 60, as many evenly chosen ones with the first and the last. Of other sizes than the
            last, they are stretched to it.
        path: of the GIF.

    Raises:
        ValueError: no pictures.
    """
    require_pictures()
    pictures = chosen(list(map(pathlib.Path, pictures)))
    if not pictures:
        raise ValueError("An animation of no pictures. Pass the paths of samples/epoch_*.png.")
    size = shown_size(pictures[-1])
    frames = [frame(picture, size) for picture in pictures]
    each = int(np.clip(1000 * SECONDS / len(frames), 80, 600))
    durations = [each] * (len(frames) - 1) + [int(1000 * HELD)]
    with files.replacing(path) as temporary:
        frames[0].save(temporary, save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=True)
    return pathlib.Path(path)


def chosen(pictures, most=FRAMES):
    """At most `most` of a list, evenly, with the first and the last."""
    if len(pictures) <= most:
        return pictures
    return [pictures[i] for i in np.rint(np.linspace(0, len(pictures) - 1, most)).astype(int)]


def shown_size(picture):
    """(width, height) of the frames, at most SIDE on the longer side."""
    from PIL import Image

    with Image.open(picture) as image:
        scale = min(1.0, SIDE / max(image.size))
        return tuple(max(1, round(side * scale)) for side in image.size)


def frame(picture, size):
    """One picture with its epoch beneath, as an image with a palette."""
    from PIL import Image, ImageDraw, ImageFont

    with Image.open(picture) as image:
        grey = image.mode in ("L", "1")
        kept = image.convert("L" if grey else "RGB")
    if kept.size != size:
        kept = kept.resize(size, Image.Resampling.LANCZOS)
    canvas = Image.new(kept.mode, (size[0], size[1] + STRIP), "white")
    canvas.paste(kept)
    place = (size[0] / 2, size[1] + STRIP / 2)
    ImageDraw.Draw(canvas).text(place, caption(picture), "black", font=ImageFont.load_default(16), anchor="mm")
    return canvas if grey else canvas.quantize(256, dither=Image.Dither.NONE)


def caption(picture):
    """`epoch_0010.png` -> "epoch 10"; of other names the name itself."""
    number = re.fullmatch(r"epoch_(\d+)", picture.stem)
    return f"epoch {int(number[1])}" if number else picture.stem
