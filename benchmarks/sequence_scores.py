"""Scores for generated multivariate sequences.

All scores compare two arrays of windows, ``real`` and ``fake``, of shape (windows, steps, features), float, scaled
to [0, 1] by the same scaling. Every trained judge is run once for each seed (its split, its initial weights, its
batches); report the mean, and next to it the floor: the score of fresh real windows against real ones.

Sources:

* Yoon, Jarrett, van der Schaar, "Time-series Generative Adversarial Networks", NeurIPS 2019, and the code published
  with it (https://github.com/jsyoon0823/TimeGAN): the discriminative and the predictive score.
* Lopez-Paz, Oquab, "Revisiting Classifier Two-Sample Tests", ICLR 2017: the idea of the boosted-tree score.
"""

import numpy as np
import tensorflow as tf
from sklearn.ensemble import HistGradientBoostingClassifier

BATCH = 128  # windows of each set in a batch
RATE = 1e-3  # Adam's learning rate
CHUNK = 100  # iterations in one call of a compiled training loop
EVALUATED = 2000  # windows judged at once after training


def discriminative_score(real, fake, seeds=range(10), iterations=2000):
    """TimeGAN's discriminative score: how well a small GRU tells real windows from fake ones.

    The judge is one GRU layer of max(features // 2, 1) units whose last state gives one logit. It is trained with
    binary cross-entropy (mean over real plus mean over fake) and Adam (rate 0.001) for 2,000 iterations of 128 real
    and 128 fake windows, on a random 80 % of each set, and its accuracy is taken on the other 20 %. As in TimeGAN's
    code; its paper describes a 2-layer LSTM. The GRU is that of ``keras.layers.GRU`` with its initial weights, where
    the original has TensorFlow 1's ``GRUCell``. All seeds are trained side by side as one computation.

    Chance alone gives about 0.006 with 10,000 windows in each set: compare to real windows against real ones.

    Args:
        real: real windows, shape (n, steps, features), values in [0, 1].
        fake: generated windows, shape (m, steps, features), same scaling.
        seeds: one judge is trained for each.
        iterations: training iterations (2,000 in the protocol).

    Returns:
        Two arrays of shape (seeds,): |accuracy - 0.5| (the score; 0 is best, 0.5 worst), and accuracy - 0.5 signed.
    """
    real, fake = _windows(real, fake)
    seeds = [int(seed) for seed in seeds]
    features = real.shape[2]
    rngs = [np.random.default_rng([seed, 1]) for seed in seeds]
    splits = [[_split(len(windows), rng) for windows in (real, fake)] for rng in rngs]
    weights = _initial_weights(seeds, features, max(features // 2, 1))
    real_data, fake_data = tf.constant(real), tf.constant(fake)

    def loss(weights, batch):
        x = tf.concat([tf.gather(real_data, batch[:, 0]), tf.gather(fake_data, batch[:, 1])], axis=1)
        logit = _dense(_gru(x, weights)[-1], weights)
        real_logit, fake_logit = logit[:, :BATCH], logit[:, BATCH:]
        each = tf.reduce_mean(tf.nn.softplus(-real_logit), 1) + tf.reduce_mean(tf.nn.softplus(fake_logit), 1)
        return tf.reduce_sum(each)  # each seed's weights see the gradient of that seed's loss only

    def draw(count):
        return np.stack(
            [
                np.stack([rng.choice(train, (count, BATCH)) for train, _ in sides], axis=1)
                for rng, sides in zip(rngs, splits, strict=True)
            ],
            axis=1,
        )  # (count, seeds, 2, BATCH)

    weights = _train(loss, weights, draw, iterations)

    @tf.function(reduce_retracing=True)
    def logits(x):
        return _dense(_gru(x, weights)[-1], weights)

    hits = []
    for windows, side in ((real, 0), (fake, 1)):
        test = np.stack([sides[side][1] for sides in splits])  # (seeds, test windows)
        out = [logits(windows[test[:, i : i + EVALUATED]]).numpy() for i in range(0, test.shape[1], EVALUATED)]
        out = np.concatenate(out, axis=1)
        hits.append(out > 0 if side == 0 else out <= 0)
    signed = np.concatenate(hits, axis=1).mean(axis=1) - 0.5
    return np.abs(signed), signed


def predictive_score(real, fake, seeds=range(10), iterations=5000):
    """TimeGAN's predictive score: train a small GRU on fake windows, test it on real ones.

    The model is one GRU layer of max(features // 2, 1) units with a sigmoid output at every step. From the features
    0 ... F-2 of step t (and before) it predicts the last feature at step t+1; the past of that feature is not an
    input. It is trained on the fake windows with the absolute error and Adam (rate 0.001) for 5,000 iterations of
    128 windows, and its mean absolute error is taken over all real windows. As in TimeGAN's code. All seeds are
    trained side by side as one computation.

    Args:
        real: real windows, shape (n, steps, features), values in [0, 1].
        fake: generated windows, shape (m, steps, features), same scaling.
        seeds: one model is trained for each.
        iterations: training iterations (5,000 in the protocol).

    Returns:
        Array of shape (seeds,): mean absolute error, in units of the scaled data. Compare to ``predictive_score(real,
        real)``, the error of a model trained on real windows.
    """
    real, fake = _windows(real, fake)
    seeds = [int(seed) for seed in seeds]
    features = real.shape[2]
    if features < 2 or real.shape[1] < 2:
        raise ValueError(
            "predictive_score needs windows of at least 2 steps and 2 features: it predicts the last feature from the "
            f"others. Got shape {real.shape}. Use discriminative_score or boosted_tree_score for such windows."
        )
    rngs = [np.random.default_rng([seed, 2]) for seed in seeds]
    weights = _initial_weights(seeds, features - 1, max(features // 2, 1))
    fake_data = tf.constant(fake)

    def errors(weights, x):
        logits = [_dense(state, weights) for state in _gru(x[:, :, :-1, :-1], weights)]
        return tf.abs(tf.sigmoid(tf.stack(logits, axis=2)) - x[:, :, 1:, -1])

    def loss(weights, batch):
        return tf.reduce_sum(tf.reduce_mean(errors(weights, tf.gather(fake_data, batch)), axis=(1, 2)))

    def draw(count):
        return np.stack([rng.integers(len(fake), size=(count, BATCH)) for rng in rngs], axis=1)

    weights = _train(loss, weights, draw, iterations)

    @tf.function(reduce_retracing=True)
    def total(x):
        return tf.reduce_sum(errors(weights, tf.repeat(x[None], len(seeds), axis=0)), axis=(1, 2))

    sums = sum(total(real[i : i + EVALUATED]).numpy().astype("float64") for i in range(0, len(real), EVALUATED))
    return sums / (len(real) * (real.shape[1] - 1))


def boosted_tree_score(real, fake, noise=0.0, seeds=range(10), limit=4000):
    """Classifier two-sample test with boosted trees: a stricter judge than the discriminative score.

    A ``HistGradientBoostingClassifier`` (100 trees, scikit-learn's defaults) sees for each window all values, all
    steps (first differences), and each feature's mean, standard deviation, minimum and maximum. It is trained on a
    random 80 % of each set and tested on the other 20 %. To stay fast, each seed draws at most ``limit`` windows of
    each set, and both sets are cut to the same size. Without noise the score often saturates near 0.5, because trees
    see the finest detail; normal noise added to both sets makes it grade.

    Args:
        real: real windows, shape (n, steps, features), values in [0, 1].
        fake: generated windows, shape (m, steps, features), same scaling.
        noise: standard deviation of the normal noise added to both sets, in units of the scaled data.
        seeds: one classifier is trained for each.
        limit: the most windows of each set that one seed uses.

    Returns:
        Array of shape (seeds,): accuracy - 0.5, signed. 0 is best, 0.5 worst; clearly below 0 means that fake
        windows are near copies of real ones.
    """
    real, fake = _windows(real, fake)
    size = min(len(real), len(fake), limit)
    scores = []
    for seed in seeds:
        rng = np.random.default_rng([int(seed), 3])
        sets = []
        for windows in (real, fake):
            x = windows[rng.permutation(len(windows))[:size]]
            sets.append(_tree_features(x + rng.normal(0.0, noise, x.shape) if noise else x))
        cut = int(0.8 * size)
        train, test = np.concatenate([x[:cut] for x in sets]), np.concatenate([x[cut:] for x in sets])
        trees = HistGradientBoostingClassifier(early_stopping=False, random_state=int(seed))
        trees.fit(train, np.repeat([0, 1], cut))
        scores.append(np.mean(trees.predict(test) == np.repeat([0, 1], size - cut)) - 0.5)
    return np.array(scores)


def untrained_distances(real, fake):
    """Distances between two sets of windows that need no training. All are 0 for equal sets; none is bounded by 1.

    * ``quantile``: mean over 99 quantiles (1 % ... 99 %), steps and features of the absolute difference of the
      quantiles of real and fake values at that step (the Wasserstein-1 distance of the marginals, tails left out), in
      units of the scaled data.
    * ``correlation``: mean absolute difference of the correlations of all pairs of features, taken over all windows
      and steps. 0 with one feature.
    * ``autocorrelation``: mean absolute difference, over features and lags 1 ... steps - 1, of the autocorrelation at
      that lag: the mean of the products of values that far apart, each less its feature's mean over the set, over
      the feature's variance over the set.
    * ``step``: mean absolute step |x[t + 1] - x[t]| of fake over that of real, less 1, absolute, mean over features.
    * ``spread``: standard deviation of fake over that of real, less 1, absolute, mean over features.

    Args:
        real: real windows, shape (n, steps, features), values in [0, 1].
        fake: generated windows, shape (m, steps, features), same scaling.

    Returns:
        Dict of the five distances, floats.
    """
    real, fake = (x.astype("float64") for x in _windows(real, fake))
    levels = np.arange(1, 100) / 100
    quantile = np.mean(np.abs(np.quantile(real, levels, axis=0) - np.quantile(fake, levels, axis=0)))

    def spread(x):
        return np.maximum(x.std(axis=(0, 1)), 1e-12)

    def correlations(x):
        z = (x - x.mean(axis=(0, 1))) / spread(x)
        pairs = np.triu_indices(x.shape[2], 1)
        return np.einsum("ntf,ntg->fg", z, z)[pairs] / (len(x) * x.shape[1])

    def autocorrelations(x):
        z = (x - x.mean(axis=(0, 1))) / spread(x)
        return np.array([np.mean(z[:, lag:] * z[:, :-lag], axis=(0, 1)) for lag in range(1, x.shape[1])])

    def step(x):
        return np.maximum(np.abs(np.diff(x, axis=1)).mean(axis=(0, 1)), 1e-12)

    correlation = np.abs(correlations(real) - correlations(fake))
    autocorrelation = np.abs(autocorrelations(real) - autocorrelations(fake))
    several_steps = real.shape[1] > 1
    return {
        "quantile": float(quantile),
        "correlation": float(correlation.mean()) if correlation.size else 0.0,
        "autocorrelation": float(autocorrelation.mean()) if several_steps else 0.0,
        "step": float(np.mean(np.abs(step(fake) / step(real) - 1))) if several_steps else 0.0,
        "spread": float(np.mean(np.abs(spread(fake) / spread(real) - 1))),
    }


def _windows(real, fake):
    """Check both sets and return them as float32."""
    real, fake = np.asarray(real, "float32"), np.asarray(fake, "float32")
    if real.ndim != 3 or fake.ndim != 3 or real.shape[1:] != fake.shape[1:]:
        raise ValueError(
            "real and fake must have shape (windows, steps, features) with equal steps and features. "
            f"Got {real.shape} and {fake.shape}."
        )
    if min(len(real), len(fake)) < 5:
        raise ValueError(f"Each set needs at least 5 windows. Got {len(real)} and {len(fake)}.")
    for name, x in (("real", real), ("fake", fake)):
        if not np.isfinite(x).all():
            raise ValueError(f"{name} holds values that are not finite. Remove those windows, or fix their source.")
    return real, fake


def _split(count, rng):
    """Random 80 % and 20 % of the indices below count."""
    order = rng.permutation(count)
    return order[: int(0.8 * count)], order[int(0.8 * count) :]


def _tree_features(x):
    summaries = [x.mean(axis=1), x.std(axis=1), x.min(axis=1), x.max(axis=1)]
    flat = [x.reshape(len(x), -1), np.diff(x, axis=1).reshape(len(x), -1)]
    return np.concatenate(flat + summaries, axis=1)


def _initial_weights(seeds, inputs, units):
    """Weights of one GRU and one dense unit for each seed, with Keras's initial values, stacked on a first axis.

    Returns the GRU's kernel (seeds, inputs, 3 units), recurrent kernel (seeds, units, 3 units) and bias (seeds, 2,
    3 units), as in ``keras.layers.GRU``, and the dense kernel (seeds, units) and bias (seeds,).
    """
    stacked = []
    for seed in seeds:
        rng = np.random.default_rng([seed, 0])
        bound = np.sqrt(6 / (inputs + 3 * units))  # glorot_uniform
        kernel = rng.uniform(-bound, bound, (inputs, 3 * units))
        q, r = np.linalg.qr(rng.normal(size=(3 * units, units)))  # orthogonal
        recurrent = (q * np.sign(np.diag(r))).T
        bound = np.sqrt(6 / (units + 1))
        out = rng.uniform(-bound, bound, units)
        stacked.append((kernel, recurrent, np.zeros((2, 3 * units)), out, np.zeros(())))
    return tuple(tf.constant(np.stack(part), tf.float32) for part in zip(*stacked, strict=True))


def _gru(x, weights):
    """States of all seeds' GRUs, a list over steps of (seeds, units, batch); x is (seeds, batch, steps, inputs).

    The arithmetic of ``keras.layers.GRU`` (reset_after=True): gates in the order update, reset, candidate. The batch
    comes last because the GRUs are tiny: it is the long axis.
    """
    kernel, recurrent, bias = weights[:3]
    units = recurrent.shape[1]
    recurrent = tf.transpose(recurrent, (0, 2, 1))
    input_bias, inner_bias = bias[:, 0, :, None], bias[:, 1, :, None]
    inputs = tf.unstack(tf.einsum("sbti,sij->tsjb", x, kernel) + input_bias, num=x.shape[2])
    state, states = tf.zeros_like(inputs[0][:, :units]), []
    for given in inputs:
        inner = tf.matmul(recurrent, state) + inner_bias
        gates = tf.sigmoid(given[:, : 2 * units] + inner[:, : 2 * units])
        update, reset = gates[:, :units], gates[:, units:]
        candidate = tf.tanh(given[:, 2 * units :] + reset * inner[:, 2 * units :])
        state = update * state + (1 - update) * candidate
        states.append(state)
    return states


def _dense(state, weights):
    """One output of each seed's dense unit, (seeds, batch), for states of shape (seeds, units, batch)."""
    kernel, bias = weights[3:]
    return tf.einsum("sub,su->sb", state, kernel) + bias[:, None]


def _train(loss, weights, draw, iterations):
    """Adam on ``loss(weights, batch)`` for all seeds at once; ``draw(count)`` gives the indices of count batches."""

    def step(count, weights, mean, square, batches, index):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            value = loss(weights, batches[index])
        grads = tape.gradient(value, weights)
        mean = tuple(0.9 * m + 0.1 * g for m, g in zip(mean, grads, strict=True))
        square = tuple(0.999 * s + 0.001 * g * g for s, g in zip(square, grads, strict=True))
        rate = RATE * tf.sqrt(1 - tf.pow(0.999, count)) / (1 - tf.pow(0.9, count))
        weights = tuple(w - rate * m / (tf.sqrt(s) + 1e-7) for w, m, s in zip(weights, mean, square, strict=True))
        return weights, mean, square

    @tf.function
    def run(done, weights, mean, square, batches):
        size = batches.shape[0]

        def body(i, weights, mean, square):
            return (i + 1, *step(done + tf.cast(i + 1, tf.float32), weights, mean, square, batches, i))

        return tf.while_loop(lambda i, *_: i < size, body, (0, weights, mean, square), maximum_iterations=size)[1:]

    mean = square = tuple(tf.zeros_like(w) for w in weights)
    for done in range(0, iterations, CHUNK):
        batches = tf.constant(draw(min(CHUNK, iterations - done)), tf.int32)
        weights, mean, square = run(tf.constant(float(done)), weights, mean, square, batches)
    return weights
