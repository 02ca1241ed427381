import numpy as np
import pytest

from drp.data import prepare_cohorts
from drp.data.errors import DataError
from drp.data.lines import gather_lines
from drp.data.synthetic import make_synthetic_cohorts
from tests.raw_files import SIZES


@pytest.fixture(scope="module")
def cells():
    return prepare_cohorts(*make_synthetic_cohorts(SIZES, seed=0), 1.0, 0.5, 5)[0]


def test_lines_are_complete_and_aligned(cells):
    lines = gather_lines(cells)
    assert len(lines.samples) == 36  # of 40, two lack expression and two others mutation
    assert list(lines.tissue_S) == list(cells.obs.loc[lines.samples, "cancer_type"])
    for name, values in lines.inputs.items():
        expected = cells.modalities[name].to_df().loc[lines.samples, lines.genes[name]]
        np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(
        lines.measured_SD, cells.modalities["response"].to_df().loc[lines.samples, lines.drugs]
    )
    assert lines.inputs["mutation"].dtype == np.uint8
    assert lines.measured_SD.dtype == lines.imputed_SD.dtype == np.float64


def test_a_recipe_s_target_is_one_of_two_tables(cells):
    lines = gather_lines(cells)
    measured, imputed = lines.target("measured"), lines.target("imputed")
    gaps = np.isnan(measured)
    assert 0 < gaps.mean() < 0.4
    assert np.isfinite(imputed).all()
    np.testing.assert_array_equal(imputed[~gaps], measured[~gaps])
    with pytest.raises(KeyError):
        lines.target("invented")


def test_a_missing_modality_is_named(cells):
    kept = {name: cells.modalities[name] for name in ("expression", "response")}
    with pytest.raises(DataError, match="no modality 'mutation'"):
        gather_lines(type(cells)(cells.obs, kept))
