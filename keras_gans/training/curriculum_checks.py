"""What is checked of a curriculum before anything is built."""

from keras_gans.errors import check_arguments


def check_values(stage):
    """Raises ValueError unless every value of a `Stage` is in its range."""
    for name in ("epochs", "resolution", "length"):
        value = getattr(stage, name)
        if value is not None and not (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
            raise ValueError(f"Stage: {name}={value!r}; expected a whole number of at least 1, or None.")
    for name in ("blur", "noise"):
        value = getattr(stage, name)
        if value is None:
            continue
        both = value if isinstance(value, tuple) else (value,)
        numbers = all(
            isinstance(one, (int, float)) and not isinstance(one, bool) and 0 <= one < float("inf") for one in both
        )
        if not numbers or len(both) > 2:
            raise ValueError(f"Stage: {name}={value!r}; expected a number of at least 0, or a pair of them (start, end).")
        if len(both) == 2 and stage.epochs is None:
            raise ValueError(f"Stage: {name}={value!r} moves over the stage's epochs. Pass epochs=.")
    allowed = stage.classes
    if allowed is not None:
        good = all(is_whole(one, 0) for one in allowed) if isinstance(allowed, tuple) and allowed else is_whole(allowed, 1)
        if not good:
            raise ValueError(f"Stage: classes={allowed!r}; expected how many of the first classes, or a tuple of classes.")


def is_whole(value, least):
    """Whether it is a whole number of at least `least` (True is not)."""
    return hasattr(value, "__index__") and not isinstance(value, bool) and value.__index__() >= least


def check_stage(cls, given):
    """A `Stage` from one, or from a dict of its arguments."""
    if isinstance(given, cls):
        return given
    if not isinstance(given, dict):
        raise TypeError(f"curriculum: {given!r} is no Stage, and no dict of its arguments.")
    check_arguments(cls.__init__, given, "Stage")
    return cls(**given)


def check_order(stages):
    """Raises ValueError where a stage can never begin, or is easier than the one before."""
    for number, (stage, following) in enumerate(zip(stages, stages[1:])):
        if not stage.ends:
            raise ValueError(
                f"curriculum: stage {number} never ends, so that stage {number + 1} is never reached. Give it epochs= or until=."
            )
        for name in ("blur", "noise"):
            named = any(getattr(one, name) is not None for one in stages[: number + 1])  # then leaving it out is 0
            before, after = last(getattr(stage, name)) or 0, first(getattr(following, name)) or 0
            if named and after > before:
                raise out_of_order(name, number, before, after, "fall")
        for name in ("resolution", "length"):
            before, after = getattr(stage, name) or float("inf"), getattr(following, name) or float("inf")
            if after < before:
                raise out_of_order(name, number, "all" if before == float("inf") else before, after, "rise")
        before, after = stage.allowed_classes, following.allowed_classes
        if after is not None and (before is None or not set(before) <= set(after)):
            raise out_of_order("classes", number, "all" if before is None else before, after, "be added")
    for number, stage in enumerate(stages):
        for name in ("blur", "noise"):
            if getattr(stage, name) is not None and last(getattr(stage, name)) > first(getattr(stage, name)):
                raise ValueError(f"curriculum: {name}={getattr(stage, name)} of stage {number} rises; it has to fall.")


def out_of_order(name, number, before, after, way):
    return ValueError(
        f"curriculum: stages are out of order: {name} is {before} in stage {number} and {after} in stage {number + 1}; it has to {way}."
    )


def first(value):
    return value[0] if isinstance(value, tuple) else value


def last(value):
    return value[-1] if isinstance(value, tuple) else value
