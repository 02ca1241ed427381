"""The synthetic cohort: lines and tumours of known truth, as readers would give them, unfiltered.

It refuses to know what is done with them: gene filters and imputation come later, as for files.
"""

from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from drp.data.cohort import EXPRESSION, MUTATION, RESPONSE, UNITS, Cohort, make_modality
from drp.data.errors import DataError
from drp.data.synthetic_response import MIN_MEASURED, draw_missing
from drp.data.synthetic_world import (
    TISSUES,
    Profiles,
    World,
    draw_profiles,
    draw_world,
    leading_genes,
    pathway_names,
    tabulate_truth,
)
from drp.settings import setting


@dataclass(frozen=True)
class SyntheticSettings:
    """Sizes and rates of the synthetic cohort; the defaults are those of the demo."""

    n_lines: int = setting(300, "cell lines")
    n_tumors: int = setting(900, "tumours")
    n_expression_genes: int = setting(500, "genes with expression, lines and tumours together")
    n_mutation_genes: int = setting(600, "genes sequenced, lines and tumours together")
    n_drivers: int = setting(20, "mutation genes that have effects")
    n_drugs: int = setting(40, "drugs; the last is a second screen of the first compound")
    n_effects: int = setting(24, "planted gene-compound effects")
    n_pathways: int = setting(12, "latent pathways; the first follows mutation burden")
    n_tissues: int = setting(10, "tissues, each with its cancer type")
    missing_share: float = setting(0.18, "share of the response table that was not measured")
    noise_variance: float = setting(0.84, "replicate noise of ln IC50; GDSC1 has 0.84")
    unshared_share: float = setting(0.04, "genes that lines lack, and as many that tumours lack")
    unprofiled_share: float = setting(0.03, "lines without expression, as many without mutation")
    mutation_only_share: float = setting(0.1, "tumours without expression")

    def __post_init__(self):
        limits = {
            "n_lines": (MIN_MEASURED + 1, np.inf),
            "n_tumors": (1, np.inf),
            "n_tissues": (1, len(TISSUES)),
            "n_pathways": (2, np.inf),
            "n_drugs": (3, np.inf),
            "n_drivers": (1, min(self.n_expression_genes, self.n_mutation_genes - 2)),
            "n_effects": (0, self.n_drivers * (self.n_drugs - 1)),
            "missing_share": (0, 1 - MIN_MEASURED / self.n_lines),
            "noise_variance": (0, np.inf),
            "unshared_share": (0, 0.4),
            "unprofiled_share": (0, 0.4),
            "mutation_only_share": (0, 1),
        }
        for name, (low, high) in limits.items():
            found = getattr(self, name)
            if not low <= found <= high:
                raise DataError(f"synthetic cohort: {name} is {found}, expected {low} to {high}")


def make_synthetic_cohorts(sizes: SyntheticSettings, seed: int) -> tuple[Cohort, Cohort]:
    """Draw cell lines and tumours that obey one planted biology.

    `uns["truth"]` of both holds it. Tables: `planted_effects` (`effect` is the direct one in
    ln IC50, `total_effect` adds what the mutation does through a pathway), `drug_pathway`,
    `gene_pathway`, `driver_pathway`, `driver_rates`, and of the cohort's own samples `activity`
    and `expected_ln_ic50_um` (free of replicate noise). Also `burden_passenger`, the gene that is
    mutated by burden and does nothing; `burden_drugs`, driven by `burden_pathway`; `noise_sd`.

    Args:
      sizes: sizes and rates.
      seed: the same seed and sizes give the same cohorts.

    Returns:
      (cells, tumors): both with expression and mutation, cells with response.
    """
    world_rng, lines_rng, tumors_rng, genes_rng, gaps_rng = np.random.default_rng(seed).spawn(5)
    world = _draw_world(world_rng, sizes)
    lines = draw_profiles(lines_rng, world, sizes.n_lines, in_patients=False)
    tumors = draw_profiles(tumors_rng, world, sizes.n_tumors, in_patients=True)
    lines_genes, tumors_genes = _draw_known_genes(genes_rng, world, sizes.unshared_share)
    noise_sd = float(np.sqrt(sizes.noise_variance))
    return (
        _observe_lines(
            gaps_rng,
            world,
            lines,
            genes=lines_genes,
            noise_sd=noise_sd,
            missing_share=sizes.missing_share,
            unprofiled_share=sizes.unprofiled_share,
        ),
        _observe_tumors(
            gaps_rng,
            world,
            tumors,
            genes=tumors_genes,
            noise_sd=noise_sd,
            mutation_only_share=sizes.mutation_only_share,
        ),
    )


def _draw_world(rng: np.random.Generator, sizes: SyntheticSettings) -> World:
    return draw_world(
        rng,
        n_tissues=sizes.n_tissues,
        n_drivers=sizes.n_drivers,
        n_expression_genes=sizes.n_expression_genes,
        n_mutation_genes=sizes.n_mutation_genes,
        n_pathways=sizes.n_pathways,
        n_drugs=sizes.n_drugs,
        n_effects=sizes.n_effects,
    )


def _observe_lines(
    rng: np.random.Generator,
    world: World,
    lines: Profiles,
    genes: dict[str, np.ndarray],
    noise_sd: float,
    missing_share: float,
    unprofiled_share: float,
) -> Cohort:
    n_lines = len(lines.tissue_S)
    ids = pd.Index([f"LINE-{i + 1:04d}" for i in range(n_lines)])
    obs = pd.DataFrame({"cancer_type": np.array(list(TISSUES))[lines.tissue_S]}, index=ids)
    n_unprofiled = int(np.ceil(unprofiled_share * n_lines))
    shuffled = rng.permutation(n_lines)
    with_expression = np.sort(shuffled[n_unprofiled:])
    with_mutation = np.sort(np.roll(shuffled, n_unprofiled)[n_unprofiled:])
    ic50_SD = _draw_response(rng, lines, noise_sd, missing_share)
    drugs = world.drugs.assign(n_measured=np.isfinite(ic50_SD).sum(axis=0))
    modalities = {
        EXPRESSION: _observe_expression(world, lines, ids, with_expression, genes[EXPRESSION]),
        MUTATION: _observe_mutation(world, lines, ids, with_mutation, genes[MUTATION]),
        RESPONSE: make_modality(ic50_SD, ids, drugs),
    }
    return Cohort(obs, modalities, _describe(world, lines, ids, noise_sd))


def _observe_tumors(
    rng: np.random.Generator,
    world: World,
    tumors: Profiles,
    genes: dict[str, np.ndarray],
    noise_sd: float,
    mutation_only_share: float,
) -> Cohort:
    n_tumors = len(tumors.tissue_S)
    ids = pd.Index([f"TCGA-SY-{i + 1:04d}-01" for i in range(n_tumors)])
    obs = pd.DataFrame({"cancer_type": np.array(list(TISSUES.values()))[tumors.tissue_S]}, ids)
    n_mutation_only = round(mutation_only_share * n_tumors)
    with_expression = np.sort(rng.permutation(n_tumors)[n_mutation_only:])
    everyone = np.arange(n_tumors)
    modalities = {
        EXPRESSION: _observe_expression(world, tumors, ids, with_expression, genes[EXPRESSION]),
        MUTATION: _observe_mutation(world, tumors, ids, everyone, genes[MUTATION]),
    }
    return Cohort(obs, modalities, _describe(world, tumors, ids, noise_sd))


def _observe_expression(
    world: World, profiles: Profiles, ids: pd.Index, rows: np.ndarray, genes: np.ndarray
) -> ad.AnnData:
    values = profiles.expr_SG[np.ix_(rows, genes)]
    return make_modality(values, ids[rows], world.expression_genes.iloc[genes])


def _observe_mutation(
    world: World, profiles: Profiles, ids: pd.Index, rows: np.ndarray, genes: np.ndarray
) -> ad.AnnData:
    values = sparse.csr_matrix(profiles.mutated_SM[np.ix_(rows, genes)], dtype=np.uint8)
    return make_modality(values, ids[rows], world.mutation_genes.iloc[genes])


def _draw_response(rng, lines: Profiles, noise_sd: float, missing_share: float) -> np.ndarray:
    ic50_SD = lines.expected_SD + rng.normal(scale=noise_sd, size=lines.expected_SD.shape)
    missing_SD = draw_missing(rng, ic50_SD, lines.tissue_S, missing_share)
    return np.where(missing_SD, np.nan, ic50_SD).astype(np.float32)


def _draw_known_genes(
    rng: np.random.Generator, world: World, unshared_share: float
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the columns that lines, and that tumours, measure, by modality.

    Drivers and the burden passenger, which stand first, are known on both sides.
    """
    lines_genes, tumors_genes = {}, {}
    n_leading = len(leading_genes(world))
    for modality, table in (
        (EXPRESSION, world.expression_genes),
        (MUTATION, world.mutation_genes),
    ):
        others = n_leading + rng.permutation(len(table) - n_leading)
        n_lost = int(unshared_share * len(others))
        everything = np.arange(len(table))
        lines_genes[modality] = np.setdiff1d(everything, others[:n_lost])
        tumors_genes[modality] = np.setdiff1d(everything, others[n_lost : 2 * n_lost])
    return lines_genes, tumors_genes


def _describe(world: World, profiles: Profiles, ids: pd.Index, noise_sd: float) -> dict:
    """Return `uns`: units, and the truth with this cohort's own samples."""
    own = {
        "activity": pd.DataFrame(profiles.activity_SP, ids, pathway_names(world.response)),
        "expected_ln_ic50_um": pd.DataFrame(profiles.expected_SD, ids, world.drugs.index),
        "noise_sd": noise_sd,
    }
    return {"units": dict(UNITS), "truth": tabulate_truth(world) | own}
