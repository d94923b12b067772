"""What may stand in an entry that somebody else made: plain values, Keras's own layers and optimizers, arrays; never code."""

import h5py

MODULES = {  # where a config may name a class
    "keras.layers",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.models",
    "keras",
}
BARE = {
    "Functional",
    "Sequential",
    "Model",
    "DTypePolicy",
    "FloatDTypePolicy",
    "KerasTensor",
}  # what "keras" itself may name
REFUSED = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "function"}  # they run what they are given
OWN = "keras_gans>"
MOST_VALUES = 500_000_000  # weights of an entry


def check_config(value, where="config.json"):
    """Raises ValueError where a config names a class that is neither Keras's nor of this library, or one that runs code."""
    if isinstance(value, dict):
        if "class_name" in value:
            name, module = value["class_name"], value.get("module")
            registered = value.get("registered_name") or ""
            special = name in ("__tensor__", "__numpy__", "__tuple__", "__keras_tensor__")
            own = registered.startswith(OWN) and str(module).split(".")[0] == "keras_gans"
            known = module in MODULES and (module != "keras" or name in BARE) and not registered
            functional = module in ("keras.src.models.functional", "keras.src.engine.functional") and name == "Functional"
            if name in REFUSED or not (own or known or functional or special):
                raise ValueError(
                    f"{where}: names {module}.{name}, which an entry may not: only Keras's layers, optimizers and the like, and this "
                    "library's own. Load such a model as a .keras file from somebody you trust."
                )
        for part in value.values():
            check_config(part, where)
    elif isinstance(value, (list, tuple)):
        for part in value:
            check_config(part, where)


def check_weights(path):
    """Raises ValueError unless an HDF5 file has only groups and plain numeric arrays, inside itself and not too large."""
    total = 0

    def look(group):
        nonlocal total
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError(f"{path}: {group.name}/{name} is a link. Weights are arrays inside the file.")
            item = group[name]
            if isinstance(item, h5py.Group):
                look(item)
                continue
            if not isinstance(item, h5py.Dataset) or item.external or item.is_virtual:
                raise ValueError(f"{path}: {item.name} is kept outside the file. Weights are arrays inside it.")
            if item.dtype.kind not in "fiub" or item.dtype.hasobject:
                raise ValueError(f"{path}: {item.name} has dtype {item.dtype}; weights are numbers.")
            total += item.size
            if total > MOST_VALUES:
                raise ValueError(f"{path}: more than {MOST_VALUES:,} values.")

    try:
        with h5py.File(path, "r") as file:
            look(file)
    except OSError as error:
        raise ValueError(f"{path}: not a readable HDF5 file ({error}).") from None
