"""Augmentation of a data set on its input pipeline. It leaks into the samples; `training.Augmentation` does not."""

import tensorflow as tf

from keras_gans.errors import unknown


def flip(samples, seed):
    """Mirrors half of the images, left to right."""
    return tf.image.stateless_random_flip_left_right(samples, seed)


def translation(samples, seed):
    """Moves each image by up to 1/8 of height and width, at least one pixel; the border is repeated."""
    for axis in (1, 2):
        size = samples.shape[axis]
        most = max(round(size / 8), 1)
        by = tf.random.stateless_uniform((tf.shape(samples)[0], 1), seed + axis, -most, most + 1, tf.int32)
        places = tf.clip_by_value(tf.range(size)[None] + by, 0, size - 1)
        turned = samples if axis == 1 else tf.transpose(samples, (0, 2, 1, 3))
        turned = tf.gather(turned, places, axis=1, batch_dims=1)
        samples = turned if axis == 1 else tf.transpose(turned, (0, 2, 1, 3))
    return samples


def noise(samples, seed):
    """Adds normal noise, 0.05 of the batch's deviation of each feature (of images: of all pixels, within [-1, 1])."""
    axes = list(range(len(samples.shape) - (1 if len(samples.shape) < 4 else 0)))
    deviation = tf.math.reduce_std(samples, axis=axes, keepdims=True)
    noisy = samples + 0.05 * deviation * tf.random.stateless_normal(tf.shape(samples), seed + 3)
    return tf.clip_by_value(noisy, -1.0, 1.0) if len(samples.shape) == 4 else noisy


POLICIES = {"flip": (flip, (3,)), "translation": (translation, (3,)), "noise": (noise, (1, 2, 3))}  # and ranks of a sample


def chosen(policies, shape):
    """(names, function of (samples, seed pair)) for names in a list or a string with commas, checked for samples of a shape."""
    names = [name.strip() for name in policies.split(",")] if isinstance(policies, str) else policies
    if not isinstance(names, (list, tuple)) or not names:
        raise ValueError(f"policies={policies!r}: expected one or more of {', '.join(POLICIES)}.")
    for name in names:
        if name not in POLICIES:
            raise ValueError(unknown("data-set augmentation", name, POLICIES))
        if len(shape) not in POLICIES[name][1]:
            raise ValueError(f"{name} is for images, and the samples have shape {tuple(shape)}. Use noise.")

    def change(samples, seed):
        for name in names:
            samples = tf.ensure_shape(POLICIES[name][0](samples, seed), samples.shape)
        return samples

    return names, change
