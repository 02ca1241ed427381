"""Matrices of mutations: every portal's layout, either way round, and what is none."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drp.data.errors import DataError, DataWarning
from drp.data.readers.mutation import read_mutations
from drp.data.readers.sequenced import read_sequenced

GENES = ("TP53", "KRAS", "EGFR")
DEPMAP = "TP53 (7157),KRAS (3845),EGFR (1956)"
FROM_DEPMAP, OF_FLAGS = "DepMap matrix of mutations", "matrix of True and False"
LINES = ("ACH-000001", "ACH-000002", "ACH-000003")
CELLS = ((1, 0, 2), (0, 0, 0), (0, 1, 0))
FOUND = {LINES[0]: {"TP53", "EGFR"}, LINES[1]: set(), LINES[2]: {"KRAS"}}
LEADING_25Q3 = ",SequencingID,ModelID,IsDefaultEntryForModel,ModelConditionID,IsDefaultEntryForMC"
LEADING_26Q1 = ",SequencingID,ModelConditionID,ModelID,IsDefaultEntryForMC,IsDefaultEntryForModel"
PLAIN = [f"{line},{','.join(map(str, row))}" for line, row in zip(LINES, CELLS, strict=True)]
STUDY = "brca_tcga"
CHANGES = [
    "STUDY_ID SAMPLE_ID TP53 KRAS EGFR",
    f"{STUDY} ACH-000001 R175H|[germline] WT L858R|T790M",
    f"{STUDY} ACH-000002 WT WT WT",
    f"{STUDY} ACH-000003 WT G12D WT",
]


def profile(default, model, cells, header=LEADING_25Q3):
    """Write a row of 25Q3 or 26Q1 below its leading columns."""
    beside = {"SequencingID": f"CDS-{model}", "ModelID": model, "ModelConditionID": f"MC-{model}"}
    names = header.split(",")[1:]
    return ",".join(["0", *(beside.get(name, default) for name in names), *map(str, cells)])


def profiles(header):
    rows = [profile("Yes", line, row, header) for line, row in zip(LINES, CELLS, strict=True)]
    return [f"{header},{DEPMAP}", *rows, profile("No", LINES[1], (1, 1, 1), header)]


def turn(lines, delimiter=","):
    return [
        delimiter.join(cells)
        for cells in zip(*(line.split(delimiter) for line in lines), strict=True)
    ]


def to_words(words):
    return [
        ",".join([row[:10], *(words[cell > 0] for cell in cells)])
        for row, cells in zip(PLAIN, CELLS, strict=True)
    ]


def space(lines):
    return [line.replace(" ", "\t").replace("|", " ") for line in lines]


TABLES = {
    "22Q4": ([f",{DEPMAP}", *PLAIN], FROM_DEPMAP),
    "decimals": ([f",{DEPMAP}", *to_words(("0.0", "1.0"))], FROM_DEPMAP),
    "23Q2": ([f"ModelID,{DEPMAP}", *PLAIN], FROM_DEPMAP),
    "25Q3": (profiles(LEADING_25Q3), FROM_DEPMAP),
    "26Q1": (profiles(LEADING_26Q1), FROM_DEPMAP),
    "bool 22Q2": ([f"DepMap_ID,{DEPMAP}", *PLAIN], FROM_DEPMAP),
    "True": ([f"DepMap_ID,{DEPMAP}", *to_words(("False", "True"))], OF_FLAGS),
    "TRUE": ([f",{DEPMAP}", *to_words(("FALSE", "TRUE"))], OF_FLAGS),
    "TRUE turned": (turn([f"x,{DEPMAP}", *to_words(("FALSE", "TRUE"))]), OF_FLAGS),
    "plain": (["id,TP53,KRAS,EGFR", *PLAIN], "matrix of mutations"),
    "genes in rows": (turn(["Gene,TP53,KRAS,EGFR", *PLAIN]), "matrix of mutations"),
    "R": (["TP53,KRAS,EGFR", *PLAIN], "matrix of mutations"),
    "gdsctools": (
        ["COSMIC_ID,TISSUE_FACTOR,MSI_FACTOR,TP53_mut,KRAS_mut,EGFR_mut,gain_cnaPANCAN1_(CCNE1)",
         *(row.replace(",", ",lung,0,", 1) + ",1" for row in PLAIN)],
        "gdsctools genomic features",
    ),
    "cBioPortal": (space(CHANGES), "cBioPortal matrix of mutations"),
    "cBioPortal turned": (turn(space(CHANGES), "\t"), "cBioPortal matrix of mutations"),
    "slicer": (
        ["depmap_id,cell_line_display_name,lineage_1,lineage_2,lineage_3,lineage_6,TP53,KRAS,EGFR",
         *(row.replace(",", ",A,Lung,x,y,z,", 1) for row in PLAIN)],
        "matrix of mutations",
    ),
}  # fmt: skip


def read(path, lines, sequenced=None, **options):
    path.write_text("\n".join(lines) + "\n")
    listed = sequenced and read_sequenced(sequenced)[0]
    return read_mutations(path, listed, ("paper",), (".",), **options)


def mutated(matrix):
    return {
        sample: set(matrix.var_names[np.flatnonzero(row)])
        for sample, row in zip(matrix.obs_names, matrix.X.toarray(), strict=True)
    }


@pytest.mark.parametrize("name", TABLES)
def test_every_layout_is_read_and_states_its_samples_without_a_warning(tmp_path, name):
    lines, recognised = TABLES[name]
    matrix, record = read(tmp_path / "m.csv", lines)
    assert mutated(matrix) == FOUND
    assert matrix.X.format == "csr"
    assert matrix.X.dtype == np.uint8
    assert record["recognised_as"] == recognised
    assert record["rows"] == len(lines) - 1
    assert record["variant_classes"].startswith("not given by the source: every cell ")
    assert record["orientation"] == (
        "samples in columns" if "turned" in name or "rows" in name else "samples in rows"
    )
    assert record["samples_without_any_call"] == 1
    assert ("7157" in set(matrix.var["entrez_id"])) == ("(7157)" in "".join(lines))


def test_what_is_left_out_is_counted(tmp_path):
    path = tmp_path / "m.csv"
    assert read(path, TABLES["25Q3"][0])[1]["rows_not_the_default_entry"] == 1
    assert read(path, TABLES["gdsctools"][0])[1]["columns_left_out"] == 3
    assert read(path, TABLES["plain"][0])[1]["columns"] == 4


@pytest.mark.parametrize(
    ("kind", "ending"), [("bool", "parquet"), ("int", "xlsx"), ("int", "parquet")]
)
def test_parquet_and_workbooks_are_read(tmp_path, kind, ending):
    frame = pd.DataFrame(np.array(CELLS) > 0, LINES, DEPMAP.split(",")).astype(kind)
    path = tmp_path / f"m.{ending}"
    getattr(frame, {"parquet": "to_parquet", "xlsx": "to_excel"}[ending])(path)
    matrix, _ = read_mutations(path, None, ("paper",), (".",))
    assert mutated(matrix) == FOUND


def test_known_samples_tell_which_way_round_a_matrix_is(tmp_path):
    lines = ["x,A,B", "G1,1,0", "G2,0,1"]
    matrix, record = read(tmp_path / "m.csv", lines, known_samples={"A", "B"})
    assert mutated(matrix) == {"A": {"G1"}, "B": {"G2"}}
    assert record["orientation"] == "samples in columns"
    with pytest.warns(DataWarning, match="no name tells genes from samples"):
        guessed = read(tmp_path / "m.csv", [*lines, "G3,0,0"])[1]["orientation"]
    assert guessed == "samples in columns (guessed: the longer side holds the genes)"


def test_symbols_and_ids_beside_genes_in_rows_name_them(tmp_path):
    lines = ["probe,Hugo_Symbol,Entrez_Gene_Id,Cytoband,ACH-000001", "p1,TP53,7157,17p13,1"]
    matrix, _ = read(tmp_path / "m.csv", lines)
    assert mutated(matrix) == {"ACH-000001": {"TP53"}}
    assert list(matrix.var["entrez_id"]) == ["7157"]


def test_a_list_takes_nobody_in_that_the_matrix_does_not_state(tmp_path):
    listed = tmp_path / "listed.csv"
    listed.write_text("\n".join(["ModelID", "ACH-000009", LINES[2], LINES[0], LINES[1]]))
    matrix, record = read(tmp_path / "m.csv", TABLES["22Q4"][0], listed)
    assert list(matrix.obs_names) == [LINES[2], LINES[0], LINES[1]]
    assert record["listed_samples_not_in_matrix"] == 1
    listed.write_text(f"ModelID\n{LINES[0]}\n")
    with pytest.warns(DataWarning, match="2 samples are in the matrix but are not listed"):
        matrix, record = read(tmp_path / "m.csv", TABLES["22Q4"][0], listed)
    assert list(matrix.obs_names) == [LINES[0]]
    assert record["samples_not_listed"] == 2


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([f",{DEPMAP}", *PLAIN, f"{LINES[1]},1,0,0"], FOUND | {LINES[1]: {"TP53"}}),
        (["id,TP53,KRAS,TP53", *PLAIN], {LINES[0]: {"TP53"}, LINES[1]: set(), LINES[2]: {"KRAS"}}),
    ],
)
def test_repeated_names_are_refused_unless_told_to_join(tmp_path, lines, found):
    with pytest.raises(DataError, match=r"found repeats of .*; --duplicates=mean"):
        read(tmp_path / "m.csv", lines)
    assert mutated(read(tmp_path / "m.csv", lines, duplicates="mean")[0]) == found


def test_vials_of_one_tumor_and_spellings_of_one_gene_are_joined(tmp_path):
    lines = ["sample,KRAS,KRAS (3845)", "TCGA-02-0001-01A,1,0", "TCGA-02-0001-01B,0,0"]
    matrix, record = read(tmp_path / "m.csv", lines)
    assert mutated(matrix) == {"TCGA-02-0001-01": {"KRAS"}}
    assert (record["genes_merged"], record["samples_merged"]) == (1, 1)


def test_genes_without_a_symbol_keep_their_other_name(tmp_path):
    lines = [
        "gene_id,symbol,ACH-000001,ACH-000002", "ENSG00000141510,TP53,1,0",
        "ENSG00000133703,KRAS,0,1", "EGFR,,1,1",
    ]  # fmt: skip
    matrix, _ = read(tmp_path / "m.csv", lines)
    assert mutated(matrix) == {"ACH-000001": {"TP53", "EGFR"}, "ACH-000002": {"KRAS", "EGFR"}}


def test_who_was_not_sequenced_in_a_portals_table_is_left_out(tmp_path):
    lines = space([
        CHANGES[0] + " BRAF", *(f"{row} NP" for row in CHANGES[1:]),
        f"{STUDY} S4 NS NS NS NS", f"{STUDY} S5 WT NS WT NS",
    ])  # fmt: skip
    with pytest.warns(DataWarning, match="1 samples are sequenced in some of the genes .*: S5"):
        matrix, record = read(tmp_path / "m.tsv", lines)
    assert mutated(matrix) == FOUND
    counts = ("samples_not_sequenced", "genes_not_sequenced", "samples_sequenced_in_part", "rows")
    assert [record[name] for name in counts] == [1, 1, 1, 5]


def test_na_is_wild_type_only_in_old_tables_that_have_no_wt(tmp_path):
    old = [row.replace("WT", "NA") for row in space(CHANGES)]
    assert mutated(read(tmp_path / "m.tsv", old)[0]) == FOUND
    mixed = [*space(CHANGES), *space([f"{STUDY} S4 NA NA NA"])]
    assert read(tmp_path / "m.tsv", mixed)[1]["samples_not_sequenced"] == 1


def test_wt_in_small_letters_is_wild_type(tmp_path):
    small = [row.replace("WT", "wt") for row in space(CHANGES)]
    assert mutated(read(tmp_path / "m.tsv", small)[0]) == FOUND


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["id,TP53,KRAS", "A,1,-1"], "row 'A', column 'KRAS': expected 0, 1 .* found -1"),
        (["id,TP53,KRAS", "A,1,0.5"], "row 'A', column 'KRAS': expected 0, 1 .* found 0.5"),
        (["id,TP53,KRAS", "A,1,"], "row 'A', column 'KRAS': .* found an empty cell"),
        (["id,TP53,KRAS", "A,1,inf"], "row 'A', column 'KRAS': .* found inf"),
        (["id,TP53,KRAS", "A,1,0", "B,0,x"], "column 'KRAS', row 'B': expected a number, found"),
        (["id,TP53,KRAS,A,B,C", "A,1.2,3.4,.1,.3,.5"], "it looks like measurements, such as expr"),
        (["id,TP53,KRAS", "A,1,45321"], "it looks like measurements, such as expr.* found 45321"),
        (["id,TP53,KRAS", "A,True,False", "B,x,True"], "row 'B', column 'TP53': expected True or"),
        (["id,TP53,KRAS", "A,True,", "B,False,True"], "row 'A', column 'KRAS': .* empty cell"),
        (["id,TP53,KRAS", "A,0,0"], "expected mutations, found none in any cell"),
        (["id,TP53,KRAS"], "expected rows below the header, found none"),
        (["id;TP53;KRAS", "A;1;0"], "expected tabs or commas in the header, found 'id;TP53"),
        (["id,TP53,KRAS", ",1,0"], "samples: expected a name in each place"),
        (["id,ENSG00000141510,KRAS", "A,1"], "expected as many fields in every row"),
        ([CHANGES[0], f"{STUDY} A WT 2 WT"], "row 'A', column 'KRAS': expected WT, .* found '2'"),
        ([CHANGES[0], f"{STUDY} A WT - R1H"], "'KRAS': expected WT, .* found '-'"),
        ([CHANGES[0], f"{STUDY} A WT  WT"], "row 'A', column 'KRAS': expected WT, .* found ''"),
        ([CHANGES[0], f"{STUDY} A NS NS NS"], "sequenced in every gene, found none of 1"),
        ([LEADING_25Q3 + ",A (1),B (2)", profile("No", "M", (1, 1))], "expected Yes in some row"),
        ([LEADING_25Q3 + ",A (1),B (2)", profile("?", "M", (1, 1))], "expected Yes or No, found"),
    ],
)  # fmt: skip
def test_what_is_no_matrix_of_mutations_is_refused(tmp_path, lines, message):
    lines = space(lines) if lines[0] == CHANGES[0] else lines
    with pytest.raises(DataError, match=rf"m\.csv: .*{message}"):
        read(tmp_path / "m.csv", lines)


FEW = settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(["0", "1", "2", "1.0", "True", "FALSE", "WT", "NS", "R175H", "", "NA", "Yes"]),
    st.sampled_from(["-1", "1e400", "9" * 400, "nan", "inf", '"', "#", "\x00", "1_0", "²"]),
    st.text(max_size=4),
)


@pytest.mark.parametrize("name", TABLES)
@FEW
@given(rows=st.lists(st.lists(WORDS, max_size=9), max_size=5))
@example(rows=[["A", "1", "0", "0"], ["A", "0", "0", "1"]])
def test_any_rows_below_a_good_header(tmp_path, name, rows):
    lines = TABLES[name][0]
    delimiter = "\t" if "\t" in lines[0] else ","
    text = "\n".join([*lines[:2], *(delimiter.join(row) for row in rows)])
    path = tmp_path / "m"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        try:
            matrix, _ = read_mutations(path, None, ("paper",), (".",))
        except DataError as error:
            assert str(path) in str(error)
            return
    assert set(np.unique(matrix.X.toarray())) <= {0, 1}
    assert matrix.var_names.is_unique
    assert matrix.obs_names.is_unique
