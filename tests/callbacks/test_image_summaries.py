import importlib.util
import io

import keras
import numpy as np
import pytest
from PIL import Image

from keras_gans.callbacks import GenerativeMetrics, SampleGrid
from keras_gans.callbacks.image_summaries import ImageSummaries, log_folder


def read(folder):
    """What TensorBoard reads of a folder."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder), {"images": 0, "scalars": 0, "tensors": 0}).Reload()


def test_pictures_read_back(tmp_path):
    pictures = ImageSummaries(tmp_path / "logs")
    for i, shape in enumerate([(4, 6), (4, 6, 3)]):
        path = tmp_path / f"{i}.png"
        Image.fromarray(np.full(shape, 40 * i, "uint8")).save(path)
        pictures.add(path, step=i)
    pictures.close()
    pictures.close()
    found = read(tmp_path / "logs").Images("samples")
    assert [(one.step, one.width, one.height) for one in found] == [(0, 6, 4), (1, 6, 4)]
    assert np.asarray(Image.open(io.BytesIO(found[1].encoded_image_string))).tolist() == np.full((4, 6, 3), 40).tolist()


def test_a_fit_with_tensorboard_has_scores_and_samples(small, images, extractor, tmp_path):
    import tensorflow as tf

    board = keras.callbacks.TensorBoard(tmp_path / "logs", write_graph=False)
    scores = GenerativeMetrics(images, ["fid"], extractor=extractor, num_samples=20)
    grid = SampleGrid(tmp_path / "grids", every=2, count=4)
    small.fit(images, batch_size=10, epochs=3, validation_data=images, callbacks=[scores, board, grid], verbose=0)
    found = read(tmp_path / "logs" / "samples").Images("samples")
    assert [one.step for one in found] == [0, 1, 2]
    assert found[2].encoded_image_string == (tmp_path / "grids" / "epoch_0003.png").read_bytes()
    held_out = read(tmp_path / "logs" / "validation")
    (tag,) = (tag for tag in held_out.Tags()["tensors"] if "fid" in tag)
    values = [float(tf.make_ndarray(event.tensor_proto)) for event in held_out.Tensors(tag)]
    np.testing.assert_allclose(values, [record["fid[toy]"] for record in scores.history], rtol=1e-5)


def test_a_fit_without_tensorboard_writes_no_events(small, images, tmp_path):
    small.fit(images, batch_size=10, callbacks=[SampleGrid(tmp_path, count=4)], verbose=0)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["epoch_0001.png"]


def test_without_its_package_tensorboard_raises(tmp_path, monkeypatch):
    assert log_folder(str(tmp_path)) == tmp_path / "samples"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install tensorboard"):
        log_folder(tmp_path)
