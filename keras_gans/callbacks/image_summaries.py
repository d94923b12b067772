"""Pictures for TensorBoard, written without TensorFlow."""

import importlib.util
import pathlib

MISSING = "Pictures in TensorBoard need the tensorboard package: pip install tensorboard"


def log_folder(logs):
    """The folder that pictures go to: `samples` in TensorBoard's log directory. A folder of its own: of several event files in one
    folder TensorBoard reads the newest alone.

    Raises:
        ImportError: without tensorboard.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise ImportError(MISSING)
    return pathlib.Path(logs) / "samples"


class ImageSummaries:
    """Writes pictures into an event file of a folder.

    Args:
        folder: made when it is missing, at the first picture.
    """

    def __init__(self, folder):
        self.folder, self.writer = pathlib.Path(folder), None

    def add(self, path, step, tag="samples"):
        """Adds a picture file under a tag."""
        import time

        from PIL import Image
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        if self.writer is None:
            self.writer = EventFileWriter(str(self.folder))
        with Image.open(path) as image:
            (width, height), channels = image.size, len(image.getbands())
        encoded = pathlib.Path(path).read_bytes()
        picture = Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=encoded)
        self.writer.add_event(
            Event(wall_time=time.time(), step=step, summary=Summary(value=[Summary.Value(tag=tag, image=picture)]))
        )
        self.writer.flush()

    def close(self):
        """Closes the file; a picture after that begins another."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None
