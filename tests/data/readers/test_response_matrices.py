"""Wide tables of responses: orientation, drugs' names, and what cannot be told."""

import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.drug_list import read_drug_list
from drp.data.readers.response import read_response
from drp.data.readers.response_matrices import parse_drugs

LINES = ["ACH-000001", "ACH-000002", "ACH-000003"]
VALUES = np.array([[-1.5, 2.25], [0.5, np.nan], [3.75, -2.0]], np.float32)


@pytest.fixture
def write(tmp_path):
    def write_matrix(values, rows, columns, corner="", turned=False, name="response.csv"):
        frame = pd.DataFrame(values, pd.Index(rows, name=corner or None), columns)
        path = tmp_path / name
        (frame.T.rename_axis("") if turned else frame).to_csv(path, na_rep="NA")
        return path

    return write_matrix


NAMES = {
    "gdsctools": ["Drug_1_IC50", "Drug_3_IC50"],
    "DeepCDR": ["GDSC:1", "GDSC:3"],
    "DepMap portal": ["ERLOTINIB (GDSC1:1)", "RAPAMYCIN (GDSC1:3)"],
    "own keys": ["ERLOTINIB (1)", "RAPAMYCIN (3)"],
    "Broad": ["BRD-K12343256-001-08-9", "BRD-K70401845"],
}
KEYS = {
    "gdsctools": ["1", "3"],
    "DeepCDR": ["1", "3"],
    "DepMap portal": ["ERLOTINIB (1)", "RAPAMYCIN (3)"],
    "own keys": ["ERLOTINIB (1)", "RAPAMYCIN (3)"],
    "Broad": ["BRD-K12343256-001-08-9", "BRD-K70401845"],
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("naming", NAMES)
def test_drugs_and_lines_are_told_by_their_names(write, naming, turned):
    path = write(VALUES, LINES, NAMES[naming], turned=turned)
    response, record = read_response(path, "ln_um", 1)
    assert list(response.obs_names) == LINES
    assert list(response.var_names) == KEYS[naming]
    np.testing.assert_array_equal(response.X, VALUES)
    assert record["orientation"] == ("lines in columns" if turned else "lines in rows")
    assert (record["rows"], record["columns"]) == ((2, 4) if turned else (3, 3))
    assert record["recognised_as"] == "response matrix"


def test_gdsc_wide(write):
    path = write(VALUES, [1287381, 924100, 687448], NAMES["gdsctools"], corner="COSMIC_ID")
    response, _ = read_response(path, "ln_um", 1)
    assert list(response.obs_names) == ["687448", "924100", "1287381"]
    np.testing.assert_array_equal(response.X, VALUES[[2, 1, 0]])


@pytest.mark.parametrize("turned", [False, True])
def test_bare_names_are_told_by_the_known_lines(write, turned):
    path = write(VALUES, ["A549", "NCI-H292", "TE 5"], ["Erlotinib", "AICAR"], turned=turned)
    response, record = read_response(path, "ln_um", 1, known_lines={"A-549", "NCIH292"})
    assert list(response.obs_names) == ["A549", "NCI-H292", "TE 5"]
    assert list(response.var["drug_name"]) == ["AICAR", "Erlotinib"]
    assert "guessed" not in record["orientation"]


def test_bare_names_are_told_by_the_list_of_drugs(write, tmp_path):
    listed = tmp_path / "drugs.csv"
    listed.write_text("DRUG_ID,DRUG_NAME\n1,Erlotinib\n3,AICAR\n")
    path = write(VALUES, ["A549", "H292", "TE5"], ["Erlotinib", "AICAR"], turned=True)
    response, record = read_response(path, "ln_um", 1, drugs=read_drug_list(listed)[0])
    assert list(response.obs_names) == ["A549", "H292", "TE5"]
    assert record["orientation"] == "lines in columns"


def test_where_no_name_tells_lines_are_in_rows_and_it_is_said(write):
    path = write(VALUES, ["A549", "H292", "TE5"], ["Erlotinib", "AICAR"])
    with pytest.warns(DataWarning, match=r"no name tells .* lines are taken to be in the rows"):
        response, record = read_response(path, "ln_um", 1)
    assert record["orientation"] == "lines in rows, guessed"
    assert response.shape == (3, 2)


def test_the_portal_s_ctrp_areas_are_told(write):
    areas = np.random.default_rng(0).uniform(2, 30, (3, 24))
    names = [f"navitoclax:drug{n} (1:1 mol/mol) (CTRP:{349006 + n})" for n in range(24)]
    path = write(areas, LINES, names, name="Drug_sensitivity_AUC_(CTD^2).csv")
    with pytest.warns(DataWarning, match=r"the values: these are areas .*predictions will be"):
        response, record = read_response(path, "ln_um", 1)
    assert response.var_names[0] == "navitoclax:drug0 (1:1 mol/mol) (349006)"
    assert (record["unit"], response.n_vars) == ("AUC", 24)


def test_the_portal_s_leading_columns_are_passed_over(tmp_path):
    path = tmp_path / "Drug_sensitivity_AUC_(Sanger_GDSC1)_subsetted.csv"
    path.write_text(
        "depmap_id,cell_line_display_name,lineage_1,lineage_2,lineage_3,lineage_6,"
        "ERLOTINIB (GDSC1:1)\nACH-000001,NIHOVCAR3,Ovary,Ovary,,,0.75\n"
    )
    response, _ = read_response(path, "auc", 1)
    assert response.to_df().to_dict() == {"ERLOTINIB (1)": {"ACH-000001": 0.75}}


def test_areas_in_a_matrix_of_no_named_measure_are_told(write):
    areas = np.random.default_rng(0).uniform(0.2, 1, (3, 24))
    path = write(areas, LINES, [f"Drug_{n}" for n in range(24)])
    with pytest.warns(DataWarning, match="areas under the curve"):
        assert read_response(path, "ln_um", 1)[1]["auc_scale"] == "GDSC-like, 0 to 1"


def test_drugs_in_rows_may_be_described_beside(tmp_path):
    path = tmp_path / "matrix.tsv"
    path.write_text(
        "DRUG_ID\tDRUG_NAME\tTARGET\tACH-000001\tACH-000002\n"
        "9\tDasatinib\tSRC\t-1.5\t\n51\tDasatinib\tSRC\t2.5\t0.5\n"
    )
    response, record = read_response(path, "ln_um", 1)
    assert list(response.var_names) == ["Dasatinib (9)", "Dasatinib (51)"]
    assert response.var["target"].tolist() == ["SRC", "SRC"]
    np.testing.assert_array_equal(response.X, [[-1.5, 2.5], [np.nan, 0.5]])
    assert record["orientation"] == "lines in columns"


def test_a_line_twice_is_an_error_or_averaged(write):
    path = write(VALUES, [LINES[0], LINES[0], LINES[2]], NAMES["DeepCDR"])
    with pytest.raises(DataError, match=r"1 rows repeat .* line ACH-000001, drug 1: .*=mean"):
        read_response(path, "ln_um", 1)
    response, record = read_response(path, "ln_um", 1, duplicates="mean")
    np.testing.assert_array_equal(response.X, [[-0.5, 2.25], [3.75, -2.0]])
    assert record["repeats_averaged"] == 1


def test_lines_and_drugs_without_measurement_are_counted(write):
    values = np.array([[1.5, np.nan], [np.nan, np.nan]])
    response, record = read_response(write(values, LINES[:2], NAMES["DeepCDR"]), "ln_um", 1)
    assert response.shape == (1, 1)
    assert (record["lines_without_measurement"], record["drugs_without_measurement"]) == (1, 1)


@pytest.mark.parametrize(
    ("values", "lines", "message"),
    [
        ([["> 10", "1.5"]], LINES[:1], "column 'GDSC:1', row 'ACH-000001': expected a number"),
        ([["inf", "1.5"]], LINES[:1], "row 'ACH-000001', column 'GDSC:1': .* finite .* found inf"),
        ([["NA", ""]], LINES[:1], "expected measurements in values, found none"),
        ([["1.5", "2.5"]], [""], "expected a name of each line, found an empty one"),
        ([["1.5", "-2.5"], ["1", "Lung"]], LINES[:2], "'GDSC:3', row 'ACH-000002': .* 'Lung'"),
        (np.empty((0, 2)), [], "expected rows|found none"),
    ],
)
def test_bad_matrices_are_refused(write, values, lines, message):
    with pytest.raises(DataError, match=message):
        read_response(write(values, lines, NAMES["DeepCDR"]), "ln_um", 1)


@pytest.mark.parametrize("missing", ["COSMIC_ID", "DRUG_ID"])
def test_a_long_table_that_lacks_a_side_is_no_matrix(tmp_path, missing):
    path = tmp_path / "response.csv"
    columns = [name for name in ("COSMIC_ID", "DRUG_ID", "LN_IC50") if name != missing]
    path.write_text(",".join(columns) + "\n1,2.5\n")
    with pytest.raises(DataError, match="found LN_IC50 without a column of lines or of drugs: "):
        read_response(path, "ln_um", 1)


def test_deepcdr_s_ids_are_those_of_gdsc(tmp_path):
    path = tmp_path / "GDSC_IC50.csv"
    path.write_text("drug_id,ACH-000001,ACH-000002\nGDSC:1001,-1.5,2.5\nGDSC:10010,0.5,1\n")
    response, _ = read_response(path, "ln_um", 1)
    assert response.var["drug_id"].tolist() == ["1001", "10010"]
    assert response.var["drug_name"].tolist() == ["", ""]


def test_columns_of_two_measures_are_never_mixed(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("COSMIC_ID,Drug_1_IC50,Drug_1_AUC\n905933,-1.5,0.5\n905934,2.5,0.9\n")
    with pytest.raises(DataError, match="found several measures side by side: AUC, IC50"):
        read_response(path, "ln_um", 1, "mean")


@pytest.mark.parametrize(
    ("name", "drug_id", "drug_name", "source"),
    [
        ("Drug_1_IC50", "1", "", ""),
        ("Drug_1", "1", "", ""),
        ("GDSC:1", "1", "", "GDSC"),
        ("BORTEZOMIB (CTRP:349006)", "349006", "BORTEZOMIB", "CTRP"),
        ("X (BRD:BRD-K12343256-001-08-9)", "BRD-K12343256-001-08-9", "X", "BRD"),
        ("Bleomycin (50 uM)", "", "Bleomycin (50 uM)", ""),
        ("JQ1 (free base)", "", "JQ1 (free base)", ""),
        ("a:b (1:1 mol/mol)", "", "a:b (1:1 mol/mol)", ""),
        ("5-Fluorouracil", "", "5-Fluorouracil", ""),
        ("1032", "1032", "", ""),
    ],
)
def test_spellings_of_drugs(name, drug_id, drug_name, source):
    about, most = parse_drugs([name])
    assert about.iloc[0].tolist() == [drug_id, drug_name, "", ""]
    assert most == source
