"""The Inception network of 2015 that FID is defined with, as a table and a functional model.

Its classes, pools and weights differ from those of keras.applications.InceptionV3: 1008 outputs, batch norms with a scale,
a max pool in the last block. Every convolution is conv (no bias) -> batch norm -> relu; the norm is folded into the
convolution here. Source: the graph inception-2015-12-05 (Szegedy et al. 2015, "Rethinking the Inception Architecture"), with
the tensor names of its torch port (pytorch-fid, torch-fidelity).
"""

from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from keras_gans.metrics.extractors import full_precision

SIZE = 299
CLASSES = 1008
EPSILON = 1e-3
NORM = ("weight", "bias", "running_mean", "running_var")


class Conv(NamedTuple):
    """A convolution: the name of its tensors, filters, kernel (height, width), strides, padding."""

    name: str
    filters: int
    kernel: tuple = (1, 1)
    strides: int = 1
    padding: str = "same"


STEM = [
    Conv("Conv2d_1a_3x3", 32, (3, 3), 2, "valid"),  # (299, 299, 3) -> (149, 149, 32)
    Conv("Conv2d_2a_3x3", 32, (3, 3), 1, "valid"),  # (147, 147, 32)
    Conv("Conv2d_2b_3x3", 64, (3, 3)),  # (147, 147, 64)
    "halve",  # (73, 73, 64)
    Conv("Conv2d_3b_1x1", 80),  # (73, 73, 80)
    Conv("Conv2d_4a_3x3", 192, (3, 3), 1, "valid"),  # (71, 71, 192)
    "halve",  # (35, 35, 192)
]


def block(name, **branches):
    """The steps of each branch, named: (filters, height, width[, strides]), a pool's name, or a list for a fork.

    The steps of a branch are name_1, name_2, ...; the two arms of a fork name_3a, name_3b; a lone step has no number.
    """

    def convolution(branch, suffix, filters, height, width, strides=1):
        padding = "valid" if strides > 1 else "same"
        return Conv(f"{name}.{branch}{suffix}", filters, (height, width), strides, padding)

    def named(branch, steps):
        lone = sum(not isinstance(step, str) for step in steps) == 1
        for i, step in enumerate(steps, 1):
            if isinstance(step, list):
                yield [convolution(branch, f"_{i}{arm}", *part) for arm, part in zip("ab", step)]
            else:
                yield step if isinstance(step, str) else convolution(branch, "" if lone else f"_{i}", *step)

    return {branch: list(named(branch, steps)) for branch, steps in branches.items()}


def block_a(name, pooled):
    """The blocks of 35x35."""
    return block(
        name,
        branch1x1=[(64, 1, 1)],
        branch5x5=[(48, 1, 1), (64, 5, 5)],
        branch3x3dbl=[(64, 1, 1), (96, 3, 3), (96, 3, 3)],
        branch_pool=["average", (pooled, 1, 1)],
    )


def block_c(name, width):
    """The blocks of 17x17."""
    return block(
        name,
        branch1x1=[(192, 1, 1)],
        branch7x7=[(width, 1, 1), (width, 1, 7), (192, 7, 1)],
        branch7x7dbl=[(width, 1, 1), (width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)],
        branch_pool=["average", (192, 1, 1)],
    )


def block_e(name, pool):
    """The blocks of 8x8."""
    fork = [(384, 1, 3), (384, 3, 1)]
    return block(
        name,
        branch1x1=[(320, 1, 1)],
        branch3x3=[(384, 1, 1), fork],
        branch3x3dbl=[(448, 1, 1), (384, 3, 3), fork],
        branch_pool=[pool, (192, 1, 1)],
    )


BLOCKS = [
    block_a("Mixed_5b", 32),  # (35, 35, 256)
    block_a("Mixed_5c", 64),  # (35, 35, 288)
    block_a("Mixed_5d", 64),  # (35, 35, 288)
    block(  # (17, 17, 768)
        "Mixed_6a",
        branch3x3=[(384, 3, 3, 2)],
        branch3x3dbl=[(64, 1, 1), (96, 3, 3), (96, 3, 3, 2)],
        branch_pool=["halve"],
    ),
    block_c("Mixed_6b", 128),  # (17, 17, 768)
    block_c("Mixed_6c", 160),  # (17, 17, 768)
    block_c("Mixed_6d", 160),  # (17, 17, 768)
    block_c("Mixed_6e", 192),  # (17, 17, 768)
    block(  # (8, 8, 1280)
        "Mixed_7a",
        branch3x3=[(192, 1, 1), (320, 3, 3, 2)],
        branch7x7x3=[(192, 1, 1), (192, 1, 7), (192, 7, 1), (192, 3, 3, 2)],
        branch_pool=["halve"],
    ),
    block_e("Mixed_7b", "average"),  # (8, 8, 2048)
    block_e("Mixed_7c", "max"),  # (8, 8, 2048)
]


def parts(steps):
    """The convolutions among steps, in order, the arms of forks included."""
    for step in steps:
        if not isinstance(step, str):
            yield from step if isinstance(step, list) else [step]


def shapes():
    """{name: shape} of the 472 tensors of a checkpoint, in order; kernels are (out, in, height, width)."""
    found = {}

    def walk(steps, channels):
        for step in steps:
            convs = list(parts([step]))
            for conv in convs:
                found[f"{conv.name}.conv.weight"] = (conv.filters, channels, *conv.kernel)
                found.update({f"{conv.name}.bn.{part}": (conv.filters,) for part in NORM})
            channels = sum(conv.filters for conv in convs) or channels
        return channels

    channels = walk(STEM, 3)
    for branches in BLOCKS:
        channels = sum(walk(steps, channels) for steps in branches.values())
    return {**found, "fc.weight": (CLASSES, channels), "fc.bias": (CLASSES,)}


def tensorflow_names():
    """{torch name: name of the node} for the constants of the TensorFlow graph."""
    convs = {conv.name: f"conv_{i}" if i else "conv" for i, conv in enumerate(parts(STEM))}
    for i, branches in enumerate(BLOCKS):
        block, towers = f"mixed_{i}" if i else "mixed", 0
        for steps in branches.values():
            inner = list(parts(steps))
            if len(inner) == 1 and len(steps) == 1:
                convs[inner[0].name] = f"{block}/conv"
            elif inner:
                tower = f"{block}/tower_{towers}" if towers else f"{block}/tower"
                towers += 1
                arms = steps[-1] if isinstance(steps[-1], list) else []
                for j, conv in enumerate(inner[: len(inner) - len(arms)]):
                    convs[conv.name] = f"{tower}/conv_{j}" if j else f"{tower}/conv"
                convs.update({arm.name: f"{tower}/mixed/conv{end}" for arm, end in zip(arms, ("", "_1"))})
    norm = dict(zip(NORM, ("gamma", "beta", "moving_mean", "moving_variance")))
    names = {f"{conv}.conv.weight": f"{node}/conv2d_params" for conv, node in convs.items()}
    names |= {f"{conv}.bn.{part}": f"{node}/batchnorm/{norm[part]}" for conv, node in convs.items() for part in norm}
    return {**names, "fc.weight": "softmax/weights", "fc.bias": "softmax/biases"}


def folded(tensors, name):
    """Kernel (height, width, in, out) and bias of a convolution with its batch norm in them."""
    gamma, beta, mean, variance = (tensors[f"{name}.bn.{part}"].astype("float64") for part in NORM)
    scale = gamma / np.sqrt(variance + EPSILON)
    kernel = tensors[f"{name}.conv.weight"].transpose(2, 3, 1, 0) * scale
    return kernel.astype("float32"), (beta - mean * scale).astype("float32")


def convolve(x, conv, tensors, activation="relu"):
    name = conv.name.replace(".", "_")
    layer = layers.Conv2D(
        conv.filters, conv.kernel, conv.strides, conv.padding, activation=activation, kernel_initializer="zeros", name=name
    )
    x = layer(x)
    layer.set_weights(folded(tensors, conv.name))
    return x


def pool(x, kind):
    """3x3 pools. "average" leaves the padding out of its means, as the graph does."""
    if kind == "halve":
        return layers.MaxPooling2D(3, 2)(x)
    return {"average": layers.AveragePooling2D, "max": layers.MaxPooling2D}[kind](3, 1, "same")(x)


def follow(x, steps, tensors):
    """The steps of the stem or of a branch, one after the other."""
    if steps[0] == "average":  # a mean commutes with a 1x1 convolution, which then leaves fewer channels to average
        return layers.ReLU()(pool(convolve(x, steps[1], tensors, activation=None), "average"))
    for step in steps:
        if isinstance(step, str):
            x = pool(x, step)
        elif isinstance(step, list):
            x = layers.Concatenate()([convolve(x, arm, tensors) for arm in step])
        else:
            x = convolve(x, step, tensors)
    return x


def network(tensors):
    """keras.Model from images (batch, 299, 299, 3), preprocessed, to a dict of features (batch, 2048) and logits_unbiased
    (batch, 1008), the classifier's answers without its bias. It computes in float32 whatever the global policy is.

    Args:
        tensors: {name: array}, named and shaped as `shapes` says.
    """
    with full_precision():
        images = layers.Input((SIZE, SIZE, 3))
        x = follow(images, STEM, tensors)
        for branches in BLOCKS:
            x = layers.Concatenate()([follow(x, steps, tensors) for steps in branches.values()])
        features = layers.GlobalAveragePooling2D()(x)
        classifier = layers.Dense(CLASSES, use_bias=False, kernel_initializer="zeros", name="fc")
        logits = classifier(features)
        classifier.set_weights([tensors["fc.weight"].T])
        model = keras.Model(images, {"features": features, "logits_unbiased": logits}, name="inception")
    model.trainable = False
    return model
