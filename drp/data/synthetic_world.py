"""The synthetic world: what lines and tumours obey, and the truth about it in tables.

It refuses to know what was measured of it.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from drp.data import synthetic_expression as transcriptome
from drp.data import synthetic_mutation as genome
from drp.data import synthetic_response as pharmacology

TISSUES = {
    "lung": "LUAD", "breast": "BRCA", "large_intestine": "COAD", "skin": "SKCM",
    "central_nervous_system": "GBM", "ovary": "OV", "stomach": "STAD", "liver": "LIHC",
    "kidney": "KIRC", "pancreas": "PAAD", "upper_aerodigestive_tract": "HNSC",
    "oesophagus": "ESCA", "endometrium": "UCEC", "urinary_tract": "BLCA", "prostate": "PRAD",
    "thyroid": "THCA",
}  # fmt: skip
FIRST_ENTREZ_ID = 900_001
FIRST_DRUG_ID = 1001


class World(NamedTuple):
    """The planted biology of T tissues, and the tables that name its genes and drugs."""

    mutation: genome.MutationModel
    pathway: transcriptome.PathwayModel
    expression: transcriptome.ExpressionModel
    response: pharmacology.ResponseModel
    expression_genes: pd.DataFrame  # index symbol; entrez_id
    mutation_genes: pd.DataFrame
    drugs: pd.DataFrame  # index drug key; drug_id, drug_name, target, pathway


class Profiles(NamedTuple):
    """Samples in full, before anything goes unmeasured."""

    tissue_S: np.ndarray
    mutated_SM: np.ndarray
    activity_SP: np.ndarray
    expr_SG: np.ndarray
    expected_SD: np.ndarray  # ln IC50 (uM) free of replicate noise


def draw_world(
    rng: np.random.Generator,
    *,
    n_tissues: int,
    n_drivers: int,
    n_expression_genes: int,
    n_mutation_genes: int,
    n_pathways: int,
    n_drugs: int,
    n_effects: int,
) -> World:
    """Draw the biology that lines and tumours share."""
    drivers = [f"DRIVER{i + 1:02d}" for i in range(n_drivers)]
    expression_genes = _gene_table(drivers, n_expression_genes)
    mutation_genes = _gene_table([*drivers, genome.BURDEN_PASSENGER], n_mutation_genes)
    response = pharmacology.draw_response_model(
        rng, n_tissues, n_pathways, n_drivers, n_mutation_genes, n_drugs, n_effects
    )
    return World(
        genome.draw_mutation_model(rng, n_tissues, n_drivers, n_mutation_genes),
        transcriptome.draw_pathway_model(rng, n_tissues, n_drivers, n_mutation_genes, n_pathways),
        transcriptome.draw_expression_model(rng, n_tissues, n_expression_genes, n_pathways),
        response,
        expression_genes,
        mutation_genes,
        _drug_table(response, mutation_genes.index),
    )


def draw_profiles(
    rng: np.random.Generator, world: World, n_samples: int, in_patients: bool
) -> Profiles:
    """Draw samples; in patients, with stroma, immune cells and another expression batch."""
    n_tissues = len(world.mutation.log_burden_T)
    tissue_S = _draw_tissues(rng, n_tissues, n_samples)
    mutated_SM = genome.draw_mutations(rng, world.mutation, tissue_S)
    burden_S = genome.standardise_burden(world.mutation, mutated_SM)
    activity_SP = transcriptome.draw_activity(rng, world.pathway, tissue_S, mutated_SM, burden_S)
    # Zeros for lines rather than a second path: one expression model serves both.
    admixture_SC = transcriptome.draw_admixture(rng, n_samples) * in_patients
    batch_G = world.expression.batch_G * in_patients
    return Profiles(
        tissue_S,
        mutated_SM,
        activity_SP,
        transcriptome.draw_expression(
            rng, world.expression, tissue_S, activity_SP, admixture_SC, batch_G
        ),
        pharmacology.draw_expected_response(rng, world.response, tissue_S, activity_SP, mutated_SM),
    )


def tabulate_truth(world: World) -> dict:
    """Return the planted biology as strings, numbers, arrays and tables that h5ad can hold."""
    pathways, drugs = pathway_names(world.response), world.drugs.index
    mutation_genes = world.mutation_genes.index
    planted = _melt(world.response.planted_MD, mutation_genes, drugs, ("gene", "drug", "effect"))
    total_MD = world.response.planted_MD + world.pathway.driver_shift_MP @ world.response.pathway_PD
    planted["total_effect"] = total_MD[
        mutation_genes.get_indexer(planted["gene"]), drugs.get_indexer(planted["drug"])
    ]
    rates = _melt(
        world.mutation.driver_rate_TM,
        _tissue_names(world),
        mutation_genes,
        ("tissue", "gene", "rate"),
    )
    rates.insert(1, "cancer_type", [TISSUES[tissue] for tissue in rates["tissue"]])
    return {
        "planted_effects": planted,
        "drug_pathway": pd.DataFrame(world.response.pathway_PD.T, index=drugs, columns=pathways),
        "gene_pathway": _melt(
            world.expression.loading_PG.T,
            world.expression_genes.index,
            pathways,
            ("gene", "pathway", "loading"),
        ),
        "driver_pathway": _melt(
            world.pathway.driver_shift_MP, mutation_genes, pathways, ("gene", "pathway", "shift")
        ),
        "driver_rates": rates,
        "burden_passenger": genome.BURDEN_PASSENGER,
        "burden_pathway": pathways[transcriptome.BURDEN_PATHWAY],
        "burden_drugs": drugs[
            world.response.pathway_PD[transcriptome.BURDEN_PATHWAY] != 0
        ].to_numpy(object),
    }


def leading_genes(world: World) -> pd.Index:
    """Return the drivers and the burden passenger, the first of the mutation genes."""
    n_leading = world.mutation_genes.index.get_loc(genome.BURDEN_PASSENGER) + 1
    return world.mutation_genes.index[:n_leading]


def pathway_names(response: pharmacology.ResponseModel) -> pd.Index:
    """Return the pathways' names, the burden pathway first."""
    return pd.Index([f"PATHWAY{p + 1:02d}" for p in range(len(response.pathway_PD))])


def _gene_table(leading: list[str], n_genes: int) -> pd.DataFrame:
    """Name the genes; a symbol has the same Entrez id in every modality."""
    others = [f"GENE{i + 1:04d}" for i in range(n_genes - len(leading))]
    offsets = [*range(len(leading)), *range(1000, 1000 + len(others))]
    entrez = [str(FIRST_ENTREZ_ID + offset) for offset in offsets]
    return pd.DataFrame({"entrez_id": entrez}, index=pd.Index([*leading, *others]))


def _drug_table(response: pharmacology.ResponseModel, genes: pd.Index) -> pd.DataFrame:
    n_drugs = len(response.mean_D)
    names = [f"DRUG{c + 1:02d}" for c in pharmacology.screened_compounds(n_drugs)]
    ids = [str(FIRST_DRUG_ID + drug) for drug in range(n_drugs)]
    main_D = np.abs(response.pathway_PD).argmax(axis=0)
    targets = [", ".join(genes[planted_M != 0]) for planted_M in response.planted_MD.T]
    return pd.DataFrame(
        {
            "drug_id": ids,
            "drug_name": names,
            "target": targets,  # empty for drugs without a planted gene, as for 17 in GDSC2
            "pathway": pathway_names(response)[main_D].to_numpy(object),
        },
        index=pd.Index([f"{name} ({drug_id})" for name, drug_id in zip(names, ids, strict=True)]),
    )


def _draw_tissues(rng, n_tissues: int, n_samples: int) -> np.ndarray:
    """Draw tissues of unequal size; each has a sample as long as there are enough samples."""
    share_T = np.linspace(2, 1, n_tissues)
    tissue_S = rng.choice(n_tissues, size=n_samples, p=share_T / share_T.sum())
    n_placed = min(n_tissues, n_samples)
    tissue_S[rng.permutation(n_samples)[:n_placed]] = np.arange(n_placed)
    return tissue_S


def _tissue_names(world: World) -> pd.Index:
    return pd.Index(list(TISSUES)[: len(world.mutation.log_burden_T)])


def _melt(values, rows: pd.Index, columns: pd.Index, names: tuple[str, str, str]) -> pd.DataFrame:
    """Return the entries that are not 0 as a long table."""
    row, column = np.nonzero(values)
    entries = (rows[row], columns[column], values[row, column])
    return pd.DataFrame(dict(zip(names, entries, strict=True)))
