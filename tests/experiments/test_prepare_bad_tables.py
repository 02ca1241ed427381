"""The catalogue of bad inputs, part 6: tables of samples, lists and maps."""

import pytest

from tests.experiments.bad_input import (
    do_all,
    drop,
    fill,
    repeat_row,
    set_cell,
    write_as,
)
from tests.experiments.refusal import Case, assert_refused, bad

TABLES = {
    "Model.csv: no model": bad("Model.csv", drop("ModelID"), "expected a column ModelID or sample"),
    "Model.csv: no lineage": bad(
        "Model.csv", drop("OncotreeLineage", "OncotreePrimaryDisease"), "expected a column cancer_t"
    ),
    "Model.csv: model twice": bad("Model.csv", repeat_row, "'ModelID': .* repeats of LINE-0001"),
    "Model.csv: no COSMIC id": bad(
        "Model.csv", fill("COSMICID", ""), "no line of .*response.* has its COSMIC_ID in .*models"
    ),
    "Model.csv: one COSMIC id for all": bad(
        "Model.csv", fill("COSMICID", "900001"), "no line of .*response.* has its COSMIC_ID in"
    ),
    "Model.csv: names of several lines": Case(
        do_all(
            write_as("Model.csv", lambda table: table.assign(CCLEName="A1_LUNG", COSMICID="")),
            write_as("drevalpy", lambda table: table.assign(
                cell_line_id="A1_LUNG", drug_id=range(len(table))
            )),
        ),
        r"no line of .*response\.csv \(A1_LUNG\) is in .*models\.csv", {"min_measured": 1},
    ),
    "OmicsProfiles: RNA only": bad(
        "OmicsProfiles", fill("DataType", "rna"), "expected sequenced samples, found none in 76"
    ),
    "OmicsProfiles: no model": bad(
        "OmicsProfiles", drop("ModelID"), "expected a column Tumor_Sample"
    ),
    "OmicsProfiles: unnamed": bad(
        "OmicsProfiles", set_cell(2, "ModelID", ""), "row 4: found an empty"
    ),
    "cBioPortal: no cancer type": bad(
        "cBioPortal clinical", drop("CANCER_TYPE", "CANCER_TYPE_DETAILED"), "expected a column CANC"
    ),
    "cBioPortal: sample twice": bad(
        "cBioPortal clinical", repeat_row, "column 'SAMPLE_ID': .* repeats of TCGA-SY-0001-01"
    ),
    "list of drugs: no ids": Case(
        lambda raw: None, r"models\.csv: expected a column DRUG_ID or",
        {"drugs": "{folder}/models.csv"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TABLES)
def test_it_is_named_and_leaves_nothing(raw_files, capsys, kind):
    assert_refused(raw_files, TABLES[kind], capsys)
