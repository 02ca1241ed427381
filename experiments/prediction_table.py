"""All kept predictions of a comparison as one long table."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from drp.data.folds import TEST
from drp.settings import DESIGN_NAMES
from experiments.bench import Bench
from experiments.parts import PartStore
from experiments.scoring import place_parts

PARTS = ("unused", "train", "validation", "test")  # as numbered in drp.data.folds


def tabulate_predictions(
    parts: PartStore, wheres: Sequence[tuple[str, str, int]], bench: Bench
) -> Iterator[pd.DataFrame]:
    """Yield each part's predictions in long form, a row per line and drug, all of one schema.

    Of held-out entries only these, but for replicate 0. `sd_members`: the spread of an ensemble.
    """
    samples, drugs, recipes = bench.lines.samples, bench.lines.drugs, list(bench.recipes)
    for design, recipe, number in wheres:
        part = parts.read(design, recipe, number)
        n_rows, n_drugs = part.predicted.shape
        fold = bench.splits.fold(number)
        part_SD = place_parts(fold, (len(samples), n_drugs))[part.rows]
        columns = {
            "design": (DESIGN_NAMES.index(design), DESIGN_NAMES),
            "recipe": (recipes.index(recipe), recipes),
            "part": (part_SD.ravel(), PARTS),
            "sample": (np.repeat(part.rows, n_drugs), samples),
            "drug": (np.tile(np.arange(n_drugs), n_rows), drugs),
        }
        table = pd.DataFrame({
            name: pd.Categorical.from_codes(np.broadcast_to(codes, part_SD.size), categories)
            for name, (codes, categories) in columns.items()
        })  # fmt: skip
        table.insert(2, "replicate", np.int32(number))
        table[f"pred_{bench.lines.measure}"] = part.predicted.ravel()
        spread = np.full_like(part.predicted, np.nan) if part.spread is None else part.spread
        table["sd_members"] = spread.ravel()
        by_entry = fold.part_SD is not None and number > 0
        yield table[part_SD.ravel() == TEST] if by_entry else table
