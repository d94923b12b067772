"""Pictures: sample grids and training curves, written in one rename."""

import pathlib

import numpy as np

from keras_gans import files


def require_pictures():
    """Raises with the one command that helps when matplotlib or pillow is missing."""
    import importlib.util

    if not all(importlib.util.find_spec(package) for package in ("matplotlib", "PIL")):
        raise ImportError("Pictures need matplotlib and pillow: pip install 'keras-gans[plots]'")


def grid(samples, columns=None, gap=1):
    """Images side by side.

    Args:
        samples: (n, height, width, channels) in [-1, 1], 1 or 3 channels (of others the first is shown).
        columns: in a row; by default as square as n allows.
        gap: black pixels around each image.

    Returns:
        uint8 (rows * height + ..., columns * width + ..., channels).
    """
    samples = np.asarray(samples)
    if samples.ndim != 4:
        raise ValueError(f"Samples of shape {samples.shape}; a grid shows images (n, height, width, channels).")
    if samples.shape[-1] not in (1, 3):
        samples = samples[..., :1]
    n, h, w, c = samples.shape
    columns = columns or int(np.ceil(np.sqrt(n)))
    rows = -(-n // columns)
    levels = np.rint((np.clip(samples, -1, 1) + 1) * 127.5).astype("uint8")
    canvas = np.zeros((rows * (h + gap) + gap, columns * (w + gap) + gap, c), "uint8")
    for i, image in enumerate(levels):
        top, left = (i // columns) * (h + gap) + gap, (i % columns) * (w + gap) + gap
        canvas[top : top + h, left : left + w] = image
    return canvas


def save_samples(samples, path):
    """Writes samples as a picture: images as a grid, vectors as points, sequences as lines.

    Args:
        samples: (n, height, width, channels) in [-1, 1]; (n, features), of which the first two columns are shown, or a histogram
            where there is one; (n, steps, features), of which the first 16 samples are shown.
        path: of the picture.
    """
    samples = np.asarray(samples)
    if samples.ndim == 4:
        return save_grid(samples, path)
    require_pictures()
    from matplotlib.figure import Figure

    if samples.ndim == 3:
        shown = samples[:16]
        side = int(np.ceil(np.sqrt(len(shown))))
        figure = Figure(figsize=(2.2 * side, 1.7 * -(-len(shown) // side)), layout="constrained")
        panels = np.ravel(figure.subplots(-(-len(shown) // side), side, sharex=True, sharey=True, squeeze=False))
        for axes, sequence in zip(panels, shown):
            axes.plot(sequence, linewidth=1)
        for axes in panels[len(shown) :]:
            axes.set_axis_off()
    elif samples.ndim == 2:
        figure = Figure(figsize=(5, 5), layout="constrained")
        axes = figure.subplots()
        if samples.shape[1] == 1:
            axes.hist(samples[:, 0], bins="auto")
        else:
            axes.scatter(samples[:, 0], samples[:, 1], s=6, alpha=0.5, linewidths=0)
            axes.set(xlabel="column 0", ylabel="column 1")
    else:
        raise ValueError(f"Samples of shape {samples.shape}; expected images, vectors (n, features) or sequences.")
    with files.replacing(path) as temporary:
        figure.savefig(temporary, dpi=110)
    return pathlib.Path(path)


def save_grid(samples, path, columns=None, pixels=640):
    """Writes a grid as a picture, magnified by whole pixels (no smoothing) to about `pixels` on its longer side."""
    require_pictures()
    from PIL import Image

    canvas = grid(samples, columns)
    scale = max(pixels // max(canvas.shape[:2]), 1)
    canvas = canvas.repeat(scale, 0).repeat(scale, 1)
    with files.replacing(path) as temporary:
        Image.fromarray(canvas[..., 0] if canvas.shape[-1] == 1 else canvas).save(temporary)
    return pathlib.Path(path)


def save_curves(rows, path, title=None, floors=None):
    """Writes the curves of a run: losses, the discriminator's accuracy, and each score in a panel of its own.

    Args:
        rows: the run's history, a dict an epoch, as `callbacks.RunFolder` keeps it.
        path: of the picture.
        title: above it.
        floors: {log key: what real samples score}, drawn as a dashed line.
    """
    require_pictures()
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    named = {name for row in rows for name in row}
    scores = sorted(name for name in named if "[" in name or name in (floors or {}))
    panels = [
        ("loss", ["d_loss", "g_loss", "val_d_loss", "val_g_loss"]),
        ("discriminator's accuracy", ["d_real_accuracy", "d_fake_accuracy", "val_d_real_accuracy", "val_d_fake_accuracy"]),
        *([("gradient penalty", ["gradient_penalty"])] if "gradient_penalty" in named else []),
        *((name.removeprefix("val_"), [name]) for name in scores),
    ]
    columns = 3 if len(panels) > 6 else 2 if len(panels) > 3 else len(panels)
    rows_of_panels = -(-len(panels) // columns)
    figure = Figure(figsize=(4.6 * columns, 3.6 * rows_of_panels), layout="constrained")
    for axes, (label, names) in zip(np.ravel(figure.subplots(rows_of_panels, columns)), panels):
        for i, name in enumerate(name for name in names if name in named):
            points = [(row["epoch"], row[name]) for row in rows if name in row]
            held = name.startswith("val_") and name not in scores
            shown = name.removeprefix("val_").removeprefix("d_") if label.startswith("disc") else name.removeprefix("val_")
            style = {"linewidth": 0.8, "alpha": 0.5} if held else {"linewidth": 1.6}
            marker = "." if name in scores or len(points) < 4 else None
            axes.plot(
                *zip(*points), label=shown + (" (held out)" if held else ""), color=f"C{i % 2}", marker=marker, **style
            )
            if floors and name in floors:
                axes.axhline(floors[name], color="0.5", linestyle="--", label="real training samples")
        axes.set(xlabel="epoch", title=label, yscale="log" if label.startswith("fid") else "linear")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2, frameon=False)
    if title:
        figure.suptitle(title)
    with files.replacing(path) as temporary:
        figure.savefig(temporary, dpi=110)
    return pathlib.Path(path)
