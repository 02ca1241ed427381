"""What the readers make of a whole folder, against the cohorts that it was written from."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.data import DataError, DataWarning
from drp.data.readers.expression import read_expression_file
from drp.data.readers.ledger import Ledger
from experiments.prepare import read_files
from tests.raw_files import N_PANEL_GENES, WITHOUT_CALLS


@pytest.fixture
def both(raw_files):
    return read_files(raw_files.settings(), Ledger())


def test_cell_lines_come_back_as_they_were_written(raw_files, both):
    cells, written = both[0], raw_files.cells.modalities
    found = cells.modalities["expression"].to_df()
    np.testing.assert_allclose(found, written["expression"].to_df(), atol=6e-5)
    pd.testing.assert_frame_equal(cells.modalities["expression"].var, written["expression"].var)
    response = cells.modalities["response"].to_df()
    np.testing.assert_allclose(response, written["response"].to_df(), atol=1e-5)
    assert list(response.index) == list(raw_files.cells.obs.index)
    assert list(cells.obs["cancer_type"]) == list(raw_files.cells.obs["cancer_type"])


def test_tumors_come_back_as_they_were_written(raw_files, both):
    tumors, written = both[1], raw_files.tumors.modalities
    expected = written["expression"].to_df().iloc[:, :N_PANEL_GENES]
    found = tumors.modalities["expression"].to_df()
    np.testing.assert_allclose(found.loc[expected.index, expected.columns], expected, atol=6e-3)
    first = written["expression"].obs_names[:60]  # in the panel file, with a decimal more
    np.testing.assert_allclose(found.loc[first], expected.loc[first], atol=6e-4)


@pytest.mark.parametrize("kind", ["cells", "tumors"])
def test_a_sequenced_sample_is_wild_type_where_it_has_no_call(raw_files, both, kind):
    found = dict(zip(("cells", "tumors"), both, strict=True))[kind].modalities["mutation"].to_df()
    written = getattr(raw_files, kind).modalities["mutation"].to_df()
    found = found.reindex(columns=written.columns, fill_value=0).drop(
        WITHOUT_CALLS, errors="ignore"
    )
    pd.testing.assert_frame_equal(found.loc[written.index], written, check_dtype=False)
    assert len(found) == len(written)


def test_a_sequenced_tumor_without_any_call_is_wild_type(both):
    tumors = both[1]
    assert tumors.matrix("mutation", pd.Index([WITHOUT_CALLS])).sum() == 0
    assert tumors.obs.loc[WITHOUT_CALLS, "cancer_type"] == "unknown"


def test_a_line_that_was_never_sequenced_is_missing(raw_files, both):
    cells = both[0]
    absent = raw_files.cells.obs.index.difference(raw_files.cells.modalities["mutation"].obs_names)
    assert len(absent) == 2
    with pytest.raises(DataError, match="mutation: not measured in LINE"):
        cells.matrix("mutation", absent)
    assert len(cells.samples_with("expression", "mutation", "response")) == 36


def test_one_primary_tumor_stands_for_each_patient(raw_files, both):
    assert both[1].obs.index.str[:12].is_unique
    assert both[1].obs.index.str.endswith("-01").all()


def test_vials_of_one_tumor_are_one_sample(raw_files):
    settings = raw_files.settings()
    path = settings.tumors_expression[0]
    panel = pd.read_csv(path, sep="\t")
    second = panel.columns[1] + "B"
    panel = panel.assign(**{second: 1.5}).rename(columns={panel.columns[1]: panel.columns[1] + "A"})
    panel.to_csv(path, sep="\t", index=False)
    _, tumors = read_files(dataclasses.replace(settings, tumors_expression=(path,)), Ledger())
    first_vial = read_expression_file(path, "log2p1", "")[0].X[0]
    np.testing.assert_array_equal(tumors.matrix("expression", tumors.obs.index[:1])[0], first_vial)
    assert tumors.modalities["expression"].n_obs == 60


def rename_columns(path, rename):
    table = pd.read_csv(path, sep="\t", dtype=str)
    table.rename(columns=rename).to_csv(path, sep="\t", index=False)


def test_barcodes_of_every_length_meet(raw_files, both):
    """Expression by sample, MAF by patient, the list by vial, clinical data by patient."""
    settings = raw_files.settings()
    for path in settings.tumors_expression:
        rename_columns(path, lambda name: f"{name}A-11R-A29S-07" if "TCGA" in name else name)
    maf = pd.read_csv(settings.tumors_mutation, sep="\t", dtype=str)
    maf = maf[maf["Tumor_Sample_Barcode"].str[13:15] == "01"]
    maf.assign(Tumor_Sample_Barcode=maf["Tumor_Sample_Barcode"].str[:12]).to_csv(
        settings.tumors_mutation, sep="\t", index=False
    )
    table = pd.read_csv(settings.tumors_samples, sep="\t", dtype=str, keep_default_na=False)
    table.assign(sample=table.pop("patient")).to_csv(settings.tumors_samples, index=False)
    tumors = read_files(settings, Ledger())[1]
    assert list(tumors.obs.index) == list(both[1].obs.index)
    assert list(tumors.obs["cancer_type"]) == list(both[1].obs["cancer_type"])
    found, expected = (c.modalities["mutation"].to_df() for c in (tumors, both[1]))
    pd.testing.assert_frame_equal(found, expected)


def test_lines_are_matched_by_whatever_names_them(raw_files, both):
    """Expression by CCLE name, calls by COSMIC id, list by model, response by Sanger's id."""
    settings = raw_files.settings()
    models = pd.read_csv(settings.cells_samples, dtype=str)
    number = models["ModelID"].str[-4:]
    models["CCLEName"], models["SangerModelID"] = "N" + number + "_LUNG", "SIDM0" + number
    models.to_csv(settings.cells_samples, index=False)
    names = models.set_index("ModelID")
    for path, column, name in (
        (settings.cells_expression[0], "ModelID", "CCLEName"),
        (settings.cells_mutation, "ModelID", "COSMIC_ID"),
    ):
        table = pd.read_csv(path, dtype=str)
        table[column] = table[column].map(names[name])
        table.to_csv(path, index=False)
    table = pd.read_csv(settings.response[0], dtype=str)
    table["SANGER_MODEL_ID"] = table.pop("COSMIC_ID").map(
        models.set_index("COSMIC_ID")["SangerModelID"]
    )
    table.to_csv(settings.response[0], index=False)
    cells = read_files(settings, Ledger())[0]
    for name, matrix in both[0].modalities.items():
        pd.testing.assert_frame_equal(cells.modalities[name].to_df(), matrix.to_df())


def test_names_of_which_hardly_one_is_shared_are_told(raw_files):
    settings = raw_files.settings()
    table = pd.read_csv(settings.cells_expression[0], dtype=str)
    table["ModelID"] = table["ModelID"].where(table.index < 3, "X" + table["ModelID"])
    table.to_csv(settings.cells_expression[0], index=False)
    with (
        pytest.warns(DataWarning, match="35 lines of .* are not in"),
        pytest.warns(DataWarning, match="cancer type or tissue is unknown for 35"),
        pytest.warns(DataWarning, match="hardly a cell line has .*: 3, though each .* has 38 and"),
    ):
        read_files(settings, Ledger())


def test_two_names_of_one_tumor_in_two_files_are_told_with_the_files(raw_files):
    settings = raw_files.settings()
    rename_columns(settings.tumors_expression[1], lambda name: name[:12])
    with pytest.raises(
        DataError, match=r"panel.*, .*genomewide.*: samples of one patient: .*-0056-"
    ):
        read_files(settings, Ledger())


def test_a_drug_of_two_further_tables_is_named_after_its_file(raw_files):
    settings = raw_files.settings()
    again = raw_files.folder / "again.csv.gz"
    again.write_bytes(Path(settings.response[0]).read_bytes())
    tables = (*settings.response * 2, str(again))
    cells, _ = read_files(dataclasses.replace(settings, response=tables), Ledger())
    names = cells.modalities["response_aux"].var_names
    assert names.is_unique
    assert names[8] == f"{names[0]} [again.csv.gz]"


def test_area_under_the_curve_is_another_measure_and_never_mixed(raw_files):
    settings = raw_files.settings()
    table = pd.read_csv(settings.response[0], dtype=str)
    table["AUC"] = 1 / (1 + np.exp(-table.pop("LN_IC50").astype(float)))
    path = str(raw_files.folder / "auc.csv")
    table.to_csv(path, index=False)
    only = dataclasses.replace(settings, response=(path,))
    with pytest.warns(DataWarning, match="AUC"):
        cells, _ = read_files(only, Ledger())
    assert cells.uns["units"]["response"] == "AUC"
    assert (
        0
        < np.nanmin(cells.modalities["response"].X)
        < np.nanmax(cells.modalities["response"].X)
        < 1
    )
    both = dataclasses.replace(settings, response=(*settings.response, path))
    with (
        pytest.warns(DataWarning, match="AUC"),
        pytest.raises(DataError, match=r"never mixed: .*ln\(uM\); .*auc\.csv: AUC"),
    ):
        read_files(both, Ledger())


def test_further_response_tables_stand_apart_even_with_lines_of_their_own(raw_files):
    settings = raw_files.settings()
    table = pd.read_csv(settings.response[0], dtype=str)
    paths = [str(raw_files.folder / f"further{number}.csv") for number in range(2)]
    table[table["DRUG_ID"] == "1001"].to_csv(paths[0], index=False)
    table[table["DRUG_ID"] == "1003"].head(12).to_csv(paths[1], index=False)
    settings = dataclasses.replace(settings, response=(*settings.response, *paths))
    cells, _ = read_files(settings, Ledger())
    auxiliary = cells.modalities["response_aux"]
    assert list(auxiliary.var["drug_id"]) == ["1001", "1003"]
    assert cells.modalities["response"].n_vars == 8
    expected = cells.modalities["response"].to_df()[auxiliary.var_names]
    found = auxiliary.to_df()
    first = auxiliary.var_names[0]
    np.testing.assert_array_equal(found[first], expected.loc[found.index, first])
    assert found.iloc[:, 1].notna().sum() == 12
    assert auxiliary.var["n_measured"].tolist() == [expected[first].notna().sum(), 12]


def test_a_line_given_by_two_ids_is_counted_once(raw_files):
    settings = raw_files.settings()
    table = pd.read_csv(settings.response[0], dtype=str)
    twice = table[table["COSMIC_ID"] == "900001"].assign(COSMIC_ID="LINE-0001")
    pd.concat([table, twice]).to_csv(settings.response[0], index=False)
    ledger = Ledger()
    cells, _ = read_files(dataclasses.replace(settings, duplicates="mean"), ledger)
    response = cells.modalities["response"]
    measured = (~np.isnan(response.X)).sum(axis=0)
    np.testing.assert_array_equal(response.var["n_measured"], measured)
    assert ledger.find_all("response")[0].record["lines_merged"] == 1


def test_patients_match_the_samples_of_a_table(raw_files):
    settings = raw_files.settings()
    path = settings.tumors_expression[0]
    rename_columns(path, lambda name: name[:12])
    ledger = Ledger()
    _, tumors = read_files(dataclasses.replace(settings, tumors_expression=(path,)), ledger)
    record = ledger.find_all("tumors_expression")[0].record
    assert (record["matched"], record["unmatched"]) == (60, 0)
    assert tumors.modalities["expression"].obs_names.str.endswith("-01").all()


def test_twelve_characters_are_a_patient_only_in_a_barcode(raw_files):
    settings = raw_files.settings()
    path = settings.tumors_expression[0]
    samples = pd.read_csv(settings.tumors_samples, sep="\t", dtype=str)
    first = samples["sample"][0]
    samples.replace({first: "PATIENT00001"}).to_csv(settings.tumors_samples, sep="\t", index=False)
    rename_columns(path, lambda name: "PATIENT00001-T1" if name == first else name)
    ledger = Ledger()
    _, tumors = read_files(dataclasses.replace(settings, tumors_expression=(path,)), ledger)
    record = ledger.find_all("tumors_expression")[0].record
    assert record["unmatched_examples"] == ["PATIENT00001-T1"]
    assert tumors.obs.loc["PATIENT00001-T1", "cancer_type"] == "unknown"
