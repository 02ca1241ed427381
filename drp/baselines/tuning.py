"""Choose one setting for all drugs, then fit. It refuses to know what the settings mean."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from drp.baselines.inputs import BaselineInputs, choose_learned

# (inputs, target_SD, settings) -> predictions (S, D) of the settings, one after the other. What is
# learned from is target_SD: some or all drugs of a table of the inputs.
PredictEach = Callable[[BaselineInputs, np.ndarray, Sequence[Any]], Iterator[np.ndarray]]
# The same -> the sum of squared errors for entries that are left out one by one.
ScoreEach = Callable[[BaselineInputs, np.ndarray, Sequence[Any]], Iterator[float]]

EVERY_LEFT_OUT = 3  # drugs: of 265 on 393 lines this leaves 28,000 entries to choose by


def make_tuned(
    predict_each: PredictEach, grid: Sequence[Any], every: int = 1,
    score_each: ScoreEach | None = None,
) -> Callable[[BaselineInputs], np.ndarray]:  # fmt: skip
    """Return inputs -> (S, D) float64 ln IC50 (uM), by the setting with the least squared error.

    That is the error on validation entries, see `choose_validated`. Where these are fitted on in
    the end and `score_each` is given, it is that of `choose_left_out`: it asks all entries, and of
    fits as large as the last one (test lines of 12 splits of 438 GDSC lines, ridge without tissues:
    MSE 1.643 by it, 1.651 by validation entries).

    One setting serves all drugs: some 40 validation entries of one drug choose worse than they do
    together (test lines of 8 splits of 438 GDSC lines, kernel ridge: MSE 1.627 with a common
    penalty, 1.646 with one per drug).

    Args:
      predict_each: fits and predicts by every setting that it is given.
      grid: the settings; of equally good ones the first wins.
      every: tune on every n-th drug, where a fit is costly and validation entries choose.
      score_each: leaves out one entry after the other; None if that is too costly.
    """

    # Many small factorisations: on a busy machine BLAS threads wait for one another.
    @threadpool_limits.wrap(1, "blas")
    def fit_predict(inputs: BaselineInputs) -> np.ndarray:
        if inputs.refit and score_each is not None:
            setting = choose_left_out(score_each, inputs, grid)
        else:
            setting = choose_validated(predict_each, inputs, grid, every)
        return next(predict_each(inputs, choose_learned(inputs), [setting]))

    return fit_predict


def choose_validated(
    predict_each: PredictEach, inputs: BaselineInputs, grid: Sequence[Any], every: int = 1
) -> Any:
    """Return the setting with the least squared error over all validation entries.

    Args:
      predict_each: fits and predicts by every setting that it is given.
      inputs: what is learned from and tuned on.
      grid: the settings; of equally good ones the first wins.
      every: use every n-th of the drugs that have entries of both kinds.

    Raises:
      ValueError: no drug has training and validation entries.
    """
    tables = (inputs.train_SD, inputs.validation_SD)
    both_D = np.all([~np.isnan(table_SD).all(axis=0) for table_SD in tables], axis=0)
    drugs = np.flatnonzero(both_D)[::every]
    if not len(drugs):
        raise ValueError("expected a drug with training and validation entries, found none")
    train_SD, validation_SD = (table_SD[:, drugs] for table_SD in tables)
    errors = [
        np.nansum((pred_SD - validation_SD) ** 2)
        for pred_SD in predict_each(inputs, train_SD, grid)
    ]
    return grid[int(np.argmin(errors))]


def choose_left_out(
    score_each: ScoreEach, inputs: BaselineInputs, grid: Sequence[Any], every: int = EVERY_LEFT_OUT
) -> Any:
    """Return the setting with the least squared error over all entries, left out one by one.

    Args:
      score_each: leaves out one entry after the other, by every setting that it is given.
      inputs: what is learned from, validation entries too where they are fitted on.
      grid: the settings; of equally good ones the first wins.
      every: use every n-th of the drugs that have two entries.

    Raises:
      ValueError: no drug has two entries.
    """
    target_SD = choose_learned(inputs)
    drugs = np.flatnonzero((~np.isnan(target_SD)).sum(axis=0) > 1)[::every]
    if not len(drugs):
        raise ValueError("expected a drug with two entries, one to leave out, found none")
    errors = list(score_each(inputs, target_SD[:, drugs], grid))
    return grid[int(np.argmin(errors))]
