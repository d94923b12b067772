"""The command: parses, calls the library, prints."""

import argparse
import json
import logging
import os
import shlex
import sys
import tempfile
import warnings

EXAMPLES = """examples:
  keras-gans train dcgan --data digits
  keras-gans train dcgan --data digits --epochs 300 --run runs/long --resume
  keras-gans train r3gan --data glyphs -o labels=true -m num_classes=10
  keras-gans train recurrent_gan --data sines
  keras-gans train dcgan --data digits --augment auto --augment-target 0.6 --monitor overfitting=augment
  keras-gans train recurrent_gan --data sines --curriculum length --self-supervision order
  keras-gans train dcgan --data glyphs -o classes=36 -m width=32 -m dropout=[0,0.3]
  keras-gans generate runs/dcgan_digits -n 64 --seed 1 -o grid.png
  keras-gans evaluate runs/dcgan_digits
  keras-gans report runs/dcgan_digits
  keras-gans evaluate fakes/ reals/ --metrics fid kid --extractor inception --json

exit codes: 0 done, 2 something in the command or the data is wrong, 3 training diverged, 130 interrupted (what is kept is said)"""


def setting(text):
    """NAME=VALUE, the value read as JSON where it is JSON and as a word otherwise."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=VALUE")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def parser():
    """The command's arguments; needs neither Keras nor TensorFlow."""
    top = argparse.ArgumentParser(
        prog="keras-gans",
        description="Train GANs and draw from them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    top.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    train = commands.add_parser(
        "train",
        help="train a GAN in a run folder",
        description="Train a GAN in a run folder: model, history, scores, pictures.",
        epilog="example: keras-gans train dcgan --data digits",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    train.add_argument(
        "architecture", help="dcgan, wgan_gp, sngan, r3gan (images), recurrent_gan (sequences), dense_gan (tables)"
    )
    train.add_argument(
        "--data",
        default="digits",
        help="digits, glyphs, a TensorFlow Datasets name, a folder of images; sines, goog; ring, grid, wine, breast_cancer",
    )
    train.add_argument("--data-dir", help="where TensorFlow Datasets keeps its files")
    train.add_argument("--image-size", type=int, metavar="N", help="resize images to N x N")
    train.add_argument(
        "-o",
        "--data-option",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="option of the data set (classes=36, count=60000)",
    )
    train.add_argument(
        "-m",
        "--model",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="argument of the architecture (width=32, latent_dim=64, dropout=0.2)",
    )
    train.add_argument(
        "--loss",
        help="non_saturating, minimax, least_squares, wasserstein, hinge, relativistic or tfgan:NAME (default: its own)",
    )
    train.add_argument("--d-learning-rate", type=float, metavar="RATE", help="of the discriminator's optimizer")
    train.add_argument("--g-learning-rate", type=float, metavar="RATE", help="of the generator's optimizer")
    techniques = train.add_argument_group("training techniques (docs/training.md)")
    techniques.add_argument(
        "--augment",
        metavar="POLICIES",
        help="what the discriminator sees: auto, or color,translation,cutout,flip; jitter,scaling,time_mask; noise",
    )
    techniques.add_argument(
        "--augment-probability", type=float, metavar="P", help="of each policy for each sample (default 1)"
    )
    techniques.add_argument(
        "--augment-target", type=float, metavar="SIGN", help="adapt it to this mean sign of real logits (0.6)"
    )
    techniques.add_argument(
        "--augment-span", type=int, metavar="N", help="images in which it can go from 0 to 1 (default 500,000)"
    )
    techniques.add_argument(
        "--augment-data",
        metavar="POLICIES",
        help="change the data set itself: flip,translation,noise; it leaks into the samples",
    )
    techniques.add_argument(
        "--curriculum",
        metavar="STAGES",
        help='blur, noise, resolution, length; or a JSON list, or a file of one: \'[{"epochs": 20, "blur": [2, 0]}, {}]\'',
    )
    techniques.add_argument("--self-supervision", metavar="TASK", help="auto, rotation, order, reversal or masked_feature")
    techniques.add_argument(
        "--monitor",
        nargs="+",
        metavar="[KIND=]ACTION",
        help="watch the run; warn, stop, lower_rate, augment or restore, for all or at pinned, overfitting, collapse, divergence, spike, nan",
    )
    train.add_argument("--epochs", type=int, default=150, help="in all (default 150)")
    train.add_argument("--batch-size", type=int, default=64, help="default 64")
    train.add_argument("--every", type=int, default=10, metavar="N", help="score, draw and save every N epochs (default 10)")
    train.add_argument("--seed", type=int, default=0, help="of everything (default 0)")
    train.add_argument("--run", metavar="FOLDER", help="run folder (default runs/ARCHITECTURE_DATA)")
    train.add_argument(
        "--resume", action="store_true", help="go on with the run in the folder, exactly; start it where there is none"
    )
    train.add_argument("--tensorboard", action="store_true", help="write for TensorBoard too, in the run folder's logs/")
    train.add_argument("-q", "--quiet", action="store_true", help="print the summary alone")
    train.set_defaults(work=run_train)

    generate = commands.add_parser(
        "generate",
        help="draw samples from a run or a saved model",
        description="Draw samples from a run or a saved model.",
        epilog="example: keras-gans generate runs/dcgan_digits -n 64 -o grid.png",
    )
    generate.add_argument("model", help="run folder or .keras file")
    generate.add_argument("-n", "--count", type=int, default=64, help="how many (default 64)")
    generate.add_argument("--seed", type=int, default=0, help="default 0")
    generate.add_argument(
        "-o", "--output", default="samples.png", help="picture (.png) or array (.npy); default samples.png"
    )
    generate.set_defaults(work=run_generate)

    report = commands.add_parser(
        "report",
        help="write a run as one HTML page",
        description="Write a run as one HTML page with its scores, curves and pictures inside; of one that was killed, what there is.",
        epilog="example: keras-gans report runs/dcgan_digits",
    )
    report.add_argument("folder", metavar="RUN", help="run folder")
    report.add_argument("-o", "--output", metavar="FILE", help="the page (default RUN/report.html)")
    report.set_defaults(work=run_report)

    evaluate = commands.add_parser(
        "evaluate",
        help="score a run, a saved model, an array or a folder of images",
        description="Score samples against real ones: of a run or a saved model, of an array (.npy), of a folder of images.",
        epilog="examples: keras-gans evaluate runs/dcgan_digits\n          keras-gans evaluate fakes/ reals/ --extractor inception",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    evaluate.add_argument("samples", help="run folder, .keras file, .npy or .npz file, or folder of images")
    evaluate.add_argument(
        "reference",
        nargs="?",
        help="real samples: an embedded data set's name, array, folder, or npz of statistics (default: the run's data set)",
    )
    evaluate.add_argument(
        "--metrics", nargs="+", metavar="NAME", help="fid is kid prdc ms_ssim nearest modes discriminative untrained ..."
    )
    evaluate.add_argument("--extractor", default="auto", help="auto, digits, glyphs, inception, raw, or a stored one's path")
    evaluate.add_argument("-n", "--count", type=int, default=2000, help="how many a model draws (default 2000)")
    evaluate.add_argument("--train", help="training samples, for the memorisation check 'nearest'")
    evaluate.add_argument("--image-size", type=int, metavar="N", help="read folders at N x N")
    evaluate.add_argument(
        "--value-range", type=float, nargs=2, metavar=("LOW", "HIGH"), help="black and white in float arrays (default -1 1)"
    )
    evaluate.add_argument("--seed", type=int, default=0, help="of latents, shuffles and subsets (default 0)")
    evaluate.add_argument("--json", action="store_true", help="print JSON instead of a table")
    evaluate.add_argument("-o", "--output", metavar="FILE", help="write the JSON to a file as well")
    evaluate.set_defaults(work=run_evaluate)
    return top


def run_train(arguments):
    """`keras-gans train`: data, model, run folder, summary."""
    import inspect
    import pathlib

    from keras_gans import data, runs
    from keras_gans.errors import unknown
    from keras_gans.models import ARCHITECTURES

    if arguments.architecture not in ARCHITECTURES:
        raise ValueError(unknown("architecture", arguments.architecture, ARCHITECTURES))
    architecture = ARCHITECTURES[arguments.architecture]
    size = list(inspect.signature(architecture.__init__).parameters)[1]  # image_shape, sequence_shape or features
    if size in dict(arguments.model):
        raise ValueError(f"-m {size}: the data decide it. Use --image-size to resize images.")
    for name in ("epochs", "batch_size", "every"):
        if getattr(arguments, name) < 1:
            raise ValueError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: expected at least 1.")
    options = {"batch_size": arguments.batch_size, "seed": arguments.seed, **dict(arguments.data_option)}
    if arguments.image_size is not None:
        options["image_size"] = arguments.image_size
    path = pathlib.Path(arguments.data)
    if path.is_dir() and arguments.data not in data.EMBEDDED:
        found = data.from_folder(path, **options)
    else:
        found = data.load(arguments.data, data_dir=arguments.data_dir, **options)
    if (size == "features") != (len(found.shape) == 1) or (size == "sequence_shape") != (len(found.shape) == 2):
        fitting = {1: "dense_gan", 2: "recurrent_gan", 3: "dcgan, wgan_gp, sngan or r3gan"}[len(found.shape)]
        raise ValueError(f"{arguments.architecture} is not for samples of shape {found.shape}. Use {fitting}.")
    if arguments.augment_data:
        found = found.augmented(arguments.augment_data)
    shape = found.shape[0] if size == "features" else found.shape
    gan = architecture(**{size: shape, "seed": arguments.seed, **dict(arguments.model)})
    compile_gan(gan, arguments)
    folder = pathlib.Path(arguments.run or f"runs/{arguments.architecture}_{found.name}")
    if not arguments.quiet:
        print(f"{found!r}\n{type(gan).__name__}: {gan.count_params():,} weights. Run folder: {folder}", flush=True)
    options = {"epochs": arguments.epochs, "every": arguments.every, "resume": arguments.resume}
    options |= {"tensorboard": arguments.tensorboard, "command": arguments.line}
    options["monitor"] = monitor(arguments.monitor, runs.scored(found), found)
    summary = runs.train(gan, found, folder, verbose=0 if arguments.quiet else "line", **options)
    print(summary)
    return 0


def compile_gan(gan, arguments):
    """The architecture's recipe, with what the command line changes."""
    recipe = gan.recipe()
    if arguments.loss:
        recipe["loss"] = arguments.loss
    for name, rate in (("d_optimizer", arguments.d_learning_rate), ("g_optimizer", arguments.g_learning_rate)):
        if rate is not None:
            if not 0 < rate < float("inf"):
                raise ValueError(f"--{name[0]}-learning-rate {rate}: expected a number above 0.")
            recipe[name].learning_rate = rate
    gan.compile(**recipe, **techniques(gan, arguments))


def techniques(gan, arguments):
    """The training techniques that the command line asks for, as arguments of `compile`."""
    from keras_gans.training import Augmentation, ready_stages

    asked = {
        "probability": arguments.augment_probability,
        "target": arguments.augment_target,
        "span": arguments.augment_span,
    }
    asked = {name: value for name, value in asked.items() if value is not None}
    if asked and not arguments.augment:
        raise ValueError(f"--augment-{next(iter(asked))} without --augment. Add --augment auto.")
    augment = Augmentation(arguments.augment, **asked) if arguments.augment else None
    stages = arguments.curriculum
    if stages is not None:
        stages = read_json(stages) if not stages.isidentifier() else ready_stages(stages, gan, arguments.epochs)
    return {"augment": augment, "curriculum": stages, "self_supervision": arguments.self_supervision}


def read_json(text):
    """JSON from a text, or from the file it names."""
    import pathlib

    if text.lstrip()[:1] not in ("[", "{"):
        text = pathlib.Path(text).read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(
            f'--curriculum: not JSON ({error}). Expected a list of stages, for example [{{"epochs": 20}}, {{}}].'
        ) from None


def monitor(words, metrics, found):
    """The `Monitor` for KIND=ACTION or ACTION words; None for None."""
    if words is None:
        return None
    from keras_gans.callbacks import GenerativeMetrics, Monitor

    alone = [word for word in words if "=" not in word]
    if len(alone) > 1:
        raise ValueError(f"--monitor {' '.join(words)}: one action for all kinds, or KIND=ACTION for each.")
    kinds = dict(word.split("=", 1) for word in words if "=" in word)
    key = next(iter(GenerativeMetrics(found.validation, metrics).produces), None) if metrics else None
    return Monitor(kinds or (alone[0] if alone else "warn"), monitor=key, default=alone[0] if alone else "warn")


def run_generate(arguments):
    """`keras-gans generate`: samples of a saved model as a picture or an array."""
    import pathlib

    import numpy as np

    from keras_gans import files, plots
    from keras_gans.models import load_model

    path = pathlib.Path(arguments.model)
    if path.is_dir() and not (path / "model.keras").exists():
        raise FileNotFoundError(f"{path}: not a run folder with a saved model (it has no model.keras).")
    gan = load_model(path / "model.keras" if path.is_dir() else path)
    samples = gan.generate(arguments.count, seed=arguments.seed)
    output = pathlib.Path(arguments.output)
    if output.suffix.lower() == ".npy":
        with files.replacing(output) as temporary, open(temporary, "wb") as file:
            np.save(file, samples)
    elif output.suffix.lower() == ".png":
        plots.save_samples(samples, output)
    else:
        raise ValueError(f"--output {output}: expected a .png or .npy file.")
    print(f"{len(samples)} samples in {output}")
    return 0


def run_report(arguments):
    """`keras-gans report`: a run as a page."""
    from keras_gans.report import report

    print(f"report in {report(arguments.folder, arguments.output)}")
    return 0


def run_evaluate(arguments):
    """`keras-gans evaluate`: scores as a table or as JSON."""
    from keras_gans import evaluation

    scores = evaluation.evaluate(
        arguments.samples,
        arguments.reference,
        arguments.metrics,
        extractor=arguments.extractor,
        num_samples=arguments.count,
        train=arguments.train,
        value_range=arguments.value_range,
        image_size=arguments.image_size,
        seed=arguments.seed,
    )
    print(scores.to_json().rstrip() if arguments.json else scores)
    if arguments.output:
        scores.write(arguments.output)
    return 0


def import_quietly():
    """Imports Keras and wakes its device. TensorFlow's C++ side greets on standard error at both, which no setting of its
    own stops; what it wrote is shown after all when the import fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # fast CPU kernels, which it leaves off where there is no AVX-512
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as greeting:
        os.dup2(greeting.fileno(), 2)
        try:
            import keras

            keras.ops.zeros(())
            logging.getLogger("tensorflow").setLevel("ERROR")  # how often it retraces is not the user's business
        except BaseException:
            greeting.seek(0)
            os.write(kept, greeting.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def main(argv=None):
    """Runs the command and returns its exit code; a user's mistake is one line on standard error."""
    top = parser()
    arguments = top.parse_args(argv)
    arguments.line = shlex.join(["keras-gans", *(sys.argv[1:] if argv is None else argv)])
    if arguments.version:
        from keras_gans import __version__

        print(f"keras-gans {__version__}")
        return 0
    if arguments.command is None:
        top.print_help()
        return 2
    try:
        import_quietly()
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: print(f"keras-gans: {message}", file=sys.stderr)
            return arguments.work(arguments)
    except KeyboardInterrupt as stop:
        print(f"\n{stop or 'Interrupted.'}", file=sys.stderr)
        return 130
    except Exception as error:
        from keras_gans.errors import OfflineError, TrainingDiverged

        expected = (ValueError, TypeError, OSError, ImportError, OfflineError, TrainingDiverged)
        if arguments.debug or not isinstance(error, expected):
            raise
        print(f"keras-gans: {error}", file=sys.stderr)
        return 3 if isinstance(error, TrainingDiverged) else 2


if __name__ == "__main__":
    sys.exit(main())
