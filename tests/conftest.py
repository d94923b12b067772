import logging
import os
import signal
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # a pytest worker has a core of its own
if (
    os.environ.get("KERAS_BACKEND") == "jax"
):  # XLA compiles little networks for longer than they run: less effort, and once each
    cheap = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {cheap}".strip()
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", tempfile.mkdtemp(prefix="keras_gans_jax_"))
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"
os.environ["KERAS_GANS_HOME"] = tempfile.mkdtemp(prefix="keras_gans_test_")  # before anything reads or writes the cache

import keras
import numpy as np
import pytest

import keras_gans


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run long trainings too")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--slow"):
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="a long training; run with --slow"))


if (
    keras.backend.backend() == "tensorflow"
):  # tests trace far longer than they compute: graphs as they are, in this process alone
    import tensorflow

    tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


@pytest.fixture(autouse=True, scope="module")
def forgotten():
    """TensorFlow keeps what it traced (`backend.forgetting`): a worker would grow to gigabytes, and slow down with them."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    with keras_gans.backend.forgetting():
        yield


@pytest.fixture(scope="session")
def strict(pytestconfig):
    """What a script for another process begins with: warnings are errors there too, but for those in pyproject.toml."""
    lines = ["import warnings", "import keras_gans"]
    for line in pytestconfig.getini("filterwarnings"):
        action, message, category = [*line.split(":"), "", ""][:3]
        lines.append(f"warnings.filterwarnings({action!r}, {message!r}, {category or 'Warning'})")
    return "\n".join(lines) + "\n"


@pytest.fixture
def tensorflow_says():
    """The messages that TensorFlow logs while the test runs."""
    said, logger = [], logging.getLogger("tensorflow")
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    logger.addHandler(handler)
    yield said
    logger.removeHandler(handler)


@pytest.fixture
def listening():
    """To Ctrl-C, as in a shell: processes in the background are started deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def digits():
    return keras_gans.data.load("digits", batch_size=64)


@pytest.fixture
def images():
    """20 images of 8x8x1 in [-1, 1]."""
    return np.random.default_rng(0).uniform(-1, 1, (20, 8, 8, 1)).astype("float32")


@pytest.fixture
def small():
    """A compiled DCGAN of 8x8x1, small enough for a test."""
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=0)
    gan.compile()
    return gan


@pytest.fixture
def extractor():
    """A fixed linear extractor of 8x8x1 with 6 features and 3 logits."""
    keras.utils.set_random_seed(0)
    images = keras.Input((8, 8, 1))
    features = keras.layers.Dense(6)(keras.layers.Flatten()(images))
    model = keras.Model(images, {"features": features, "logits": keras.layers.Dense(3)(features)}, name="toy")
    return keras_gans.metrics.Extractor(model)
