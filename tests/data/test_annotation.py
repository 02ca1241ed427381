import numpy as np
import pandas as pd
import pytest

from drp.data.annotation import make_obs, read_annotation
from drp.data.errors import DataError, DataWarning


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
    frame = read_annotation(table)
    assert list(frame.index) == ["TCGA-02-0001-01", "TCGA-02-0002-01"]
    assert list(frame.columns) == ["cancer_type", "stage", "age", "OS"]
    assert list(frame["cancer_type"]) == ["LUAD", "unknown"]
    assert list(frame["stage"]) == ["II", ""]
    np.testing.assert_array_equal(frame["age"], [61, np.nan])


def test_the_first_vial_stands_for_its_sample(write):
    frame = read_annotation(
        write("sample cancer_type\nTCGA-02-0001-01A LUAD\nTCGA-02-0001-01B LUSC\n")
    )
    assert frame["cancer_type"].to_dict() == {"TCGA-02-0001-01": "LUAD"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ModelID tissue", ["cancer_type"]),
        ("ModelID cancer_type", ["cancer_type"]),
        ("sample tissue cancer_type", ["cancer_type", "tissue"]),
        ("sample cancer_type Site/Type", ["cancer_type", "Site_Type"]),
        (" sample cancer_type", ["cancer_type", "Unnamed: 0"]),
    ],
)
def test_columns_are_found_by_name(write, header, expected):
    rows = " ".join(f"v{i}" for i in range(len(header.split(" "))))
    assert list(read_annotation(write(f"{header}\n{rows}\n")).columns) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("barcode cancer_type\nA LUAD\n", "expected a column ModelID or sample, found barcode"),
        ("sample type\nA LUAD\n", "expected a column cancer_type or tissue, found sample, type"),
        ("sample tissue\nA x\nA y\n", "column 'sample': expected each name once, .* repeats of A"),
        ("sample tissue\n x\n", "column 'sample': expected a name in each place"),
    ],
)
def test_bad_tables_are_refused(write, text, message):
    with pytest.raises(DataError, match=message):
        read_annotation(write(text))


def test_obs_follows_the_samples_and_counts_the_unknown(write):
    annotation = read_annotation(write("sample tissue age note\nA skin 61 x\nB lung 50 y\n"))
    obs, n_without = make_obs(pd.Index(["C", "B", "A"]), annotation)
    assert n_without == 1
    assert list(obs["cancer_type"]) == ["unknown", "lung", "skin"]
    assert list(obs["note"]) == ["", "y", "x"]
    np.testing.assert_array_equal(obs["age"], [np.nan, 50, 61])


def test_a_clinical_number_that_is_none_is_missing_and_told(write):
    path = write("sample tissue age\nA skin 61\nB skin >89\nC skin NA\n")
    with pytest.warns(DataWarning, match=r"column 'age': no number in >89; taken as missing"):
        frame = read_annotation(path)
    np.testing.assert_array_equal(frame["age"], [61, np.nan, np.nan])
