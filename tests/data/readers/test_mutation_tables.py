"""Every portal's long table of variants, with its exact header."""

import gzip
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drp.data.errors import DataError, DataWarning
from drp.data.readers.mutation import read_mutations
from tests.data.readers.mutation_headers import (
    BARCODE,
    FORMATS,
    LINES,
    ROWS,
    VEP,
    split_header,
    write,
)

FILTERS = ("PASS", ".", "wga")
FEW = settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(["", "NA", ".", "TP53", "Yes", "PASS", "ACH-000001", '"', "²", "\x00", "#"]),
    st.sampled_from(["Missense_Mutation", "MISSENSE", "stop_gained&intron_variant", "Silent"]),
    st.text(max_size=4),
)


def read(path, classes=("paper",), **options):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(?s).*no list of sequenced", DataWarning)
        return read_mutations(path, None, classes, FILTERS, **options)


def mutated(matrix):
    return {
        sample: set(matrix.var_names[np.flatnonzero(row)])
        for sample, row in zip(matrix.obs_names, matrix.X.toarray(), strict=True)
    }


@pytest.mark.parametrize("name", FORMATS)
def test_every_portals_table_is_read(tmp_path, name):
    path = write(tmp_path / "calls.csv", name, ROWS, IsDefaultEntryForModel="Yes")
    matrix, record = read(path)
    assert mutated(matrix) == {LINES[0]: {"TP53"}, LINES[1]: {"EGFR"}}
    assert list(matrix.var_names) == ["EGFR", "KRAS", "TP53"]
    assert record["recognised_as"] == FORMATS[name][4]
    assert (record["rows"], record["columns"]) == (4, len(split_header(name)))
    assert record["rows_of_other_classes"] == 2
    assert record["class_column"] == FORMATS[name][2][1]
    assert mutated(read(path, ["Silent"])[0]) == {LINES[0]: {"KRAS"}, LINES[1]: {"TP53"}}


def test_the_headers_are_as_long_as_the_portals():
    lengths = {name: len(split_header(name)) for name in FORMATS}
    assert lengths["GDC"] == 120
    assert lengths["MC3"] == 114
    assert split_header("MC3").index("FILTER") == 108
    assert lengths["CCLE 2012"] == 51
    assert [lengths[name] for name in ("19Q1", "20Q2", "22Q2")] == [35, 34, 32]


def test_only_default_entries_of_a_model_count(tmp_path):
    rows = [
        (*row, {"IsDefaultEntryForModel": flag})
        for row, flag in zip(ROWS, ("Yes", "Yes", "No", "No"), strict=True)
    ]
    matrix, record = read(write(tmp_path / "x.csv", "25Q3", rows))
    assert mutated(matrix) == {LINES[0]: {"TP53"}}
    assert record["rows_not_the_default_entry"] == 2
    with pytest.raises(DataError, match="'IsDefaultEntryForModel': expected Yes or No, found 'x'"):
        read(write(tmp_path / "x.csv", "25Q3", ROWS, IsDefaultEntryForModel="x"))


def test_the_consequence_is_taken_where_variant_info_holds_no_class(tmp_path):
    rows = [("TP53", "SNV", LINES[0]), ("KRAS", "SNV", LINES[0], {"MolecularConsequence": VEP[1]})]
    path = write(tmp_path / "x.csv", "24Q2", rows, MolecularConsequence=VEP[0])
    matrix, record = read(path)
    assert mutated(matrix) == {LINES[0]: {"TP53"}}
    assert record["class_column"] == "MolecularConsequence"
    both = write(tmp_path / "y.csv", "24Q2", ROWS, MolecularConsequence="odd")
    assert read(both)[1]["class_column"] == "VariantInfo"
    with pytest.raises(DataError, match="unknown VariantInfo: SNV"):
        read(write(path, "24Q2", rows[:1], MolecularConsequence="odd"))


def test_a_broad_id_goes_before_a_name_and_a_name_before_nothing(tmp_path):
    rows = [
        ("TP53", 0, LINES[0], {BARCODE: "A_LUNG"}), ("KRAS", 0, "", {BARCODE: "B_SKIN"}),
        ("EGFR", 0, "unknown", {BARCODE: "C_LUNG"}),
    ]  # fmt: skip
    found = mutated(read(write(tmp_path / "x.maf", "CCLE 2018", rows))[0])
    assert found == {LINES[0]: {"TP53"}, "B_SKIN": {"KRAS"}, "C_LUNG": {"EGFR"}}


def test_quoted_cells_and_gaps_of_ccle_2012(tmp_path):
    path = write(tmp_path / "x.maf", "CCLE 2012", [*ROWS, ("NA", 0, LINES[0])])
    quoted = "\n".join(
        "\t".join("NA" if cell == "." else f'"{cell}"' for cell in line.split("\t"))
        for line in path.read_text().splitlines()
    )
    path.write_text(quoted + "\n")
    matrix, record = read(path)
    assert mutated(matrix) == {LINES[0]: {"TP53"}, LINES[1]: {"EGFR"}}
    assert record["rows_without_gene_name"] == 1


def test_rows_without_a_class_do_not_count_and_are_told(tmp_path):
    path = write(tmp_path / "x.csv", "22Q4", [*ROWS, ("MYC", "", LINES[0]), ("MYC", "NA", "Z")])
    with pytest.warns(DataWarning, match="'VariantInfo': 2 rows have no class .*: rows 6, 7"):
        matrix, record = read(path)
    assert mutated(matrix) == {LINES[0]: {"TP53"}, LINES[1]: {"EGFR"}}
    assert record["rows_without_class"] == 2


def test_xenas_table_is_read(tmp_path):
    header = (
        "sample chr start end reference alt gene effect Amino_Acid_Change DNA_VAF SIFT PolyPhen"
    )
    row = "TCGA-02-0003-01 17 1 1 C T TP53 Missense_Mutation p.R1H 0.4 . ."
    (tmp_path / "x").write_text("\n".join([header, row]).replace(" ", "\t"))
    matrix, record = read(tmp_path / "x")
    assert mutated(matrix) == {"TCGA-02-0003-01": {"TP53"}}
    assert record["recognised_as"] == "Xena table of mutations"


@pytest.mark.parametrize("ending", ["parquet", "xlsx", "csv.gz"])
def test_every_container_is_read(tmp_path, ending):
    text = write(tmp_path / "calls.csv", "24Q2", ROWS)
    path = tmp_path / f"calls.{ending}"
    if ending == "csv.gz":
        path.write_bytes(gzip.compress(text.read_bytes()))
    else:
        frame = pd.read_csv(text, keep_default_na=False).assign(EntrezGeneID=7157.0)
        getattr(frame, {"parquet": "to_parquet", "xlsx": "to_excel"}[ending])(path, index=False)
    matrix, _ = read(path)
    assert mutated(matrix) == {LINES[0]: {"TP53"}, LINES[1]: {"EGFR"}}
    assert set(matrix.var["entrez_id"]) == {"" if ending == "csv.gz" else "7157"}


def check(path, name):
    """Any rows give a valid matrix or one line that names the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        try:
            matrix, _ = read_mutations(path, None, ["nonsilent"], FILTERS)
        except DataError as error:
            assert str(path) in str(error), name
            return
    assert set(np.unique(matrix.X.toarray())) <= {0, 1}
    assert matrix.var_names.is_unique
    assert matrix.obs_names.is_unique
    assert matrix.n_obs
    assert "" not in {*matrix.obs_names, *matrix.var_names}


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=5))
@example(rows=[("TP53", "Missense_Mutation", "A", "."), ("TP53", "Silent", "A", "oxog")])
@example(rows=[("TP53", "MISSENSE", "A", "."), ("Unknown", "stop_gained", "A", "PASS")])
def test_any_cells_in_the_columns_that_are_read(tmp_path, name, rows):
    path = tmp_path / "calls"
    cells = [(gene, kind, sample, {"FILTER": token}) for gene, kind, sample, token in rows]
    write(path, name, cells, IsDefaultEntryForModel="Yes")
    check(path, name)


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(rows=st.lists(st.lists(CELLS, max_size=9), max_size=5), packed=st.booleans())
def test_any_rows_below_a_good_header(tmp_path, name, rows, packed):
    delimiter = FORMATS[name][1]
    lines = [delimiter.join(split_header(name)), *(delimiter.join(row) for row in rows)]
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    path = tmp_path / "calls"
    path.write_bytes(gzip.compress(data) if packed else data)
    check(path, name)
