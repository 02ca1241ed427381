"""Every design of the comparison behind one door: fit replicates, and yield each when done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from drp.baselines import BASELINES, BaselineInputs, fit_components, project
from drp.data.lines import CellLines
from drp.data.splits import Splits
from drp.models import DESIGNS, MODALITIES, Design, Inputs, Predictor, Start
from drp.settings import N_COMPONENTS, RECIPES
from drp.training import (
    FittedPredictor,
    Lines,
    Task,
    choose_slots,
    fit_replicates,
    make_replicate,
    predict,
)

ROWS_AT_ONCE = 512  # samples predicted per call, so that memory does not grow with the cohort

Profiles = Mapping[str, np.ndarray]


class Outcome(NamedTuple):
    """One finished replicate of one design.

    Attributes:
      number: the replicate.
      predicted_SD: ln IC50 (uM) of every line, float64.
      epochs: epochs trained; NaN for a baseline.
      predict_profiles: genes of new samples by modality -> ln IC50 (uM); None where the design
        reads something else than genes.
    """

    number: int
    predicted_SD: np.ndarray
    epochs: float
    predict_profiles: Callable[[Profiles], np.ndarray] | None


class Bench(NamedTuple):
    """What all designs of one comparison share.

    Attributes:
      lines: the cell lines; `splits`: their parts.
      encoders: modality -> weights of the pre-trained encoder; empty if none were asked for.
      codes: replicate -> modality -> components of its training lines, (S, K).
      encoder_widths: units per encoder layer; `head_widths`: units behind the codes.
      slots: replicates side by side, 0 = by memory; `seed`: of weights and batches.
    """

    lines: CellLines
    splits: Splits
    encoders: Mapping[str, Mapping]
    codes: Callable[[int], Profiles]
    encoder_widths: tuple[int, ...]
    head_widths: tuple[int, ...]
    slots: int
    seed: int


def make_bench(
    lines: CellLines, splits: Splits, encoders: Mapping[str, Mapping],
    encoder_widths: tuple[int, ...], head_widths: tuple[int, ...], slots: int, seed: int,
) -> Bench:  # fmt: skip
    """Return the bench; components are fitted when a design first asks for them."""

    @cache
    def codes(number: int) -> Profiles:
        train = splits.train_RN[number]
        fitted = {
            name: fit_components(lines.inputs[name], train, N_COMPONENTS) for name in MODALITIES
        }
        return {name: project(fitted[name], lines.inputs[name]) for name in MODALITIES}

    return Bench(lines, splits, encoders, codes, encoder_widths, head_widths, slots, seed)


def needs_encoders(designs: Sequence[str]) -> list[str]:
    """Return the modalities whose pre-trained encoder one of the designs starts from."""
    rows = [DESIGNS[name] for name in designs if name in DESIGNS]
    pretrained = {name for d in rows if d.start is Start.PRETRAINED for name in d.modalities}
    return [name for name in MODALITIES if name in pretrained]


def fit_design(design: str, recipe: str, bench: Bench, missing: Sequence[int]) -> Iterator[Outcome]:
    """Fit a design by a recipe on the replicates `missing`, and yield each when it is done."""
    if design in DESIGNS:
        return fit_network(DESIGNS[design], recipe, bench, missing)
    return fit_baseline(design, recipe, bench, missing)


def fit_baseline(
    design: str, recipe: str, bench: Bench, missing: Sequence[int]
) -> Iterator[Outcome]:
    """Fit a baseline on the training lines; of a recipe it only knows which target to learn."""
    baseline = BASELINES[design]
    target_SD = bench.lines.target(RECIPES[recipe].target)
    for number in missing:
        codes = bench.codes(number) if baseline.uses_codes else None
        joined_SK = np.hstack([codes[name] for name in MODALITIES]) if codes else None
        inputs = BaselineInputs(target_SD, bench.lines.tissue_S, joined_SK)
        predicted_SD = baseline.fit_predict(inputs, bench.splits.train_RN[number])
        yield Outcome(number, predicted_SD, np.nan, None)


def fit_network(
    design: Design, recipe: str, bench: Bench, missing: Sequence[int]
) -> Iterator[Outcome]:
    """Train a neural design on the replicates `missing`, side by side."""
    reads_genes = design.inputs is Inputs.GENES
    model = Predictor(
        design.modalities, bench.encoder_widths if reads_genes else (), bench.head_widths,
        n_drugs=len(bench.lines.drugs),
    )  # fmt: skip
    replicate = make_replicate(model, RECIPES[recipe])
    shared = {name: bench.lines.inputs[name] for name in design.modalities if reads_genes}
    lines = _to_device(shared, bench.lines.target(RECIPES[recipe].target))
    from_tumors = design.start is Start.PRETRAINED
    pretrained = {name: bench.encoders[name] for name in design.modalities if from_tumors}
    key = jax.random.key(bench.seed)
    tasks = (_make_task(number, design, bench) for number in missing)
    example = (_make_task(missing[0], design, bench), lines, pretrained)
    # From all replicates, not from those still to do: a resumed run then has the same slots, and
    # so the same bytes.
    slots = bench.slots or choose_slots(len(bench.splits.train_RN), replicate, key, example)
    for finished in fit_replicates(key, tasks, lines, pretrained, replicate, slots):
        predict_profiles = make_predict(model, finished.fitted)
        own = _make_task(finished.number, design, bench).inputs
        predicted_SD = predict_profiles({**shared, **own})
        yield Outcome(
            finished.number, predicted_SD, float(len(finished.train_loss)),
            predict_profiles if reads_genes else None,
        )  # fmt: skip


def make_predict(model: Predictor, fitted: FittedPredictor) -> Callable[[Profiles], np.ndarray]:
    """Return a function from profiles of any number of samples to ln IC50 (uM), float64."""

    def predict_profiles(profiles: Profiles) -> np.ndarray:
        inputs = {name: profiles[name] for name in model.modalities}
        n_samples = len(next(iter(inputs.values())))
        parts = [
            _predict(
                model, fitted, {name: x[start : start + ROWS_AT_ONCE] for name, x in inputs.items()}
            )
            for start in range(0, n_samples, ROWS_AT_ONCE)
        ]
        return np.concatenate(parts).astype(np.float64)

    return predict_profiles


_predict = jax.jit(predict, static_argnums=0)


def _make_task(number: int, design: Design, bench: Bench) -> Task:
    own = bench.codes(number) if design.inputs is Inputs.COMPONENTS else {}
    return Task(
        jnp.int32(number),
        jnp.asarray(bench.splits.train_RN[number]),
        jnp.asarray(bench.splits.validation_RV[number]),
        {name: jnp.asarray(own[name], jnp.float32) for name in design.modalities if own},
    )


def _to_device(inputs: Profiles, target_SD: np.ndarray) -> Lines:
    """Move the lines to the device: float32 there, where a gap is a 0 behind the mask."""
    mask_SD = np.isfinite(target_SD)
    target = jnp.asarray(np.where(mask_SD, target_SD, 0.0), jnp.float32)
    return Lines({name: jnp.asarray(x) for name, x in inputs.items()}, target, jnp.asarray(mask_SD))
