"""The training itself: L1 loss, Adam, one checkpoint per epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from framegate.interfaces import Array, Float32
from framegate.models import tf
from framegate.models.sources import pix2pix_net
from framegate.training.pictures import Example
from framegate.training.settings import Settings

CHECKPOINTS_KEPT = 2


class Trainer:
    """A generator in training.

    A checkpoint is written under another name and then renamed, and the one before it is kept: a run that is killed at
    any moment goes on from the last epoch that it finished.

    Args:
        settings: settings of the training.
        folder: folder of the checkpoints; training goes on from the newest one.

    Raises:
        BackendUnavailable: there is no TensorFlow.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._tf = tf.tensorflow()
        keras = tf.tf_keras()
        self.settings = settings
        self.model = pix2pix_net.generator(settings.size, settings.filters, 1, settings.seed)
        self._optimizer = keras.optimizers.Adam(settings.learning_rate, beta_1=0.5)
        self._optimizer.build(self.model.trainable_variables)
        self._epoch = self._tf.Variable(0, dtype=self._tf.int64)
        checkpoint = self._tf.train.Checkpoint(model=self.model, optimizer=self._optimizer, epoch=self._epoch)
        self._manager = self._tf.train.CheckpointManager(checkpoint, str(folder), CHECKPOINTS_KEPT)
        if self._manager.latest_checkpoint:
            checkpoint.restore(self._manager.latest_checkpoint).assert_consumed()

    @property
    def epoch(self) -> int:
        """How many epochs are finished and saved."""
        return int(self._epoch.numpy())

    def train_epoch(self, pairs: Iterable[Example], seen: Callable[[float], None]) -> float:
        """Train on the pairs, save, and return the mean L1 loss; ``seen`` is called with each step's."""
        # Dropout's random numbers start over where a function is traced: traced for each epoch, with a seed of its own,
        # a resumed run draws what an unbroken one does.
        self._tf.random.set_seed(self.settings.seed * 100_003 + self.epoch)
        step = self._tf.function(self._train_step)
        losses = []
        for fed, target in pairs:
            losses.append(float(step(fed, target)))
            seen(losses[-1])
        self._epoch.assign_add(1)
        self._manager.save()
        return float(np.mean(losses))

    def answer(self, fed: Float32) -> Float32:
        """The model's outputs, float32 (N, size, size, 3) in [-1, 1], for inputs (N, size, size, 1)."""
        answer: Float32 = self.model(fed, training=False).numpy()
        return answer

    def weights(self) -> dict[str, Array]:
        """Every weight by its name."""
        return {variable.name: variable.numpy() for variable in self.model.weights}

    def _train_step(self, fed: Any, target: Any) -> Any:
        with self._tf.GradientTape() as tape:
            loss = self._tf.reduce_mean(self._tf.abs(self.model(fed, training=True) - target))
        variables = self.model.trainable_variables
        self._optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss
