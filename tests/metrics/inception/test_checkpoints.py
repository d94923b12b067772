import collections
import contextlib
import io
import pickle
import pickletools
import struct
import sys
import types
import zipfile

import h5py
import numpy as np
import pytest

from keras_gans.metrics.inception import checkpoints, network

SMALL = {"a.weight": (3, 2, 2, 1), "a.bias": (3,), "fc.weight": (4, 2)}  # a network of three tensors, for damaged files


@pytest.fixture(scope="session")
def tensors():
    rng = np.random.default_rng(0)
    return {name: rng.uniform(0.1, 1, shape).astype("float32") for name, shape in network.shapes().items()}


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(network, "shapes", lambda: dict(SMALL))
    return {name: np.arange(np.prod(shape), dtype="float32").reshape(shape) for name, shape in SMALL.items()}


@contextlib.contextmanager
def torch_names():
    """Modules torch and torch._utils with the names that torch's pickles hold, for as long as a file is written."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch._utils = utils
    for name in ("FloatStorage", "LongStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2(*args):
        raise AssertionError

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    before = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules.update({"torch": torch, "torch._utils": utils})
    try:
        yield torch
    finally:
        for name, module in before.items():
            sys.modules.pop(name) if module is None else sys.modules.update({name: module})


class Stored:
    """An array as torch pickles a tensor: a call with a persistent id, offset, shape, strides (in values)."""

    def __init__(self, key, array, kind="FloatStorage", offset=0, shape=None, strides=None, length=None):
        self.key, self.array, self.kind, self.offset = key, np.asarray(array), kind, offset
        self.shape = self.array.shape if shape is None else shape
        self.strides = tuple(s // self.array.itemsize for s in self.array.strides) if strides is None else strides
        self.length = self.array.size if length is None else length

    def __reduce__(self):
        arguments = (Identity(self), self.offset, self.shape, self.strides, False, collections.OrderedDict())
        return sys.modules["torch._utils"]._rebuild_tensor_v2, arguments


class Identity:
    def __init__(self, stored):
        self.stored = stored


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, Identity):
            s = value.stored
            return ("storage", getattr(sys.modules["torch"], s.kind), s.key, "cpu", s.length)


def pickled(value):
    stream = io.BytesIO()
    with torch_names():
        Pickler(stream, 2).dump(value)
    return stream.getvalue()


def stored(tensors):
    return collections.OrderedDict((name, Stored(str(i), values)) for i, (name, values) in enumerate(tensors.items()))


def stream_file(items, extra=b"", header=(0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})):
    """The older torch layout."""
    parts = [pickle.dumps(value, 2) for value in header] + [pickled(items)]
    unique = {item.key: item for item in items.values() if isinstance(item, Stored)}
    parts.append(pickle.dumps(list(unique), 2))
    parts += [struct.pack("<q", item.array.size) + item.array.tobytes() for item in unique.values()]
    return b"".join(parts) + extra


def zip_file(items, compression=zipfile.ZIP_STORED):
    """The newer torch layout."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled(items))
        archive.writestr("archive/byteorder", "little")
        for item in {item.key: item for item in items.values() if isinstance(item, Stored)}.values():
            archive.writestr(f"archive/data/{item.key}", item.array.tobytes())
        archive.writestr("archive/version", "3\n")
    return stream.getvalue()


LAYOUTS = {"stream": stream_file, "zip": zip_file}
layouts = pytest.mark.parametrize("write", LAYOUTS.values(), ids=LAYOUTS)


def read(tmp_path, content):
    path = tmp_path / "file.pth"
    path.write_bytes(content)
    return checkpoints.read(path)


def equal(found, expected):
    assert list(found) == list(network.shapes())
    for name, values in found.items():
        assert values.dtype == np.float32 and values.flags.c_contiguous
        np.testing.assert_array_equal(values, expected[name])


@layouts
def test_torch_files(tmp_path, tensors, write):
    items = stored(tensors)
    items["Mixed_5b.branch1x1.bn.num_batches_tracked"] = Stored("n", np.array(7), "LongStorage")
    equal(read(tmp_path, write(items)), tensors)


def test_the_tensorflow_graph(tmp_path, tensors):
    import tensorflow as tf
    from tensorflow.core.framework import graph_pb2

    graph = graph_pb2.GraphDef()
    for name, node in network.tensorflow_names().items():
        values = tensors[name]
        values = values.transpose(2, 3, 1, 0) if values.ndim == 4 else values.T
        graph.node.add(name=node, op="Const").attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values))
    graph.node.add(name="ExpandDims/dim", op="Const").attr["value"].tensor.CopyFrom(tf.make_tensor_proto(0))
    graph.node.add(name="DecodeJpeg/contents", op="Placeholder")
    content = graph.SerializeToString()
    equal(read(tmp_path, content), tensors)
    for end in (1, 100, len(content) // 2, len(content) - 1):
        with pytest.raises(ValueError, match="cannot be read"):
            read(tmp_path, content[:end])
    shape = graph.node[0].attr["value"].tensor.tensor_shape
    shape.dim[0].size = 2**40
    with pytest.raises(ValueError, match=r"1 tensors are not .* Conv2d_1a_3x3.conv.weight \(shape"):
        read(tmp_path, graph.SerializeToString())


def test_our_own_layout(tmp_path, tensors):
    path = tmp_path / "folder" / "file.h5"
    checkpoints.save(tensors, path, source_sha256="abc")
    equal(checkpoints.read(path), tensors)
    digest = checkpoints.tensors_hash(tensors)
    assert checkpoints.recorded(path) == {"source_sha256": "abc", "tensors_sha256": digest}
    assert checkpoints.tensors_hash(dict(reversed(tensors.items()))) == digest
    assert checkpoints.tensors_hash({**tensors, "fc.bias": tensors["fc.bias"] + 1}) != digest
    with pytest.raises(ValueError, match="missing"):
        checkpoints.save({"fc.bias": tensors["fc.bias"]}, tmp_path / "few.h5")
    assert [item.name for item in tmp_path.rglob("*.h5")] == ["file.h5"]


def test_our_own_layout_damaged(tmp_path, small):
    path = tmp_path / "file.h5"
    checkpoints.save(small, path)
    content = path.read_bytes()
    for end in range(0, len(content), max(len(content) // 40, 1)):
        with pytest.raises(ValueError, match="cannot be read"):
            read(tmp_path, content[:end])
    with h5py.File(path, "r+") as file:
        file.attrs["format"] = "another"
    with pytest.raises(ValueError, match="its format is 'another'"):
        checkpoints.read(path)
    assert checkpoints.recorded(__file__) == {}


@layouts
def test_windows_into_storages(tmp_path, small, write):
    """Transposed, shifted and shared tensors come out as torch means them."""
    shared = np.arange(20, dtype="float32")
    items = {
        "a.weight": Stored("0", shared, offset=2, shape=(3, 2, 2, 1), strides=(1, 3, 6, 1)),
        "a.bias": Stored("0", shared, offset=5, shape=(3,), strides=(2,)),
        "fc.weight": Stored("1", np.arange(8, dtype="float32"), shape=(4, 2), strides=(1, 4)),
    }
    expected = {
        "a.weight": 2 + np.add.outer(np.add.outer(np.arange(3), [0, 3]), [0, 6])[..., None],
        "a.bias": [5, 7, 9],
        "fc.weight": np.arange(8).reshape(2, 4).T,
    }
    equal(read(tmp_path, write(items)), expected)


@layouts
@pytest.mark.parametrize(
    "change",
    [
        {"offset": 1},
        {"offset": -1},
        {"offset": 2**70},
        {"offset": "0"},
        {"strides": (-2, 1)},
        {"strides": (2,)},
        {"strides": (2**40, 1)},
        {"strides": (2, 1.5)},
        {"length": 2**40},
        {"length": -1},
        {"length": 4},
        {"length": 9},
        {"length": "8"},
        {"shape": (2**40, 2**20), "strides": (0, 0)},
        {"shape": (4.0, 2.0)},
        {"shape": 8},
    ],
)
def test_inconsistent_tensors(tmp_path, small, write, change):
    items = {**stored(small), "fc.weight": Stored("2", small["fc.weight"], **change)}
    with pytest.raises(ValueError, match="cannot be read"):
        read(tmp_path, write(items))


@layouts
def test_cut_off_anywhere(tmp_path, small, write):
    content = write(stored(small))
    equal(read(tmp_path, content), small)
    for end in range(len(content)):
        with pytest.raises(ValueError, match="cannot be read"):
            read(tmp_path, content[:end])


@layouts
def test_any_changed_byte_is_read_or_refused(tmp_path, small, write):
    content = bytearray(write(stored(small)))
    for place in range(0, len(content), 3):
        changed = bytes(content[:place]) + bytes([content[place] ^ 0xFF]) + bytes(content[place + 1 :])
        with contextlib.suppress(ValueError):  # nothing else may be raised
            assert list(read(tmp_path, changed)) == list(SMALL)


def test_files_that_are_too_long(tmp_path, small, monkeypatch):
    with pytest.raises(ValueError, match="5 bytes follow"):
        read(tmp_path, stream_file(stored(small), extra=b"12345"))
    with pytest.raises(ValueError, match="compressed"):
        read(tmp_path, zip_file(stored(small), zipfile.ZIP_DEFLATED))
    monkeypatch.setattr(checkpoints, "MOST_BYTES", 100)
    with pytest.raises(ValueError, match="none of the known layouts"):
        read(tmp_path, stream_file(stored(small)))


class Calls:
    """Pickles as a call of anything."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.fixture
def harm(tmp_path):
    """What a malicious pickle would run, each leaving a file; none may."""
    import os

    mark = tmp_path / "executed"
    yield [
        Calls(os.system, f"touch {mark}"),
        Calls(eval, f"open({str(mark)!r}, 'w')"),
        Calls(open, str(mark), "w"),
        Calls(getattr, Calls(__import__, "os"), "system"),
        [{"deep": (1, [Calls(os.system, f"touch {mark}")])}],
    ]
    assert not mark.exists()


@layouts
def test_malicious_pickles(tmp_path, small, write, harm):
    for attack in harm:
        for items in ({**stored(small), "fc.weight": attack}, {**stored(small), "more": attack}, {"x": attack}):
            with pytest.raises(ValueError, match="its pickle asks for .*nothing was run"):
                read(tmp_path, write(items))


def test_malicious_headers(tmp_path, small, harm):
    for attack in harm:
        for place in range(3):
            header = [0x1950A86A20F9469CFC6C, 1001, {}]
            header[place] = attack
            with pytest.raises(ValueError, match="its pickle asks for"):
                read(tmp_path, stream_file(stored(small), header=header))


def test_pickles_that_only_waste(tmp_path, small):
    ones = [pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {})]
    nested = b"\x80\x02}" + b")" + b"\x85" * 1_000_000 + b"K\x01s."  # a tuple so deep that hashing it ends the process
    memo = b"\x80\x02}r\xff\xff\xff\x7f."  # an index that would have the memo grow to gigabytes
    length = b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b"x."  # bytes that are not there
    numbers = b"\x80\x02](" + b"K\x01" * 200_000 + b"e."
    for waste in (nested, memo, length, numbers):
        with pytest.raises(ValueError, match="cannot be read"):
            read(tmp_path, b"".join(ones) + waste)
    assert sum(1 for _ in pickletools.genops(pickled(stored(dict.fromkeys(network.shapes(), np.zeros(3)))))) < 40_000


def test_states_that_poison(tmp_path, small):
    """A dictionary may carry attributes (torch's _metadata); those that shadow its methods change nothing."""
    plain, shadows = pickled(stored(small)), {"_metadata": {"version": 1}, "items": 3, "keys": 3, "values": 3}
    content = stream_file(stored(small))
    assert content.count(plain) == 1
    equal(read(tmp_path, content.replace(plain, plain[:-1] + pickle.dumps(shadows, 2)[2:-1] + b"b.")), small)


def test_wrong_tensors_are_named_and_counted(tmp_path, tensors):
    wrong = {name: values for i, (name, values) in enumerate(tensors.items()) if i >= 7}
    wrong["fc.bias"] = wrong["fc.bias"][:1000]
    wrong["AuxLogits.fc.weight"] = np.zeros((2, 2), "float32")
    with pytest.raises(ValueError, match=r"9 tensors are not .*Conv2d_1a_3x3.conv.weight \(missing\).* and 4 more"):
        read(tmp_path, stream_file(stored(wrong)))
    few = {**tensors, "fc.bias": tensors["fc.bias"][:1000], "x": np.zeros(2, "float32")}
    with pytest.raises(ValueError, match=r"2 tensors .*x \(unknown\), fc.bias \(shape \(1000,\) instead of \(1008,\)\)\."):
        read(tmp_path, stream_file(stored(few)))


def test_values_that_no_network_has(tmp_path, tensors):
    for name, value in (("fc.bias", np.nan), ("Conv2d_1a_3x3.bn.running_var", -1.0)):
        changed = {**tensors, name: np.full_like(tensors[name], value)}
        with pytest.raises(ValueError, match=f"{name} has values that are not finite, or a variance below 0"):
            read(tmp_path, zip_file(stored(changed)))


def test_other_files(tmp_path):
    for content in (b"", b"hello", b"\x1f\x8b\x08", b"PK", b"\x80", b"\n", b"\x89HDF", pickle.dumps([1, 2]), zip_file({})):
        with pytest.raises(ValueError, match="cannot be read as weights of FID-Inception"):
            read(tmp_path, content)
    with pytest.raises(FileNotFoundError):
        checkpoints.read(tmp_path / "none")
    with pytest.raises(ValueError, match="cannot be read"):
        checkpoints.read(tmp_path)
