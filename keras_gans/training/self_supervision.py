"""Auxiliary tasks for the discriminator whose answers come with the data, so that it keeps features worth having (Chen et al. 2019,
"Self-Supervised GANs via Auxiliary Rotation Loss", section 3).

The discriminator solves the task on real samples, and the generator makes samples on which it can be solved.
"""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from keras_gans import backend
from keras_gans.errors import unknown
from keras_gans.training import graph
from keras_gans.types import Config, Tensor

if TYPE_CHECKING:
    from typing_extensions import Self


class Task:
    """Base class: write `examples` and `outputs`, and, where the target is no class, `loss` and `accuracy`. What the constructor hands on
    to `super().__init__` is the config.

    Args:
        d_weight: of its loss on real samples, beside the discriminator's own. The paper's is 1.
        g_weight: of its loss on fakes, beside the generator's own. The paper's is 0.2.
        share: of the batch that is made into examples, in (0, 1].

    Attributes:
        ranks: of the samples it is for: 1 vectors, 2 sequences, 3 images.
    """

    ranks: tuple[int, ...] = (1, 2, 3)

    def __init__(self, d_weight: float = 1.0, g_weight: float = 0.2, share: float = 0.25, **more: Any) -> None:
        for name, value in (("d_weight", d_weight), ("g_weight", g_weight)):
            if isinstance(value, (bool, str)) or not 0 <= value < float("inf"):
                raise ValueError(f"{type(self).__name__}: {name}={value!r}; expected a number of at least 0.")
        if isinstance(share, (bool, str)) or not 0 < share <= 1:
            raise ValueError(f"{type(self).__name__}: share={share!r}; expected a number above 0, 1 at most.")
        vars(self).update({"d_weight": d_weight, "g_weight": g_weight, "share": share, **more})
        self._config = dict(vars(self))

    def check(self, shape: Sequence[int]) -> None:
        """Raises ValueError where the task cannot be set on samples of a shape."""
        if len(shape) not in self.ranks:
            kinds = {1: "vectors", 2: "sequences", 3: "images"}
            fitting = [name for name, cls in TASKS.items() if len(shape) in cls.ranks]
            raise ValueError(
                f"self_supervision: {type(self).__name__} is for {' and '.join(kinds[rank] for rank in self.ranks)}, and the samples "
                f"are {kinds[len(shape)]} of shape {tuple(shape)}. Use {', '.join(fitting)}."
            )

    def outputs(self, shape: Sequence[int]) -> int:
        """How many numbers the head gives for a sample of this shape: of a choice the classes."""
        raise NotImplementedError

    def examples(
        self, samples: Tensor, seed: keras.random.SeedGenerator, length: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(batch, ...) -> (changed samples of the same shape, targets).

        Args:
            samples: as the discriminator sees them.
            seed: `keras.random.SeedGenerator` for what is drawn; saved and resumed with the GAN.
            length: of sequences in a curriculum, how many steps there are now, scalar int32; the steps after it are zero. Else None.
        """
        raise NotImplementedError

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """Mean loss of answers (batch, outputs), float32 scalar: here the cross-entropy with int32 classes (batch,)."""
        return ops.mean(ops.sparse_categorical_crossentropy(targets, answers, from_logits=True))

    def accuracy(self, answers: Tensor, targets: Tensor) -> Tensor:
        """Share of right answers, float32 scalar."""
        return ops.mean(ops.cast(ops.equal(ops.cast(ops.argmax(answers, -1), "int32"), targets), "float32"))

    def get_config(self) -> Config:
        return dict(self._config)

    @classmethod
    def from_config(cls, config: Config) -> "Self":
        return cls(**config)


class Choice(Task):
    """Which of several versions of a sample is this? Subclasses write `versions` and set `outputs`."""

    def versions(self, samples: Tensor, length: Tensor | None = None) -> list[Tensor]:
        """A list of arrays like the samples; `length` as in `examples`."""
        raise NotImplementedError

    def examples(
        self, samples: Tensor, seed: keras.random.SeedGenerator, length: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        versions = self.versions(samples, length)
        targets = backend.random.whole_numbers(ops.shape(samples)[0], len(versions), seed)
        targets = ops.reshape(targets, (-1, *(1,) * (len(samples.shape) - 1)))
        chosen = versions[0]
        for number, version in enumerate(versions[1:], 1):
            chosen = ops.where(ops.equal(targets, number), version, chosen)
        return chosen, ops.reshape(targets, (-1,))


@keras.saving.register_keras_serializable("keras_gans")
class Rotation(Choice):
    """By how many quarter turns has an image been rotated? (Chen et al. 2019, equations 2 and 3.) For square images.

    Args:
        d_weight, g_weight, share: as in `Task`.
    """

    ranks = (3,)

    def check(self, shape: Sequence[int]) -> None:
        super().check(shape)
        if shape[0] != shape[1]:
            raise ValueError(
                f"self_supervision: Rotation is for square images, and these are {shape[0]}x{shape[1]}: a quarter turn would not fit "
                f"the network. Crop or resize them to {min(shape[:2])}x{min(shape[:2])}."
            )

    def outputs(self, shape: Sequence[int]) -> int:
        return 4

    def versions(self, samples: Tensor, length: Tensor | None = None) -> list[Tensor]:
        turned = ops.transpose(samples, (0, 2, 1, 3))
        both = ops.flip(ops.flip(samples, axis=1), axis=2)
        return [samples, ops.flip(turned, axis=1), both, ops.flip(turned, axis=2)]


@keras.saving.register_keras_serializable("keras_gans")
class Reversal(Choice):
    """Does a sequence run forwards or backwards? (Wei et al. 2018, "Learning and Using the Arrow of Time".)

    Args:
        d_weight, g_weight, share: as in `Task`.
    """

    ranks = (2,)

    def outputs(self, shape: Sequence[int]) -> int:
        return 2

    def versions(self, samples: Tensor, length: Tensor | None = None) -> list[Tensor]:
        if length is None:
            return [samples, ops.flip(samples, axis=1)]
        places = ops.arange(samples.shape[1], dtype="int32")
        return [samples, ops.take(samples, ops.where(places < length, length - 1 - places, places), axis=1)]


@keras.saving.register_keras_serializable("keras_gans")
class Order(Choice):
    """In which order are the pieces of a sequence? (Lee et al. 2017, "Unsupervised Representation Learning by Sorting Sequences".)

    Args:
        pieces: into how many the sequence is cut, at least 2; all orders are tried, pieces! of them. What is left at the end stays.
        d_weight, g_weight, share: as in `Task`.
    """

    ranks = (2,)

    def __init__(self, pieces: int = 3, d_weight: float = 1.0, g_weight: float = 0.2, share: float = 0.25) -> None:
        if pieces not in (2, 3, 4):
            raise ValueError(f"Order: pieces={pieces!r}; expected 2, 3 or 4, whose orders are 2, 6 and 24.")
        super().__init__(d_weight, g_weight, share, pieces=pieces)

    def check(self, shape: Sequence[int]) -> None:
        super().check(shape)
        if shape[0] < 2 * self.pieces:
            raise ValueError(
                f"self_supervision: Order cuts a sequence into {self.pieces} pieces, and {shape[0]} steps are too few for that. "
                "Use fewer pieces, or Reversal."
            )

    def outputs(self, shape: Sequence[int]) -> int:
        return len(list(itertools.permutations(range(self.pieces))))

    def versions(self, samples: Tensor, length: Tensor | None = None) -> list[Tensor]:
        steps = samples.shape[1]
        places = ops.arange(steps, dtype="int32")
        size = (steps if length is None else length) // self.pieces
        piece, inside = places // size, places < size * self.pieces
        orders = itertools.permutations(range(self.pieces))
        found = [ops.take(ops.convert_to_tensor(order, "int32"), ops.minimum(piece, self.pieces - 1)) for order in orders]
        return [ops.take(samples, ops.where(inside, one * size + places % size, places), axis=1) for one in found]


@keras.saving.register_keras_serializable("keras_gans")
class MaskedFeature(Task):
    """What was the value of the feature that was set to zero? (Yoon et al. 2020, "VIME", section 4, one feature at a time.) The loss is
    the squared error; an answer is right when it lies within half a unit of the networks', in which normalised data have a deviation
    of 1.

    Args:
        d_weight, g_weight, share: as in `Task`.
    """

    ranks = (1,)

    def check(self, shape: Sequence[int]) -> None:
        super().check(shape)
        if shape[0] < 2:
            raise ValueError("self_supervision: MaskedFeature needs at least 2 features, to tell one from the others.")

    def outputs(self, shape: Sequence[int]) -> int:
        return shape[0]

    def examples(
        self, samples: Tensor, seed: keras.random.SeedGenerator, length: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        features = samples.shape[-1]
        places = backend.random.whole_numbers(ops.shape(samples)[0], features, seed)
        hidden = ops.one_hot(places, features, dtype=samples.dtype)
        return samples * (1.0 - hidden), ops.stack([samples, hidden])

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        values, hidden = targets[0], targets[1]
        return ops.mean(ops.sum(hidden * ops.square(answers - values), axis=-1))

    def accuracy(self, answers: Tensor, targets: Tensor) -> Tensor:
        error = ops.sum(targets[1] * ops.abs(answers - targets[0]), axis=-1)
        return ops.mean(ops.cast(error < 0.5, "float32"))


TASKS: dict[str, type[Task]] = {"rotation": Rotation, "reversal": Reversal, "order": Order, "masked_feature": MaskedFeature}
USUAL = {1: "masked_feature", 2: "order", 3: "rotation"}  # what "auto" means, by the rank of a sample


def get(identifier, shape):
    """A `Task` for what `GAN.compile(self_supervision=)` takes (a name, "auto", a `Task`), checked for samples of a shape; None for
    None.

    Raises:
        ValueError: an unknown name (the message has the closest one), a task that does not fit the samples.
    """
    if identifier is None:
        return None
    if identifier is True or identifier == "auto":
        identifier = USUAL[len(shape)]
    if isinstance(identifier, str):
        if identifier not in TASKS:
            raise ValueError(unknown("task", identifier, [*TASKS, "auto"]))
        identifier = TASKS[identifier]()
    if not isinstance(identifier, Task):
        raise TypeError(f"self_supervision={identifier!r}: expected a name ({', '.join(TASKS)}) or a Task.")
    identifier.check(shape)
    return identifier


def with_head(discriminator, head):
    """The discriminator as a model that shares its layers and also gives what a head (a layer) makes of its features: of what its last
    layer before the logits sees, flattened."""
    first, others, outputs = graph.whole(discriminator)
    x = graph.features(discriminator)
    x = head(keras.layers.Flatten()(x) if len(x.shape) > 2 else x)
    return keras.Model([first, *others] if others else first, [*outputs, x], name="discriminator_and_task")
