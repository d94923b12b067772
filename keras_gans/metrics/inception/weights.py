"""Finds the file with the weights of FID-Inception, or downloads it: 95,628,359 bytes, pinned by their sha256."""

import hashlib
import http.client
import os
import pathlib
import urllib.request

import keras

from keras_gans import files
from keras_gans.errors import OfflineError
from keras_gans.metrics.inception import checkpoints

FILE = "pt_inception-2015-12-05-6726825d.pth"
MIRROR_FILE = "weights-inception-2015-12-05-6726825d.pth"
URLS = (
    f"https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/{FILE}",
    f"https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/{MIRROR_FILE}",
)
SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
BYTES = 95_628_359
VARIABLE = "KERAS_GANS_INCEPTION"
CHUNK = 2**20
SECONDS = 30  # without an answer, before a download is given up


def folder():
    """Where a download is kept: the folder "inception" of the cache."""
    return files.cache_folder() / "inception"


def torch_folder():
    """Where torch.hub keeps what it downloads, pytorch-fid's and torch-fidelity's weights included."""
    home: str | pathlib.Path | None = os.environ.get("TORCH_HOME")
    if home is None:
        home = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "torch"
    return pathlib.Path(home) / "hub" / "checkpoints"


def stated():
    """The file that the environment variable KERAS_GANS_INCEPTION names, or None."""
    return os.environ.get(VARIABLE) or None


def cached():
    """The first file found in the cache folder or in torch's, or None."""
    places = [folder() / name for name in (FILE, MIRROR_FILE, "inception.h5")]
    places += [torch_folder() / name for name in (FILE, MIRROR_FILE)]
    places += [folder() / "classify_image_graph_def.pb"]  # last, because its scores are not called plain FID
    return next((path for path in places if path.is_file()), None)


def load(path=None):
    """({name: array}, whether they are known to be the public weights).

    A .pth is public when its sha256 is the published one. An .h5 is when it states that it was written from that file and
    its tensors still have the hash it states: whoever writes a false statement into their own file is believed. The
    TensorFlow graph holds the same weights, but no sha256 of it is published that we know of, so it does not count.

    Args:
        path: a file, taken as it is. Without one: what KERAS_GANS_INCEPTION names, else what is in the cache folder
            ($KERAS_GANS_HOME/inception), else in torch.hub's, else it is downloaded.

    Raises:
        FileNotFoundError: `path` does not exist.
        ValueError: it is no such checkpoint; or the .pth in a cache is not the published one.
        OfflineError: nothing is there and it cannot be downloaded.
    """
    claimed = path or stated()
    path = pathlib.Path(claimed).expanduser() if claimed else cached() or download()
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: no such file. Leave weights out (and {VARIABLE} unset) to have it found or downloaded."
        )
    known = files.sha256(path) == SHA256
    if not claimed and path.suffix == ".pth" and not known:
        raise ValueError(
            f"{path}: its sha256 is not {SHA256}: the file is damaged or another. Delete it, or pass it as weights= to use it "
            "under another name than plain FID."
        )
    tensors = checkpoints.read(path)
    statement = {"source_sha256": SHA256, "tensors_sha256": checkpoints.tensors_hash(tensors)}
    return tensors, known or checkpoints.recorded(path) == statement


def download():
    """Downloads the published file into the cache folder and returns its path.

    Raises:
        OfflineError: neither address answers with the file.
    """
    target, failures = folder() / FILE, []
    for url in URLS:
        try:
            with files.replacing(target) as temporary:
                fetch(url, temporary)
            return target
        except (OSError, ValueError, http.client.HTTPException) as error:  # OSError: also urllib's own
            failures.append(f"{url}: {error}")
    raise OfflineError(
        f"The FID-Inception weights cannot be downloaded ({'; '.join(failures)}). On a machine with internet get {URLS[0]} "
        f"({BYTES:,} bytes) and put it at {target}, or name its place in weights= or in the environment variable {VARIABLE}."
    )


def fetch(url, path):
    """Writes what `url` answers to `path`, with a progress bar; raises ValueError unless it is the published file."""
    digest, size = hashlib.sha256(), 0
    with urllib.request.urlopen(url, timeout=SECONDS) as answer, open(path, "wb") as file:
        bar = keras.utils.Progbar(BYTES, unit_name="byte")
        while size <= BYTES and (chunk := answer.read(CHUNK)):
            size += len(chunk)
            digest.update(chunk)
            file.write(chunk)
            bar.update(min(size, BYTES))
    if size != BYTES or digest.hexdigest() != SHA256:
        raise ValueError(f"it sent {size:,} bytes that are not the {BYTES:,} of the published file")
