"""What a training and an evaluation cost as they grow, and what a second process brings.

    python benchmarks/scale.py processes                        (about 8 minutes on 2 cores)
    python benchmarks/scale.py cost --plot docs/images/scale.png   (about 5 minutes)
    python benchmarks/scale.py paper                            (half a minute; nothing is timed)

processes   One process against two that share a training (MultiWorkerMirroredStrategy over loopback), every process with one core and
            one thread of its own. "alone x 2" are two processes that do not know of each other: what the machine gives two cores at
            once, and so the most that two can reach. Samples a second, median of the rounds; the ratio to one process round by round.
            "all-reduce" is the time of the collective sums of both players' gradients alone, as a share of the step's.
cost        Seconds of a step by batch, image size and width (DCGAN), and of an evaluation by number of samples, with peak memory. Every
            point is a process of its own; the exponent is that of the growth from the point before.
paper       Bytes that each device sends and receives a step, and floating-point operations of a step, as TensorFlow's profiler counts
            them in the traced step (an addition and a multiplication are two); and the batch for each device at which sending takes as
            long as computing, for devices and links whose figures are in DEVICES and LINKS.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import socket
import statistics
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py
from workers import Worker, race, ratio, serve  # after the settings above

SCRIPT = pathlib.Path(__file__)
MODELS = {  # architecture, shape, options, steps a round
    "DCGAN-64x64": ("DCGAN", (64, 64, 3), {"width": 32}, 24),
    "DCGAN-28x28": ("DCGAN", (28, 28, 1), {"width": 32}, 100),
    "DenseGAN": ("DenseGAN", 13, {"widths": (64, 64)}, 640),
}
BATCH = 64
AXES = {  # DCGAN at 32x32x3, width 32, batch 32, and one of these
    "batch": (8, 16, 32, 64, 128, 256),
    "size": (16, 32, 64, 128),
    "width": (8, 16, 32, 64, 128),
    "samples": (10**3, 10**4, 10**5, 10**6),  # 8x8 digits, through the embedded extractor of 64 features
}
DEVICES = {
    "a CPU core": 5e10,
    "A100": 312e12 * 0.3,
    "H100": 989e12 * 0.3,
}  # operations a second: data sheets' bfloat16, 30 % of it
LINKS = {"10 Gb/s": 1.25e9, "100 Gb/s": 12.5e9, "NVLink of an H100": 450e9}  # bytes a second each way


def made(name, shape, **options):
    import keras_gans

    gan = getattr(keras_gans, name)(shape, seed=0, **options)
    gan.compile()
    return gan


def training(gan, batch, steps):
    """Work that takes an epoch of so many steps."""
    import numpy as np

    shape = gan.generator.output_shape[1:]
    samples = np.random.default_rng(0).uniform(-1, 1, (steps * batch, *shape)).astype("float32")

    def work():
        gan.fit(samples, batch_size=batch, verbose=0)
        return steps * batch

    return work


def reducing(gan, strategy, steps):
    """Work that sums both players' gradients over the processes, and nothing else, so many times."""
    import tensorflow as tf

    groups = [[tf.zeros(w.shape) for w in net.trainable_weights] for net in (gan.discriminator, gan.generator)]

    @tf.function
    def reduce():
        context = tf.distribute.get_replica_context()
        return [context.all_reduce(tf.distribute.ReduceOp.SUM, group) for group in groups]

    def work():
        for _ in range(steps):
            strategy.run(reduce)
        return steps

    return work


def evaluation(count):
    from keras_gans import data, metrics

    gan = made("DCGAN", (8, 8, 1), width=8)
    evaluator = metrics.Evaluator(data.load("digits").validation, "fid", num_samples=count)
    return lambda: evaluator(gan) and count


def worker(words):
    """One process: `axis VALUE`, or `share MODEL KIND BATCH CORE`."""
    kind, *rest = words.split()
    if kind != "share":
        value = int(rest[0])
        if kind == "samples":
            return serve(evaluation(value))
        point = {"batch": 32, "size": 32, "width": 32, kind: value}
        gan = made("DCGAN", (point["size"], point["size"], 3), width=point["width"])
        return serve(training(gan, point["batch"], 12))
    name, task, batch, core = rest
    os.sched_setaffinity(0, {int(core)})
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    architecture, shape, options, steps = MODELS[name]
    together = "TF_CONFIG" in os.environ
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if together else None
    with strategy.scope() if together else contextlib.nullcontext():
        gan = made(architecture, shape, **options)
    serve(reducing(gan, strategy, steps) if task == "reduce" else training(gan, int(batch), steps))


class Pair:
    """Two workers that work at the same time; what both did, in the time of the slower."""

    def __init__(self, name, words, together, both_count):
        servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        addresses = [f"127.0.0.1:{server.getsockname()[1]}" for server in servers]
        for server in servers:
            server.close()
        self.name, self.both_count, self.workers = name, both_count, []
        for index in range(2):
            task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
            environment = {**os.environ, "TF_CONFIG": json.dumps(task)} if together else None
            self.workers.append(Worker(SCRIPT, f"{words} {index}", environment=environment, wait=False))
        for one in self.workers:
            one.answer()

    def run(self):
        for one in self.workers:
            one.start()
        answers = [one.answer() for one in self.workers]
        amount = sum(answer["amount"] for answer in answers) if self.both_count else answers[0]["amount"]
        return {"amount": amount, **{key: max(answer[key] for answer in answers) for key in ("seconds", "peak_mib")}}

    def stop(self):
        for one in self.workers:
            one.process.stdin.close()
        for one in self.workers:
            one.process.wait()


def processes(rounds, names):
    print("| | batch | samples a second | to one process | all-reduce | MiB each |\n|---|---|---|---|---|---|")
    for name in names:
        half, whole = BATCH // 2, BATCH
        contestants = [
            Worker(SCRIPT, f"share {name} train {whole} 0"),
            Pair("alone x 2", f"share {name} train {whole}", False, True),
            Pair("two, as much each", f"share {name} train {2 * whole}", True, False),
            Pair("two, half each", f"share {name} train {whole}", True, False),
            Pair("reduce", f"share {name} reduce {whole}", True, False),
        ]
        contestants[0].name = "one"
        rates, peaks = race(contestants, rounds)
        of_all = {
            "one": str(whole),
            "alone x 2": f"2 x {whole}",
            "two, as much each": str(2 * whole),
            "two, half each": f"2 x {half}",
        }
        for row, batch in of_all.items():
            rate, share = statistics.median(rates[row]), ""
            if row.startswith("two"):
                size = 2 * whole if "much" in row else whole
                share = f"{rate / size / statistics.median(rates['reduce']):.0%}"
            compared = "" if row == "one" else ratio(rates[row], rates["one"])
            print(f"| {name}, {row} | {batch} | {rate:,.0f} | {compared} | {share} | {peaks[row]:.0f} |", flush=True)


def cost(rounds, plot):
    found = {}
    for axis, values in AXES.items():
        print(f"\n| {axis} | seconds | exponent | samples a second | MiB |\n|---|---|---|---|---|")
        before, found[axis] = None, []
        for value in values:
            one = Worker(SCRIPT, f"{axis} {value}")
            rates, peaks = race([one], 1 if value == 10**6 else rounds)
            rate = statistics.median(rates[one.name])
            amount = value if axis in ("samples", "batch") else 32
            seconds = amount / rate
            growth = "" if before is None else f"{math.log(seconds / before[1]) / math.log(value / before[0]):.2f}"
            before = value, seconds
            found[axis].append((value, seconds, peaks[one.name]))
            print(f"| {value:,} | {seconds:.4g} | {growth} | {rate:,.0f} | {peaks[one.name]:.0f} |", flush=True)
    if plot:
        draw(found, plot)


def draw(found, path):
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, places = pyplot.subplots(1, 4, figsize=(11, 2.8), layout="constrained")
    units = {"batch": "batch", "size": "side of the image, pixels", "width": "width", "samples": "samples evaluated"}
    for place, (axis, points) in zip(places, found.items()):
        values, seconds, _ = zip(*points)
        place.loglog(values, seconds, "o-", color="#1f6f8b")
        place.set(xlabel=units[axis], ylabel="seconds of a step" if axis != "samples" else "seconds of an evaluation")
        place.set_xticks(values, [f"{value:,}" if value < 10**4 else f"$10^{round(math.log10(value))}$" for value in values])
        place.minorticks_off()
        if axis != "samples":
            place.set_ylim(0.005, 1)
        place.grid(alpha=0.3)
    figure.savefig(path, dpi=110)


def operations(gan, batch):
    """Floating-point operations of a step of `gan`, counted in its graph; the mean over steps with the generator's and without."""
    import tensorflow as tf

    profile = tf.compat.v1.profiler
    options = profile.ProfileOptionBuilder(profile.ProfileOptionBuilder.float_operation()).with_empty_output().build()
    spec = tf.TensorSpec((batch, *gan.generator.output_shape[1:]))

    def counted(turn):
        traced = tf.function(lambda x: gan.adversarial_step(x, turn)).get_concrete_function(spec)
        return profile.profile(traced.graph, options=options).total_float_ops

    return counted(True) if gan.n_critic == 1 else counted(False) + (counted(True) - counted(False)) / gan.n_critic


def paper():
    print(
        "| | weights, d + g | bytes a step | operations a sample | "
        + " | ".join(f"{link}: {', '.join(DEVICES)}" for link in LINKS)
        + " |"
    )
    print("|---|---|---|---|" + "---|" * len(LINKS))
    rows = {
        "DCGAN 28x28, width 32": ("DCGAN", (28, 28, 1), {"width": 32}),
        "DCGAN 64x64, width 64": ("DCGAN", (64, 64, 3), {"width": 64}),
        "WGAN-GP 64x64, width 64": ("WGANGP", (64, 64, 3), {"width": 64}),
        "SNGAN 32x32, width 128": ("SNGAN", (32, 32, 3), {"width": 128}),
    }
    for title, (name, shape, options) in rows.items():
        gan = made(name, shape, **options)
        d, g = (sum(math.prod(w.shape) for w in net.trainable_weights) for net in (gan.discriminator, gan.generator))
        moved = 2 * 4 * (d + g / gan.n_critic)  # a ring sends and receives every float32 twice, for many devices
        each = operations(gan, 8) / 8
        knees = []
        for link in LINKS.values():
            batches = {device: moved / link * speed / each for device, speed in DEVICES.items()}
            knees.append(", ".join(f"{math.ceil(batch):,}" for batch in batches.values()))
        print(
            f"| {title} | {d / 1e6:.2f} + {g / 1e6:.2f} M | {moved / 1e6:.1f} MB | {each / 1e9:.3f} G | "
            + " | ".join(knees)
            + " |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=["processes", "cost", "paper"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS), help="of `processes`")
    parser.add_argument("--plot", type=pathlib.Path, help="where `cost` draws its picture")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        worker(arguments.worker)
    elif arguments.part == "processes":
        processes(arguments.rounds, arguments.models)
    elif arguments.part == "cost":
        cost(arguments.rounds, arguments.plot)
    elif arguments.part == "paper":
        paper()
    else:
        parser.print_help()
        sys.exit(2)


if __name__ == "__main__":
    main()
