"""Every portal's long table, by its exact header."""

import numpy as np
import openpyxl
import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.response import read_response
from drp.data.readers.response_tables import find_shape

GDSC = (
    "DATASET,NLME_RESULT_ID,NLME_CURVE_ID,COSMIC_ID,CELL_LINE_NAME,SANGER_MODEL_ID,TCGA_DESC,"
    "DRUG_ID,DRUG_NAME,PUTATIVE_TARGET,PATHWAY_NAME,COMPANY_ID,WEBRELEASE,MIN_CONC,MAX_CONC,"
    "LN_IC50,AUC,RMSE,Z_SCORE"
)
GDSC_ROWS = (
    "GDSC2,262,12605935,909751,SW48,SIDM00837,COREAD,1003,Camptothecin,TOP1,DNA replication,1046,"
    "Y,9.8e-05,0.1,-3.683719,0.706775,0.126397,-0.765768",
    "GDSC2,262,12605936,735784,TE-5,SIDM00001,ESCA,1003,Camptothecin,TOP1,DNA replication,1046,"
    "Y,9.8e-05,0.1,-2.555310,0.834075,0.087242,-0.161952",
)
PRISM = (
    "broad_id,depmap_id,ccle_name,screen_id,upper_limit,lower_limit,slope,r2,auc,ec50,ic50,name,moa,"
    "target,disease.area,indication,smiles,phase,passed_str_profiling,row_name"
)
BRD = "BRD-K12343256-001-08-9"
PRISM_ROWS = (
    f"{BRD},ACH-000001,NIHOVCAR3_OVARY,MTS010,1,0,1,0.9,0.8,0.5,0.25,trametinib,MEK inhibitor,"
    '"MAP2K1, MAP2K2",oncology,,C,Launched,TRUE,ACH-000001',
    f"{BRD},ACH-000002,HL60_BLOOD,MTS010,1,0,1,0.9,1.2,0.5,,trametinib,MEK inhibitor,"
    '"MAP2K1, MAP2K2",oncology,,C,Launched,TRUE,ACH-000002',
    f"{BRD},,X_LUNG,MTS010,1,0,1,0.9,0.7,0.5,0.1,trametinib,MEK inhibitor,,,,C,Launched,TRUE,X",
    f"{BRD},ACH-000007,X_LUNG,MTS010,1,0,1,0.9,0.7,0.5,0.1,trametinib,MEK inhibitor,,,,C,Launched,"
    "FALSE,ACH-000007_FAILED_STR",
)


def write(folder, name, *lines):
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def test_gdsc_csv(tmp_path):
    path = write(tmp_path, "GDSC2_fitted_dose_response_27Oct23.csv", GDSC, *GDSC_ROWS)
    response, record = read_response(path, "ln_um", 2)
    assert list(response.obs_names) == ["735784", "909751"]
    assert list(response.var_names) == ["Camptothecin (1003)"]
    np.testing.assert_allclose(response.X[:, 0], [-2.555310, -3.683719], rtol=1e-6)
    assert response.var.iloc[0].tolist() == ["1003", "Camptothecin", "TOP1", "DNA replication", 2]
    assert record["recognised_as"] == "GDSC dose response"
    assert (record["rows"], record["columns"], record["value_column"]) == (2, 19, "LN_IC50")
    areas, record = read_response(path, "auc", 2)
    np.testing.assert_allclose(areas.X[:, 0], [0.834075, 0.706775], rtol=1e-6)
    assert (record["unit"], record["value_column"]) == ("AUC", "AUC")


def to_cell(text):
    try:
        return float(text)  # as Excel holds all numbers
    except ValueError:
        return text


def test_gdsc_workbook(tmp_path):
    book = openpyxl.Workbook()
    for line in (GDSC, *GDSC_ROWS):
        book.active.append([to_cell(cell) for cell in line.split(",")])
    path = tmp_path / "GDSC2_fitted_dose_response_27Oct23.xlsx"
    book.save(path)
    response, _ = read_response(path, "ln_um", 2)
    assert list(response.obs_names) == ["735784", "909751"]
    assert list(response.var_names) == ["Camptothecin (1003)"]


@pytest.mark.parametrize(
    ("emptied", "line_column", "lines"),
    [
        (["909751"], "SANGER_MODEL_ID", ["SIDM00001", "SIDM00837"]),
        (["909751", "SIDM00001"], "CELL_LINE_NAME", ["SW48", "TE-5"]),
    ],
)
def test_the_first_column_that_names_every_line_counts(tmp_path, emptied, line_column, lines):
    text = "\n".join(GDSC_ROWS)
    for cell in emptied:
        text = text.replace(cell, "")
    response, record = read_response(write(tmp_path, "a.csv", GDSC, text), "ln_um", 1)
    assert record["line_column"] == line_column
    assert list(response.obs_names) == lines


WEBSITE = {
    "current": (
        "Drug Name,Drug ID,Cell Line Name,Cosmic ID,TCGA Classification,Tissue,Tissue Sub-type,"
        "IC50,AUC,Max Conc,RMSE,Z score",
        "Camptothecin,1003,TE-5,735784,ESCA,aero_digestive_tract,oesophagus,-2.555310782,"
        "0.834075918,0.1,0.087242117,-0.161952499",
    ),
    "2019": (
        "Drug name,Drug Id,Cell line name,Cosmic sample Id,TCGA classification,Tissue,"
        "Tissue sub-type,IC50,AUC,Dataset version,Max conc,RMSE,Z score",
        "Camptothecin,1003,TE-5,735784,ESCA,aero_digestive_tract,oesophagus,-2.555310782,"
        "0.834075918,GDSC2,0.1,0.087242117,-0.161952499",
    ),
    "release 6": (
        "Drug name,Drug Id,Cell line name,Cosmic sample Id,TCGA classification,Tissue,"
        "Tissue sub-type,Dataset version,IC50,AUC",
        "Camptothecin,1003,TE-5,735784,ESCA,aero_digestive_tract,oesophagus,GDSC2,-2.555310782,"
        "0.834075918",
    ),
}


@pytest.mark.parametrize("vintage", WEBSITE)
def test_the_website_s_ic50_is_ln(tmp_path, vintage):
    path = write(tmp_path, "PANCANCER_IC_Mon_Jun_24.csv", *WEBSITE[vintage])
    response, record = read_response(path, "ln_um", 1)
    assert (list(response.obs_names), list(response.var_names)) == (
        ["735784"], ["Camptothecin (1003)"],
    )  # fmt: skip
    assert response.X[0, 0] == pytest.approx(-2.555310782)
    assert record["recognised_as"] == "GDSC website table"
    with pytest.raises(DataError, match=r"IC50 from .*positive; use --response_unit=ln_um"):
        read_response(path, "um", 1)


@pytest.mark.parametrize(
    ("header", "row", "unit", "expected"),
    [
        ("cell_line_id,drug_id,LN_IC50", "A549,10,-1.5", "ln_um", -1.5),
        ("cell_line_name,pubchem_id,LN_IC50", "A549,10,-1.5", "ln_um", -1.5),
        ("cell_line_name,pubchem_id,IC50,LN_IC50,AUC", "A549,10,2,0.6931,0.5", "um", np.log(2)),
        ("cell_line_name,pubchem_id,IC50,LN_IC50,AUC", "A549,10,2,0.6931,0.5", "auc", 0.5),
        ("cell_line_name,pubchem_id,response", "A549,10,-1.5", "ln_um", -1.5),
        ("cell_line_name,pubchem_id,AUC_curvecurator", "A549,10,0.5", "auc", 0.5),
    ],
)
def test_drevalpy(tmp_path, header, row, unit, expected):
    response, record = read_response(write(tmp_path, "GDSC2.csv", header, row), unit, 1)
    assert response.to_df().loc["A549", "10"] == pytest.approx(expected, rel=1e-6)
    assert record["recognised_as"] == "drevalpy table"


def test_drugs_without_ids_are_keyed_by_name(tmp_path):
    path = write(tmp_path, "a.csv", "cell_line,drug,ln_ic50_um", "A549,Erlotinib,1.5")
    response, record = read_response(path, "ln_um", 1)
    assert response.var.iloc[0].tolist() == ["", "Erlotinib", "", "", 1]
    assert list(response.var_names) == ["Erlotinib"]
    assert record["drug_column"] == "drug"


def test_single_doses_are_no_responses(tmp_path):
    header, row = "cell_line_id,drug_id,dose,response", "A549,10,0.1,0.9"
    with pytest.raises(DataError, match=r"a column of responses \(LN_IC50 .*, dose, response$"):
        read_response(write(tmp_path, "a.csv", header, row), "ln_um", 1)


def test_depmap_s_gdsc_says_which_flag_reads_it(tmp_path):
    path = write(
        tmp_path, "sanger-dose-response.csv",
        "DATASET,COSMIC_ID,DRUG_ID,ARXSPAN_ID,IC50_PUBLISHED,AUC_PUBLISHED",
        "GDSC1,924100,1003,ACH-000001,0.5,0.75",
    )  # fmt: skip
    with pytest.raises(
        DataError, match=r"IC50_PUBLISHED .IC50 in uM.*--response_unit=um or --response_unit=auc"
    ):
        read_response(path, "ln_um", 1)
    response, record = read_response(path, "um", 1)
    assert response.to_df().loc["924100", "1003"] == pytest.approx(np.log(0.5))
    assert record["recognised_as"] == "DepMap sanger-dose-response"
    assert read_response(path, "auc", 1)[0].X[0, 0] == 0.75


def test_ccle_s_lists_of_doses_stay_in_their_cells(tmp_path):
    path = write(
        tmp_path, "CCLE_NP24.2009_Drug_data_2015.02.24.csv",
        "CCLE Cell Line Name,Primary Cell Line Name,Compound,Target,Doses (uM),"
        "Activity Data (median),Activity SD,Num Data,FitType,EC50 (uM),IC50 (uM),Amax,ActArea",
        'A549_LUNG,A549,AZD6244,MEK,".0025,.0080","-2.8,-9.9","3.48,.85",2,Sigmoid,8.68,2.12,-72,1',
        'BT20_BREAST,BT-20,AZD6244,MEK,".0025,.0080","-2.5,9","1,2",2,Constant,NA,NA,-0.3,0.02',
    )  # fmt: skip
    response, record = read_response(path, "um", 1)
    assert response.to_df().to_dict() == {
        "AZD6244": {"A549_LUNG": pytest.approx(np.log(2.12), rel=1e-6)}
    }
    assert response.var["target"].tolist() == ["MEK"]
    assert record["recognised_as"] == "CCLE drug data"
    with pytest.raises(DataError, match=r"holds ln IC50, found IC50 \(uM\) .*--response_unit=um"):
        read_response(path, "ln_um", 1)


@pytest.mark.filterwarnings("ignore:.*rows are left out")
def test_prism_gives_auc_unless_um_is_asked(tmp_path):
    path = write(
        tmp_path, "secondary-screen-dose-response-curve-parameters.csv", PRISM, *PRISM_ROWS
    )
    with pytest.warns(DataWarning, match=r"auc: these are areas .*predictions will be of AUC"):
        response, record = read_response(path, "ln_um", 1)
    assert response.to_df().to_dict() == {
        f"trametinib ({BRD})": {"ACH-000001": pytest.approx(0.8), "ACH-000002": pytest.approx(1.2)}
    }
    assert response.var.iloc[0, 2:4].tolist() == ["MAP2K1, MAP2K2", "MEK inhibitor"]
    assert (record["rows"], record["rows_left_out"], record["unit"]) == (4, 2, "AUC")
    assert record["auc_scale"] == "PRISM-like, 1 = no effect"
    plain, _ = read_response(path, "um", 1)
    assert plain.to_df().to_dict() == {
        f"trametinib ({BRD})": {"ACH-000001": pytest.approx(np.log(0.25))}
    }


def test_prism_s_dropped_rows_and_repeats_are_told(tmp_path):
    again = PRISM_ROWS[0].replace("MTS010", "HTS002").replace("0.9,0.8", "0.9,0.6")
    path = write(tmp_path, "prism.csv", PRISM, *PRISM_ROWS, again)
    with (
        pytest.warns(DataWarning, match="1 of 5 rows are left out: depmap_id is empty"),
        pytest.warns(DataWarning, match=r"1 of 5 rows .* row_name is ACH-000007_FAILED_STR"),
        pytest.raises(DataError, match=r"1 rows repeat .* depmap_id ACH-000001, .*=mean"),
    ):
        read_response(path, "auc", 1)
    with pytest.warns(DataWarning):
        response, record = read_response(path, "auc", 1, duplicates="mean")
    assert response.X[0, 0] == pytest.approx(0.7)
    assert record["repeats_averaged"] == 1


@pytest.mark.parametrize(
    ("header", "row", "key"),
    [
        ("ccl_name,cpd_name,area_under_curve", "CAS1,bortezomib,14.5", "bortezomib"),
        ("DepMap_ID,master_cpd_id,area_under_curve", "ACH-000001,349006,14.5", "349006"),
        ("ccl_name,master_cpd_id,cpd_name,area_under_curve", "CAS1,349006,bortezomib,14.5",
         "bortezomib (349006)"),
    ],
)  # fmt: skip
def test_a_merged_ctrp_table(tmp_path, header, row, key):
    response, record = read_response(write(tmp_path, "ctrp.csv", header, row), "auc", 1)
    assert response.var_names[0] == key
    assert record["recognised_as"] == "CTRP long table"


def test_only_auc_says_so_if_an_ic50_is_declared(tmp_path):
    path = write(tmp_path, "a.csv", "cell_line_name,drug_id,AUC", "A549,10,0.5")
    with pytest.raises(DataError, match=r"holds IC50 in uM, found AUC .*use --response_unit=auc"):
        read_response(path, "um", 1)


def test_numbers_that_pandas_wrote_as_floats_are_ids(tmp_path):
    path = write(tmp_path, "a.csv", "COSMIC_ID,DRUG_ID,LN_IC50", "905949.0, 10 ,-1.5")
    response, _ = read_response(path, "ln_um", 1)
    assert (response.obs_names[0], response.var_names[0]) == ("905949", "10")


def test_matrices_have_no_shape():
    assert find_shape(["COSMIC_ID", "Drug_1_IC50"]) is None
    assert find_shape(["", "ACH-000001"]) is None
    assert find_shape(["DRUG_ID", "DRUG_NAME", "ACH-000001"]) is None
