"""Synthetic pathway activity and the expression that shows it. It refuses to know any drug."""

from typing import NamedTuple

import numpy as np

ACTIVITY_SD_TISSUE, ACTIVITY_SD_SAMPLE = 0.6, 0.8  # a pathway's activity has variance about 1
BURDEN_PATHWAY = 0  # repair failure: the one pathway that follows mutation burden
BURDEN_EFFECT, BURDEN_RESIDUAL = 0.95, 0.3  # shares of its sd; squares sum to about 1
PATHWAY_GENE_SHARE = 0.6
LOW_GENE_SHARE = 0.12  # hardly expressed: the mean filter drops them
MARKER_SHARE = 0.25  # genes with a level of their own in each tissue
ADMIXTURE_GENE_SHARE = 0.15  # genes that stroma or immune cells bring into a tumour
N_ADMIXTURES = 2  # stroma, immune
BATCH_SD = 0.5  # per gene, tumours against lines
MAX_EXPRESSION = 15.5  # log2(TPM+1) stays below 16 in practice


class PathwayModel(NamedTuple):
    """Where activity comes from, for T tissues, M mutation genes and P pathways."""

    mean_TP: np.ndarray
    driver_shift_MP: np.ndarray  # change of activity when the gene is mutated
    burden_effect_P: np.ndarray  # change of activity per sd of log burden
    residual_sd_P: np.ndarray


class ExpressionModel(NamedTuple):
    """How G genes, in log2(TPM+1), show pathways, tissue, admixed cells and batch."""

    base_G: np.ndarray
    noise_sd_G: np.ndarray
    loading_PG: np.ndarray
    marker_TG: np.ndarray
    admixture_CG: np.ndarray  # C = stroma, immune
    batch_G: np.ndarray  # tumours minus lines


def draw_pathway_model(
    rng: np.random.Generator, n_tissues: int, n_drivers: int, n_genes: int, n_pathways: int
) -> PathwayModel:
    """Draw what moves the pathways; every second driver shifts one of them."""
    scale_P = np.ones(n_pathways)
    scale_P[BURDEN_PATHWAY] = BURDEN_RESIDUAL
    burden_effect_P = np.zeros(n_pathways)
    burden_effect_P[BURDEN_PATHWAY] = BURDEN_EFFECT
    shift_MP = np.zeros((n_genes, n_pathways))
    for driver in range(0, n_drivers, 2):
        # Not the burden pathway: what moves it must be burden, or the planted passenger is unfair.
        shift_MP[driver, rng.integers(1, n_pathways)] = _draw_signs(rng, 1)[0]
    mean_TP = rng.normal(scale=ACTIVITY_SD_TISSUE, size=(n_tissues, n_pathways)) * scale_P
    return PathwayModel(mean_TP, shift_MP, burden_effect_P, ACTIVITY_SD_SAMPLE * scale_P)


def draw_activity(
    rng: np.random.Generator,
    model: PathwayModel,
    tissue_S: np.ndarray,
    mutated_SM: np.ndarray,
    burden_S: np.ndarray,
) -> np.ndarray:
    """Draw each sample's pathway activities, (S, P), given its mutations and burden (in sd)."""
    residual_SP = rng.normal(scale=model.residual_sd_P, size=(len(tissue_S), len(model.mean_TP.T)))
    caused_SP = mutated_SM @ model.driver_shift_MP + np.outer(burden_S, model.burden_effect_P)
    return model.mean_TP[tissue_S] + caused_SP + residual_SP


def draw_expression_model(
    rng: np.random.Generator, n_tissues: int, n_genes: int, n_pathways: int
) -> ExpressionModel:
    """Draw the genes: some flat, some hardly expressed, most of them in one pathway."""
    base_G = rng.normal(5.0, 1.5, size=n_genes).clip(1.5, 9.5)
    low_G = rng.random(n_genes) < LOW_GENE_SHARE
    base_G[low_G] = rng.uniform(0.0, 0.6, size=low_G.sum())
    marker_G = ~low_G & (rng.random(n_genes) < MARKER_SHARE)
    admixed_G = ~low_G & (rng.random(n_genes) < ADMIXTURE_GENE_SHARE)
    return ExpressionModel(
        base_G,
        noise_sd_G=np.where(low_G, 0.25, rng.uniform(0.25, 0.9, size=n_genes)),
        loading_PG=_draw_loadings(rng, n_pathways, ~low_G),
        marker_TG=rng.normal(scale=0.8, size=(n_tissues, n_genes)) * marker_G,
        admixture_CG=rng.uniform(0, 4, size=(N_ADMIXTURES, n_genes)) * admixed_G,
        batch_G=rng.normal(scale=BATCH_SD, size=n_genes) * ~low_G,
    )


def draw_admixture(rng: np.random.Generator, n_tumors: int) -> np.ndarray:
    """Draw the fractions of stroma and immune cells in each tumour, (S, C)."""
    return rng.dirichlet((2.0, 1.5, 6.0), size=n_tumors)[:, :N_ADMIXTURES]


def draw_expression(
    rng: np.random.Generator,
    model: ExpressionModel,
    tissue_S: np.ndarray,
    activity_SP: np.ndarray,
    admixture_SC: np.ndarray,
    batch_G: np.ndarray,
) -> np.ndarray:
    """Draw log2(TPM+1), (S, G) float32; cell lines have zero admixture and batch."""
    expected_SG = model.base_G + batch_G + activity_SP @ model.loading_PG
    expected_SG += model.marker_TG[tissue_S] + admixture_SC @ model.admixture_CG
    expr_SG = expected_SG + rng.normal(scale=model.noise_sd_G, size=expected_SG.shape)
    return expr_SG.clip(0, MAX_EXPRESSION).astype(np.float32)


def _draw_loadings(rng, n_pathways: int, expressed_G: np.ndarray) -> np.ndarray:
    n_genes = len(expressed_G)
    member_G = expressed_G & (rng.random(n_genes) < PATHWAY_GENE_SHARE)
    pathway_G = rng.permutation(np.arange(n_genes) % n_pathways)
    size_G = rng.uniform(0.3, 0.9, size=n_genes) * _draw_signs(rng, n_genes, positive=0.8)
    loading_PG = np.zeros((n_pathways, n_genes))
    loading_PG[pathway_G[member_G], np.flatnonzero(member_G)] = size_G[member_G]
    return loading_PG


def _draw_signs(rng, size: int, positive: float = 0.5) -> np.ndarray:
    return np.where(rng.random(size) < positive, 1.0, -1.0)
