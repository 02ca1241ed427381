import numpy as np
import pytest

from drp.data import prepare_cohorts
from drp.data.errors import DataError
from drp.data.lines import gather_lines, select_lines, shuffle_lines
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


def test_all_genes_are_more_than_those_the_tumours_share(cells):
    shared, every = gather_lines(cells), gather_lines(cells, "all")
    assert shared.genes["expression"].isin(every.genes["expression"]).all()
    assert len(shared.genes["expression"]) < len(every.genes["expression"])
    assert every.inputs["expression"].shape == (36, len(every.genes["expression"]))
    at = every.genes["expression"].get_indexer(shared.genes["expression"])
    np.testing.assert_array_equal(every.inputs["expression"][:, at], shared.inputs["expression"])
    assert every.genes["mutation"].equals(shared.genes["mutation"])


def test_further_lines_have_mutation_and_response_and_no_expression(cells):
    lines = gather_lines(cells)
    further = lines.further
    assert len(further.samples) == 2 and not further.samples.isin(lines.samples).any()
    assert not further.samples.isin(cells.modalities["expression"].obs_names).any()
    response = cells.modalities["response"].to_df().loc[further.samples]
    np.testing.assert_array_equal(further.measured_FD, response[lines.drugs])
    mutation = cells.modalities["mutation"].to_df().loc[further.samples]
    np.testing.assert_array_equal(further.mutation_FM, mutation[lines.genes["mutation"]])
    assert list(further.tissue_F) == list(cells.obs.loc[further.samples, "cancer_type"])
    np.testing.assert_array_equal(further.target("measured"), further.measured_FD)
    assert np.isfinite(further.target("imputed")).all()


def test_other_screens_are_auxiliary_and_lines_they_lack_have_gaps(cells):
    lines = gather_lines(cells)
    assert lines.auxiliary_SA.shape == (36, 0)
    screened = cells.modalities["response"][2:, :3].copy()
    more = type(cells)(cells.obs, {**cells.modalities, "response_aux": screened})
    found = gather_lines(more)
    expected = screened.to_df().reindex(found.samples)
    np.testing.assert_array_equal(found.auxiliary_SA, expected)
    np.testing.assert_array_equal(
        found.further.auxiliary_FA, screened.to_df().reindex(found.further.samples)
    )
    np.testing.assert_array_equal(found.measured_SD, lines.measured_SD)


def test_a_drug_that_was_screened_twice_has_one_name(cells):
    names = gather_lines(cells).drug_names
    assert len(names) == len(set(names)) + 1  # the last is a second screen of the first compound
    assert names[-1] == names[0]


def test_some_lines_are_chosen_in_order(cells):
    lines = gather_lines(cells)
    rows = np.array([7, 3, 20])
    few = select_lines(lines, rows)
    assert list(few.samples) == list(lines.samples[rows])
    np.testing.assert_array_equal(few.measured_SD, lines.measured_SD[rows])
    np.testing.assert_array_equal(few.inputs["mutation"], lines.inputs["mutation"][rows])
    assert few.further is lines.further and len(few.auxiliary_SA) == 3


def test_shuffled_labels_keep_the_inputs_together(cells):
    lines = gather_lines(cells)
    assert shuffle_lines(lines, "", 0) is lines
    shuffled, same, other = (shuffle_lines(lines, "labels", seed) for seed in (0, 0, 1))
    order = [
        int(np.flatnonzero((lines.inputs["expression"] == row).all(axis=1))[0])
        for row in shuffled.inputs["expression"]
    ]
    assert sorted(order) == list(range(36)) and order != list(range(36))
    np.testing.assert_array_equal(shuffled.inputs["mutation"], lines.inputs["mutation"][order])
    np.testing.assert_array_equal(shuffled.tissue_S, lines.tissue_S[order])
    np.testing.assert_array_equal(shuffled.measured_SD, lines.measured_SD)
    np.testing.assert_array_equal(same.inputs["expression"], shuffled.inputs["expression"])
    assert (other.inputs["expression"] != shuffled.inputs["expression"]).any()
    assert len(shuffled.further.samples) == 0


@pytest.mark.parametrize("what", ["expression", "mutation"])
def test_a_shuffled_modality_leaves_the_other_alone(cells, what):
    lines = gather_lines(cells)
    shuffled = shuffle_lines(lines, what, 0)
    (other,) = {"expression", "mutation"} - {what}
    assert (shuffled.inputs[what] != lines.inputs[what]).any()
    np.testing.assert_array_equal(shuffled.inputs[other], lines.inputs[other])
    np.testing.assert_array_equal(shuffled.tissue_S, lines.tissue_S)
