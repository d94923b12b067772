"""One row per architecture; every contract loops over them, and a class without a row fails."""

import dataclasses

import keras_gans


@dataclasses.dataclass(frozen=True)
class Row:
    cls: type
    small: dict  # the least that builds, seeded
    other: dict  # every argument off its default
    sample_shape: tuple

    def make(self, **changes):
        gan = self.cls(**{**self.small, **changes})
        gan.compile()
        return gan


ROWS = [
    Row(
        keras_gans.DCGAN,
        small={"image_shape": (8, 8, 1), "latent_dim": 4, "width": 4, "seed": 7},
        other={
            "image_shape": (12, 9, 2),
            "latent_dim": 5,
            "width": 3,
            "kernel_size": 5,
            "norm": None,
            "dropout": (0.1, 0.25),
            "weight_decay": (1e-3, 2e-3),
            "seed": 11,
            "name": "renamed",
        },
        sample_shape=(8, 8, 1),
    ),
]

# loss name -> (d_loss, g_loss) at real logits [2, -1], fake logits [0.5, -3], worked out by hand with s = sigmoid
LOSSES = {
    "non_saturating": (
        # mean(softplus(-2), softplus(1)) + mean(softplus(0.5), softplus(-3))
        (0.126928011042972 + 1.313261687518223) / 2 + (0.974076984180107 + 0.048587351573742) / 2,
        # mean(softplus(-0.5), softplus(3))
        (0.474076984180107 + 3.048587351573742) / 2,
    ),
    "minimax": (
        (0.126928011042972 + 1.313261687518223) / 2 + (0.974076984180107 + 0.048587351573742) / 2,
        # mean(log(1 - s(0.5)), log(1 - s(-3)))
        -(0.974076984180107 + 0.048587351573742) / 2,
    ),
}
