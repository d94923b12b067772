"""Real data that need no download."""


def digits():
    """The test part of the UCI handwritten digits: 1,797 images of 8x8 grey in 17 levels, ten classes."""
    from sklearn.datasets import load_digits  # an optional dependency, imported only where used

    bunch = load_digits()
    return {
        "images": bunch.images[..., None].astype("uint8"),  # (1797, 8, 8, 1), 0 to 16
        "labels": bunch.target,
        "value_range": (0, 16),
        "class_names": [str(digit) for digit in range(10)],
        "source": "Optical Recognition of Handwritten Digits (Alpaydin and Kaynak 1998), through scikit-learn",
        "licence": "CC BY 4.0",
    }


def glyphs(classes=10, count=20_000):
    """Digits, or digits and capitals, in the text fonts that matplotlib brings: 28x28 grey with seeded jitter."""
    from keras_gans.data import glyphs as renderer

    characters = renderer.characters(classes)
    images, labels = renderer.cached(characters, count)
    return {
        "name": "glyphs" if classes == 10 else f"glyphs{classes}",
        "images": images,
        "labels": labels.astype("int64"),
        "class_names": list(characters),
        "source": "rendered from the DejaVu, STIX and Computer Modern fonts that matplotlib brings",
        "licence": "Bitstream Vera (DejaVu), SIL OFL 1.1 (STIX), BaKoMa (Computer Modern): images may be used freely",
    }


def require(package, extra):
    """Raises with the one command that helps when an optional package is missing."""
    import importlib.util

    if importlib.util.find_spec(package) is None:
        raise ImportError(f"This needs {package}, which is not installed: pip install 'keras-gans[{extra}]'")
