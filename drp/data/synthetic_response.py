"""Synthetic drug response with planted effects and informative gaps. It refuses to know expression.

All effects are in natural-log IC50 (uM); more is more resistant. Variances follow GDSC1 release
17: drug means carry 70% of the table's variance of 6.7, replicate screens differ by 0.84.
"""

from typing import NamedTuple

import numpy as np

from drp.data.synthetic_expression import BURDEN_PATHWAY

DRUG_MEAN, DRUG_SD = 2.4, 2.15
TISSUE_VARIANCE = 0.2
PATHWAY_VARIANCE = 0.6
HIDDEN_VARIANCE = 0.3  # general sensitivity of a line, which no profile shows
MINOR_PATHWAYS, MINOR_WEIGHT = 2, 0.35  # relative to a drug's main pathway
EFFECT_RANGE = (1.2, 2.5)  # size of a planted effect
MIN_MEASURED = 20  # lines per drug
MIN_COMPLETE = 4  # lines with every drug measured
LATE_SHARE = 0.2  # drugs added late in the screen
# What makes an entry likely to be missing, in log odds before the share asked for is taken.
LATE_ODDS, BLOCK_ODDS, RESISTANT_ODDS, LINE_ODDS = 2.0, 2.5, 0.7, 0.7
BLOCK_SHARE, N_DRUG_BLOCKS = 0.1, 4


class ResponseModel(NamedTuple):
    """Effects on D drugs of T tissues, P pathways, M mutation genes and a hidden factor."""

    mean_D: np.ndarray
    tissue_TD: np.ndarray
    pathway_PD: np.ndarray
    planted_MD: np.ndarray
    hidden_D: np.ndarray


def screened_compounds(n_drugs: int) -> np.ndarray:
    """Return each drug's compound, (D,): the last drug is a second screen of the first compound."""
    return np.append(np.arange(n_drugs - 1), 0)


def draw_response_model(
    rng: np.random.Generator,
    n_tissues: int,
    n_pathways: int,
    n_drivers: int,
    n_genes: int,
    n_drugs: int,
    n_effects: int,
) -> ResponseModel:
    """Draw what acts on each compound; two screens of one compound share all of it."""
    compound_D = screened_compounds(n_drugs)
    n_compounds = n_drugs - 1
    mean_C = rng.normal(size=n_compounds)
    mean_C = DRUG_MEAN + DRUG_SD * (mean_C - mean_C.mean()) / mean_C.std()
    tissue_TC = rng.normal(scale=np.sqrt(TISSUE_VARIANCE), size=(n_tissues, n_compounds))
    hidden_C = np.sqrt(HIDDEN_VARIANCE) * rng.uniform(0.7, 1.3, size=n_compounds)
    planted_MC = np.zeros((n_genes, n_compounds))
    planted_MC[:n_drivers] = _draw_planted(rng, n_drivers, n_compounds, n_effects)
    return ResponseModel(
        mean_C[compound_D],
        tissue_TC[:, compound_D],
        _draw_pathway_weights(rng, n_pathways, n_compounds)[:, compound_D],
        planted_MC[:, compound_D],
        hidden_C[compound_D],
    )


def draw_expected_response(
    rng: np.random.Generator,
    model: ResponseModel,
    tissue_S: np.ndarray,
    activity_SP: np.ndarray,
    mutated_SM: np.ndarray,
) -> np.ndarray:
    """Draw ln IC50 (uM) free of replicate noise, (S, D): what endless screens would average to.

    Random only in the hidden factor of each sample.
    """
    hidden_S = rng.normal(size=len(tissue_S))
    effect_SD = activity_SP @ model.pathway_PD + mutated_SM @ model.planted_MD
    return model.mean_D + model.tissue_TD[tissue_S] + effect_SD + np.outer(hidden_S, model.hidden_D)


def draw_missing(
    rng: np.random.Generator, ic50_SD: np.ndarray, tissue_S: np.ndarray, share: float
) -> np.ndarray:
    """Draw which entries were not measured, (S, D) bool, exactly `share` of them, not at random.

    Likely gaps are drugs added late, blocks of tissue x drugs, some lines, and resistant entries,
    whose curve never reaches half effect. Every drug keeps MIN_MEASURED lines and MIN_COMPLETE
    lines keep every drug.
    """
    n_lines, n_drugs = ic50_SD.shape
    late_D = rng.random(n_drugs) < LATE_SHARE
    block_TB = rng.random((tissue_S.max() + 1, N_DRUG_BLOCKS)) < BLOCK_SHARE
    block_D = rng.integers(N_DRUG_BLOCKS, size=n_drugs)
    resistance_SD = (ic50_SD - ic50_SD.mean(axis=0)) / ic50_SD.std(axis=0)
    odds_SD = LATE_ODDS * late_D + BLOCK_ODDS * block_TB[tissue_S][:, block_D]
    odds_SD = odds_SD + RESISTANT_ODDS * resistance_SD
    odds_SD += rng.normal(scale=LINE_ODDS, size=(n_lines, 1)) + rng.logistic(size=ic50_SD.shape)

    complete_S = rng.permutation(n_lines)[:MIN_COMPLETE]
    odds_SD[complete_S] = -np.inf
    kept_SD = np.argsort(odds_SD, axis=0)[:MIN_MEASURED]
    np.put_along_axis(odds_SD, kept_SD, -np.inf, axis=0)
    n_missing = round(share * odds_SD.size)
    missing_SD = np.zeros(odds_SD.shape, bool)
    missing_SD.flat[np.argsort(-odds_SD, axis=None)[:n_missing]] = True
    assert np.isfinite(odds_SD[missing_SD]).all(), "the share asks for entries that must be kept"
    return missing_SD


def _draw_pathway_weights(rng, n_pathways: int, n_compounds: int) -> np.ndarray:
    weight_PC = np.zeros((n_pathways, n_compounds))
    for compound in range(n_compounds):
        main = compound % n_pathways
        others = np.setdiff1d(np.arange(n_pathways), [main, BURDEN_PATHWAY])
        minor = rng.permutation(others)[:MINOR_PATHWAYS]
        weight_PC[main, compound] = rng.choice([-1.0, 1.0])
        weight_PC[minor, compound] = rng.choice([-1.0, 1.0], size=len(minor)) * MINOR_WEIGHT
    return weight_PC * np.sqrt(PATHWAY_VARIANCE / np.square(weight_PC).sum(axis=0))


def _draw_planted(rng, n_drivers: int, n_compounds: int, n_effects: int) -> np.ndarray:
    """Spread the effects over the drivers, half of them resistant and half sensitive."""
    planted_MC = np.zeros((n_drivers, n_compounds))
    signs = rng.permutation(np.resize([1, -1], n_effects))
    for effect, sign in enumerate(signs):
        driver = effect % n_drivers
        compound = rng.choice(np.flatnonzero(planted_MC[driver] == 0))
        planted_MC[driver, compound] = sign * rng.uniform(*EFFECT_RANGE)
    return planted_MC
