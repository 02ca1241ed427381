"""What the output layers of finished networks become: as trained, or solved all at once.

Early stopping leaves one compromise for all drugs. The hidden units are worth more than that: read
as one wide layer, their output weights are a ridge regression per drug, solved on every line that
the ensemble has learned from. Each member takes its share of the solution as its output layer, so
that the mean of the members is the solution and whatever uses them need not know of it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from threadpoolctl import threadpool_limits

from drp.baselines import BaselineInputs, choose_learned, invert_penalised, solve_duals
from drp.training import FinishedReplicate
from experiments.trial import Trial


class Readout(NamedTuple):
    """The networks of one replicate with the output layers that predict.

    Attributes:
      networks: the members.
      tissue_effect_SD: ln IC50 (uM) that the tissue of each complete line adds to their mean.
    """

    networks: list[FinishedReplicate]
    tissue_effect_SD: np.ndarray


def keep_trained(
    networks: Sequence[FinishedReplicate], hidden_MRH: Sequence[np.ndarray], trial: Trial,
    replicate: int,
) -> Readout:  # fmt: skip
    """Return the networks as they are."""
    return Readout(list(networks), np.zeros_like(trial.lines.measured_SD))


def solve_ridge(
    networks: Sequence[FinishedReplicate], hidden_MRH: Sequence[np.ndarray], trial: Trial,
    replicate: int,
) -> Readout:  # fmt: skip
    """Return the networks with output layers solved on all lines that the replicate learns from.

    Networks one of which diverged stay as they are, for all to see.

    Args:
      networks: all members of the replicate.
      hidden_MRH: what the output layer of each reads of every row of the trial.
      trial: says what is learned from, with which penalty, and how much tissues may differ.
      replicate: its number.
    """
    if not all(np.isfinite(hidden_RH).all() for hidden_RH in hidden_MRH):
        return keep_trained(networks, hidden_MRH, trial, replicate)
    recipe, learned_by = trial.recipe, trial.learned_by(replicate)
    outputs, tissue_effect_RD = solve_outputs(
        hidden_MRH, learned_by, trial.n_lines, recipe.readout_penalty, recipe.tissue_effect
    )
    return Readout(
        [put_output(*pair) for pair in zip(networks, outputs, strict=True)],
        tissue_effect_RD[: trial.n_lines],
    )


def solve_outputs(
    hidden_MRH: Sequence[np.ndarray], inputs: BaselineInputs, n_complete: int, penalty: float,
    tissue_effect: float,
) -> tuple[list[dict[str, np.ndarray]], np.ndarray]:  # fmt: skip
    """Solve one ridge regression per drug on the hidden units of all members, side by side.

    Args:
      hidden_MRH: (R, H) hidden units of each member.
      inputs: targets, weights and tissues of the rows.
      n_complete: rows whose profiles were measured; they come first.
      penalty: variance of the noise, where the units give a signal of variance 1.
      tissue_effect: variance of what each tissue adds, in the same units.

    Returns:
      The output layer of each member, whose mean over members is the solution; and ln IC50 (uM)
      that its tissue adds to each row, (R, D).
    """
    target_RD = choose_learned(inputs)
    learned = np.flatnonzero(np.isfinite(target_RD).any(axis=1))
    units = [standardise_units(x_RH, learned[learned < n_complete]) for x_RH in hidden_MRH]
    same_RL = inputs.tissue_S[:, None] == inputs.tissue_S[learned]
    kernel_LL = np.mean([x_RH[learned] @ x_RH[learned].T for x_RH, *_ in units], axis=0)
    kernel_LL += tissue_effect * same_RL[learned]
    weight_L = np.ones(len(learned)) if inputs.weight_S is None else inputs.weight_S[learned]
    with threadpool_limits(1, "blas"):  # many small factorisations, as in the baselines
        inverse_LL = invert_penalised(kernel_LL, penalty / weight_L)
        dual_LD, intercept_D = solve_duals(inverse_LL, target_RD[learned])
    outputs = [
        make_output(x_RH[learned].T @ dual_LD, intercept_D, centre_H, size)
        for x_RH, centre_H, size in units
    ]
    return outputs, tissue_effect * (same_RL @ dual_LD)


def standardise_units(
    hidden_RH: np.ndarray, complete: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return hidden units (R, H), float64, centred, a line's mean square over all of them 1.

    Args:
      hidden_RH: of every row.
      complete: rows that set centre and size: measured lines that are learned from.

    Returns:
      The units, their centre (H,), and what they were divided by.
    """
    centre_H = hidden_RH[complete].mean(axis=0, dtype=np.float64)
    centred_RH = hidden_RH - centre_H
    size = np.sqrt((centred_RH[complete] ** 2).sum(axis=1).mean()) or 1.0
    return centred_RH / size, centre_H, size


def make_output(
    kernel_HD: np.ndarray, intercept_D: np.ndarray, centre_H: np.ndarray, size: float
) -> dict[str, np.ndarray]:
    """Return the output layer for hidden units as they are, given that for standardised ones."""
    kernel_HD = kernel_HD / size
    return {"kernel": kernel_HD, "bias": intercept_D - centre_H @ kernel_HD}


def put_output(network: FinishedReplicate, output: dict[str, np.ndarray]) -> FinishedReplicate:
    """Return a network with another output for the drugs; auxiliary outputs stay as trained."""
    trained = network.fitted.params["output"]
    n_drugs = len(output["bias"])
    joined = {
        name: jnp.concatenate(
            [jnp.asarray(new, jnp.float32), trained[name][..., n_drugs:]], axis=-1
        )
        for name, new in output.items()
    }
    params = {**network.fitted.params, "output": joined}
    return network._replace(fitted=network.fitted._replace(params=params))


# How the output layer that predicts comes about, by a recipe's `readout`.
READOUTS: dict[str, Callable[..., Readout]] = {"trained": keep_trained, "ridge": solve_ridge}
