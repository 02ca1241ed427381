"""Response files of every kind: keys, order, repeats, and what is no response file at all."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drp.data.errors import DataError, DataWarning
from drp.data.readers.drug_list import read_drug_list
from drp.data.readers.response import read_response

ROWS = [
    ("1003", "9", "Dasatinib", "SRC", 1.25),
    ("904", "9", "Dasatinib", "SRC", -2.5),
    ("904", "51", "Dasatinib", "SRC", 4.0),
    ("904", "1001", "AICAR", "", 0.5),
    ("1003", "1001", "AICAR", "", np.nan),
]
COLUMNS = ["COSMIC_ID", "DRUG_ID", "DRUG_NAME", "PUTATIVE_TARGET", "LN_IC50"]
REPEATED = [*ROWS, ("904", "51", "Dasatinib", "SRC", 3.0)]


@pytest.fixture
def write(tmp_path):
    def write_table(rows=ROWS, columns=COLUMNS):
        path = tmp_path / "response.csv"
        pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
        return path

    return write_table


def test_lines_and_drugs_are_keyed_and_ordered_by_number(write):
    response, record = read_response(write(), "ln_um", 1)
    assert list(response.obs_names) == ["904", "1003"]
    assert list(response.var_names) == ["Dasatinib (9)", "Dasatinib (51)", "AICAR (1001)"]
    assert response.X.dtype == np.float32
    np.testing.assert_array_equal(response.X, [[-2.5, 4.0, 0.5], [1.25, np.nan, np.nan]])
    assert response.var.to_dict("list") == {
        "drug_id": ["9", "51", "1001"],
        "drug_name": ["Dasatinib", "Dasatinib", "AICAR"],
        "target": ["SRC", "SRC", ""],
        "pathway": ["", "", ""],
        "n_measured": [2, 1, 1],
    }
    assert record == {
        "recognised_as": "GDSC dose response", "rows": 5, "columns": 5,
        "orientation": "one row per line and drug", "value_column": "LN_IC50",
        "line_column": "COSMIC_ID", "drug_column": "DRUG_ID", "rows_left_out": 0,
        "rows_without_value": 1,
        "unit": "ln(uM)", "read_as": "ln_um", "repeats_averaged": 0, "lines": 2, "drugs": 3,
        "measured": 4, "value_range": [-2.5, 4.0],
    }  # fmt: skip


@pytest.mark.parametrize(("unit", "stored"), [("ln_um", 2.302585), ("log10_um", 1.0), ("um", 10.0)])
def test_every_unit_becomes_ln_um(write, unit, stored):
    response, record = read_response(write([("1", "2", "D", "", stored)]), unit, 1)
    assert response.X[0, 0] == pytest.approx(np.log(10), abs=1e-6)
    assert record["unit"] == "ln(uM)"


def test_repeats_are_averaged_on_the_ln_scale_if_asked(write):
    response, record = read_response(write(REPEATED), "ln_um", 1, duplicates="mean")
    assert response.to_df().loc["904", "Dasatinib (51)"] == 3.5
    assert record["repeats_averaged"] == 1
    assert record["measured"] == 4
    plain = [("1", "2", "D", "", 1.0), ("1", "2", "D", "", 100.0)]
    response, _ = read_response(write(plain), "um", 1, duplicates="mean")
    assert response.X[0, 0] == pytest.approx(np.log(10), abs=1e-6)  # the geometric mean of both


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (REPEATED, "1 rows repeat .*_ID 904, DRUG_ID 51: .*each pair; --duplicates=mean averages"),
        ([*ROWS, ("905", "51", "Dasatinib", "SRC", np.inf)], "row 7: expected a finite LN_IC50"),
        ([*ROWS, ("905", "51", "Dasatinib", "SRC", "> 8")], "'LN_IC50', row 7: expected a number"),
        ([*ROWS, ("", "51", "Dasatinib", "SRC", 2.0)], "'COSMIC_ID', row 7: found an empty cell"),
        ([*ROWS, ("905", "", "", "SRC", 2.0)], "'DRUG_ID', row 7: found an empty cell"),
        ([*ROWS, ("905", "", "Erlotinib", "", 2.0)], "'DRUG_ID', row 7: found an empty cell"),
        (ROWS[-1:], "expected measurements in LN_IC50, found none"),
        ([], "expected measurements in LN_IC50, found none"),
    ],
)
def test_bad_tables_are_refused(write, rows, message):
    with pytest.raises(DataError, match=message):
        read_response(write(rows), "ln_um", 1)


def test_drugs_with_too_few_lines_are_listed(write):
    message = (
        r"2 drugs are measured in fewer than 2 lines \(Dasatinib \(51\): 1, AICAR \(1001\): 1\)"
    )
    with pytest.raises(DataError, match=message + r".*--min_measured"):
        read_response(write(), "ln_um", 2)


def test_a_list_of_drugs_describes_those_with_ids_only(write, tmp_path):
    listed = tmp_path / "screened_compounds_rel_8.5.csv"
    listed.write_text(
        "DRUG_ID,SCREENING_SITE,DRUG_NAME,SYNONYMS,TARGET,TARGET_PATHWAY\r\n"
        "9,MGH,Other,,SRC,RTK \r\n51,MGH,Dasatinib,,SRC,RTK\r\n"
    )
    rows = [("904", "9", "Own name", -2.5), ("904", "51", "", 4.0), ("904", "77", "", 4.0)]
    path = write(rows, ["COSMIC_ID", "DRUG_ID", "DRUG_NAME", "LN_IC50"])
    response, record = read_response(path, "ln_um", 1, drugs=read_drug_list(listed)[0])
    assert list(response.var_names) == ["Own name (9)", "Dasatinib (51)", "77"]
    assert response.var["pathway"].tolist() == ["RTK", "RTK", ""]
    assert record["drugs_not_in_list"] == 1


NO_RESPONSES = {
    "raw intensities": (
        "RESEARCH_PROJECT,BARCODE,COSMIC_ID,CELL_LINE_NAME,DRUG_ID,CONC,INTENSITY\n"
        "GDSC,3236,905949,A549,1,0.5,398\n",
        r"expected a column of responses \(LN_IC50 or .*AUC\), found RESEARCH_PROJECT, .*INTENSITY",
    ),
    "drevalpy's raw doses": ("dose,response,sample,drug\n1,0.5,A549,D1\n", "expected a column of"),
    "a MAF": (
        "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\nTP53\tSilent\tA549_LUNG\n",
        "expected one row per line and drug .*; found a table of genes .column Hugo_Symbol",
    ),
    "expression": (
        "ModelID,TSPAN6 (7105),TP53 (7157)\nACH-000001,1.5,2.5\n",
        r"found names of genes \(TP53\)",
    ),
    "Ensembl rows": (
        "Ensembl_ID,ACH-000001\nENSG00000000003.14,1.5\n",
        "found a table of genes|found names of genes",
    ),
    "a mutation matrix": (
        "COSMIC_ID," + ",".join(f"X{n}_mut" for n in range(20)) + "\n905949" + ",1" * 20 + "\n",
        "found whole numbers only, from 1 to 1, as mutations or counts are",
    ),
    "a list of lines": (
        "ModelID,StrippedCellLineName,OncotreeLineage\nACH-000001,NIHOVCAR3,Ovary\n",
        "found the columns ModelID, StrippedCellLineName, OncotreeLineage",
    ),
    "single doses": (
        ",Camptothecin (GDSC2:1003) 0.1μM rep1\nACH-000001,0.25\n", "found single doses"
    ),
    "semicolons": ("COSMIC_ID;DRUG_ID;LN_IC50\n1;2;3\n", "expected tabs or commas in the header"),
    "a broken name": (
        'COSMIC identifier,"Sample\nname",WES\n1,A549,Y\n', "found .* identifier, Sample name, WES"
    ),
    "ragged rows": ("COSMIC_ID,DRUG_ID,LN_IC50\n1,2,3\n1,2\n", "as many fields in every row"),
    "names twice": ("COSMIC_ID,DRUG_ID,LN_IC50,LN_IC50\n1,2,3,4\n", "expected each name once"),
    "no file": ("", "found an empty file"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NO_RESPONSES)
def test_what_holds_no_responses_is_named(tmp_path, kind):
    text, message = NO_RESPONSES[kind]
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as error:
        read_response(path, "ln_um", 1)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)


HEADERS = [
    "COSMIC_ID,DRUG_ID,DRUG_NAME,LN_IC50",
    "Drug Name,Drug ID,Cell Line Name,Cosmic ID,TCGA Classification,IC50,AUC",
    "cell_line_name,pubchem_id,AUC",
    "broad_id,depmap_id,screen_id,auc,ic50,name",
    "CCLE Cell Line Name,Compound,IC50 (uM)",
    ",ACH-000001,ACH-000002",
    "COSMIC_ID,Drug_1_IC50,Drug_3_IC50",
    ",A (CTRP:1),B (CTRP:2)",
]
CELLS = st.one_of(
    st.sampled_from(["", "0", "1.5", "-2", "1e400", "-1e300", "1e-320", "9" * 400, "9" * 5000]),
    st.sampled_from(["inf", "NA", "nan", '"', "#", "1_0", "²", "\u2028", "\x00", "1.0", "GDSC:1"]),
    st.sampled_from(["ACH-000001_FAILED_STR", "X (1)", "> 10"]),
    st.text(max_size=5),
)
ROWS_OF_CELLS = st.lists(st.lists(CELLS, max_size=7).map(",".join), max_size=6).map("\n".join)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("unit", ["ln_um", "um", "auc"])
@pytest.mark.filterwarnings("ignore::drp.data.errors.DataWarning")
@settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(rows=ROWS_OF_CELLS, width=st.integers(0, 1))
def test_any_rows_below_a_good_header(tmp_path, header, unit, rows, width):
    if width:  # rows as long as the header: these are read further
        n = header.count(",") + 1
        rows = "\n".join(",".join((row.split(",") + ["1"] * n)[:n]) for row in rows.split("\n"))
    path = tmp_path / "file.csv"
    path.write_text(f"{header}\n{rows}", encoding="utf-8", errors="surrogatepass", newline="")
    try:
        response, record = read_response(path, unit, 1, duplicates="mean")
    except DataError as error:
        assert str(path) in str(error)
        return
    assert not np.isinf(response.X).any()
    assert (response.var["n_measured"] > 0).all()
    assert response.obs_names.is_unique
    assert response.var_names.is_unique
    assert record["measured"] == np.isfinite(response.X).sum()


REAL = [
    ("cells/gdsc1_v17_dose_response.csv.gz", "ln_um", (930, 265), 199794),
    ("cells/gdsc2_dose_response.csv.gz", "ln_um", (745, 198), 124802),
    ("raw_samples/cells/DeepCDR_GDSC_IC50.csv.gz", "ln_um", (200, 266), 43100),
    ("raw_samples/cells/gdsctools_IC50_v17.csv.gz", "ln_um", (200, 265), 43568),
    ("raw_samples/cells/CCLE_NP24.2009_Drug_data_2012.02.20_toy.txt", "um", (115, 6), 671),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "unit", "shape", "measured"), REAL)
def test_real_responses(real_data, name, unit, shape, measured):
    path = real_data / "raw_samples" / "cells" / "1.Drug_listMon_Jun_24_09_00_55_2019.csv"
    listed, _ = read_drug_list(path)
    response, record = read_response(real_data / name, unit, 10, drugs=listed)
    assert response.shape == shape
    assert (record["measured"], record["unit"]) == (measured, "ln(uM)")
    if unit == "ln_um":
        with pytest.raises(DataError, match="--response_unit=ln_um"):
            read_response(real_data / name, "um", 10)
    if shape == (200, 266):
        assert record["orientation"] == "lines in columns"
        assert response.var_names[0] == "Erlotinib (1)"


@pytest.mark.realdata
def test_real_tables_of_other_kinds_are_refused(real_data):
    cells = real_data / "raw_samples/cells"
    for name in ("GDSC_raw_viability_excerpt.csv", "gdsctools_genomic_features_v17.csv.gz",
                 "CCLE_Expression_Entrez_2012-09-29_toy.gct", "Cell_Lines_Details.csv",
                 "screened_compunds_rel_8.2.csv"):  # fmt: skip
        with pytest.raises(DataError, match="found"):
            read_response(cells / name, "ln_um", 1)
    with pytest.raises(DataError, match="--response_unit=um"):
        read_response(cells / "CCLE_NP24.2009_Drug_data_2012.02.20_toy.txt", "ln_um", 1)


def test_only_areas_under_the_curve_are_taken_with_a_warning(write):
    path = write([("1", "2", "D", 0.75)], ["COSMIC_ID", "DRUG_ID", "DRUG_NAME", "AUC"])
    with pytest.warns(DataWarning, match="predictions will be of AUC and not of ln IC50"):
        response, record = read_response(path, "ln_um", 1)
    assert response.X[0, 0] == 0.75
    assert (record["unit"], record["auc_scale"]) == ("AUC", "GDSC-like, 0 to 1")


def test_a_number_of_each_row_is_no_line(write):
    rows = [(str(n), str(n), "D", "", n % 7 - 2.5) for n in range(8000)]
    with pytest.raises(DataError, match="8000 values for 8000 lines x 8000 drugs: does COSMIC_ID"):
        read_response(write(rows), "ln_um", 1)
