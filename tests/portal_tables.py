"""Tables as the portals give them, with their exact headers, made from the raw files.

It refuses to know files: see `portal_files`.
"""

import numpy as np
import pandas as pd

from tests.data.readers.mutation_headers import split_header
from tests.data.readers.sample_tables import MODEL_24Q4
from tests.raw_files import PASSING, RawFiles

PRISM = (
    "broad_id depmap_id ccle_name screen_id upper_limit lower_limit slope r2 auc ec50 ic50 name "
    "moa target disease.area indication smiles phase passed_str_profiling row_name"
)
GDSC = (
    "DATASET NLME_RESULT_ID NLME_CURVE_ID COSMIC_ID CELL_LINE_NAME SANGER_MODEL_ID TCGA_DESC "
    "DRUG_ID DRUG_NAME PUTATIVE_TARGET PATHWAY_NAME COMPANY_ID WEBRELEASE MIN_CONC MAX_CONC "
    "LN_IC50 AUC RMSE Z_SCORE"
)
CURVES = (
    "experiment_id conc_pts_fit fit_num_param p1_conf_int_high p1_conf_int_low p2_conf_int_high "
    "p2_conf_int_low p4_conf_int_high p4_conf_int_low p1_center p2_slope p3_total_decline "
    "p4_baseline apparent_ec50_umol pred_pv_high_conc area_under_curve master_cpd_id"
)
PROFILES = (
    "ModelID IsDefaultEntryForModel StrippedCellLineName DepMapCode Lineage ModelConditionID "
    "IsDefaultEntryForMC SourceModelCondition CellFormat GrowthMedia GrowthPattern ProfileID "
    "SequencingPlatform SequencingID DataType Stranded SharedToDbGaP SequencingDate"
)
HGNC = (
    "hgnc_id symbol name locus_group locus_type status location alias_symbol alias_name "
    "prev_symbol prev_name gene_group gene_group_id entrez_id ensembl_gene_id"
)
CBIO = "PATIENT_ID SAMPLE_ID CANCER_TYPE CANCER_TYPE_DETAILED ONCOTREE_CODE"
SEQUENCING = {"SequencingID": "CDS-00000{}", "ModelID": "", "IsDefaultEntryForModel": "Yes",
              "ModelConditionID": "MC-00000{}", "IsDefaultEntryForMC": "Yes"}  # fmt: skip


def _read_responses(raw_files: RawFiles) -> pd.DataFrame:
    """Return the responses in a long table, with a COSMIC id per line."""
    return pd.read_csv(raw_files.folder / "response.csv.gz", dtype={"COSMIC_ID": str})


def _fill(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return all the columns in their order; what is not there is empty."""
    return table.reindex(columns=columns, fill_value="")


def _cell_expression(raw_files: RawFiles) -> pd.DataFrame:
    """Lines x bare symbols."""
    return raw_files.cells.modalities["expression"].to_df().round(4)


def _labels(raw_files: RawFiles, name: str) -> pd.Index:
    var = raw_files.cells.modalities[name].var
    return var.index + " (" + var["entrez_id"] + ")"


def _lead_with_profiles(matrix: pd.DataFrame) -> pd.DataFrame:
    """DepMap's way since 25Q3: a row per sequencing, with leading columns."""
    rows = [str(place) for place in range(len(matrix))]
    leading = pd.DataFrame(
        {name: [cell.format(row) for row in rows] for name, cell in SEQUENCING.items()}
    ).assign(ModelID=matrix.index)
    leading.insert(0, "", rows)
    return pd.concat([leading, matrix.reset_index(drop=True)], axis=1)


def make_profiles(raw_files: RawFiles) -> pd.DataFrame:
    matrix = _cell_expression(raw_files).set_axis(_labels(raw_files, "expression"), axis=1)
    return _lead_with_profiles(matrix)


def make_gct(raw_files: RawFiles) -> pd.DataFrame:
    genes = _cell_expression(raw_files).T
    ids = [f"ENSG{place:011d}.1" for place in range(len(genes))]
    genes.insert(0, "Description", genes.index)
    genes.insert(0, "Name", ids)
    return genes


def make_rma(raw_files: RawFiles) -> pd.DataFrame:
    lines = _cell_expression(raw_files) / 2 + 2.5
    cosmic = pd.read_csv(raw_files.folder / "models.csv").set_index("ModelID")["COSMIC_ID"]
    genes = lines.set_axis([f"DATA.{cosmic[line]}" for line in lines.index]).T
    genes.insert(0, "GENE_title", "a gene [Source:HGNC Symbol;Acc:1]")
    return genes.rename_axis("GENE_SYMBOLS").reset_index()


def make_anndata(raw_files: RawFiles) -> pd.DataFrame:
    return _cell_expression(raw_files)


def make_toil(raw_files: RawFiles) -> pd.DataFrame:
    genes = raw_files.tumors.modalities["expression"].to_df().T
    values = np.log2(np.maximum(np.exp2(genes) - 1, 0) + 0.001).round(4)
    values.index = [f"ENSG{place:011d}.2" for place in range(len(values))]
    return values.rename_axis("sample").reset_index()


def make_firehose(raw_files: RawFiles) -> pd.DataFrame:
    genes = raw_files.tumors.modalities["expression"].to_df().T
    entrez = raw_files.tumors.modalities["expression"].var["entrez_id"]
    genes.index = genes.index + "|" + entrez
    return genes.round(3).rename_axis("gene_id").reset_index()


def make_hgnc(raw_files: RawFiles) -> pd.DataFrame:
    genes = raw_files.tumors.modalities["expression"].var_names
    table = pd.DataFrame({"symbol": genes})
    table["ensembl_gene_id"] = [f"ENSG{place:011d}" for place in range(len(genes))]
    return _fill(table, HGNC.split())


def make_omics(raw_files: RawFiles) -> pd.DataFrame:
    table = pd.read_csv(raw_files.folder / "cells_mutation.csv.gz", dtype=str)
    table = table.assign(VariantInfo="missense_variant", IsDefaultEntryForModel="Yes")
    return _fill(table, split_header("25Q3"))


def make_legacy(raw_files: RawFiles) -> pd.DataFrame:
    table = pd.read_csv(raw_files.folder / "cells_mutation.csv.gz", dtype=str)
    names = {"ModelID": "DepMap_ID", "HugoSymbol": "Hugo_Symbol", "EntrezGeneID": "Entrez_Gene_Id"}
    table = table.rename(columns=names).assign(Variant_Classification="Nonsense_Mutation")
    return _fill(table, split_header("22Q2"))


def make_damaging(raw_files: RawFiles) -> pd.DataFrame:
    matrix = raw_files.cells.modalities["mutation"].to_df()
    return _lead_with_profiles(matrix.set_axis(_labels(raw_files, "mutation"), axis=1))


def make_gdc(raw_files: RawFiles) -> pd.DataFrame:
    return _fill(pd.read_csv(raw_files.folder / "tumors_mutation.maf.gz", sep="\t"),
                 split_header("GDC"))  # fmt: skip


def make_changes(raw_files: RawFiles) -> pd.DataFrame:
    flags = raw_files.tumors.modalities["mutation"].to_df()
    table = flags.astype(object).replace({0: "WT", 1: "V600E"})
    table.insert(0, "SAMPLE_ID", table.index)
    table.insert(0, "STUDY_ID", "luad_tcga")
    return table


def make_flags(raw_files: RawFiles) -> pd.DataFrame:
    genes = raw_files.tumors.modalities["mutation"].to_df().T
    return genes.rename_axis("sample").reset_index()


def make_page(raw_files: RawFiles) -> pd.DataFrame:
    maf = pd.read_csv(raw_files.folder / "tumors_mutation.maf.gz", sep="\t")
    maf = maf[maf["FILTER"].isin(PASSING)].assign(Sample=maf["Tumor_Sample_Barcode"].str[:15])
    names = {"Sample": "Sample ID", "Hugo_Symbol": "Gene",
             "Variant_Classification": "Mutation Type"}  # fmt: skip
    return _fill(maf.rename(columns=names), split_header("portal"))


def make_gdsc(raw_files: RawFiles) -> pd.DataFrame:
    table = _read_responses(raw_files).assign(AUC=0.9, RMSE=0.1, Z_SCORE=0.0, WEBRELEASE="Y")
    return _fill(table, GDSC.split()).astype({"COSMIC_ID": int})


def make_deepcdr(raw_files: RawFiles) -> pd.DataFrame:
    response = raw_files.cells.modalities["response"].to_df().T
    response.index = "GDSC:" + raw_files.cells.modalities["response"].var["drug_id"]
    return response.rename_axis("drug_id").reset_index()


def make_wide(raw_files: RawFiles) -> pd.DataFrame:
    response = raw_files.cells.modalities["response"]
    names = [f"Drug_{key}_IC50" for key in response.var["drug_id"]]
    return response.to_df().set_axis(names, axis=1).rename_axis("Cell line").reset_index()


def make_prism(raw_files: RawFiles) -> pd.DataFrame:
    table = _read_responses(raw_files)
    rows = pd.DataFrame({
        "broad_id": "BRD-K0000" + table["DRUG_ID"].astype(str),
        "depmap_id": table["CELL_LINE_NAME"], "name": table["DRUG_NAME"], "screen_id": "MTS010",
        "auc": np.linspace(0.3, 1.3, len(table)).round(4),
        "ic50": np.exp(table["LN_IC50"]), "passed_str_profiling": "TRUE",
        "row_name": table["CELL_LINE_NAME"],
    })  # fmt: skip
    return _fill(rows, PRISM.split())


def make_curves(raw_files: RawFiles) -> pd.DataFrame:
    """CTRP's curves; the tables that they hang on are written beside them."""
    table = _read_responses(raw_files)
    lines = table["CELL_LINE_NAME"].unique()
    drugs = table[["DRUG_ID", "DRUG_NAME"]].drop_duplicates()
    ids = np.arange(len(lines)).astype(str)
    beside = {
        "per_experiment": {"experiment_id": ids, "run_id": "1", "master_ccl_id": ids},
        "per_cell_line": {"master_ccl_id": ids, "ccl_name": lines},
        "per_compound": {"master_cpd_id": drugs["DRUG_ID"], "cpd_name": drugs["DRUG_NAME"]},
    }
    for name, columns in beside.items():
        path = raw_files.folder / f"v20.meta.{name}.txt"
        pd.DataFrame(columns).to_csv(path, sep="\t", index=False)
    curves = pd.DataFrame({
        "experiment_id": pd.Index(lines).get_indexer(table["CELL_LINE_NAME"]),
        "area_under_curve": np.linspace(1, 17, len(table)).round(4),
        "master_cpd_id": table["DRUG_ID"],
    })  # fmt: skip
    return _fill(curves, CURVES.split())


def make_drevalpy(raw_files: RawFiles) -> pd.DataFrame:
    table = _read_responses(raw_files)
    names = {"CELL_LINE_NAME": "cell_line_id", "DRUG_ID": "drug_id"}
    return table.rename(columns=names)[["cell_line_id", "drug_id", "LN_IC50"]]


def make_model(raw_files: RawFiles) -> pd.DataFrame:
    models = pd.read_csv(raw_files.folder / "models.csv", dtype=str)
    names = {"COSMIC_ID": "COSMICID", "tissue": "OncotreeLineage"}
    models = models.rename(columns=names).assign(CellLineName=models["ModelID"].str.lower())
    return _fill(models, MODEL_24Q4.split(","))


def make_omics_profiles(raw_files: RawFiles) -> pd.DataFrame:
    lines = raw_files.cells.modalities["mutation"].obs_names
    rows = pd.DataFrame({"ModelID": [*lines, *lines], "IsDefaultEntryForModel": "Yes"})
    kinds = np.repeat(["wes", "rna"], len(lines))
    return _fill(rows.assign(DataType=kinds), PROFILES.split())


def make_clinical(raw_files: RawFiles) -> pd.DataFrame:
    table = pd.read_csv(raw_files.folder / "samples.tsv", sep="\t", dtype=str)
    names = {"patient": "PATIENT_ID", "sample": "SAMPLE_ID", "cancer_type": "CANCER_TYPE"}
    return _fill(table.rename(columns=names), CBIO.split())
