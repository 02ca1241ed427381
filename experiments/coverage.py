"""How often the intervals of a comparison hold what was measured, from its parts on disk.

Each replicate's intervals are calibrated on its validation lines and judged on its test lines.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from drp.baselines.means import drug_mean
from drp.evaluation import calibrate, estimate_scale, interval, summarise_coverage
from experiments.bench import Bench
from experiments.comparison_plan import Run
from experiments.parts import PartStore
from experiments.scoring import leaves_validation

LEVEL = 0.9
SCALES = {"": False, " with the members' spread": True}  # what else the width follows
KEYS = ["design", "recipe", "scale"]


def measure_coverage(parts: PartStore, runs: Mapping[Run, int], bench: Bench) -> pd.DataFrame:
    """Return the coverage of every design that left its validation lines alone.

    Where entries are held out no line is new, and nothing is calibrated.

    Returns:
      design, recipe, scale, and what `summarise_coverage` gives; empty without such a design.
    """
    tables = []
    for (design, recipe), n_replicates in runs.items():
        if not leaves_validation(design, bench.recipes[recipe]) or bench.splits.kind == "pair":
            continue
        for scale, by_spread in SCALES.items():
            judged = [
                judge_replicate(parts, (design, recipe), number, bench, by_spread)
                for number in range(n_replicates)
            ]
            lower, upper, truth = (np.concatenate(kind) for kind in zip(*judged, strict=True))
            tests = [bench.splits.fold(number).test for number in range(n_replicates)]
            tissue = bench.lines.tissue_S[np.concatenate(tests)]
            summary = summarise_coverage(lower, upper, truth, LEVEL, bench.lines.drugs, tissue)
            for name, value in zip(KEYS[::-1], (scale, recipe, design), strict=True):
                summary.insert(0, name, value)
            tables.append(summary)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=KEYS)


def judge_replicate(
    parts: PartStore, run: Run, number: int, bench: Bench, by_spread: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lower and upper ends and the truth, (T, D), of one replicate's test lines."""
    part, fold = parts.read(*run, number), bench.splits.fold(number)
    truth_SD = bench.lines.measured_SD
    place = {line: row for row, line in enumerate(part.rows)}
    calibrates, tests = ([place[line] for line in rows] for rows in (fold.validation, fold.test))
    fitted_SD = truth_SD[fold.train]
    scale_D = estimate_scale(fitted_SD - drug_mean(fitted_SD))
    spread = (part.spread[calibrates], part.spread[tests]) if by_spread else (None, None)
    calibration = calibrate(
        part.predicted[calibrates], truth_SD[fold.validation], LEVEL, scale_D, spread[0]
    )
    return *interval(calibration, part.predicted[tests], spread[1]), truth_SD[fold.test]
