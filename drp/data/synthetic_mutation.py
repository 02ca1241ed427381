"""Synthetic mutations: drivers by tissue, passengers by burden. It refuses to know their effects.

The passengers stand for genes such as TTN and MUC16: mutated because they are long, not because
they matter, and therefore a marker of each sample's mutation burden.
"""

from typing import NamedTuple

import numpy as np

BURDEN_PASSENGER = "LONGPASS1"
PASSENGER_RATE = 0.04  # mean over the passengers, in a sample of median burden
BURDEN_PASSENGER_LENGTH = 0.5  # mutated in 1 - exp(-0.5) = 39% of samples of median burden
SILENT_SHARE = 0.05  # passengers that nobody carries: the never-mutated filter drops them
BURDEN_SD_TISSUE, BURDEN_SD_SAMPLE = 0.4, 1.0  # of the natural-log burden
COMMON_RATES = (0.4, 0.2)  # of the first drivers, in every tissue (TP53, PIK3CA)
BACKGROUND_RATE = 0.03  # of a driver outside its home tissues


class MutationModel(NamedTuple):
    """Rates for T tissues and M genes: first the drivers, then LONGPASS1, then other passengers."""

    driver_rate_TM: np.ndarray  # 0 for passengers
    length_M: np.ndarray  # expected mutations in a sample of burden 1; 0 for drivers
    log_burden_T: np.ndarray  # natural log of the median burden


def draw_mutation_model(
    rng: np.random.Generator, n_tissues: int, n_drivers: int, n_genes: int
) -> MutationModel:
    """Draw which genes are mutated how often."""
    rate_TM = np.zeros((n_tissues, n_genes))
    rate_TM[:, :n_drivers] = _draw_driver_rates(rng, n_tissues, n_drivers)
    length_M = np.zeros(n_genes)
    length_M[n_drivers] = BURDEN_PASSENGER_LENGTH
    n_others = n_genes - n_drivers - 1
    others = rng.lognormal(sigma=0.8, size=n_others)
    others *= PASSENGER_RATE / others.mean()
    others[rng.permutation(n_others)[: int(np.ceil(SILENT_SHARE * n_others))]] = 0
    length_M[n_drivers + 1 :] = others
    return MutationModel(rate_TM, length_M, rng.normal(scale=BURDEN_SD_TISSUE, size=n_tissues))


def draw_mutations(
    rng: np.random.Generator, model: MutationModel, tissue_S: np.ndarray
) -> np.ndarray:
    """Draw which genes are mutated in each sample, (S, M) bool.

    A passenger's probability saturates, 1 - exp(-length x burden), as a long gene's does in a
    hypermutated sample.
    """
    deviation_S = rng.normal(scale=BURDEN_SD_SAMPLE, size=len(tissue_S))
    burden_S = np.exp(model.log_burden_T[tissue_S] + deviation_S)
    unhit_SM = np.exp(-burden_S[:, None] * model.length_M)
    probability_SM = 1 - (1 - model.driver_rate_TM[tissue_S]) * unhit_SM
    return rng.random(probability_SM.shape) < probability_SM


def standardise_burden(model: MutationModel, mutated_SM: np.ndarray) -> np.ndarray:
    """Return log(1 + mutated genes) about its usual value, in standard deviations, (S,).

    It counts mutations that happened, not the rate behind them, so that an analysis that adjusts
    for the counted burden adjusts for all of it.
    """
    usual = np.log1p((1 - np.exp(-model.length_M)).sum() + model.driver_rate_TM.mean(axis=0).sum())
    spread = np.hypot(BURDEN_SD_TISSUE, BURDEN_SD_SAMPLE)
    return (np.log1p(mutated_SM.sum(axis=1)) - usual) / spread


def _draw_driver_rates(rng, n_tissues: int, n_drivers: int) -> np.ndarray:
    rate_TM = np.full((n_tissues, n_drivers), BACKGROUND_RATE)
    for driver in range(n_drivers):
        n_homes = min(n_tissues, rng.integers(1, 4))
        homes = rng.permutation(n_tissues)[:n_homes]
        rate_TM[homes, driver] = rng.uniform(0.25, 0.6, size=n_homes)
    n_common = min(n_drivers, len(COMMON_RATES))
    rate_TM[:, :n_common] = COMMON_RATES[:n_common]
    return rate_TM
