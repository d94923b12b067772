"""Reads the tensors of FID-Inception from the files they are published in, without torch and without running anything.

A file is data here: a pickle may name nothing but dictionaries, tensors and storages, sizes are checked against the file
before anything is built, and every file has to hold the tensors of `network.shapes`, no more and no less.
"""

import collections
import hashlib
import io
import pathlib
import pickle
import pickletools
import zipfile
from typing import NamedTuple

import h5py
import numpy as np

from keras_gans import files
from keras_gans.metrics.inception import network

FORMAT = "keras_gans FID-Inception 1"
MOST_BYTES = 2**29  # of a file; the public one has 95,628,359
MOST_OPCODES = 100_000  # of a pickle; the public one has some 20,000
MOST_TUPLES = 10_000  # of them: a tuple nested deeper than the stack crashes Python when it is hashed
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001  # how the older torch layout begins
DTYPES = {"Float": "<f4", "Double": "<f8", "Half": "<f2", "Long": "<i8", "Int": "<i4"}


class Storage(NamedTuple):
    """The flat array behind a tensor, as a pickle names it."""

    key: str
    dtype: str
    length: int

    @property
    def size(self):
        """Bytes."""
        return self.length * np.dtype(self.dtype).itemsize


class Tensor(NamedTuple):
    """A window into a storage; offset and strides count values."""

    storage: Storage
    offset: int
    shape: tuple
    strides: tuple

    def array(self, content):
        """Its values, out of the bytes of all storages by key."""
        last = self.offset + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides))
        if min(self.offset, *self.strides) < 0 or len(self.strides) != len(self.shape) or last >= self.storage.length:
            raise ValueError(f"a tensor of shape {self.shape} lies outside its storage {self.storage.key}")
        flat = np.frombuffer(content[self.storage.key], self.storage.dtype)[self.offset :]
        return np.lib.stride_tricks.as_strided(flat, self.shape, [s * flat.itemsize for s in self.strides], writeable=False)


class Unpickler(pickle.Unpickler):
    """Knows the few names that a dictionary of tensors needs. Any other is refused before it is looked up."""

    storages: dict[str, Storage]

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *rest: Tensor(storage, offset, shape, strides)
        if module == "torch" and name.removesuffix("Storage") in DTYPES and name.endswith("Storage"):
            return DTYPES[name.removesuffix("Storage")]
        raise ValueError(f"its pickle asks for {module}.{name}, which no plain dictionary of tensors needs; nothing was run")

    def persistent_load(self, found):
        kind, dtype, key, _, length, *view = found
        if kind != "storage" or dtype not in DTYPES.values() or not isinstance(key, str) or any(view):
            raise ValueError("a storage of an unknown kind")
        if type(length) is not int or not 0 <= length <= MOST_BYTES:
            raise ValueError(f"storage {key} claims {length!r} values")
        known = self.storages.setdefault(key, Storage(key, dtype, length))
        if known != (key, dtype, length):
            raise ValueError(f"storage {key} is described twice, differently")
        return known


def unpickle(stream):
    """The next pickle of a stream and its storages by key. Its opcodes are counted and its lengths checked beforehand."""
    start, tuples = stream.tell(), 0
    for count, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
        tuples += opcode.name.startswith("TUPLE")
        memo = int(argument or 0) if opcode.name.endswith("PUT") else 0
        if count > MOST_OPCODES or tuples > MOST_TUPLES or memo > MOST_OPCODES:
            raise ValueError("its pickle is larger than that of any Inception checkpoint")
    end = stream.tell()
    stream.seek(start)
    unpickler = Unpickler(io.BytesIO(stream.read(end - start)), encoding="utf-8")
    unpickler.storages = {}
    return unpickler.load(), unpickler.storages


def read_stream(content):
    """The older torch layout: pickles of a magic number, the protocol, the system, the tensors and the storages' keys,
    then of each storage its length (int64) and its values.
    """
    stream = io.BytesIO(content)
    if [unpickle(stream)[0] for _ in range(3)][:2] != [MAGIC, PROTOCOL]:
        raise ValueError("it does not begin as a torch file does")
    tensors, storages = unpickle(stream)
    keys, _ = unpickle(stream)
    if not isinstance(keys, list) or sorted(keys) != sorted(storages):
        raise ValueError("its list of storages does not agree with its tensors")
    found, place = {}, stream.tell()
    for key in keys:
        size = storages[key].size
        if int.from_bytes(content[place : place + 8], "little") != storages[key].length or place + 8 + size > len(content):
            raise ValueError(f"storage {key} is cut off or of another length than its tensors say")
        found[key] = memoryview(content)[place + 8 : place + 8 + size]
        place += 8 + size
    if place != len(content):
        raise ValueError(f"{len(content) - place} bytes follow its last storage")
    return tensors, found


def read_zip(content):
    """The newer torch layout: a zip of <root>/data.pkl and, uncompressed, <root>/data/<key>."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        if any(e.compress_type != zipfile.ZIP_STORED or e.file_size > len(content) for e in entries.values()):
            raise ValueError("an entry is compressed or longer than the file")
        (root,) = [name.removesuffix("data.pkl") for name in entries if name.endswith("/data.pkl")]
        if f"{root}byteorder" in entries and archive.read(f"{root}byteorder") != b"little":
            raise ValueError("it was written on a big-endian machine")
        tensors, storages = unpickle(io.BytesIO(archive.read(f"{root}data.pkl")))
        found = {}
        for key, storage in storages.items():
            if entries[f"{root}data/{key}"].file_size != storage.size:
                raise ValueError(f"storage {key} is of another length than its tensors say")
            found[key] = archive.read(f"{root}data/{key}")
    return tensors, found


def read_torch(path):
    content = path.read_bytes()
    tensors, storages = (read_zip if content[:2] == b"PK" else read_stream)(content)
    if not isinstance(tensors, dict) or not all(isinstance(tensor, Tensor) for tensor in dict.values(tensors)):
        raise ValueError("it is not a plain dictionary of tensors (a state_dict)")
    tensors = {name: tensor for name, tensor in dict.items(tensors) if not str(name).endswith("num_batches_tracked")}
    check_names({name: tensor.shape for name, tensor in tensors.items()})
    return {name: tensor.array(storages) for name, tensor in tensors.items()}


def read_graph(path):
    """The frozen TensorFlow graph, classify_image_graph_def.pb, whose kernels are (height, width, in, out)."""
    import tensorflow as tf
    from tensorflow.core.framework import graph_pb2

    graph = graph_pb2.GraphDef.FromString(path.read_bytes())
    nodes = {node.name: node.attr["value"].tensor for node in graph.node if node.op == "Const"}
    found = {name: nodes[node] for name, node in network.tensorflow_names().items() if node in nodes}
    shapes = {name: tuple(dim.size for dim in proto.tensor_shape.dim) for name, proto in found.items()}
    orders = {name: {4: (3, 2, 0, 1), 2: (1, 0)}.get(len(shape), range(len(shape))) for name, shape in shapes.items()}
    check_names({name: tuple(shape[i] for i in orders[name]) for name, shape in shapes.items()})
    return {name: tf.make_ndarray(proto).transpose(orders[name]) for name, proto in found.items()}


def read_h5(path):
    """Our own layout: a data set for each tensor under its name; attributes say where the tensors come from."""
    with h5py.File(path) as file:
        if file.attrs.get("format") != FORMAT:
            raise ValueError(f"its format is {file.attrs.get('format')!r}, not {FORMAT!r}")
        check_names({name: getattr(item, "shape", ()) for name, item in file.items()})
        return {name: item[()] for name, item in file.items()}


def check_names(found):
    """Raises unless `found`, {name: shape}, are the tensors of the network."""
    expected = network.shapes()
    wrong = [f"{name} (missing)" for name in expected if name not in found]
    wrong += [f"{name} (unknown)" for name in found if name not in expected]
    for name, shape in found.items():
        if name in expected and tuple(shape) != expected[name]:
            wrong.append(f"{name} (shape {tuple(shape)} instead of {expected[name]})")
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise ValueError(f"{len(wrong)} tensors are not those of the network: {', '.join(wrong[:5])}{more}")


READERS = {b"PK": read_torch, b"\x80": read_torch, b"\n": read_graph, b"\x89HDF": read_h5}  # by a file's first bytes


def read(path):
    """{name: float32 array} of a checkpoint, named and shaped as `network.shapes` says, in that order.

    Args:
        path: the public .pth (either torch layout), the TensorFlow graph .pb, or an .h5 written by `save`; told apart by
            their content.

    Raises:
        FileNotFoundError: no such file.
        ValueError: damaged, cut off or of another kind; a pickle that asks for anything to be run; tensors missing,
            unknown, of another shape, not finite, or a variance below 0.
    """
    path = pathlib.Path(path)
    try:
        size = path.stat().st_size
        with open(path, "rb") as file:
            start = file.read(4)
        reader = next((reader for magic, reader in READERS.items() if start.startswith(magic)), None)
        if reader is None or size > MOST_BYTES:
            raise ValueError(f"its {size:,} bytes are none of the known layouts")
        found = reader(path)
        tensors = {name: np.ascontiguousarray(found[name], "float32") for name in network.shapes()}
        for name, values in tensors.items():
            if not np.isfinite(values).all() or (name.endswith("running_var") and values.min() < 0):
                raise ValueError(f"{name} has values that are not finite, or a variance below 0")
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged file can make its reader raise anything
        raise ValueError(
            f"{path}: cannot be read as weights of FID-Inception: {error}. Pass pt_inception-2015-12-05-6726825d.pth, "
            "classify_image_graph_def.pb or a file written by checkpoints.save, whole and unpacked."
        ) from error
    return tensors


def tensors_hash(tensors):
    """sha256 (hex) of the tensors in the order of `network.shapes`, whatever file they came in."""
    digest = hashlib.sha256()
    for name, shape in network.shapes().items():
        digest.update(f"{name}{shape}".encode())
        digest.update(np.ascontiguousarray(tensors[name], "<f4").tobytes())
    return digest.hexdigest()


def save(tensors, path, source_sha256=""):
    """Writes tensors as .h5, which `read` takes. `source_sha256`: of the file they were read from."""
    check_names({name: values.shape for name, values in tensors.items()})
    with files.replacing(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs.update(format=FORMAT, source_sha256=source_sha256, tensors_sha256=tensors_hash(tensors))
        for name, values in tensors.items():
            file[name] = values


def recorded(path):
    """{"source_sha256", "tensors_sha256"} as an .h5 of `save` states them, {} for other files."""
    if not h5py.is_hdf5(path):
        return {}
    with h5py.File(path) as file:
        return {name: file.attrs.get(name) for name in ("source_sha256", "tensors_sha256")}
