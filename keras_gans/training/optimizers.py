"""Two players, two optimizers, one object that Keras can hold, save and drive."""

import keras


class PlayerOptimizers(keras.optimizers.Optimizer):
    """Both optimizers of a GAN behind the one `model.optimizer` that Keras knows.

    It applies nothing itself. It is there so that the trainer carries every variable of both optimizers, and so that
    callbacks which set `model.optimizer.learning_rate` (LearningRateScheduler, ReduceLROnPlateau) drive both players:
    reading gives the generator's rate; setting it sets the generator's and keeps the discriminator's in proportion.

    Args:
        discriminator, generator: keras optimizers, built.
    """

    def __init__(self, discriminator, generator):
        super().__init__(learning_rate=0.0, name="players")
        self.discriminator = discriminator
        self.generator = generator
        self.built = True
        rates = self._rates()
        self._ratio = rates[0] / rates[1] if rates and rates[1] > 0 else None

    def _rates(self):
        schedule = keras.optimizers.schedules.LearningRateSchedule
        players = (self.discriminator, self.generator)
        inner = [getattr(player, "inner_optimizer", player) for player in players]
        if any(isinstance(player._learning_rate, schedule) or callable(player._learning_rate) for player in inner):
            return None
        return [float(player.learning_rate) for player in players]

    @property
    def learning_rate(self):
        return self.generator.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        if self._ratio is None:
            raise TypeError(
                "The learning rate cannot be set for both players at once: one of the optimizers follows a schedule, or "
                "the generator's rate was 0 at compile. Set gan.g_optimizer.learning_rate and "
                "gan.d_optimizer.learning_rate one by one."
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
