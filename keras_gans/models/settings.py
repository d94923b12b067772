"""A compiled GAN from plain values by name: what a search draws, what a recipe file holds, what the command line says."""

import inspect
import numbers

from keras.optimizers.schedules import PolynomialDecay

from keras_gans import penalties
from keras_gans.errors import check_arguments, unknown, whole_number
from keras_gans.models import recipes

RATES = ("learning_rate", "d_learning_rate", "g_learning_rate")
BETAS = ("beta_1", "beta_2")
AS_THEY_ARE = ("loss", "n_critic", "augment", "curriculum", "self_supervision")  # arguments of `compile`
TRAINING = (*RATES, *BETAS, "penalty_weight", "recipe", *AS_THEY_ARE)


def size_argument(architecture):
    """The name of the constructor's argument that the data decide: image_shape, sequence_shape or features."""
    return list(inspect.signature(architecture.__init__).parameters)[1]


def check_names(architecture, names):
    """Raises ValueError for a name that is neither an argument of the architecture nor a setting of the training."""
    decided = {
        size_argument(architecture): "the data decide it",
        "seed": "it is given beside the settings",
        "name": "it is no setting",
    }
    known = [*TRAINING, *inspect.signature(architecture.__init__).parameters]
    known = [name for name in known if name not in ("self", *decided)]
    for name in names:
        if name in decided:
            raise ValueError(f"{name}: {decided[name]}. Leave it out.")
        if name not in known:
            raise ValueError(unknown("setting", name, known))


def make(architecture, shape, values, seed=0):
    """A compiled GAN.

    Args:
        architecture: class.
        shape: of a sample.
        values: {name: value}: arguments of the architecture, and of its training: learning_rate (of both players), d_learning_rate,
            g_learning_rate, beta_1, beta_2 (of both players' Adam), penalty_weight (of every penalty of the recipe), recipe (the
            name of another architecture's), loss, n_critic, augment, curriculum, self_supervision (as in `GAN.compile`). A rate or
            the penalty's weight may fall: {"initial": 1e-3, "final": 2e-5, "steps": 16000, "power": 1}, the steps being those of the
            player, and for the penalty the discriminator's.
        seed: of weights, latents and dropout.

    Raises:
        ValueError, TypeError: an unknown name, a value outside its range, a setting that the recipe has not.
    """
    check_names(architecture, values)
    gan = build(architecture, shape, values, seed)
    gan.compile(**training(gan, values))
    return gan


def build(architecture, shape, values, seed=0):
    """As `make`, not compiled."""
    size = size_argument(architecture)
    arguments = {name: value for name, value in values.items() if name not in TRAINING}
    known = inspect.signature(architecture.__init__).parameters
    for name, value in arguments.items():  # else any word would be true, "false" and "no" among them
        if isinstance(known[name].default, bool) and not isinstance(value, bool):
            raise ValueError(f"{name}={value!r}: expected true or false.")
    return architecture(**{size: shape[0] if size == "features" else tuple(shape), "seed": seed, **arguments})


def training(gan, values):
    """The arguments of `compile` for `values`, others than those of training left aside: the architecture's recipe, or the one named,
    with what they change."""
    check_arguments(gan.compile, [name for name in values if name in AS_THEY_ARE], "compile")
    recipe = gan.recipe() if values.get("recipe") is None else recipes.get(values["recipe"])
    found = {"penalty": [], "n_critic": 1, **recipe}
    found |= {name: values[name] for name in AS_THEY_ARE if values.get(name) is not None}
    both, players = values.get("learning_rate"), ("d_optimizer", "g_optimizer")
    for player in players:
        rate = values.get(f"{player[0]}_learning_rate", both)
        if rate is not None:
            found[player].learning_rate = falling(f"{player[0]}_learning_rate", rate, lambda x: x > 0, "above 0")
    for name in BETAS:
        if values.get(name) is None:
            continue
        value = within(name, values[name], lambda x: 0 <= x < 1, "in [0, 1)")
        for player in players:
            if not hasattr(found[player], name):
                raise ValueError(
                    f"{name}={value}: {player} of this recipe is {type(found[player]).__name__}, which has none."
                )
            setattr(found[player], name, value)
    if values.get("penalty_weight") is not None:
        weight = falling("penalty_weight", values["penalty_weight"], lambda x: x >= 0, "of at least 0")
        found["penalty"] = penalties.get(found["penalty"])
        if not found["penalty"]:
            raise ValueError(f"penalty_weight={weight}: this recipe has no penalty. Choose recipe='wgan_gp' or 'r3gan'.")
        for penalty in found["penalty"]:
            penalty.weight = weight
    return found


def falling(name, value, good, wanted):
    """`value` as `within` takes it, or a schedule from {"initial", "final", "steps", "power"}."""
    if not isinstance(value, dict):
        return within(name, value, good, wanted)
    known = {"initial", "final", "steps"}
    if not known <= set(value) <= known | {"power"}:
        raise ValueError(
            f'{name}={value!r}: expected a number {wanted}, or {{"initial", "final", "steps"}} and maybe "power".'
        )
    ends = [within(f"{name}, {end}", value[end], good, wanted) for end in ("initial", "final")]
    steps = whole_number(f"{name}, steps", value["steps"])
    power = within(f"{name}, power", value.get("power", 1.0), lambda x: x > 0, "above 0")
    return PolynomialDecay(ends[0], steps, ends[1], power)


def within(name, value, good, wanted):
    """`value` as float; raises ValueError unless it is a finite number and `good(value)`."""
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not number or not good(value) or value == float("inf"):
        raise ValueError(f"{name}={value!r}: expected a number {wanted}.")
    return float(value)
