"""`keras-gans completion`: what bash and zsh need to complete the command, by shtab."""

import shlex

from keras_gans.cli import names
from keras_gans.cli.answer import Answer

SHELLS = ("bash", "zsh")
OPTIONS = {  # option -> function of its names, and what else may stand there
    "--augment": (lambda: ("auto", *names.POLICIES), None),
    "--augment-data": (lambda: names.POLICIES, None),
    "--budget": (lambda: names.BUDGETS, None),
    "--curriculum": (lambda: names.STAGES, "file"),
    "--data": (lambda: names.DATA, "directory"),
    "--data-dir": (tuple, "directory"),
    "--export": (tuple, "file"),
    "--extractor": (names.extractors, "file"),
    "--loss": (lambda: names.LOSSES, None),
    "--metrics": (lambda: names.METRICS, None),
    "--objective": (lambda: names.METRICS, None),
    "--output": (tuple, "file"),
    "--recipe": (names.recipes, "file"),
    "--self-supervision": (lambda: ("auto", *names.TASKS), None),
    "--space": (lambda: names.SPACES, "file"),
    "--train": (tuple, "file"),
    "--tuner": (lambda: names.TUNERS, None),
}
POSITIONALS = {
    "architecture": (names.architectures, None),
    "entries": (names.entries, "directory"),
    "entry": (names.recipes, "directory"),
    "folder": (tuple, "directory"),
    "reference": (lambda: names.DATA, "file"),
    "run": (tuple, "directory"),
    "samples": (names.entries, "file"),
    "source": (names.entries, "file"),
}


def run_completion(arguments):
    """`keras-gans completion`."""
    from keras_gans.cli.arguments import parser

    return Answer(script(parser(), arguments.shell), None)


def script(top, shell):
    """The script for one shell.

    Args:
        top: the command's parser.
        shell: "bash" or "zsh".

    Raises:
        ImportError: shtab is not installed.
    """
    try:
        import shtab
    except ImportError:
        raise ImportError("completion needs shtab, which is not installed: pip install shtab") from None
    for command in top.commands.values():
        for action in command._actions:
            words, kind = next(
                (OPTIONS[name] for name in action.option_strings if name in OPTIONS),
                (None, None) if action.option_strings else POSITIONALS.get(action.dest, (None, None)),
            )
            if words is not None:
                action.complete = completer(action.dest, sorted(words()), kind)
    return shtab.complete(top, shell).rstrip()


def completer(what, words, kind):
    """What shtab asks of an argument: names, and beside them files or folders."""
    function = f"_keras_gans_{what}_{kind}" if kind else f"_keras_gans_{what}"
    bash = [f'  compgen -W {shlex.quote(" ".join(words))} -- "$1"'] if words else []
    bash += [f'  compgen -{kind[0]} -- "$1"'] if kind else []
    zsh = [f"'{what}:{what}:({' '.join(words)})'"] if words else []
    zsh += ["'files:file:_files" + (" -/" if kind == "directory" else "") + "'"] if kind else []
    return {
        "bash": function,
        "zsh": function,
        "preamble": {
            "bash": "\n".join([f"{function}() {{", *bash, "}"]),
            "zsh": f"{function}() {{ _alternative {' '.join(zsh)} }}",
        },
    }
