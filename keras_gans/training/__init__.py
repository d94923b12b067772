"""Training techniques that any architecture takes: augmentation, curriculum, self-supervision."""

from keras_gans.training.augmentation import Augmentation
from keras_gans.training.curriculum import Curriculum, Stage, ready_stages
from keras_gans.training.policies import Policy
from keras_gans.training.self_supervision import Choice, Task

__all__ = ["Augmentation", "Choice", "Curriculum", "Policy", "Stage", "Task", "ready_stages"]
