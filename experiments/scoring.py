"""One finished replicate -> its scores, and the predictions that are kept of it."""

from functools import lru_cache

import numpy as np

from drp.baselines.means import drug_mean, tissue_drug_mean
from drp.data.folds import TEST, TRAIN, UNUSED, VALIDATION, Fold
from drp.evaluation import MeanEffects, estimate_noise, masked_mse, score_replicate
from drp.models import DESIGNS
from drp.settings import Recipe
from experiments.bench import Bench
from experiments.fitting import Outcome
from experiments.parts import Part


def leaves_validation(design: str, recipe: Recipe) -> bool:
    """Tell whether a design never looks at the validation lines, so that they can calibrate it.

    So do ensembles that stop on tenths of the training lines.
    """
    return design in DESIGNS and recipe.members > 1 and not recipe.refit


class Scorer:
    """What every replicate of a comparison is judged by."""

    def __init__(self, bench: Bench):
        self._bench = bench
        self._noise = estimate_noise(bench.lines.measured_SD, bench.lines.drug_names).variance
        self._effects = lru_cache(maxsize=1)(self._fit_effects)

    def make_part(self, outcome: Outcome, design: str, recipe: Recipe, seconds: float) -> Part:
        """Score one replicate and choose the predictions that are kept.

        Args:
          outcome: the replicate.
          design: its design.
          recipe: how it was fitted.
          seconds: what it took.
        """
        fold = self._bench.splits.fold(outcome.number)
        scores = self._score(outcome, fold) | {
            "n_fitted": outcome.n_fitted, "epochs": outcome.epochs,
            "trained_epochs": outcome.trained_epochs, "slot_epochs": outcome.slot_epochs,
            "seconds": seconds,
        }  # fmt: skip
        calibrates, n_lines = leaves_validation(design, recipe), len(outcome.predicted_SD)
        rows = choose_rows(fold, outcome.number == 0, calibrates, n_lines)
        spread = None if outcome.spread_SD is None else outcome.spread_SD[rows].astype(np.float32)
        return Part(scores, rows, outcome.predicted_SD[rows].astype(np.float32), spread)

    def _score(self, outcome: Outcome, fold: Fold) -> dict[str, float]:
        lines, predicted_SD = self._bench.lines, outcome.predicted_SD
        effects = self._effects(outcome.number)
        if fold.part_SD is None:
            return score_replicate(
                predicted_SD, lines.imputed_SD, lines.measured_SD, fold.train, fold.test, effects
            )
        tests_SD, trains_SD = fold.part_SD == TEST, fold.part_SD == TRAIN
        imputed_SD, measured_SD = (
            np.where(tests_SD, truth_SD, np.nan)
            for truth_SD in (lines.imputed_SD, lines.measured_SD)
        )
        scores = score_replicate(
            predicted_SD, imputed_SD, measured_SD, fold.train[:0], fold.test, effects
        )
        learned_SD = np.where(trains_SD, lines.imputed_SD, np.nan)
        # Entries, not lines: what the t-test's ratio of test to training set is made of.
        n_test = int(np.isfinite(measured_SD).sum())
        return scores | {"n_test": n_test, "mse_train": masked_mse(predicted_SD, learned_SD)}

    def _fit_effects(self, number: int) -> MeanEffects:
        """Return the mean effects in the measured entries of training and validation."""
        lines, fold = self._bench.lines, self._bench.splits.fold(number)
        part_SD = place_parts(fold, lines.measured_SD.shape)
        known_SD = np.isin(part_SD, (TRAIN, VALIDATION))
        target_SD = np.where(known_SD, lines.measured_SD, np.nan)
        return MeanEffects(
            drug_mean(target_SD), tissue_drug_mean(target_SD, lines.tissue_S), self._noise
        )


def choose_rows(fold: Fold, is_shown: bool, calibrates: bool, n_lines: int) -> np.ndarray:
    """Return the lines whose predictions are kept: those that test, and those that calibrate.

    All lines of the replicate that figures show.
    """
    if is_shown:
        return np.arange(n_lines)
    return np.concatenate([fold.validation, fold.test]) if calibrates else fold.test


def place_parts(fold: Fold, shape: tuple[int, int]) -> np.ndarray:
    """Return which part every entry is in, (S, D) uint8."""
    if fold.part_SD is not None:
        return fold.part_SD
    part_S = np.full(shape[0], UNUSED, np.uint8)
    for part, rows in ((TRAIN, fold.train), (VALIDATION, fold.validation), (TEST, fold.test)):
        part_S[rows] = part
    return np.broadcast_to(part_S[:, None], shape)
