"""What the readers make of a whole folder, against the cohorts that it was written from."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from drp.data import DataError
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
