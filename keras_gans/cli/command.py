"""`main`: one command from its words to its exit code."""

import logging
import os
import shlex
import sys
import tempfile
import warnings

from keras_gans.cli.arguments import parser


def import_quietly(devices):
    """Imports Keras and wakes its device, or, where several are to share each batch (None: other processes have some), lets
    `backend.devices` do so. TensorFlow's C++ side greets on standard error at both, which no setting of its
    own stops; what it wrote is shown after all when the import fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # fast CPU kernels, which it leaves off where there is no AVX-512
    if devices is not None and devices > 1:  # JAX divides a CPU by this alone
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{flags} --xla_force_host_platform_device_count={devices}".strip()
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as greeting:
        os.dup2(greeting.fileno(), 2)
        try:
            import keras

            if devices == 1:
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
    if getattr(arguments, "recipe", None):
        try:
            top.take_recipe(arguments.recipe)
        except (OSError, ValueError) as error:
            print(f"keras-gans: --recipe {arguments.recipe}: {error}", file=sys.stderr)
            return 2
        arguments = top.parse_args(argv)
    arguments.words = list(sys.argv[1:] if argv is None else argv)
    arguments.line = shlex.join(["keras-gans", *arguments.words])
    if arguments.version:
        from keras_gans import __version__

        print(f"keras-gans {__version__}")
        return 0
    if arguments.command is None:
        top.print_help()
        return 2
    try:
        devices = getattr(arguments, "devices", 1)
        others = any(os.environ.get(name) for name in ("TF_CONFIG", "KERAS_DISTRIBUTION_JOB_ADDRESSES"))
        import_quietly(None if arguments.command == "train" and others else devices)
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: print(f"keras-gans: {message}", file=sys.stderr)
            return arguments.work(arguments)
    except KeyboardInterrupt as stop:
        print(f"\n{stop or 'Interrupted.'}", file=sys.stderr)
        return 130
    except Exception as error:
        from keras_gans.errors import OfflineError, SearchFailed, TrainingDiverged, WorkerLost

        expected = (ValueError, TypeError, OSError, ImportError, OfflineError, SearchFailed, TrainingDiverged, WorkerLost)
        if arguments.debug or not isinstance(error, expected):
            raise
        print(f"keras-gans: {error}", file=sys.stderr)
        if isinstance(error, WorkerLost):  # at a usual exit the engines would wait for the lost one, and then abort
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(4)
        return 3 if isinstance(error, TrainingDiverged) else 2
