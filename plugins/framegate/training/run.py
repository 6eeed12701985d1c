"""A training run from start to end: settings, epochs, sample pictures, the model."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from framegate.frames.files import write_png
from framegate.interfaces import Array, Float32, Pixels
from framegate.leftovers import temporary_folder
from framegate.models.sources.pix2pix_graph import GraphWriter
from framegate.models.writing import write_model
from framegate.training.pictures import batches, load_pictures, middle, to_tensors
from framegate.training.settings import Settings, keep
from framegate.training.trainer import Trainer

SAMPLES = 6


class Progress(Protocol):
    """What is told how a training run goes."""

    def begin(self, pictures: int, left_out: Sequence[str], epoch: int, epochs: int) -> None:
        """The pictures are read, some left out; ``epoch`` epochs of ``epochs`` are finished already."""
        ...

    def step(self, loss: float) -> None:
        """One step is done."""
        ...

    def epoch_done(self, epoch: int, loss: float, sample: Path) -> None:
        """An epoch is done and saved, and its sample pictures are written."""
        ...


def train(settings: Settings, epochs: int, out: Path, quantize: str | None, progress: Progress) -> Path:
    """Train until ``epochs`` are finished, counting those of the run that ``out`` holds, and write the model.

    Returns:
        The ``model.json`` in ``out/model``.

    Raises:
        UsageError: settings cannot be right, or are others than those that the run in ``out`` was begun with.
        FrameError: there is nothing to learn from.
        BackendUnavailable: there is no TensorFlow.
    """
    settings.check()
    pictures = load_pictures(Path(settings.source), settings.size)
    keep(settings, out)
    trainer = Trainer(settings, out / "checkpoints")
    progress.begin(len(pictures.frames), pictures.left_out, trainer.epoch, epochs)
    shown = [middle(picture, settings.size) for picture in pictures.frames[:SAMPLES]]
    while trainer.epoch < epochs:
        pairs = batches(pictures.frames, settings.size, settings.batch, settings.steps, (settings.seed, trainer.epoch))
        loss = trainer.train_epoch(pairs, progress.step)
        sample = out / "samples" / f"epoch-{trainer.epoch:04d}.png"
        write_png(sample, sheet(shown, trainer.answer))
        progress.epoch_done(trainer.epoch, loss, sample)
    return export(settings, trainer.weights(), out / "model", quantize)


def sheet(squares: Sequence[Pixels], answer: Callable[[Float32], Float32]) -> Pixels:
    """One row per picture: the model's input, its output, and the right output; uint8 RGB."""
    fed, targets = to_tensors(squares)
    columns = (np.repeat(fed, 3, axis=3), answer(fed), targets)
    rows = np.concatenate(columns, axis=2).reshape(-1, 3 * fed.shape[2], 3)
    pixels: Pixels = np.clip(rows * 127.5 + 127.5, 0, 255).round().astype(np.uint8)
    return pixels


def export(settings: Settings, weights: Mapping[str, Array], folder: Path, quantize: str | None) -> Path:
    """Write a graph model; one that is there already is replaced when the new one is whole.

    Args:
        settings: settings of the training.
        weights: Keras' name -> values.
        folder: the model's folder.
        quantize: ``float16``, ``uint8``, ``uint16``, or None for float32.

    Returns:
        The ``model.json``.
    """
    graph = GraphWriter(settings.size, weights)
    with temporary_folder("model", folder.parent) as temporary:
        unfinished = temporary / "model"
        unfinished.mkdir()
        write_model(unfinished, graph.document(), graph.constants, quantize)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    return folder / "model.json"
