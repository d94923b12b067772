"""One row per architecture; every contract loops over them, and a class without a row fails."""

import dataclasses

import keras_gans


@dataclasses.dataclass(frozen=True)
class Row:
    cls: type
    small: dict  # the least that builds, seeded
    others: tuple  # dicts that together set every argument off its default
    sample_shape: tuple

    def make(self, **changes):
        gan = self.cls(**{**self.small, **changes})
        gan.compile()
        return gan

    def techniques(self):
        """Arguments of `compile` that turn every training technique on."""
        kind = {3: {"blur": (1.0, 0.5), "resolution": 4}, 2: {"length": 4}, 1: {}}[len(self.sample_shape)]
        stages = [{"epochs": 2, "noise": (0.2, 0.1), **kind}, {"epochs": 1, "noise": 0.05}, {}]
        adaptive = keras_gans.training.Augmentation("auto", probability=0.3, target=0.6, span=1000)
        task = "reversal" if len(self.sample_shape) == 2 else "auto"  # the usual one needs more steps than a row has
        return {"augment": adaptive, "curriculum": stages, "self_supervision": task}

    @property
    def is_image(self):
        return len(self.sample_shape) == 3


# what the architectures share, off its default; classes and packing exclude each other
STYLED = {
    "activation": ("tanh", "elu"),
    "output_activation": "tanh",
    "dropout": (0.1, 0.25),
    "dropout_layers": "later",
    "weight_decay": (1e-3, 2e-3),
    "minibatch_stddev": True,
    "ema_decay": 0.9,
    "seed": 11,
    "name": "renamed",
}
IMAGES = {**STYLED, "image_shape": (12, 9, 2), "latent_dim": 5, "output_activation": "softsign"}
CONDITIONAL = {"image_shape": (8, 8, 1), "num_classes": 3, "conditioning": "auxiliary"}

ROWS = [
    Row(
        keras_gans.DCGAN,
        small={"image_shape": (8, 8, 1), "latent_dim": 4, "width": 4, "seed": 7},
        others=(
            {**IMAGES, "width": 3, "kernel_size": 5, "norm": None, "pack": 2},
            {**CONDITIONAL, "width": 3},
        ),
        sample_shape=(8, 8, 1),
    ),
    Row(
        keras_gans.WGANGP,
        small={"image_shape": (8, 8, 1), "latent_dim": 4, "width": 4, "seed": 7},
        others=(
            {**IMAGES, "width": 3, "kernel_size": 5, "norm": ("layer", "layer"), "pack": 2},
            {**CONDITIONAL, "width": 3},
        ),
        sample_shape=(8, 8, 1),
    ),
    Row(
        keras_gans.SNGAN,
        small={"image_shape": (8, 8, 1), "latent_dim": 4, "width": 4, "seed": 7},
        others=(
            {**IMAGES, "width": (3, 2), "norm": None, "pack": 2},
            {**CONDITIONAL, "width": 3},
        ),
        sample_shape=(8, 8, 1),
    ),
    Row(
        keras_gans.R3GAN,
        small={"image_shape": (8, 8, 1), "latent_dim": 4, "width": 4, "groups": 2, "seed": 7},
        others=(
            {**IMAGES, "width": 2, "blocks": 2, "groups": 3, "expansion": 3, "norm": ("batch", None), "pack": 2},
            {**CONDITIONAL, "width": 4},
        ),
        sample_shape=(8, 8, 1),
    ),
    Row(
        keras_gans.DenseGAN,
        small={"features": 3, "latent_dim": 4, "widths": (8, 8), "seed": 7},
        others=(
            {
                **STYLED,
                "features": 2,
                "latent_dim": 5,
                "widths": ((4, 5), (6,)),
                "fourier": (1.0, 2.5),
                "bias_range": 1.5,
                "normalise": "minmax",
                "norm": "spectral",
                "pack": 2,
            },
        ),
        sample_shape=(3,),
    ),
    Row(
        keras_gans.RecurrentGAN,
        small={"sequence_shape": (6, 2), "global_latent": 3, "step_latent": 2, "units": 4, "widths": (8, 8), "seed": 7},
        others=(
            {
                **STYLED,
                "sequence_shape": (7, 3),
                "global_latent": 2,
                "step_latent": 1,
                "steps_per_cell": 3,
                "cell": "lstm",
                "units": (3, 4),
                "recurrent_layers": (2, 1),
                "discriminator_type": "recurrent",
                "step_logits": True,
                "differences": True,
                "normalise": "minmax",
                "norm": "layer",
                "pack": 2,
            },
            {
                "sequence_shape": (7, 3),
                "discriminator_type": "conv",
                "widths": (4, 4),
            },
        ),
        sample_shape=(6, 2),
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
    "least_squares": (
        # mean((2 - 1)^2, (-1 - 1)^2) / 2 + mean(0.5^2, 3^2) / 2
        (1 + 4) / 4 + (0.25 + 9) / 4,
        # mean((0.5 - 1)^2, (-3 - 1)^2) / 2
        (0.25 + 16) / 4,
    ),
    "wasserstein": ((0.5 - 3) / 2 - (2 - 1) / 2, -(0.5 - 3) / 2),
    "hinge": (
        # mean(max(0, 1 - 2), max(0, 1 + 1)) + mean(max(0, 1 + 0.5), max(0, 1 - 3))
        (0 + 2) / 2 + (1.5 + 0) / 2,
        -(0.5 - 3) / 2,
    ),
    "relativistic": (
        # mean(softplus(0.5 - 2), softplus(-3 + 1))
        (0.201413277982752 + 0.126928011042972) / 2,
        # mean(softplus(2 - 0.5), softplus(-1 + 3))
        (1.701413277982752 + 2.126928011042972) / 2,
    ),
}
