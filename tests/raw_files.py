"""Small raw files in the published formats, written from a synthetic cohort."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from drp.data import Cohort
from drp.data.synthetic import SyntheticSettings, make_synthetic_cohorts
from drp.settings import PrepareSettings

SIZES = SyntheticSettings(
    n_lines=40, n_tumors=80, n_expression_genes=60, n_mutation_genes=80, n_drivers=6, n_drugs=8,
    n_effects=6, n_pathways=4, n_tissues=3, unshared_share=0.1, unprofiled_share=0.05,
)  # fmt: skip
N_PANEL_GENES = 45  # of the 55 that the genome-wide file has
PAPER_CLASSES = ("Missense_Mutation", "Nonsense_Mutation", "Frame_Shift_Ins", "Frame_Shift_Del")
PASSING = ("PASS", ".", "wga", "wga,native_wga_mix")
FIRST_TUMOR = "TCGA-SY-0001"  # has a metastasis beside its primary
WITHOUT_CALLS = "TCGA-SY-9999-01"  # was sequenced, and has no row in the MAF
ALIQUOT = "A-11D-A000-08"  # what makes a sample id a full barcode


@dataclass(frozen=True)
class RawFiles:
    """A folder of raw files and the cohorts that they were written from.

    Attributes:
      folder: where the files lie.
      cells: the lines as written: expression, mutation, response.
      tumors: the tumours as written, without `WITHOUT_CALLS` and the metastasis.
    """

    folder: Path
    cells: Cohort
    tumors: Cohort

    def settings(self, **changes) -> PrepareSettings:
        """Return the settings that prepare these files into `prepared` beside their folder."""
        path = {path.name.split(".")[0]: str(path) for path in self.folder.iterdir()}
        settings = PrepareSettings(
            out=str(self.folder.parent / "prepared"),
            cells_expression=(path["cells_expression"],),
            cells_mutation=path["cells_mutation"],
            cells_sequenced=path["cells_sequenced"],
            cells_samples=path["models"],
            response=(path["response"],),
            tumors_expression=(path["panel"], path["genomewide"]),
            tumors_mutation=path["tumors_mutation"],
            tumors_sequenced=path["tumors_sequenced"],
            tumors_samples=path["samples"],
            gene_map=path.get("gene_map", ""),
        )
        return replace(settings, **changes)


def write_raw_files(folder: Path) -> RawFiles:
    """Write all files of both cohorts."""
    folder.mkdir(parents=True)
    cells, tumors = make_synthetic_cohorts(SIZES, seed=0)
    cosmic = pd.Series(range(900_001, 900_001 + len(cells.obs)), cells.obs.index).astype(str)
    tables = {
        "cells_expression.csv.gz": _tabulate_lines(cells),
        "cells_mutation.csv.gz": _list_mutated_genes(cells),
        "cells_sequenced.csv": _name_lines(cells.modalities["mutation"].obs_names, cosmic),
        "models.csv": _name_lines(cells.obs.index, cosmic).assign(
            tissue=cells.obs["cancer_type"].to_numpy()
        ),
        "response.csv.gz": _list_responses(cells, cosmic),
        "tumors_mutation.maf.gz": _list_variants(tumors),
        "tumors_sequenced.csv": _list_sequenced(tumors),
        "samples.tsv": _describe_tumors(tumors),
    }
    tables |= _tabulate_tumors(tumors)
    for name, table in tables.items():
        separator = "\t" if ".tsv" in name or ".maf" in name else ","
        table.to_csv(folder / name, sep=separator, index=False, lineterminator="\n")
    return RawFiles(folder, cells, tumors)


def _tabulate_lines(cells: Cohort) -> pd.DataFrame:
    """DepMap's way: lines x `SYMBOL (ENTREZ)`."""
    expression = cells.modalities["expression"]
    genes = expression.var_names + " (" + expression.var["entrez_id"] + ")"
    frame = pd.DataFrame(expression.X.round(4), expression.obs_names, genes)
    return frame.rename_axis("ModelID").reset_index()


def _list_mutated_genes(cells: Cohort) -> pd.DataFrame:
    mutation = cells.modalities["mutation"]
    rows, columns = mutation.X.nonzero()
    return pd.DataFrame({
        "ModelID": mutation.obs_names[rows],
        "HugoSymbol": mutation.var_names[columns],
        "EntrezGeneID": mutation.var["entrez_id"].to_numpy()[columns],
    })  # fmt: skip


def _name_lines(lines: pd.Index, cosmic: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"ModelID": lines, "COSMIC_ID": cosmic[lines].to_numpy()})


def _list_responses(cells: Cohort, cosmic: pd.Series) -> pd.DataFrame:
    response = cells.modalities["response"]
    rows, columns = np.nonzero(~np.isnan(response.X))
    drugs = response.var.iloc[columns]
    return pd.DataFrame({
        "DATASET": "GDSC1",
        "COSMIC_ID": cosmic[response.obs_names[rows]].to_numpy(),
        "CELL_LINE_NAME": response.obs_names[rows],
        "TCGA_DESC": "UNCLASSIFIED",
        "DRUG_ID": drugs["drug_id"].to_numpy(),
        "DRUG_NAME": drugs["drug_name"].to_numpy(),
        "PUTATIVE_TARGET": drugs["target"].to_numpy(),
        "PATHWAY_NAME": drugs["pathway"].to_numpy(),
        "LN_IC50": response.X[rows, columns].round(6),
    })  # fmt: skip


def _tabulate_tumors(tumors: Cohort) -> dict[str, pd.DataFrame]:
    """Xena's way: genes x samples. Ten samples are in both, to a decimal less in the second."""
    expression = tumors.modalities["expression"].to_df().T.rename_axis("gene")
    return {
        "panel.tsv.gz": expression.iloc[:N_PANEL_GENES, :60].round(3).reset_index(),
        "genomewide.tsv.gz": expression.iloc[:, 50:].round(2).reset_index(),
    }


def _list_variants(tumors: Cohort) -> pd.DataFrame:
    """One row that counts per mutated gene; rows that must not count on genes of wild type."""
    mutation = tumors.modalities["mutation"].to_df()
    mutated = mutation.stack()
    pairs = mutated[mutated == 1].index
    counting = pd.DataFrame({
        "Hugo_Symbol": pairs.get_level_values(1),
        "Variant_Classification": np.resize(PAPER_CLASSES, len(pairs)),
        "HGVSp_Short": "p.A1B",
        "Tumor_Sample_Barcode": pairs.get_level_values(0) + ALIQUOT,
        "FILTER": np.resize(PASSING, len(pairs)),
    })  # fmt: skip
    kinds = [
        ("Silent", "PASS"), ("In_Frame_Del", "PASS"), ("Missense_Mutation", "oxog"),
        ("Missense_Mutation", "oxog,wga"),
    ]  # fmt: skip
    others = pd.DataFrame(kinds, columns=["Variant_Classification", "FILTER"])
    others["Hugo_Symbol"] = mutation.columns[mutation.iloc[0] == 0][: len(kinds)]
    others["Tumor_Sample_Barcode"] = mutation.index[0] + ALIQUOT
    metastasis = counting.head(1).assign(Tumor_Sample_Barcode=FIRST_TUMOR + "-06" + ALIQUOT)
    return pd.concat([counting, others, metastasis])


def _list_sequenced(tumors: Cohort) -> pd.DataFrame:
    samples = [*tumors.obs.index, FIRST_TUMOR + "-06", WITHOUT_CALLS]
    return pd.DataFrame({"Tumor_Sample_Barcode": samples, "call_source": "MC3"})


def _describe_tumors(tumors: Cohort) -> pd.DataFrame:
    samples = tumors.obs.index
    return pd.DataFrame({
        "sample": samples,
        "patient": samples.str[:12],
        "cancer_type": tumors.obs["cancer_type"].to_numpy(),
        "age": np.where(np.arange(len(samples)) % 9 == 0, "", "61"),
        "OS": "0",
        "OS.time": "365",
    })  # fmt: skip
