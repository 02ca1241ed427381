"""Every design of the comparison behind one door: fit replicates, and yield each when done."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import jax
import numpy as np

from drp.baselines import BASELINES, BaselineInputs
from drp.models import DESIGNS, MODALITIES, Inputs
from drp.settings import RECIPES
from drp.training import choose_slots, fit_replicates, make_replicate
from experiments.bench import Bench, Profiles
from experiments.span_wiring import SpanWiring
from experiments.wiring import wire_components, wire_genes

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
      predict_profiles: genes of new samples by modality -> ln IC50 (uM); None where the design
        reads something else than genes.
    """

    number: int
    predicted_SD: np.ndarray
    epochs: float
    predict_profiles: Callable[[Profiles], np.ndarray] | None


def fit_design(design: str, recipe: str, bench: Bench, missing: Sequence[int]) -> Iterator[Outcome]:
    """Fit a design by a recipe on the replicates `missing`, and yield each when it is done."""
    if design in DESIGNS:
        return fit_network(design, recipe, bench, missing)
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


def fit_network(name: str, recipe: str, bench: Bench, missing: Sequence[int]) -> Iterator[Outcome]:
    """Train a neural design on the replicates `missing`, side by side."""
    design, first_layer = DESIGNS[name], find_first_layer(name, recipe, bench.first_layer)
    wiring = WIRINGS[design.inputs, first_layer](design, RECIPES[recipe], bench)
    offset = bench.span_offset if first_layer == SPAN else None
    replicate = make_replicate(wiring.model, RECIPES[recipe], span_offset=offset)
    key = jax.random.key(bench.seed)
    example = (wiring.make_task(missing[0]), wiring.lines, wiring.pretrained)
    # From all replicates, not from those still to do: a resumed run then has the same slots, and
    # so the same bytes.
    slots = bench.slots or choose_slots(len(bench.splits.train_RN), replicate, key, example)
    tasks = (wiring.make_task(number) for number in missing)
    for finished in fit_replicates(key, tasks, wiring.lines, wiring.pretrained, replicate, slots):
        yield Outcome(
            finished.number, wiring.predict_lines(finished), float(len(finished.train_loss)),
            wiring.make_predict(finished) if wiring.make_predict else None,
        )  # fmt: skip
