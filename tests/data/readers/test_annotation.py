import gzip
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drp.data.errors import DataError, DataWarning
from drp.data.readers.annotation import make_obs, read_annotation
from tests.data.readers.sample_tables import (
    DETAILS,
    GDC,
    PASSPORT_CELLS,
    PASSPORTS,
    PATIENT,
    SIDM,
    SOURCES,
)


@pytest.fixture
def write(tmp_path):
    def write_table(text):
        path = tmp_path / "samples.tsv"
        path.write_text(text.replace(" ", "\t"))
        return path

    return write_table


def test_tumors_are_named_by_15_characters_with_their_type_first(write):
    table = write(
        "sample stage cancer_type age OS\nTCGA-02-0001-01A II LUAD 61 1\nTCGA-02-0002-01   NA \n"
    )
    frame, record = read_annotation(table)
    assert list(frame.index) == ["TCGA-02-0001-01", "TCGA-02-0002-01"]
    assert list(frame.columns) == ["cancer_type", "stage", "age", "OS"]
    assert list(frame["cancer_type"]) == ["LUAD", "unknown"]
    assert list(frame["stage"]) == ["II", ""]
    np.testing.assert_array_equal(frame["age"], [61, np.nan])
    assert record == {
        "recognised_as": "table of samples", "rows": 2, "columns": 5, "id_column": "sample",
        "type_column": "cancer_type", "rows_without_id": 0, "rows_named_otherwise": 0,
        "repeated_rows": 0, "rows_without_type": 1,
    }  # fmt: skip


def test_the_first_vial_stands_for_its_sample(write):
    frame, record = read_annotation(
        write("sample cancer_type\nTCGA-02-0001-01A LUAD\nTCGA-02-0001-01B LUSC\n")
    )
    assert frame["cancer_type"].to_dict() == {"TCGA-02-0001-01": "LUAD"}
    assert record["repeated_rows"] == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ModelID tissue", ["cancer_type"]),
        ("ModelID cancer_type", ["cancer_type"]),
        ("sample tissue cancer_type", ["cancer_type", "tissue"]),
        ("sample cancer_type Site/Type", ["cancer_type", "Site_Type"]),
        (" sample cancer_type", ["cancer_type", "Unnamed: 0"]),
        ("ModelID cell_line_name tissue", ["cancer_type", "CELL_LINE_NAME"]),
        ("sample note cancer_type note", ["cancer_type", "note"]),
    ],
)
def test_columns_are_found_by_name(write, header, expected):
    rows = " ".join(f"v{i}" for i in range(len(header.split(" "))))
    assert list(read_annotation(write(f"{header}\n{rows}\n"))[0].columns) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("barcode cancer_type\nA LUAD\n", "expected a column ModelID or sample, found barcode"),
        ("sample type\nA LUAD\n", "expected a column cancer_type or tissue, found sample, type"),
        ("sample tissue\nA x\nA y\n", "column 'sample': expected each name once, .* repeats of A"),
        ("sample tissue\nA x\nNA y\nA z\n", "column 'sample': expected each name once"),
        ("sample tissue\n x\n", "column 'sample': expected the name of at least one sample"),
        ("sample tissue\n", "column 'sample': expected the name of at least one sample"),
        ("DepMap_ID sex\nA F\n", "expected a column lineage or primary_disease or .*found DepMap"),
        ("case_submitter_id project_id\nA TCGA-X\nA TCGA-Y\n", "different types: .* repeats of A"),
    ],
)
def test_bad_tables_are_refused(write, text, message):
    with pytest.raises(DataError, match=message):
        read_annotation(write(text))


def test_obs_follows_the_samples_and_counts_the_unknown(write):
    annotation, _ = read_annotation(write("sample tissue age note\nA skin 61 x\nB lung 50 y\n"))
    obs, n_without = make_obs(pd.Index(["C", "B", "A"]), annotation)
    assert n_without == 1
    assert list(obs["cancer_type"]) == ["unknown", "lung", "skin"]
    assert list(obs["note"]) == ["", "y", "x"]
    np.testing.assert_array_equal(obs["age"], [np.nan, 50, 61])


def test_a_clinical_number_that_is_none_is_missing_and_told(write):
    path = write("sample tissue age\nA skin 61\nB skin >89\nC skin NA\nD skin inf\n")
    with pytest.warns(DataWarning, match=r"column 'age': no number in >89, inf; taken as missing"):
        frame, _ = read_annotation(path)
    np.testing.assert_array_equal(frame["age"], [61, np.nan, np.nan, np.nan])


def test_a_sample_without_a_row_gets_its_patient_s(write):
    annotation, _ = read_annotation(
        write("sample cancer_type age\nTCGA-AA-0001 LUAD 61\nTCGA-AA-0001-06 SKCM 62\n")
    )
    samples = pd.Index(["TCGA-AA-0001-06", "TCGA-AA-0001-01", "TCGA-AA-0002-01", "own"])
    obs, n_without = make_obs(samples, annotation)
    assert list(obs.index) == list(samples)
    assert list(obs["cancer_type"]) == ["SKCM", "LUAD", "unknown", "unknown"]
    np.testing.assert_array_equal(obs["age"], [62, 61, np.nan, np.nan])
    assert n_without == 2


def test_rows_without_an_id_are_left_out_and_told(write):
    path = write("sample tissue\nA skin\n lung\nNA bone\n")
    with pytest.warns(DataWarning, match="column 'sample': 2 rows name no sample .*: row 3, 4"):
        frame, record = read_annotation(path)
    assert list(frame.index) == ["A"]
    assert record["rows_without_id"] == 2


def test_a_workbook_and_gzipped_text_are_read_alike(tmp_path):
    table = pd.DataFrame({"ModelID": ["A", "B"], "COSMICID": [905933, None], "tissue": ["x", "y"]})
    table.to_excel(tmp_path / "book.xlsx", index=False)
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(table.to_csv(index=False).encode()))
    frames = [read_annotation(tmp_path / name)[0] for name in ("book.xlsx", "table.csv.gz")]
    for frame in frames:
        assert list(frame["COSMIC_ID"]) == ["905933", ""]


def write_source(folder, header, *rows):
    """Write a table with the exact header; line breaks inside it are quoted, as GDSC has them."""
    path = folder / "table.csv"
    table = pd.DataFrame([[row.get(name, "") for name in header.split(",")] for row in rows])
    table.set_axis(header.split(","), axis=1).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_recognised_by_its_header(tmp_path, name):
    header, cells, recognised_as, sample, kind, standard = SOURCES[name]
    frame, record = read_annotation(write_source(tmp_path, header, cells))
    assert record["recognised_as"].startswith(recognised_as)
    assert (record["rows"], record["columns"]) == (1, len(header.split(",")))
    assert frame["cancer_type"].to_dict() == {sample: kind}
    assert frame.index.name is None
    assert {column: frame[column].iloc[0] for column in standard} == standard
    assert frame.columns.is_unique
    assert not frame.columns.str.contains(r"\n|/").any()


def test_the_row_of_totals_is_no_line_and_needs_no_warning(tmp_path):
    cells = SOURCES["GDSC"][1]
    path = write_source(tmp_path, DETAILS, cells, {"Sample Name": "TOTAL:", "Methylation": "957"})
    frame, record = read_annotation(path)
    assert list(frame.index) == ["1331030"]
    assert record["rows_without_id"] == 1


def test_a_broad_id_of_two_models_names_neither(tmp_path):
    rows = [PASSPORT_CELLS, {**PASSPORT_CELLS, "model_id": "SIDM2"}]
    frame, record = read_annotation(write_source(tmp_path, PASSPORTS, *rows))
    assert list(frame.index) == [SIDM, "SIDM2"]
    assert record["rows_named_otherwise"] == 2


def test_the_treatments_of_a_case_are_one_row(tmp_path):
    rows = [{"case_submitter_id": PATIENT, "project_id": "TCGA-ACC", "treatment_type": t}
            for t in ("Radiation", "Pharmaceutical")]  # fmt: skip
    frame, record = read_annotation(write_source(tmp_path, GDC, *rows))
    assert frame["treatment_type"].to_dict() == {PATIENT: "Radiation"}
    assert record["repeated_rows"] == 1


def test_the_comments_above_a_cbioportal_table_are_passed_over(tmp_path):
    path = tmp_path / "data_clinical_sample.txt"
    path.write_text(
        "#Patient Identifier\tSample Identifier\tCancer Type\n#x\ty\tz\n#STRING\tSTRING\tSTRING\n"
        "#1\t1\t1\nPATIENT_ID\tSAMPLE_ID\tCANCER_TYPE\nP-1\tP-1-T01\tGlioma\n"
    )
    frame, _ = read_annotation(path)
    assert frame["cancer_type"].to_dict() == {"P-1-T01": "Glioma"}


CELLS = st.one_of(
    st.sampled_from(["", "NA", "TOTAL:", "1", "1.0", "a;b", "TCGA-AA-0001", "1e400", "9" * 400]),
    st.sampled_from(['"', "#", "²", "\u2028", "\x00"]), st.text(max_size=4),
)  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
@settings(
    max_examples=15, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=5))
@example(rows=[["a", "a", "a"], ["a", "a", "b"]])
def test_any_rows_below_a_good_header_give_unique_samples_or_a_data_error(tmp_path, name, rows):
    fields = SOURCES[name][0].split(",")
    path = tmp_path / "table.csv"
    table = pd.DataFrame([(row * len(fields))[: len(fields)] for row in rows], columns=fields)
    path.write_text(table.to_csv(index=False), encoding="utf-8", errors="replace", newline="")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        try:
            frame, record = read_annotation(path)
        except DataError as error:
            assert str(path) in str(error)
            return
    assert frame.index.is_unique
    assert not (frame.index == "").any()
    assert (frame["cancer_type"] != "").all()
    assert record["rows"] == len(frame) + record["rows_without_id"] + record["repeated_rows"]
    obs, n_without = make_obs(frame.index, frame)
    assert not n_without
    assert not obs.drop(columns=["age", "OS", "OS.time", "PFI", "PFI.time"],
                        errors="ignore").isna().any(axis=None)  # fmt: skip


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("path", "recognised_as", "n_samples", "kinds"),
    [
        ("cells/models.csv", "table of cell lines", 932, {"ovary", "leukemia"}),
        ("tumors/samples.tsv", "table of samples", 9581, {"GBM", "LAML"}),
        ("raw_samples/cells/Cell_lines_annotations_20181226.txt", "CCLE Cell_lines_annotations",
         1401, {"lung", "unknown"}),
        ("raw_samples/cells/CCLE_sample_info_file_2012-10-18_toy.txt", "CCLE sample info 2012", 232,
         {"lung", "breast"}),
        ("raw_samples/cells/Cell_Lines_Details.csv", "GDSC Cell_Lines_Details", 941,
         {"bone", "leukemia"}),
        ("raw_samples/tumors/xena_TcgaTargetGTEX_phenotype_head.csv.gz", "Xena phenotype", 500,
         {"Uveal Melanoma", "Thyroid Carcinoma"}),
    ],
)  # fmt: skip
def test_real_tables_are_read(real_data, path, recognised_as, n_samples, kinds):
    frame, record = read_annotation(real_data / path)
    assert record["recognised_as"] == recognised_as
    assert len(frame) == n_samples
    assert frame.index.is_unique
    assert kinds <= {*frame["cancer_type"]}


@pytest.mark.realdata
def test_real_identifiers_are_found(real_data):
    raw = real_data / "raw_samples" / "cells"
    models, _ = read_annotation(real_data / "cells" / "models.csv")
    assert models.loc["ACH-000001", ["COSMIC_ID", "CCLE_NAME", "CELL_LINE_NAME"]].to_list() == [
        "905933", "NIHOVCAR3_OVARY", "OVCAR-3",
    ]  # fmt: skip
    ccle, record = read_annotation(raw / "Cell_lines_annotations_20181226.txt")
    assert record["rows_named_otherwise"] == 4
    assert ccle.loc["WS1_SKIN", "cancer_type"] == "unknown"
    details, record = read_annotation(raw / "Cell_Lines_Details.csv")
    assert record["rows_without_id"] == 1
    assert details.loc["1503373", "CELL_LINE_NAME"] == "U-CH2"
