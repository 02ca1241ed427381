"""What a neural design reads, turned into what the engine trains on: genes, components, the span.

Each kind of input is a row of `WIRINGS`; the training loop never asks which one it has.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from drp.data.folds import Fold
from drp.models import Design, Predictor, Start
from drp.settings import Recipe
from drp.training import Entries, FinishedReplicate, FittedPredictor, Lines, Task, predict
from experiments.bench import Bench, Profiles
from experiments.checkpoints import Checkpoint, keep_replicate
from experiments.trial import Trial

ROWS_AT_ONCE = 512  # samples predicted per call, so that memory does not grow with the cohort

Predict = Callable[[Profiles], np.ndarray]


class Wiring(NamedTuple):
    """What the engine is given, and how its products are used.

    A network is numbered as in `experiments.trial`; to the engine it is a replicate.

    Attributes:
      model: the predictor.
      recipe: how it is trained.
      lines: the cell lines, on the device.
      pretrained: modality -> encoder weights to start from.
      make_task: network -> its task.
      encode_rows: a finished network -> (R, H) float32, what its output layer reads of all rows.
      keep: a finished network -> what is kept of it.
      make_predict: what was kept -> a function from profiles of new samples to (T, D) float64; None
        where the design reads something else than genes.
    """

    model: Predictor
    recipe: Recipe
    lines: Lines
    pretrained: Mapping[str, Mapping]
    make_task: Callable[[int], Task]
    encode_rows: Callable[[FinishedReplicate], np.ndarray]
    keep: Callable[[FinishedReplicate], Checkpoint]
    make_predict: Callable[[Checkpoint], Predict] | None


def wire_genes(design: Design, trial: Trial, bench: Bench) -> Wiring:
    """Train all weights of the first layer, over the genes."""
    model = make_model(design, trial, bench)
    inputs = {name: trial.lines.inputs[name] for name in design.modalities}
    lacking = [name for name in inputs if len(trial.stacked(name)) < trial.n_rows]
    shared = {name: trial.stacked(name) for name in inputs if name not in lacking}
    predict_drugs = partial(predict_in_parts, model, len(bench.lines.drugs))

    def own(number: int) -> Profiles:
        return {name: trial.extend(inputs[name], trial.network(number)) for name in lacking}

    def encode(finished: FinishedReplicate) -> np.ndarray:
        return encode_in_parts(model, finished.fitted, {**shared, **own(finished.number)})

    return Wiring(
        model=model,
        recipe=trial.recipe,
        lines=to_device(shared, trial),
        pretrained=choose_encoders(design, trial, bench),
        make_task=lambda number: make_task(number, trial, own(number)),
        encode_rows=encode,
        keep=lambda finished: keep_replicate(finished, {}),
        make_predict=lambda kept: partial(predict_drugs, kept.fitted),
    )


def wire_components(design: Design, trial: Trial, bench: Bench) -> Wiring:
    """Train on components of each network's training lines, in place of encoders.

    They are read as they are: a component's spread says how much of the profiles it carries. A
    recipe without layers behind the encoders has the encoders' own behind the components.
    """
    recipe = dataclasses.replace(trial.recipe, standardised=())
    head_widths = recipe.head_widths or recipe.encoder_widths
    model = make_model(design, trial, bench, (), head_widths)

    def codes(number: int) -> Profiles:
        fold = trial.network(number)
        projected = trial.codes(fold)
        return {name: trial.extend(projected[name], fold) for name in design.modalities}

    return Wiring(
        model=model,
        recipe=recipe,
        lines=to_device({}, trial),
        pretrained={},
        make_task=lambda number: make_task(number, trial, codes(number)),
        encode_rows=lambda done: encode_in_parts(model, done.fitted, codes(done.number)),
        keep=lambda finished: keep_replicate(finished, {}),
        make_predict=None,
    )


def make_model(
    design: Design, trial: Trial, bench: Bench, encoder_widths: tuple[int, ...] | None = None,
    head_widths: tuple[int, ...] | None = None,
) -> Predictor:  # fmt: skip
    """Return the predictor of a design, with the recipe's widths where none are given."""
    recipe = trial.recipe
    return Predictor(
        design.modalities,
        recipe.encoder_widths if encoder_widths is None else encoder_widths,
        recipe.head_widths if head_widths is None else head_widths,
        len(bench.lines.drugs) + trial.auxiliary().shape[1],
        matmul=bench.training.matmul, dropout=recipe.dropout,
    )  # fmt: skip


def choose_encoders(design: Design, trial: Trial, bench: Bench) -> dict[str, Mapping]:
    """Return the pre-trained layers that a design starts from, by modality."""
    if design.start is not Start.PRETRAINED:
        return {}
    encoders = bench.encoders[trial.recipe.encoders]
    layers = [f"dense_{layer}" for layer in range(len(trial.recipe.encoder_widths))]
    return {name: {layer: encoders[name][layer] for layer in layers} for name in design.modalities}


def make_task(number: int, trial: Trial, own: Profiles) -> Task:
    """Return one network's task, with inputs of its own if there are any."""
    fold = trial.network(number)
    rows = (jnp.asarray(part) for part in (trial.rows(fold), fold.validation))
    return Task(jnp.int32(number), *rows, as_float32(own), entries=make_entries(fold, trial))


def make_entries(fold: Fold, trial: Trial) -> Entries | None:
    """Return what a network learns from where entries are held out; None where lines are.

    Every line trains then, so its auxiliary responses are all learned from; none of them stops.
    """
    if fold.part_SD is None:
        return None
    train_SD, validation_SD = trial.own_targets(fold)
    auxiliary_SA = trial.auxiliary()
    train_SO = np.hstack([trial.append_further(train_SD), auxiliary_SA])
    validation_SO = np.full_like(train_SO, np.nan)
    validation_SO[: len(validation_SD), : validation_SD.shape[1]] = validation_SD
    target_SO = np.where(np.isfinite(train_SO), train_SO, validation_SO)
    return Entries(
        jnp.asarray(np.nan_to_num(target_SO), jnp.float32),
        jnp.asarray(np.isfinite(train_SO)), jnp.asarray(np.isfinite(validation_SO)),
    )  # fmt: skip


def to_device(inputs: Profiles, trial: Trial) -> Lines:
    """Move the lines to the device: float32 there, where a gap is a 0 behind the mask."""
    target_SD, weight_S = trial.shared_target(), trial.weights()
    mask_SD = np.isfinite(target_SD)
    return Lines(
        {name: jnp.asarray(x) for name, x in inputs.items()},
        jnp.asarray(np.where(mask_SD, target_SD, 0.0), jnp.float32), jnp.asarray(mask_SD),
        weight_S=None if weight_S is None else jnp.asarray(weight_S, jnp.float32),
    )  # fmt: skip


def as_float32(arrays: Mapping[str, np.ndarray]) -> dict[str, jax.Array]:
    """Move arrays to the device as float32."""
    return {name: jnp.asarray(x, jnp.float32) for name, x in arrays.items()}


def part_rows(profiles: Profiles) -> Iterator[Profiles]:
    """Yield the same rows of all profiles, some at a time."""
    n_rows = len(next(iter(profiles.values())))
    for start in range(0, n_rows, ROWS_AT_ONCE):
        yield {name: x[start : start + ROWS_AT_ONCE] for name, x in profiles.items()}


def predict_in_parts(
    model: Predictor, n_drugs: int, fitted: FittedPredictor, profiles: Profiles
) -> np.ndarray:
    """Return (T, D) float64 predictions from any number of samples, auxiliary outputs left out."""
    chosen = {name: profiles[name] for name in model.modalities}
    parts = [predict_rows(model, fitted, part) for part in part_rows(chosen)]
    return np.concatenate(parts)[:, :n_drugs].astype(np.float64)


def encode_in_parts(model: Predictor, fitted: FittedPredictor, profiles: Profiles) -> np.ndarray:
    """Return what the output layer reads, (R, H) float32, of any number of samples."""
    return np.concatenate([encode_rows(model, fitted, part) for part in part_rows(profiles)])


predict_rows = jax.jit(predict, static_argnums=0)
encode_rows = jax.jit(partial(predict, hidden=True), static_argnums=0)
