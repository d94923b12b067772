import http.server
import io
import multiprocessing
import os
import pathlib
import sys
import tarfile
import threading
import types
import urllib.request
import zipfile

import numpy as np
import pytest

from keras_gans import files, zoo
from keras_gans.errors import OfflineError
from keras_gans.zoo import folder, handles

ADDRESS = "https://example.org/tiny.zip"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache folder for each test."""
    monkeypatch.setenv("KERAS_GANS_HOME", str(tmp_path / "cache"))


def zipped(place, path, inside=""):
    with zipfile.ZipFile(path, "w") as made:
        for file in place.iterdir():
            made.write(file, f"{inside}{file.name}")
    return path


@pytest.fixture
def serve(tmp_path):
    """A server of tmp_path/www that knows ranges and can cut answers off; and an opener that asks it for any address."""
    root, asked = tmp_path / "www", []
    root.mkdir()
    state = types.SimpleNamespace(root=root, asked=asked, cut=None)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content = (root / self.path.lstrip("/")).read_bytes()
            start = int(self.headers.get("Range", "bytes=0-")[6:].rstrip("-"))
            asked.append(start)
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            self.wfile.write(content[start : state.cut])

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def opener(request, timeout=None):
        request.full_url = f"http://127.0.0.1:{server.server_port}/{request.full_url.rsplit('/', 1)[1]}"
        return urllib.request.urlopen(request, timeout=timeout)

    state.opener = opener
    yield state
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("inside", ["", "tiny/"])
def test_an_archive_comes_once_and_is_checked(entry, serve, inside):
    found = files.sha256(zipped(entry[0], serve.root / "tiny.zip", inside))
    if inside:  # one folder inside the archive
        place = handles.from_web(f"{ADDRESS}#sha256={found}", serve.opener)
        assert folder.check(place)
    place = handles.from_web(ADDRESS, serve.opener)
    assert handles.from_web(ADDRESS, serve.opener) == place and len(serve.asked) == 1 + bool(inside)
    np.testing.assert_array_equal(zoo.load(place).generate(2, seed=0), zoo.load(entry[0]).generate(2, seed=0))
    assert not list((files.cache_folder() / "zoo").glob("*.part"))
    with pytest.raises(ValueError, match="its sha256 is"):
        handles.from_web(f"{ADDRESS}#sha256={'0' * 64}", serve.opener)
    with pytest.raises(ValueError, match="64 hexadecimal"):
        handles.from_web(f"{ADDRESS}#md5=1", serve.opener)


def test_a_download_that_was_cut_off_goes_on(entry, serve):
    size = zipped(entry[0], serve.root / "tiny.zip").stat().st_size
    serve.cut = 1000
    with pytest.raises(OfflineError, match="The same call goes on from there"):
        handles.from_web(ADDRESS, serve.opener)
    serve.cut = None
    assert folder.check(handles.from_web(ADDRESS, serve.opener))
    assert serve.asked == [0, 1000] and size > 1000


def test_no_connection(tmp_path):
    def opener(request, timeout=None):
        raise urllib.error.URLError("no route")

    with pytest.raises(OfflineError, match="could not be downloaded"):
        handles.from_web(ADDRESS, opener)
    with pytest.raises(ValueError, match="not encrypted"):
        handles.find("http://example.org/tiny.zip")


def archive_with(path, name, content=b"{}", kind=tarfile.REGTYPE):
    with tarfile.open(path, "w:gz") as made:
        member = tarfile.TarInfo(name)
        member.type, member.size = kind, len(content) if kind == tarfile.REGTYPE else 0
        member.linkname = "/etc/passwd"
        made.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    "name, kind, message",
    [
        ("../config.json", tarfile.REGTYPE, "leaves the folder"),
        ("/config.json", tarfile.REGTYPE, "leaves the folder"),
        ("a/../../config.json", tarfile.REGTYPE, "leaves the folder"),
        ("config.json", tarfile.SYMTYPE, "which no entry has"),
        ("config.json", tarfile.LNKTYPE, "which no entry has"),
        ("config.json", tarfile.FIFOTYPE, "which no entry has"),
        ("setup.py", tarfile.REGTYPE, "which no entry has"),
        ("a/b/config.json", tarfile.REGTYPE, "which no entry has"),
    ],
)
def test_a_malicious_archive_writes_nothing(serve, tmp_path, name, kind, message):
    archive_with(serve.root / "tiny.zip", name, kind=kind)
    with pytest.raises(ValueError, match=message):
        handles.from_web(ADDRESS, serve.opener)
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert left == [serve.root / "tiny.zip"]


def test_oversize_and_no_archive(serve, monkeypatch):
    (serve.root / "tiny.zip").write_bytes(b"neither")
    with pytest.raises(ValueError, match="neither a .zip nor"):
        handles.from_web(ADDRESS, serve.opener)
    archive_with(serve.root / "tiny.zip", "config.json", b" " * 100_000)
    monkeypatch.setattr(handles, "MOST_BYTES", 50_000)
    with pytest.raises(ValueError, match="unpacks to more than"):
        handles.from_web(ADDRESS, serve.opener)
    monkeypatch.setattr(handles, "MOST_BYTES", 50)
    with pytest.raises(ValueError, match="larger than"):
        handles.from_web(ADDRESS, serve.opener)


def fetch(opener, results):
    results.put(str(handles.from_web(ADDRESS, opener)))


def test_two_processes_and_an_empty_cache(entry, serve):
    zipped(entry[0], serve.root / "tiny.zip")
    context = multiprocessing.get_context("fork")  # with the server's port and the cache's place
    results = context.Queue()
    both = [context.Process(target=fetch, args=(serve.opener, results)) for _ in range(2)]
    for one in both:
        one.start()
    places = {results.get(timeout=60) for _ in both}
    for one in both:
        one.join(60)
    assert len(places) == 1 and folder.check(places.pop()) and len(serve.asked) == 1


def test_the_hub_is_asked_for_an_entrys_files_alone(entry, monkeypatch):
    asked = {}

    def snapshot_download(name, revision, allow_patterns):
        asked.update(name=name, revision=revision, patterns=set(allow_patterns))
        return str(entry[0])

    hub = types.ModuleType("huggingface_hub")
    hub.snapshot_download = snapshot_download
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    assert handles.find("hf://user/repo@v1") == entry[0]
    assert asked == {"name": "user/repo", "revision": "v1", "patterns": {*folder.KNOWN, folder.MANIFEST}}
    with pytest.raises(ValueError, match="expected hf://user/repo"):
        handles.find("hf://user")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ImportError, match="pip install huggingface_hub"):
        handles.find("hf://user/repo")


def test_names():
    assert "dcgan_digits" in zoo.names() and "dcgan_mnist" in zoo.recipes()
    with pytest.raises(ValueError, match="Did you mean 'dcgan_digits'"):
        handles.find("dcgan_digit")
    with pytest.raises(ValueError, match="a recipe without weights. Train it: keras-gans train --recipe dcgan_mnist"):
        handles.find("dcgan_mnist")
    with pytest.raises(FileNotFoundError, match="no such folder"):
        handles.find(os.path.join("no", "where"))
    with pytest.raises(TypeError, match="expected a name"):
        handles.find(3)
    assert "Untrained" in zoo.card("dcgan_mnist")["text"] and isinstance(handles.find(pathlib.Path("tests")), pathlib.Path)
