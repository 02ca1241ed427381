"""Every portal's expression file gives the same samples x genes."""

import numpy as np
import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.expression import read_expression_file
from drp.data.readers.gene_map import GeneMap

FLAG = "--tumors_expression_unit"
EXPECTED = np.array([[0, 3.5], [1, 2]], np.float32)
BARCODES = ("TCGA-02-0001-01", "TCGA-02-0002-01")
RENAMES = GeneMap(
    entrez={"TP53": "7157", "KRAS": "3845"},
    by_entrez={"7157": "TP53", "3845": "KRAS"},
    by_ensembl={"ENSG00000141510": "TP53", "ENSG00000133703": "KRAS"},
    by_synonym={"P53": "TP53"},
)


def read(path, unit="log2p1", **options):
    return read_expression_file(path, unit, FLAG, **options)


# Each with the header of its portal; two samples, TP53 and KRAS.
LAYOUTS = {
    "DepMap 22Q4": (
        "DepMap expression", ["ACH-000001", "ACH-000002"],
        ",TP53 (7157),KRAS (3845)\nACH-000001,0,3.5\nACH-000002,1,2\n",
    ),
    "DepMap 25Q2": (
        "DepMap expression by profile", ["ACH-000001", "ACH-000002"],
        "ProfileID,is_default_entry,ModelID,TP53 (7157),KRAS (3845)\n"
        "PR-abcdef,True,ACH-000001,0,3.5\nPR-abcdeg,False,ACH-000001,9,9\n"
        "PR-abcdeh,True,ACH-000002,1,2\n",
    ),
    "DepMap 25Q3": (
        "DepMap expression by profile", ["ACH-000001", "ACH-000002"],
        ",SequencingID,ModelID,IsDefaultEntryForModel,ModelConditionID,IsDefaultEntryForMC,"
        "TP53 (7157),KRAS (3845)\n"
        "0,CDS-aaaaaa,ACH-000001,Yes,MC-000001-aaaa,Yes,0,3.5\n"
        "1,CDS-aaaaab,ACH-000001,No,MC-000001-aaab,Yes,9,9\n"
        "2,CDS-aaaaac,ACH-000002,Yes,MC-000002-aaaa,Yes,1,2\n",
    ),
    "DepMap 26Q1, another order and an unknown column": (
        "DepMap expression by profile", ["ACH-000001", "ACH-000002"],
        ",SequencingID,ModelConditionID,ModelID,IsDefaultEntryForMC,IsDefaultEntryForModel,Lab,"
        "TP53 (7157),KRAS (3845),ZNF781 (Unknown)\n"
        "0,CDS-aaaaaa,MC-000001-aaaa,ACH-000001,Yes,Yes,x,0,3.5,7\n"
        "2,CDS-aaaaac,MC-000002-aaaa,ACH-000002,Yes,Yes,y,1,2,7\n",
    ),
    "CCLE_expression.csv": (
        "DepMap expression", ["ACH-000001", "ACH-000002"],
        "Unnamed: 0,TP53 (7157),KRAS (3845)\nACH-000001,0,3.5\nACH-000002,1,2\n",
    ),
    "CCLE_expression_full.csv": (
        "DepMap expression", ["ACH-000001", "ACH-000002"],
        ",TP53 (ENSG00000141510),KRAS (ENSG00000133703)\nACH-000001,0,3.5\nACH-000002,1,2\n",
    ),
    "GCT 1.2": (
        "GCT 1.2", ["A549_LUNG", "BT20_BREAST"],
        "#1.2\n2\t2\nName\tDescription\tA549_LUNG\tBT20_BREAST\n"
        "ENSG00000141510.16\tTP53\t0\t1\nENSG00000133703.7\tKRAS\t3.5\t2\n",
    ),
    "GCT 1.3": (
        "GCT 1.3", ["S1", "S2"],
        "#1.3\n2\t2\t2\t1\nid\tpr_gene_id\tpr_gene_symbol\tS1\tS2\n"
        "cell\tna\tna\tA549\tMCF7\n"
        "p1\t7157\tTP53\t0\t1\np2\t3845\tKRAS\t3.5\t2\n",
    ),
    "Xena": (
        "matrix", list(BARCODES),
        "sample\tTCGA-02-0001-01\tTCGA-02-0002-01\nTP53\t0\t1\nKRAS\t3.5\t2\n",
    ),
    "GDC hub": (
        "Ensembl matrix", list(BARCODES),
        "Ensembl_ID\tTCGA-02-0001-01A\tTCGA-02-0002-01A\n"
        "ENSG00000141510.16\t0\t1\nENSG00000133703.7\t3.5\t2\nENSG00000182378.13_PAR_Y\t0\t0\n",
    ),
    "CCLE RSEM": (
        "CCLE RSEM", ["A549_LUNG", "BT20_BREAST"],
        "gene_id\ttranscript_ids\tA549_LUNG\tBT20_BREAST\n"
        "ENSG00000141510.16\tENST1,ENST2\t0\t1\nENSG00000133703.7\tENST3\t3.5\t2\n",
    ),
    "Firehose, samples in rows": (
        "Firehose RSEM", list(BARCODES),
        "\tTP53|7157\tKRAS|3845\n"
        "TCGA-02-0001-01A-11R-A29S-07\t0\t3.5\nTCGA-02-0002-01A-11R-A29S-07\t1\t2\n",
    ),
    "Firehose, as published": (
        "Firehose RSEM", list(BARCODES),
        "Hybridization REF\tTCGA-02-0001-01A-11R-A29S-07\tTCGA-02-0002-01A-11R-A29S-07\n"
        "gene_id\tnormalized_count\tnormalized_count\nTP53|7157\t0\t1\nKRAS|3845\t3.5\t2\n",
    ),
    "cBioPortal": (
        "cBioPortal expression", list(BARCODES),
        "Hugo_Symbol\tEntrez_Gene_Id\tTCGA-02-0001-01\tTCGA-02-0002-01\n"
        "TP53\t7157\t0\t1\nKRAS\t 3845\t3.5\t2\n",
    ),
    "Entrez ids alone": (
        "matrix", list(BARCODES),
        "sample_id\t7157\t3845\nTCGA-02-0001-01\t0\t3.5\nTCGA-02-0002-01\t1\t2\n",
    ),
    "R's write.table": (
        "matrix", list(BARCODES),
        "TCGA.02.0001.01A\tTCGA.02.0002.01A\nTP53\t0\t1\nKRAS\t3.5\t2\n",
    ),
    "lines x symbols": ("matrix", ["L1", "L2"], "cell_line,TP53,KRAS\nL1,0,3.5\nL2,1,2\n"),
    "symbols x lines": ("matrix", ["L1", "L2"], "gene,L1,L2\nTP53,0,1\nKRAS,3.5,2\n"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:(?s).*second copies on Y, and are left out")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_samples_by_genes(write, layout):
    recognised_as, samples, text = LAYOUTS[layout]
    matrix, record = read(write(text, "file.tsv"), gene_map=RENAMES)
    assert record["recognised_as"] == recognised_as
    assert list(matrix.obs_names) == samples
    genes = matrix[:, ["TP53", "KRAS"]]
    assert list(genes.var["entrez_id"]) == ["7157", "3845"]
    np.testing.assert_array_equal(genes.X, EXPECTED)
    assert matrix.X.dtype == np.float32
    in_rows = text.splitlines()[-1].startswith(("ACH", "TCGA", "L2", "PR-", "2,CDS"))
    assert record["orientation"] == f"samples in {'rows' if in_rows else 'columns'}"


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if "DepMap" in name])
def test_depmap_needs_no_gene_map(write, layout):
    _, samples, text = LAYOUTS[layout]
    matrix, record = read(write(text, "file.csv.gz"))
    assert list(matrix.obs_names) == samples
    np.testing.assert_array_equal(matrix[:, ["TP53", "KRAS"]].X, EXPECTED)
    rows = [line for line in text.splitlines() if ",No," in line or ",False," in line]
    assert record.get("rows_not_the_default_entry", 0) == len(rows)


@pytest.mark.parametrize(
    "text",
    [
        "GENE_SYMBOLS\tGENE_title\tDATA.906826\tDATA.687983\n"
        "TP53\ttumour [Acc:1]\t2.5\t7\nKRAS\tx\t3.5\t4\n\tnameless\t3\t3\n",
        '"","COSMIC_906826","COSMIC_687983"\n"TP53",2.5,7\n"KRAS",3.5,4\n',
        "#1.2\n2\t2\nName\tDescription\tA549_LUNG\tBT20_BREAST\n"
        "7157_at\tTP53\t2.5\t7\n3845_at\tKRAS\t3.5\t4\n",
    ],
    ids=["GDSC RMA", "GDSC RMA by COSMIC id", "CCLE 2012"],
)
def test_a_microarray_is_read_with_a_warning(write, text):
    with pytest.warns(DataWarning) as caught:
        matrix, _ = read(write(text, "rma.txt"))
    told = [str(warning.message) for warning in caught]
    assert "a microarray's scale (least value 2.5), not TPM" in told[-1]
    assert len(told) == 1 + ("nameless" in text)
    assert all("1 genes have no name" in warning for warning in told[:-1])
    np.testing.assert_array_equal(
        matrix[:, ["TP53", "KRAS"]].X, np.array([[2.5, 3.5], [7, 4]], np.float32)
    )


def test_a_second_array_of_one_line_is_a_duplicate_sample(write):
    text = "GENE_SYMBOLS\tDATA.906826\tDATA.906826\nTP53\t0\t7.5\n"
    with (
        pytest.warns(DataWarning, match="microarray"),
        pytest.raises(DataError, match=r"samples: .* repeats of DATA\.906826; --duplicates=mean"),
    ):
        read(write(text, "rma.txt"))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "unit", "recognised_as", "shape"),
    [
        ("cells/moffitt_LungCancerGeneExpression_first50genes.tsv", "tpm", "matrix", (194, 50)),
        ("cells/DeepDEP_exp.file.txt.gz", "log2p1", "matrix", (3, 19_954)),
        ("tumors/firehose_acc_rsem_normalized_40x300.tsv.gz", "tpm", "Firehose RSEM", (40, 300)),
        ("tumors/rnaseqdb_ucs_rsem_fpkm_head.tsv.gz", "tpm", "cBioPortal expression", (47, 300)),
        ("tumors/toil_blca_log2tpm0.001_head.csv.gz", "log2p001", "matrix", (25, 1577)),
    ],
)
def test_real_excerpts(real_data, name, unit, recognised_as, shape):
    matrix, record = read(real_data / "raw_samples" / name, unit, duplicates="mean")
    assert (record["recognised_as"], matrix.shape) == (recognised_as, shape)
    assert np.isfinite(matrix.X).all()
    assert matrix.X.min() >= 0


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "recognised_as", "shape"),
    [
        ("CCLE_Expression_Entrez_2012-09-29_toy.gct", "GCT of a microarray", (231, 7)),
        ("oncoPredict_GDSC_RMA_500genes.csv.gz", "GDSC RMA", (90, 500)),
    ],
)
def test_real_microarrays(real_data, name, recognised_as, shape):
    with pytest.warns(DataWarning, match="a microarray's scale"):
        matrix, record = read(real_data / "raw_samples" / "cells" / name)
    assert (record["recognised_as"], matrix.shape) == (recognised_as, shape)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tumors/gdc_htseq_counts_kich_head.tsv.gz", "its genes are Ensembl ids .*--gene_map"),
        ("tumors/pancanatlas_ebpp_log2rsem_entrez_50x399.tsv.gz", "expected none so negative"),
        ("tumors/porpoise_kirp_head.csv.gz", "column 'case_id', .* expected a number"),
        ("tumors/toil_blca_log2tpm0.001_head.csv.gz", f"Use {FLAG}=log2p001"),
    ],
)
def test_real_excerpts_that_cannot_be_used_say_why(real_data, name, message):
    with pytest.raises(DataError, match=message):
        read(real_data / "raw_samples" / name)
