"""What the layers of a network wear: norm, activation, dropout, weight decay, classes. One object a network, so that every
architecture takes the same arguments and means the same by them."""

import keras
from keras import layers

from keras_gans.errors import check_seed, unknown
from keras_gans.layers import Activation, BatchNormalization, ClassAffine, MinibatchStdDev, OneHot, SpectralNormalization

BATCH = ("batch", "sync_batch")
NORMS = (*BATCH, "layer", "spectral", None)
PLACES = ("all", "later")
CONDITIONS = ("projection", "auxiliary")


class Style:
    """How the layers of one network are made.

    Args:
        norm: "batch" (where several devices share a batch, of each one's part) or "sync_batch" (of the whole); "layer" (mean and
            variance of each sample over all its values, a scale for each channel); "spectral" (`layers.SpectralNormalization` of
            every kernel); None.
        activation: of hidden layers, a Keras name.
        dropout: rate in [0, 1) after hidden layers.
        dropout_layers: "all" of them or the "later" half, those nearer to the network's output.
        weight_decay: L2 penalty on every kernel, added to that player's loss.
        num_classes: of a conditional network, else None.
        seed: integer or None: each layer gets its own from it.
        initializer: function from a seed to a Keras initializer.
        depth: number of hidden layers; "later" counts from half of it.
        bias_range: biases of hidden layers start uniform in [-bias_range, bias_range]: the kinks of ReLUs are then spread over
            the input from the start instead of all going through one point.
    """

    def __init__(
        self,
        *,
        norm=None,
        activation="relu",
        dropout=0.0,
        dropout_layers="all",
        weight_decay=0.0,
        num_classes=None,
        seed=None,
        initializer=None,
        depth=2,
        bias_range=0.0,
    ):
        self.norm, self.activation, self.dropout, self.weight_decay = norm, activation, dropout, weight_decay
        self.dropout_layers, self.num_classes, self.depth, self.done = dropout_layers, num_classes, depth, 0
        self.initializer = initializer or keras.initializers.GlorotUniform
        self.last_seed, self.bias_range = seed, bias_range

    def seed(self):
        """The next layer's seed; None stays None."""
        if self.last_seed is not None:
            self.last_seed += 1
        return self.last_seed

    def layer(self, cls, *args, normalised=True, **options):
        """A dense or convolutional layer. `normalised`: `hidden` with a norm follows, so that it needs no bias."""
        biased = not (normalised and self.norm in (*BATCH, "layer"))
        options = {"use_bias": biased, "kernel_initializer": self.initializer(seed=self.seed()), **options}
        if self.weight_decay:
            options["kernel_regularizer"] = keras.regularizers.L2(self.weight_decay)
        if self.bias_range and normalised and options["use_bias"]:
            options["bias_initializer"] = keras.initializers.RandomUniform(-self.bias_range, self.bias_range, self.seed())
        made = cls(*args, **options)
        return SpectralNormalization(made, name=made.name, dtype=made.dtype_policy) if self.norm == "spectral" else made

    def normalise(self, x, labels=None):
        """The norm, with the scale and shift of each sample's class where there are labels."""
        own = labels is None
        if self.norm in BATCH:
            whole = self.norm == "sync_batch"
            x = BatchNormalization(momentum=0.9, epsilon=1e-5, center=own, scale=own, synchronized=whole)(x)
        elif self.norm == "layer":
            x = layers.GroupNormalization(groups=1, epsilon=1e-5, center=own, scale=own)(x)
        return x if own else ClassAffine(self.num_classes)([x, labels])

    def hidden(self, x, labels=None, normalised=True):
        """What follows a hidden layer: norm, activation, dropout."""
        x = Activation(self.activation)(self.normalise(x, labels) if normalised else x)
        return self.drop(x)

    def drop(self, x):
        self.done += 1
        if self.dropout and (self.dropout_layers == "all" or self.done > self.depth // 2):
            x = layers.Dropout(self.dropout, seed=self.seed())(x)
        return x

    def logits(self, features, labels=None, conditioning=None, minibatch_stddev=False):
        """A discriminator's end: features (batch, n) -> logits (batch, 1) float32, or a list of those and class logits.

        With labels, "projection" adds the inner product of the features with the class's own vector (Miyato and Koyama 2018,
        equation 3) and "auxiliary" gives class logits (batch, num_classes) beside them (Odena et al. 2017).
        """
        if minibatch_stddev:
            features = MinibatchStdDev()(features)
        end = {"normalised": False, "dtype": "float32"}
        logits = self.layer(layers.Dense, 1, **end)(features)
        if conditioning == "auxiliary":
            return [logits, self.layer(layers.Dense, self.num_classes, **end)(features)]
        if conditioning == "projection":
            size = features.shape[-1]
            like_logits = keras.initializers.RandomNormal(
                0.0, size**-0.5, seed=self.seed()
            )  # their kernel's fan-in is `size` too
            vectors = self.layer(layers.Dense, size, **{**end, "use_bias": False, "kernel_initializer": like_logits})
            own = vectors(OneHot(self.num_classes)(labels))
            logits = layers.Add(dtype="float32")([logits, layers.Dot(axes=1, dtype="float32")([features, own])])
        return logits


def players(given, d_seed=1000):
    """The checked style arguments of both networks: (generator's, discriminator's), each a dict for `Style`.

    `given` has norm, activation, dropout, dropout_layers, weight_decay, num_classes and seed as the caller passed them; each but
    the last three is one value for both networks or a pair (generator, discriminator).
    """
    norms = pair("norm", given["norm"], lambda norm: norm in NORMS, f"one of {', '.join(map(repr, NORMS))}")
    activations = pair(
        "activation", given["activation"], lambda name: bool(activation(name)), "the name of a Keras activation"
    )
    rates = pair("dropout", given["dropout"], number(below=1.0), "a number of at least 0 and below 1")
    decays = pair("weight_decay", given["weight_decay"], number(), "a number of at least 0")
    places = pair("dropout_layers", given["dropout_layers"], lambda place: place in PLACES, "'all' or 'later'")
    seed = check_seed(given["seed"])
    return tuple(
        {
            "norm": norms[i],
            "activation": activations[i],
            "dropout": rates[i],
            "dropout_layers": places[i],
            "weight_decay": decays[i],
            "num_classes": given.get("num_classes"),
            "seed": None if seed is None else seed + i * d_seed,
        }
        for i in range(2)
    )


def pair(name, value, good, expected):
    """One value for both networks, or (generator, discriminator), each of which is `good`."""
    both = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(both) != 2 or not all(good(one) for one in both):
        raise ValueError(f"{name}={value!r}: expected {expected}, or a pair of them (generator, discriminator).")
    return both


def number(below=float("inf")):
    """A check: a number of at least 0 and under `below`."""
    return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < below


def activation(name):
    """`name` if Keras has an activation of that name, else ValueError with the closest one."""
    known = [one for one in dir(keras.activations) if not one.startswith("_") and callable(getattr(keras.activations, one))]
    known = [one for one in known if one not in ("get", "serialize", "deserialize")]
    if not isinstance(name, str) or name not in known:
        raise ValueError(unknown("activation", name, known))
    return name
