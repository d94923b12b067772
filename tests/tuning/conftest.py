import numpy as np
import pytest

import keras_gans


@pytest.fixture(scope="session")
def table():
    """100 training and 28 held-out vectors of 3 features: tiny trials."""
    rng = np.random.default_rng(0)
    samples = rng.normal(size=(128, 3)) * [1.0, 2.0, 0.5] + [0.0, 3.0, -1.0]
    return keras_gans.data.from_samples(samples.astype("float32"), validation=28 / 128, batch_size=20, name="toy")


@pytest.fixture
def tiny(table, tmp_path):
    """Arguments of `tune` for a search that takes seconds."""
    return {
        "model": "dense_gan",
        "data": table,
        "space": {"d_learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}, "batch_size": [20, 50]},
        "arguments": {"widths": [8]},
        "max_trials": 2,
        "epochs": 2,
        "rerun": 0,
        "directory": tmp_path / "search",
        "verbose": False,
    }
