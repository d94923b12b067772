"""Two players, two optimizers, one object that Keras can hold, save and drive."""

import warnings

import keras


class PlayerOptimizers(keras.optimizers.Optimizer):
    """Both optimizers of a GAN behind the one `model.optimizer` that Keras knows.

    It applies nothing itself. It is there so that the trainer carries every variable of both optimizers, and so that
    callbacks which set `model.optimizer.learning_rate` (LearningRateScheduler, ReduceLROnPlateau) drive both players:
    reading gives the generator's rate; setting it sets the generator's and keeps the discriminator's in the
    proportion it has.

    Args:
        discriminator, generator: keras optimizers, built.
    """

    def __init__(self, discriminator, generator):
        super().__init__(learning_rate=0.0, name="players")
        self.discriminator = discriminator
        self.generator = generator
        self.built = True
        self._ratio = None

    @property
    def learning_rate(self):
        return self.generator.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        players = [getattr(player, "inner_optimizer", player) for player in (self.discriminator, self.generator)]
        if not all(isinstance(player._learning_rate, keras.Variable) for player in players):
            raise TypeError(
                "The learning rate cannot be set for both players at once: an optimizer follows a schedule. Set the other by "
                "gan.g_optimizer.learning_rate or gan.d_optimizer.learning_rate."
            )
        d_rate, g_rate = (float(player.learning_rate) for player in players)
        if g_rate > 0:  # a rate that was set to 0 keeps the proportion it had
            self._ratio = d_rate / g_rate
        if self._ratio is None:
            raise TypeError(
                "The learning rate cannot be set for both players at once: the generator's was 0 from the start."
            )
        self.generator.learning_rate = value
        self.discriminator.learning_rate = value * self._ratio

    @property
    def iterations(self):
        return self.generator.iterations

    @property
    def variables(self):
        return self._variables + self.discriminator.variables + self.generator.variables

    def save_own_variables(self, store):
        """Nothing of its own: each player's optimizer saves itself."""

    def load_own_variables(self, store):
        pass

    def apply(self, grads, trainable_variables=None):
        raise NotImplementedError("Use gan.d_optimizer and gan.g_optimizer: each player applies its own gradients.")

    def finalize_variable_values(self, var_list):
        for player in (self.discriminator, self.generator):
            player.finalize_variable_values(player._trainable_variables)


def player_optimizer(identifier, network):
    """An optimizer, built for one network at once: an unbuilt one would lose its moments on load."""
    optimizer = keras.optimizers.get(identifier)
    half = any(layer.dtype_policy.name == "mixed_float16" for layer in network._flatten_layers())
    if half and not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    if getattr(optimizer, "use_ema", False):
        warnings.warn(
            f"{optimizer.name} has use_ema=True: Keras puts the averages in the place of the weights at the end of every fit, so "
            "that two and two epochs are not four.",
            stacklevel=4,
        )
    if not optimizer.built:
        optimizer.build(network.trainable_variables)
    elif [id(v) for v in optimizer._trainable_variables] != [id(v) for v in network.trainable_variables]:
        raise ValueError(
            f"{optimizer.name} has already been built for other weights. Make a new optimizer for each player and model."
        )
    return optimizer
