"""Every design of the comparison behind one door: fit replicates, and yield each when done."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

import jax
import numpy as np

from drp.baselines import BASELINES, BaselineInputs
from drp.models import DESIGNS, MODALITIES, Inputs
from drp.settings import RECIPES
from drp.training import Replicate, choose_slots, fit_replicates, make_replicate
from experiments.bench import Bench, Profiles
from experiments.checkpoints import Checkpoint
from experiments.cluster import follow_first, is_first
from experiments.span_wiring import SpanWiring
from experiments.wiring import Predict, wire_components, wire_genes

FULL, SPAN = "full", "span"
# What is trained where, by the inputs of a design and its first layer.
WIRINGS = {
    (Inputs.GENES, FULL): wire_genes,
    (Inputs.GENES, SPAN): lambda design, recipe, bench: SpanWiring(design, recipe, bench).wire(),
    (Inputs.COMPONENTS, FULL): wire_components,
}


class Outcome(NamedTuple):
    """One finished replicate of one design.

    Attributes:
      number: the replicate.
      predicted_SD: ln IC50 (uM) of every line, float64.
      epochs: epochs trained; NaN for a baseline.
      slot_epochs: epochs that the slots had for it, idle ones too; NaN for a baseline.
      keep: () -> the weights, off the device; None for a baseline.
      predict_profiles: genes of new samples by modality -> ln IC50 (uM); None where the design
        reads something else than genes.
    """

    number: int
    predicted_SD: np.ndarray
    epochs: float
    slot_epochs: float
    keep: Callable[[], Checkpoint] | None
    predict_profiles: Callable[[Profiles], np.ndarray] | None


class Choices(NamedTuple):
    """What this run chose, so that it chooses the same when it goes on.

    Attributes:
      recall: name -> the choice, or None.
      settle: (name, choice) -> nothing; keeps it.
    """

    recall: Callable[[str], int | None]
    settle: Callable[[str, int], None]


FORGETFUL = Choices(lambda name: None, lambda name, choice: None)


def fit_design(
    design: str, recipe: str, bench: Bench, missing: Sequence[int], choices: Choices
) -> Iterator[Outcome]:
    """Fit a design by a recipe on the replicates `missing`, and yield each when it is done."""
    if design in DESIGNS:
        return fit_network(design, recipe, bench, missing, choices)
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
        yield Outcome(number, predicted_SD, np.nan, np.nan, None, None)


def find_first_layer(design: str, recipe: str, asked: str) -> str:
    """Return how a design's first layer is trained: full, span, or "" where it has none.

    Args:
      design: its name.
      recipe: its recipe.
      asked: full, span, or recipe: what the recipe says.
    """
    if design not in DESIGNS:
        return ""
    wanted = RECIPES[recipe].first_layer if asked == "recipe" else asked
    return wanted if (DESIGNS[design].inputs, wanted) in WIRINGS else FULL


def fit_network(
    name: str, recipe: str, bench: Bench, missing: Sequence[int], choices: Choices
) -> Iterator[Outcome]:
    """Train a neural design on the replicates `missing`.

    With several processes all of them run this, in step; the first one's word holds for what is
    missing, for the slots, and for every replicate's task.
    """
    training = bench.training
    missing = np.flatnonzero(follow_first(np.isin(np.arange(bench.n_replicates), missing)))
    if not len(missing):
        return
    design, first_layer = DESIGNS[name], find_first_layer(name, recipe, training.first_layer)
    wiring = WIRINGS[design.inputs, first_layer](design, RECIPES[recipe], bench)
    offset = training.span_offset if first_layer == SPAN else None
    replicate = make_replicate(
        wiring.model, RECIPES[recipe], span_offset=offset, moments=training.moments
    )
    key = jax.random.key(bench.seed)
    tasks = (follow_first(wiring.make_task(number)) for number in missing.tolist())
    first = next(tasks)
    shared = follow_first((wiring.lines, wiring.pretrained))
    slots = training.slots or settle_slots(
        f"{name} ({recipe})", bench.n_replicates, replicate, key, (first, *shared), choices
    )
    for finished in fit_replicates(key, chain([first], tasks), *shared, replicate, slots):
        if not is_first():
            continue
        keep = cache(partial(wiring.keep, finished))  # few are asked for, and each is large
        yield Outcome(
            finished.number, wiring.predict_lines(finished), float(len(finished.train_loss)),
            finished.slot_epochs, keep,
            partial(predict_new, wiring.make_predict, keep) if wiring.make_predict else None,
        )  # fmt: skip


def predict_new(
    make_predict: Callable[[Checkpoint], Predict], keep: Callable[[], Checkpoint],
    profiles: Profiles,
) -> np.ndarray:  # fmt: skip
    """Predict new samples with what is kept of a replicate."""
    return make_predict(keep())(profiles)


def settle_slots(
    label: str, n_replicates: int, replicate: Replicate, key: jax.Array, example: tuple,
    choices: Choices,
) -> int:  # fmt: skip
    """Return the slots of a design on these devices: those of the run's start, else new ones.

    From all replicates, not from those still to do, so that a resumed run has the same slots.
    """
    devices = jax.devices()
    name = f"slots of {label} on {len(devices)} x {devices[0].device_kind}"
    slots = int(follow_first(choices.recall(name) or 0))
    if not slots:  # all processes choose, or none: they compile together
        slots = int(follow_first(choose_slots(n_replicates, replicate, key, example)))
        choices.settle(name, slots)
    return slots
