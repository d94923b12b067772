import h5py
import keras
import numpy as np
import pytest

from keras_gans.zoo import safety


def test_what_keras_and_this_library_write_passes():
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(2, "relu", kernel_regularizer=keras.regularizers.L2(1e-3))]
    )
    inputs = keras.Input((4,))
    functional = keras.Model(inputs, keras.layers.Concatenate()([keras.layers.Dense(2)(inputs), inputs]))
    rate = keras.optimizers.schedules.CosineDecay(1e-3, 10)
    for thing in (model, functional, keras.optimizers.AdamW(rate)):
        safety.check_config(keras.saving.serialize_keras_object(thing))


@pytest.mark.parametrize(
    "module, name, registered",
    [
        ("keras.layers", "Lambda", None),
        ("keras.layers", "TFSMLayer", None),
        ("builtins", "function", "function"),
        ("os", "system", None),
        ("keras.utils", "get_file", None),
        ("keras", "Layer", None),
        ("subprocess", "run", "keras_gans>run"),
        ("keras.layers", "Dense", "mine>Dense"),
    ],
)
def test_anything_else_is_refused(module, name, registered):
    config = {"config": [{"deep": {"module": module, "class_name": name, "registered_name": registered, "config": {}}}]}
    with pytest.raises(ValueError, match=f"names {module}.{name}, which an entry may not"):
        safety.check_config(config)


def test_weights_are_arrays_inside_the_file(tmp_path):
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file["a/b"] = np.zeros(3, "float16")
    safety.check_weights(path)
    for name, make in (
        ("soft", lambda file: file.__setitem__("x", h5py.SoftLink("/a"))),
        ("external", lambda file: file.__setitem__("x", h5py.ExternalLink("other.h5", "/a"))),
        ("text", lambda file: file.create_dataset("x", data=["word"])),
        ("outside", lambda file: file.create_dataset("x", (3,), "f4", external=[(str(tmp_path / "raw"), 0, 12)])),
        ("bomb", lambda file: file.create_dataset("x", (10**6, 10**4), "f4", chunks=(1000, 1000), compression="gzip")),
    ):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            make(file)
        with pytest.raises(ValueError, match="is a link|kept outside|weights are numbers|more than"):
            safety.check_weights(tmp_path / f"{name}.h5")
    path.write_bytes(b"no hdf5")
    with pytest.raises(ValueError, match="not a readable HDF5"):
        safety.check_weights(path)
