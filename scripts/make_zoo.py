"""Makes the entries of zoo/ by their recipes, with the rows that stand beside their scores.

    python scripts/make_zoo.py                      every recipe whose data are embedded
    python scripts/make_zoo.py dcgan_digits         one
    python scripts/make_zoo.py --rows NAME          an entry that is there: its weights stay, its scores and rows are taken anew
    python scripts/make_zoo.py --work FOLDER        where runs are kept; a killed command goes on from there

Three trainings for each, on the same training split, for as many epochs, scored on the same test split:

    the entry           `keras-gans train --recipe NAME`, its best epoch on the validation split
    default recipe      the same networks with the architecture's published settings, without an averaged generator; best epoch, too
    plain Keras         the well-known Keras example ("Customizing what happens in fit": its networks' pattern at this sample shape,
                        its step, Adam 3e-4, noisy labels), last epoch; images of several classes without labels, as there. It ends
                        early where it has trained for as many seconds as the entry did

and an untrained network. The entry is then written with `keras_gans.zoo.from_run`, and the tables of README.md and docs/zoo.md anew.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
import keras  # after the settings above

ZOO = pathlib.Path(__file__).resolve().parent.parent / "zoo"
OF_TRAINING = ("ema_decay",)  # beside those of `models.settings.TRAINING`: what the default recipe does without


def train(recipe, run):
    """`keras-gans train --recipe FILE` in a process of its own; goes on where a killed one was."""
    command = "import sys; from keras_gans.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ["train", "--recipe", str(recipe), "--run", str(run), "--resume", "--quiet"]
    if not (run / "summary.json").exists():
        subprocess.run([sys.executable, "-c", command, *words], check=True)


def default_recipe(recipe, path):
    """The recipe without anything of its training."""
    from keras_gans.models.settings import TRAINING

    values = {name: value for name, value in recipe["values"].items() if name not in (*TRAINING, *OF_TRAINING)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**recipe, "values": values}))
    return path


def plain_networks(shape, latent):
    """The example's networks, by its pattern: strided convolutions of 64 and 128 and a global maximum; 128 maps and two doublings. Of
    vectors and sequences the same depth in dense and recurrent layers."""
    from keras import layers

    slope = {"negative_slope": 0.2}
    if len(shape) == 3:
        height, width = (-(-side // 4) for side in shape[:2])
        d = [layers.Conv2D(64, 3, 2, "same"), layers.LeakyReLU(**slope), layers.Conv2D(128, 3, 2, "same")]
        d += [layers.LeakyReLU(**slope), layers.GlobalMaxPooling2D(), layers.Dense(1)]
        g = [layers.Dense(height * width * 128), layers.LeakyReLU(**slope), layers.Reshape((height, width, 128))]
        for _ in range(2):
            g += [layers.Conv2DTranspose(128, 4, 2, "same"), layers.LeakyReLU(**slope)]
        g += [layers.Conv2D(shape[2], 7, padding="same", activation="sigmoid")]
        return keras.Sequential([layers.Input((latent,)), *g]), keras.Sequential([layers.Input(shape), *d])
    if len(shape) == 2:
        d = [layers.GRU(64, return_sequences=True), layers.GRU(128), layers.Dense(1)]
        g = [layers.RepeatVector(shape[0]), layers.GRU(128, return_sequences=True), layers.GRU(128, return_sequences=True)]
        g += [layers.Dense(shape[1], activation="sigmoid")]
        return keras.Sequential([layers.Input((latent,)), *g]), keras.Sequential([layers.Input(shape), *d])
    d = [layers.Dense(64), layers.LeakyReLU(**slope), layers.Dense(128), layers.LeakyReLU(**slope), layers.Dense(1)]
    g = [layers.Dense(128), layers.LeakyReLU(**slope), layers.Dense(128), layers.LeakyReLU(**slope)]
    g += [layers.Dense(shape[0], activation="sigmoid")]
    return keras.Sequential([layers.Input((latent,)), *g]), keras.Sequential([layers.Input(shape), *d])


class Until(keras.callbacks.Callback):
    """Ends `fit` after an epoch in which the time is over."""

    def __init__(self, seconds):
        super().__init__()
        self.end = time.monotonic() + seconds

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = time.monotonic() > self.end


def plain_keras(data, epochs, batch_size, seconds, seed=0, latent=128):
    """The example's training on a `Data`; an object that draws as a GAN does."""
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    images = data.stored_range is not None
    samples = data.train_samples.astype("float32")
    low, high = data.stored_range if images else (samples.min(tuple(range(samples.ndim - 1))), None)
    span = (high if images else samples.max(tuple(range(samples.ndim - 1)))) - low
    g, d = plain_networks(data.shape, latent)

    class Example(keras.Model):
        def compile(self):
            super().compile()
            self.d_opt, self.g_opt = keras.optimizers.Adam(3e-4), keras.optimizers.Adam(3e-4)
            self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

        def train_step(self, real):
            size = tf.shape(real)[0]
            fake = g(tf.random.normal((size, latent)))
            labels = tf.concat([tf.ones((size, 1)), tf.zeros((size, 1))], 0)
            labels += 0.05 * tf.random.uniform(tf.shape(labels))
            with tf.GradientTape() as tape:
                d_loss = self.loss_fn(labels, d(tf.concat([fake, real], 0)))
            self.d_opt.apply_gradients(zip(tape.gradient(d_loss, d.trainable_weights), d.trainable_weights))
            with tf.GradientTape() as tape:
                g_loss = self.loss_fn(tf.zeros((size, 1)), d(g(tf.random.normal((size, latent)))))
            self.g_opt.apply_gradients(zip(tape.gradient(g_loss, g.trainable_weights), g.trainable_weights))
            return {"d_loss": d_loss, "g_loss": g_loss}

    model = Example()
    model.compile()
    pipeline = tf.data.Dataset.from_tensor_slices((samples - low) / span).shuffle(len(samples), seed=seed)
    options = tf.data.Options()
    options.autotune.enabled = False  # whose sleeping thread can stall every epoch
    model.fit(
        pipeline.batch(batch_size, drop_remainder=True).with_options(options),
        epochs=epochs,
        callbacks=[Until(seconds)],
        verbose=0,
    )

    class Draws:
        @staticmethod
        def generate(count, seed):
            z = np.random.default_rng(seed).standard_normal((count, latent), dtype="float32")
            unit = g.predict(z, batch_size=256, verbose=0)
            return 2 * unit - 1 if images else unit * span + low

    return Draws


def make(name, work, only_rows=False):
    from keras_gans import files, zoo
    from keras_gans.models import load_model

    recipe = json.loads((ZOO / name / "recipe.json").read_text())
    if only_rows:
        seconds = zoo.card(name)["scores"]["training"]["seconds"]
    else:
        train(ZOO / name / "recipe.json", work / name)
        seconds = files.read_json(work / name / "summary.json", {})["seconds"]
    default = work / "default" / name
    train(default_recipe(recipe, work / "default" / f"{name}.json"), default)
    data = zoo.data_of(recipe)
    rows = {"default recipe": zoo.measure(load_model(default / "best.keras"), data)}
    kept = work / "plain" / f"{name}.json"
    if not kept.exists():
        files.write_json(kept, zoo.measure(plain_keras(data, recipe["epochs"], recipe["batch_size"], seconds), data))
    rows["plain Keras"] = json.loads(kept.read_text())
    if only_rows:
        known, gan = zoo.card(name)["scores"], zoo.load(ZOO / name)
        scores = zoo.measure(gan, data, rows=rows, recipe=recipe)
        scores["rows"]["untrained"] = known["rows"]["untrained"]
        zoo.save(gan, ZOO / name, scores, recipe, known["training"])
    else:
        zoo.from_run(work / name, ZOO / name, rows=rows)
    print((ZOO / name / "README.md").read_text(), flush=True)


def write_tables():
    """The entries' table, where README.md and docs/zoo.md have it."""
    from keras_gans import files, zoo

    for path in (ZOO.parent / "README.md", ZOO.parent / "docs" / "zoo.md"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        first = next(number for number, line in enumerate(lines) if line.startswith("| entry |"))
        last = next(number for number in range(first, len(lines)) if not lines[number].startswith("|"))
        files.write_text(path, "".join([*lines[:first], zoo.table(), *lines[last:]]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="entries; none: all with embedded data")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("runs/zoo"), help="folder of the runs")
    parser.add_argument("--rows", action="store_true", help="keep the weights of entries that are there")
    arguments = parser.parse_args()
    from keras_gans import data

    embedded = [
        p.parent.name for p in sorted(ZOO.glob("*/recipe.json")) if json.loads(p.read_text())["data"] in data.EMBEDDED
    ]
    for name in arguments.names or embedded:
        print(f"== {name}", flush=True)
        make(name, arguments.work.resolve(), arguments.rows)
        write_tables()


if __name__ == "__main__":
    main()
