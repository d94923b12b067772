import pytest


@pytest.fixture
def on_table():
    """A function: what trains a small DenseGAN on a file into the folder `run`, as words of the command."""

    def words(path):
        small = "--batch-size 16 --epochs 1 -m widths=[8] -q -o run"
        return ["train", "dense_gan", "--data", path, *small.split()]

    return words
