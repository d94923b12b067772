"""`main`: one command from its words to its exit code."""

import contextlib
import logging
import os
import shlex
import signal
import sys
import tempfile
import threading
import traceback
import warnings

from keras_gans.cli.answer import progress
from keras_gans.cli.arguments import parser
from keras_gans.cli.mistakes import one_line, told

LOST, INTERRUPTED, CLOSED = 4, 130, 141  # the last two as shells say it: 128 and the signal's number
GOES_ON = ("train", "tune")


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
    with tempfile.TemporaryFile() as greeting, ending_at_once(kept):
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


@contextlib.contextmanager
def ending_at_once(stream):
    """While packages are imported Ctrl-C ends the process: an exception would come out of their half-made modules as any error. Nothing
    has been written by then."""

    def end(number, frame):
        os.write(stream, b"keras-gans: interrupted; nothing was done yet.\n")
        os._exit(INTERRUPTED)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def main(argv=None):
    """Runs the command and returns its exit code; a user's mistake is one line on standard error."""
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # closed: `>&-`
    try:
        try:
            return command(argv)
        finally:
            flush()
    except BrokenPipeError:
        discard_output()
        return CLOSED


def flush():
    """Writes what was printed, now: when Python ends, nobody could say what went wrong."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:  # a full disk behind standard output
        discard_output()
        print(f"keras-gans: standard output: {told(error)[0]}", file=sys.stderr)
        raise SystemExit(2) from None


def discard_output():
    """Sends what is still to be printed nowhere, so that Python does not try again when it ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def command(argv):
    """What `main` does, but for what becomes of the output."""
    top = parser()
    arguments = top.parse_args(argv)
    if arguments.version:
        from keras_gans import __version__

        print(f"keras-gans {__version__}")
        return 0
    if arguments.command is None:
        top.print_help()
        return 2
    arguments.words = list(sys.argv[1:] if argv is None else argv)
    arguments.line = shlex.join(["keras-gans", *arguments.words])
    try:
        if getattr(arguments, "recipe", None):
            arguments = with_recipe(top, arguments)
        return work(arguments)
    except KeyboardInterrupt as stop:
        if "KERAS_GANS_PARENT" not in os.environ:  # a worker leaves that to the process that started it
            print(f"keras-gans: {interrupted(arguments, stop)}", file=sys.stderr)
        if argv is None:  # a process of its own, which has nothing more to do than to end
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if arguments.debug:
            traceback.print_exc()
        message, code = told(error)
        print(f"keras-gans: {message}", file=sys.stderr)
        if code == LOST:  # at a usual exit the engines would wait for the lost one, and then abort
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(LOST)
        return code


def with_recipe(top, arguments):
    """The arguments again, on those of the recipe."""
    try:
        recipe = top.take_recipe(arguments.recipe)
    except ValueError as error:
        raise ValueError(f"--recipe {arguments.recipe}: {error}") from error
    again = top.parse_args(arguments.words)
    if again.data != recipe.get("data", again.data):  # whose options are not those of other data
        again.data_option = again.data_option[len(recipe.get("data_option") or {}) :]
    again.words, again.line = arguments.words, arguments.line
    return again


def work(arguments):
    """Does what the command says, and prints its answer."""
    as_json = getattr(arguments, "json", False)
    with progress(as_json), warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = lambda message, *_: print(f"keras-gans: {one_line(str(message))}", file=sys.stderr)
        if arguments.check:
            arguments.check(arguments)
        if not arguments.light:
            shares = any(os.environ.get(name) for name in ("TF_CONFIG", "KERAS_DISTRIBUTION_JOB_ADDRESSES"))
            import_quietly(None if arguments.command == "train" and shares else getattr(arguments, "devices", 1))
        answer = arguments.work(arguments)
    answer.show(as_json)
    return answer.code


def interrupted(arguments, stop):
    """What a reader is told who pressed Ctrl-C: what is kept, and the command that goes on."""
    said = str(stop) or "Interrupted."
    if arguments.command not in GOES_ON:
        return said
    more = ["--resume"] if arguments.command == "train" and not arguments.resume else []
    return f"{said} Go on: {shlex.join(['keras-gans', *arguments.words, *more])}"
