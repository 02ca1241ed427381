"""Choose a setting on validation entries, then fit. It refuses to know what the settings mean."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from drp.baselines.inputs import BaselineInputs, choose_learned

# (profiles_SG, target_SD, settings) -> predictions (S, D) of the settings, one after the other.
# Where lines have weights, these come last, and whose profiles are made up.
PredictEach = Callable[..., Iterator[np.ndarray]]


def make_tuned(
    predict_each: PredictEach, grid: Sequence[Any], every: int = 1
) -> Callable[[BaselineInputs], np.ndarray]:
    """Return inputs -> (S, D) float64 ln IC50 (uM), by the setting that `choose_setting` finds.

    One setting serves all drugs: some 40 validation entries of one drug choose worse than they do
    together (test lines of 8 splits of 438 GDSC lines, kernel ridge: MSE 1.627 with a common
    penalty, 1.646 with one per drug).

    Args:
      predict_each: fits and predicts by every setting that it is given.
      grid: the settings; of equally good ones the first wins.
      every: tune on every n-th drug, where a fit is costly.
    """

    # Many small factorisations: on a busy machine BLAS threads wait for one another.
    @threadpool_limits.wrap(1, "blas")
    def fit_predict(inputs: BaselineInputs) -> np.ndarray:
        setting = choose_setting(predict_each, inputs, grid, every)
        target_SD, weights = choose_learned(inputs), give_weights(inputs)
        return next(predict_each(inputs.profiles_SG, target_SD, [setting], *weights))

    return fit_predict


def choose_setting(
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
        for pred_SD in predict_each(inputs.profiles_SG, train_SD, grid, *give_weights(inputs))
    ]
    return grid[int(np.argmin(errors))]


def give_weights(inputs: BaselineInputs) -> list[np.ndarray]:
    """Return the lines' weights and which are made up as last arguments, if there are any."""
    return [] if inputs.weight_S is None else [inputs.weight_S, inputs.made_up_S]
