import keras
import numpy as np
import pytest

from keras_gans.metrics.inception import network

TENSORS, VALUES = 472, 23_885_392
FACTS = {  # a shape of every kind of block, from the published checkpoint
    "Conv2d_1a_3x3.conv.weight": (32, 3, 3, 3),
    "Conv2d_3b_1x1.conv.weight": (80, 64, 1, 1),
    "Conv2d_4a_3x3.bn.running_var": (192,),
    "Mixed_5b.branch5x5_2.conv.weight": (64, 48, 5, 5),
    "Mixed_5b.branch_pool.conv.weight": (32, 192, 1, 1),
    "Mixed_5d.branch_pool.conv.weight": (64, 288, 1, 1),
    "Mixed_6a.branch3x3.conv.weight": (384, 288, 3, 3),
    "Mixed_6a.branch3x3dbl_3.conv.weight": (96, 96, 3, 3),
    "Mixed_6b.branch7x7_2.conv.weight": (128, 128, 1, 7),
    "Mixed_6c.branch7x7_3.conv.weight": (192, 160, 7, 1),
    "Mixed_6d.branch7x7dbl_4.conv.weight": (160, 160, 7, 1),
    "Mixed_6e.branch7x7dbl_5.conv.weight": (192, 192, 1, 7),
    "Mixed_7a.branch3x3_2.conv.weight": (320, 192, 3, 3),
    "Mixed_7a.branch7x7x3_4.conv.weight": (192, 192, 3, 3),
    "Mixed_7b.branch3x3_2a.conv.weight": (384, 384, 1, 3),
    "Mixed_7b.branch3x3_2b.conv.weight": (384, 384, 3, 1),
    "Mixed_7b.branch3x3dbl_1.conv.weight": (448, 1280, 1, 1),
    "Mixed_7c.branch3x3dbl_3b.conv.weight": (384, 384, 3, 1),
    "Mixed_7c.branch_pool.conv.weight": (192, 2048, 1, 1),
    "fc.weight": (1008, 2048),
    "fc.bias": (1008,),
}


def test_the_table_has_the_tensors_of_the_public_checkpoint():
    shapes = network.shapes()
    assert len(shapes) == TENSORS and sum(np.prod(shape) for shape in shapes.values()) == VALUES
    assert {name: shapes.get(name) for name in FACTS} == FACTS
    assert sum(name.endswith(".conv.weight") for name in shapes) == 94
    assert list(shapes)[:2] == ["Conv2d_1a_3x3.conv.weight", "Conv2d_1a_3x3.bn.weight"]


def test_names_of_the_tensorflow_graph():
    names = network.tensorflow_names()
    assert set(names) == set(network.shapes()) and len(set(names.values())) == 472
    for name, node in {  # a node of every kind, from the published graph
        "Conv2d_1a_3x3.conv.weight": "conv/conv2d_params",
        "Conv2d_4a_3x3.bn.weight": "conv_4/batchnorm/gamma",
        "Mixed_5b.branch1x1.conv.weight": "mixed/conv/conv2d_params",
        "Mixed_5b.branch5x5_1.conv.weight": "mixed/tower/conv/conv2d_params",
        "Mixed_5c.branch3x3dbl_3.bn.bias": "mixed_1/tower_1/conv_2/batchnorm/beta",
        "Mixed_5d.branch_pool.bn.running_mean": "mixed_2/tower_2/conv/batchnorm/moving_mean",
        "Mixed_6a.branch3x3.conv.weight": "mixed_3/conv/conv2d_params",
        "Mixed_6a.branch3x3dbl_1.conv.weight": "mixed_3/tower/conv/conv2d_params",
        "Mixed_6b.branch7x7dbl_5.conv.weight": "mixed_4/tower_1/conv_4/conv2d_params",
        "Mixed_7a.branch3x3_2.conv.weight": "mixed_8/tower/conv_1/conv2d_params",
        "Mixed_7a.branch7x7x3_4.bn.running_var": "mixed_8/tower_1/conv_3/batchnorm/moving_variance",
        "Mixed_7b.branch3x3_2a.conv.weight": "mixed_9/tower/mixed/conv/conv2d_params",
        "Mixed_7b.branch3x3dbl_3b.conv.weight": "mixed_9/tower_1/mixed/conv_1/conv2d_params",
        "Mixed_7c.branch_pool.conv.weight": "mixed_10/tower_2/conv/conv2d_params",
        "fc.weight": "softmax/weights",
    }.items():
        assert names[name] == node


TOY = network.block(
    "Toy",
    branch1x1=[(2, 1, 1)],
    branch3x3=[(3, 1, 1), [(2, 1, 3), (2, 3, 1)]],
    branch5x5=[(2, 5, 5, 2)],
    branch_pool=["average", (3, 1, 1)],
)


def toy_tensors():
    rng = np.random.default_rng(0)
    found, channels = {}, {"Toy.branch3x3_2a": 3, "Toy.branch3x3_2b": 3}
    for steps in TOY.values():
        for conv in network.parts(steps):
            shape = (conv.filters, channels.get(conv.name, 4), *conv.kernel)
            found[f"{conv.name}.conv.weight"] = rng.normal(size=shape).astype("float32")
            for part in network.NORM:
                found[f"{conv.name}.bn.{part}"] = rng.uniform(0.5, 1.5, conv.filters).astype("float32")
    return found


def convolved(x, tensors, name, strides=1):
    """conv -> batch norm -> relu in float64, one place at a time; "same" for stride 1, "valid" otherwise."""
    kernel = tensors[f"{name}.conv.weight"].astype("float64")
    _, _, h, w = kernel.shape
    if strides == 1:
        x = np.pad(x, ((h // 2, h // 2), (w // 2, w // 2), (0, 0)))
    rows, columns = range(0, x.shape[0] - h + 1, strides), range(0, x.shape[1] - w + 1, strides)
    y = np.array([[np.einsum("hwc,ochw->o", x[i : i + h, j : j + w], kernel) for j in columns] for i in rows])
    gamma, beta, mean, variance = (tensors[f"{name}.bn.{part}"].astype("float64") for part in network.NORM)
    return np.maximum((y - mean) / np.sqrt(variance + 0.001) * gamma + beta, 0)


def averaged(x):
    """3x3 means of the pixels that there are."""
    h, w, _ = x.shape
    rows = [[x[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2].mean((0, 1)) for j in range(w)] for i in range(h)]
    return np.array(rows)


@pytest.mark.parametrize("branch", TOY)
def test_branches_step_by_step(branch):
    tensors = toy_tensors()
    x = np.random.default_rng(1).normal(size=(7, 6, 4))
    inputs = keras.Input((7, 6, 4))
    found = keras.Model(inputs, network.follow(inputs, TOY[branch], tensors))(x[None].astype("float32"))
    if branch == "branch3x3":
        inner = convolved(x, tensors, "Toy.branch3x3_1")
        expected = np.concatenate([convolved(inner, tensors, f"Toy.branch3x3_2{arm}") for arm in "ab"], -1)
    elif branch == "branch_pool":
        expected = convolved(averaged(x), tensors, "Toy.branch_pool")
    else:
        expected = convolved(x, tensors, f"Toy.{branch}", 2 if branch == "branch5x5" else 1)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found)[0], expected, atol=2e-5)


def test_pools_leave_padding_out():
    x = -np.ones((1, 5, 5, 1), "float32")
    for kind in ("average", "max", "halve"):
        found = keras.ops.convert_to_numpy(network.pool(keras.ops.convert_to_tensor(x), kind))
        np.testing.assert_allclose(found, -1.0, atol=1e-6)
        assert found.shape[1] == (2 if kind == "halve" else 5)
