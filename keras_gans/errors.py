"""What the library raises, and the helpers that name the closest match."""

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, Literal, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")


class TrainingDiverged(FloatingPointError):
    """A loss or a weight became NaN or infinite. Raised by `GAN.fit` before a callback can save over a good checkpoint."""


class OfflineError(RuntimeError):
    """Something has to be downloaded and this machine cannot."""


class SearchFailed(RuntimeError):
    """A search for settings came to nothing: no trial of it finished, or its processes could not."""


class WorkerLost(RuntimeError):
    """Another process of a training on several machines is gone, so that no step can be taken."""


def unknown(kind: str, got: object, known: Iterable[object]) -> str:
    """The message for a name that does not exist: what it was, the closest one, and all there are."""
    close = difflib.get_close_matches(str(got), [str(name) for name in known], n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"Unknown {kind} {got!r}.{hint} Known: {', '.join(map(str, known))}."


def check_arguments(function: Callable[..., Any], given: Iterable[str], name: str) -> None:
    """Raises TypeError for a keyword that `function` does not take, with the closest one that it does."""
    known = [parameter for parameter in inspect.signature(function).parameters.values() if parameter.name != "self"]
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in known):
        return
    names = [parameter.name for parameter in known]
    for argument in given:
        if argument not in names:
            raise TypeError(f"{name}: {unknown('argument', argument, names)}")


def named(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose unknown keyword arguments are answered with the closest match."""
    name = function.__qualname__.removesuffix(".__init__")

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        check_arguments(function, kwargs, name)
        return function(*args, **kwargs)

    return wrapper


def whole_number(name: str, value: Any, least: int = 1) -> int:
    """`value` as int; raises ValueError unless it is a whole number of at least `least` (True is not)."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() < least:
        raise ValueError(f"{name}={value!r}: expected a whole number of at least {least}.")
    return value.__index__()


@overload
def check_seed(seed: Any, optional: Literal[False]) -> int: ...
@overload
def check_seed(seed: Any, optional: bool = True) -> int | None: ...
def check_seed(seed: Any, optional: bool = True) -> int | None:
    """`seed` as int, or None where that is allowed; raises ValueError for anything else."""
    if optional and seed is None:
        return None
    if whole_number("seed", seed, least=0) >= 2**32:  # what numpy and Keras take
        raise ValueError(f"seed={seed}: expected less than 2**32.")
    return seed.__index__()
