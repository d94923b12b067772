"""Small recurrent judges of many seeds, trained side by side as one Keras model.

A judge is one GRU layer with one output unit. Its batch of 128 windows is far too little work for a processor, so the judges of
all seeds are stacked along a first axis and step together; each has its own weights and its own batches, and its numbers
are those it would have alone. All that a seed draws (initial weights, split, batches) comes from numpy: it is the same on
every backend.
"""

import keras
import numpy as np
from keras import ops

from keras_gans.data import batches

BATCH = 128  # windows of each set in a batch
RATE = 1e-3  # Adam's learning rate
DRAWN = 100  # batches a seed draws at once: part of what its draws are
STEPS = 50  # training steps in one call
EVALUATED = 2000  # windows judged at once after training


def discriminate(real, fake, seeds, iterations):
    """Accuracy - 0.5, (seeds,), of judges that tell windows `real` (n, steps, features) from `fake` (m, steps, features), trained on
    a random 80 % of each set and tested on the rest."""
    judges, splits, places = Discriminators(seeds, real, fake), [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 1])
        sides = [split(len(windows), rng) for windows in (real, fake)]
        splits.append(sides)
        places.append(draws(iterations, [lambda size, rng=rng, train=train: rng.choice(train, size) for train, _ in sides]))
    judges.train(np.stack(places, axis=1))  # (iterations, seeds, 2, BATCH)
    hits = []
    for side, windows in enumerate((real, fake)):
        test = np.stack([sides[side][1] for sides in splits])  # (seeds, test windows)
        parts = [test[:, at : at + EVALUATED] for at in range(0, test.shape[1], EVALUATED)]
        says_real = np.concatenate([ops.convert_to_numpy(judges.logits(windows[part])) > 0 for part in parts], axis=1)
        hits.append(says_real if side == 0 else ~says_real)
    return np.concatenate(hits, axis=1).mean(axis=1) - 0.5


def predict(real, fake, seeds, iterations):
    """Mean absolute error, (seeds,), over all `real` windows (n, steps, features) of judges that were trained on windows `fake`
    (m, steps, features) to predict the last feature of a step from the other features of the steps before it."""
    judges, places = Predictors(seeds, fake), []
    for seed in seeds:
        rng = np.random.default_rng([seed, 2])
        places.append(draws(iterations, [lambda size, rng=rng: rng.integers(len(fake), size=size)]))
    judges.train(np.stack(places, axis=1))  # (iterations, seeds, 1, BATCH)
    total = np.zeros(len(seeds))
    for at in range(0, len(real), EVALUATED):
        part = real[at : at + EVALUATED]
        errors = judges.errors(np.broadcast_to(part, (len(seeds), *part.shape)))
        total += ops.convert_to_numpy(ops.sum(errors, axis=(0, 2)))
    return total / (len(real) * (real.shape[1] - 1))


def split(count, rng):
    """Random 80 % and 20 % of the numbers below count."""
    order = rng.permutation(count)
    return order[: int(0.8 * count)], order[int(0.8 * count) :]


def draws(iterations, sides):
    """What one seed draws: (iterations, sides, BATCH) places of windows; a side is a function from a size to places."""
    counts = [min(DRAWN, iterations - at) for at in range(0, iterations, DRAWN)]
    return np.concatenate([np.stack([side((n, BATCH)) for side in sides], axis=1) for n in counts]).astype("int32")


def initial_weights(seed, inputs, units):
    """Of a `keras.layers.GRU`, with the initial values it has in Keras: kernel (inputs, 3 units), recurrent kernel
    (units, 3 units), bias (2, 3 units); of an output unit: kernel (units,), bias ()."""
    rng = np.random.default_rng([seed, 0])
    bound = np.sqrt(6 / (inputs + 3 * units))  # glorot_uniform
    kernel = rng.uniform(-bound, bound, (inputs, 3 * units))
    q, r = np.linalg.qr(rng.normal(size=(3 * units, units)))  # orthogonal
    bound = np.sqrt(6 / (units + 1))
    return kernel, (q * np.sign(np.diag(r))).T, np.zeros((2, 3 * units)), rng.uniform(-bound, bound, units), np.zeros(())


class SideBySide(keras.Model):
    """Base of the judges: one GRU layer and one output unit for each seed. A subclass gives `call`, from the places of the
    windows in a batch (1, seeds, sides, BATCH) to each seed's loss (seeds,).

    Args:
        seeds: of the initial weights.
        inputs: features that the GRU sees.
        units: of the GRU.
    """

    def __init__(self, seeds, inputs, units):
        super().__init__(dtype="float32")
        self.units = units
        drawn = zip(*(initial_weights(seed, inputs, units) for seed in seeds))
        self.kernel, self.recurrent, self.bias, self.out, self.out_bias = map(self.stacked, drawn)
        self.built = True

    def stacked(self, values):
        """A weight with one value for each seed."""
        values = np.stack(values)
        return self.add_weight(shape=values.shape, initializer=lambda *_, **__: ops.convert_to_tensor(values, "float32"))

    def states(self, x):
        """The GRUs' states after each step, (steps, seeds, units, batch), for windows (seeds, batch, steps, inputs).

        The arithmetic of `keras.layers.GRU` (reset_after=True), gates in the order update, reset, candidate. The batch is
        the last axis because it is the long one.
        """
        gates = 2 * self.units
        recurrent = ops.transpose(self.recurrent, (0, 2, 1))
        inputs = ops.einsum("sbti,sij->tsjb", x, self.kernel) + self.bias[:, 0, :, None]

        def step(state, given):
            inner_gates, inner = ops.split(ops.matmul(recurrent, state) + self.bias[:, 1, :, None], [gates], axis=1)
            update, reset = ops.split(ops.sigmoid(given[0] + inner_gates), 2, axis=1)
            candidate = ops.tanh(given[1] + reset * inner)
            state = candidate + update * (state - candidate)
            return state, state

        given = inputs[:, :, :gates], inputs[:, :, gates:]
        return ops.scan(step, ops.zeros_like(given[1][0]), given)[1]

    def output_units(self, states):
        """One logit for each state: (..., seeds, batch) for (..., seeds, units, batch)."""
        return ops.sum(states * self.out[:, :, None], axis=-2) + self.out_bias[:, None]

    def compute_loss(self, x=None, y=None, y_pred=None, *_, **__):
        return ops.sum(y_pred)  # each seed's weights see the gradient of that seed's loss alone

    def train(self, places):
        """A step of Adam for each of the batches, (iterations, seeds, sides, BATCH)."""
        compiled = keras.backend.backend() != "tensorflow"  # whose XLA does not take this loop
        self.compile(keras.optimizers.Adam(RATE), jit_compile=compiled, steps_per_execution=STEPS)
        self.fit(batches(places, 1), shuffle=False, verbose=0)


class Discriminators(SideBySide):
    """The GRU's last state says whether a window is one of `real` or of `fake`."""

    def __init__(self, seeds, real, fake):
        features = real.shape[2]
        super().__init__(seeds, features, max(features // 2, 1))
        self.real, self.fake = ops.convert_to_tensor(real), ops.convert_to_tensor(fake)

    def logits(self, x):
        """(seeds, batch) for windows (seeds, batch, steps, features); above 0 means real."""
        return self.output_units(self.states(x)[-1])

    def call(self, places):
        places = ops.cast(places[0], "int32")  # pipelines give float32
        windows = ops.take(self.real, places[:, 0], axis=0), ops.take(self.fake, places[:, 1], axis=0)
        real, fake = ops.split(self.logits(ops.concatenate(windows, axis=1)), 2, axis=1)
        return ops.mean(ops.softplus(-real), axis=1) + ops.mean(ops.softplus(fake), axis=1)


class Predictors(SideBySide):
    """A sigmoid at every step predicts the last feature of the next one; the GRU sees the others. Trained on `windows`."""

    def __init__(self, seeds, windows):
        features = windows.shape[2]
        super().__init__(seeds, features - 1, max(features // 2, 1))
        self.windows = ops.convert_to_tensor(windows)

    def errors(self, x):
        """Absolute errors (steps - 1, seeds, batch) for windows (seeds, batch, steps, features)."""
        predicted = ops.sigmoid(self.output_units(self.states(x[:, :, :-1, :-1])))
        return ops.abs(predicted - ops.transpose(x[:, :, 1:, -1], (2, 0, 1)))

    def call(self, places):
        windows = ops.take(self.windows, ops.cast(places[0, :, 0], "int32"), axis=0)
        return ops.mean(self.errors(windows), axis=(0, 2))
