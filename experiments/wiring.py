"""What a neural design reads, turned into what the engine trains on: genes, components, the span.

Each kind of input is a row of `WIRINGS`; the training loop never asks which one it has.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from drp.models import Design, Predictor, Start
from drp.settings import Recipe
from drp.training import FinishedReplicate, FittedPredictor, Lines, Task, predict
from experiments.bench import Bench, Profiles
from experiments.checkpoints import Checkpoint, keep_replicate

ROWS_AT_ONCE = 512  # samples predicted per call, so that memory does not grow with the cohort

Predict = Callable[[Profiles], np.ndarray]


class Wiring(NamedTuple):
    """What the engine is given, and how its products are used.

    Attributes:
      model: the predictor.
      lines: the cell lines, on the device.
      pretrained: modality -> encoder weights to start from.
      make_task: replicate -> its task.
      predict_lines: a finished replicate -> (S, D) float64 ln IC50 (uM) of all lines.
      keep: a finished replicate -> what is kept of it.
      make_predict: what was kept -> a function from profiles of new samples to (T, D) float64; None
        where the design reads something else than genes.
    """

    model: Predictor
    lines: Lines
    pretrained: Mapping[str, Mapping]
    make_task: Callable[[int], Task]
    predict_lines: Callable[[FinishedReplicate], np.ndarray]
    keep: Callable[[FinishedReplicate], Checkpoint]
    make_predict: Callable[[Checkpoint], Predict] | None


def wire_genes(design: Design, recipe: Recipe, bench: Bench) -> Wiring:
    """Train all weights of the first layer, over the genes."""
    model = make_model(design, bench, bench.encoder_widths)
    inputs = {name: bench.lines.inputs[name] for name in design.modalities}
    return Wiring(
        model, to_device(inputs, bench.lines.target(recipe.target)),
        choose_encoders(design, bench), lambda number: make_task(number, bench, {}),
        lambda finished: predict_in_parts(model, finished.fitted, inputs),
        lambda finished: keep_replicate(finished, {}),
        lambda kept: partial(predict_in_parts, model, kept.fitted),
    )  # fmt: skip


def wire_components(design: Design, recipe: Recipe, bench: Bench) -> Wiring:
    """Train on components of each replicate's training lines, in place of encoders."""
    model = make_model(design, bench, ())

    def codes(number: int) -> Profiles:
        return {name: bench.codes(number)[name] for name in design.modalities}

    return Wiring(
        model, to_device({}, bench.lines.target(recipe.target)), {},
        lambda number: make_task(number, bench, codes(number)),
        lambda finished: predict_in_parts(model, finished.fitted, codes(finished.number)),
        lambda finished: keep_replicate(finished, {}), None,
    )  # fmt: skip


def make_model(design: Design, bench: Bench, encoder_widths: tuple[int, ...]) -> Predictor:
    """Return the predictor of a design; no widths: its inputs are the codes."""
    return Predictor(
        design.modalities, encoder_widths, bench.head_widths, n_drugs=len(bench.lines.drugs),
        matmul=bench.training.matmul,
    )  # fmt: skip


def choose_encoders(design: Design, bench: Bench) -> dict[str, Mapping]:
    """Return the pre-trained encoders that a design starts from, by modality."""
    from_tumors = design.start is Start.PRETRAINED
    return {name: bench.encoders[name] for name in design.modalities if from_tumors}


def make_task(number: int, bench: Bench, own: Profiles) -> Task:
    """Return one replicate's task, with inputs of its own if there are any."""
    return Task(
        jnp.int32(number),
        jnp.asarray(bench.splits.train_RN[number]),
        jnp.asarray(bench.splits.validation_RV[number]),
        as_float32(own),
    )


def to_device(inputs: Profiles, target_SD: np.ndarray) -> Lines:
    """Move the lines to the device: float32 there, where a gap is a 0 behind the mask."""
    mask_SD = np.isfinite(target_SD)
    target = jnp.asarray(np.where(mask_SD, target_SD, 0.0), jnp.float32)
    return Lines({name: jnp.asarray(x) for name, x in inputs.items()}, target, jnp.asarray(mask_SD))


def as_float32(arrays: Mapping[str, np.ndarray]) -> dict[str, jax.Array]:
    """Move arrays to the device as float32."""
    return {name: jnp.asarray(x, jnp.float32) for name, x in arrays.items()}


def part_rows(profiles: Profiles) -> Iterator[Profiles]:
    """Yield the same rows of all profiles, some at a time."""
    n_rows = len(next(iter(profiles.values())))
    for start in range(0, n_rows, ROWS_AT_ONCE):
        yield {name: x[start : start + ROWS_AT_ONCE] for name, x in profiles.items()}


def predict_in_parts(model: Predictor, fitted: FittedPredictor, profiles: Profiles) -> np.ndarray:
    """Return (T, D) float64 predictions from any number of samples."""
    chosen = {name: profiles[name] for name in model.modalities}
    parts = [predict_rows(model, fitted, part) for part in part_rows(chosen)]
    return np.concatenate(parts).astype(np.float64)


predict_rows = jax.jit(predict, static_argnums=0)
