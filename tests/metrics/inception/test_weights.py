import contextlib
import hashlib
import http.server
import io
import subprocess
import sys
import threading
import urllib.request

import numpy as np
import pytest

from keras_gans.errors import OfflineError
from keras_gans.metrics.inception import checkpoints, network, weights

SHAPES = {"fc.weight": (4, 2), "fc.bias": (4,)}


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Caches of this test alone, and a network of two tensors."""
    monkeypatch.setenv("KERAS_GANS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv(weights.VARIABLE, raising=False)
    monkeypatch.setattr(network, "shapes", lambda: SHAPES)


@pytest.fixture
def tensors():
    return {name: np.ones(shape, "float32") for name, shape in SHAPES.items()}


@pytest.fixture
def published(monkeypatch, tmp_path, tensors):
    """The content of a file that stands for the published one; it reads as `tensors`."""
    checkpoints.save(tensors, tmp_path / "published")
    content = (tmp_path / "published").read_bytes()
    monkeypatch.setattr(weights, "SHA256", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(weights, "BYTES", len(content))
    return content


@pytest.fixture
def no_download(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("downloads")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


@contextlib.contextmanager
def server(content, length=None):
    """A local server that answers every request with `content`, announced as `length` bytes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content) if length is None else length))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/file.pth"
    finally:
        running.shutdown()
        running.server_close()


def put(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_the_published_file():
    assert weights.SHA256.startswith("6726825d0af5f729") and len(weights.SHA256) == 64 and weights.BYTES == 95_628_359
    assert all(url.startswith("https://github.com/") and url.endswith("6726825d.pth") for url in weights.URLS)


def test_where_it_looks_and_in_which_order(monkeypatch, tmp_path, published, tensors, no_download):
    cache, torch = tmp_path / "home" / "inception", tmp_path / "torch" / "hub" / "checkpoints"
    assert weights.cached() is None
    for folder, name in (
        (cache, "classify_image_graph_def.pb"),
        (torch, weights.MIRROR_FILE),
        (torch, weights.FILE),
        (cache, "inception.h5"),
        (cache, weights.MIRROR_FILE),
        (cache, weights.FILE),
    ):
        assert weights.cached() != put(folder, name, published)
        assert weights.cached() == folder / name
    found, public = weights.load()
    assert public and all((found[name] == tensors[name]).all() for name in SHAPES)

    other = tmp_path / "other.h5"
    checkpoints.save({name: 2 * values for name, values in tensors.items()}, other)
    monkeypatch.setenv(weights.VARIABLE, str(other))
    assert weights.load()[0]["fc.bias"][0] == 2 and not weights.load()[1]
    assert weights.load(put(tmp_path, "explicit.pth", published))[0]["fc.bias"][0] == 1


def test_torch_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("TORCH_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.torch_folder() == tmp_path / "torch" / "hub" / "checkpoints"


def test_a_wrong_file_in_a_cache_is_refused_and_an_explicit_one_is_not_public(tmp_path, published, tensors, no_download):
    checkpoints.save({name: 3 * values for name, values in tensors.items()}, tmp_path / "other.pth")
    path = put(tmp_path / "home" / "inception", weights.FILE, (tmp_path / "other.pth").read_bytes())
    with pytest.raises(ValueError, match="the file is damaged or another. Delete it"):
        weights.load()
    found, public = weights.load(path)
    assert found["fc.bias"][0] == 3 and not public
    with pytest.raises(FileNotFoundError, match="no such file"):
        weights.load(tmp_path / "none.pth")


def test_when_an_h5_counts_as_public(tmp_path, tensors):
    path = tmp_path / "inception.h5"
    checkpoints.save(tensors, path, source_sha256="another")
    assert weights.load(path)[1] is False
    checkpoints.save(tensors, path, source_sha256=weights.SHA256)
    assert weights.load(path)[1] is True
    import h5py

    with h5py.File(path, "r+") as file:
        file["fc.bias"][0] = 5
    assert weights.load(path)[1] is False


def test_download(monkeypatch, published, tensors, capsys):
    with server(published) as url:
        monkeypatch.setattr(weights, "URLS", ("http://127.0.0.1:9/none", url))  # the mirror answers where the first does not
        found, public = weights.load()
    assert public and found["fc.bias"].shape == (4,)
    assert [path.name for path in weights.folder().iterdir()] == [weights.FILE]
    assert "byte" in capsys.readouterr().out
    monkeypatch.setattr(weights, "URLS", ())
    weights.load()  # from the cache


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: c + b"x", lambda c: c[:-1] + b"!", lambda c: b""])
def test_a_wrong_download_leaves_nothing(monkeypatch, published, change):
    with server(change(published)) as url:
        monkeypatch.setattr(weights, "URLS", (url,))
        with pytest.raises(OfflineError, match="are not the"):
            weights.load()
    assert list(weights.folder().iterdir()) == []


def test_a_download_cut_off_or_interrupted_leaves_nothing(monkeypatch, published):
    with server(published[:-10], length=len(published)) as url:
        monkeypatch.setattr(weights, "URLS", (url,))
        with pytest.raises(OfflineError):
            weights.load()
    assert list(weights.folder().iterdir()) == []

    class Interrupted(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise KeyboardInterrupt
            return super().read(100)

    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: Interrupted(published))
    with pytest.raises(KeyboardInterrupt):
        weights.load()
    assert list(weights.folder().iterdir()) == []


def test_offline_says_what_to_do(monkeypatch, tmp_path):
    def refuse(url, timeout):
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(OfflineError) as caught:
        weights.load()
    message = str(caught.value)
    for part in (weights.URLS[0], str(tmp_path / "home" / "inception" / weights.FILE), weights.VARIABLE, "no route"):
        assert part in message


def test_two_processes_at_once(published, tmp_path):
    """Both download, both succeed, and nothing but the whole file is ever under its name."""
    code = (
        "import sys; from keras_gans.metrics.inception import weights as w; "
        f"w.SHA256, w.BYTES, w.URLS = {weights.SHA256!r}, {len(published)}, (sys.argv[1],); w.download()"
    )
    with server(published) as url:
        running = [subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.DEVNULL) for _ in range(2)]
        assert [process.wait(120) for process in running] == [0, 0]
    assert [path.name for path in weights.folder().iterdir()] == [weights.FILE]
    assert weights.cached().read_bytes() == published
