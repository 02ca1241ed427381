"""The synthetic cohort keeps its promises: figures like GDSC's, and a truth that can be found."""

import dataclasses

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from drp.data.cohort import UNITS
from drp.data.errors import DataError
from drp.data.synthetic import SyntheticSettings, make_synthetic_cohorts

SMALL = SyntheticSettings(
    n_lines=40,
    n_tumors=60,
    n_expression_genes=50,
    n_mutation_genes=60,
    n_drivers=6,
    n_drugs=8,
    n_effects=6,
    n_pathways=4,
    n_tissues=3,
)


@pytest.fixture(scope="module")
def cohorts():
    return make_synthetic_cohorts(SyntheticSettings(), seed=0)


@pytest.fixture(scope="module")
def cells(cohorts):
    return cohorts[0]


@pytest.fixture(scope="module")
def sequenced(cells):
    """Lines with mutation calls: mutations, response, log burden and tissue of each."""
    samples = cells.samples_with("mutation", "response")
    genes = cells.modalities["mutation"].var_names
    mutation = pd.DataFrame(cells.matrix("mutation", samples), samples, genes).astype(float)
    drugs = cells.modalities["response"].var_names
    response = pd.DataFrame(cells.matrix("response", samples), samples, drugs)
    tissue = pd.get_dummies(cells.obs.loc[samples, "cancer_type"]).astype(float)
    return mutation, response, np.log1p(mutation.sum(axis=1)), tissue


def assert_same_cohort(first, second):
    pd.testing.assert_frame_equal(first.obs, second.obs)
    for name, matrix in first.modalities.items():
        pd.testing.assert_frame_equal(matrix.to_df(), second.modalities[name].to_df())
        pd.testing.assert_frame_equal(matrix.var, second.modalities[name].var)
    assert_same_truth(first.uns["truth"], second.uns["truth"])


def assert_same_truth(first: dict, second: dict):
    assert first.keys() == second.keys()
    for name, value in first.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, second[name], check_names=False)
        else:
            np.testing.assert_array_equal(value, second[name])


def test_same_seed_gives_same_cohorts_whatever_the_global_state():
    np.random.seed(1)
    first = make_synthetic_cohorts(SMALL, seed=3)
    np.random.seed(2)
    second = make_synthetic_cohorts(SMALL, seed=3)
    for one, other in zip(first, second, strict=True):
        assert_same_cohort(one, other)
    other_seed = make_synthetic_cohorts(SMALL, seed=4)[0]
    assert not np.array_equal(
        first[0].uns["truth"]["activity"], other_seed.uns["truth"]["activity"]
    )


def test_modalities_have_the_types_and_columns_of_prepared_files(cohorts):
    cells, tumors = cohorts
    assert list(cells.modalities) == ["expression", "mutation", "response"]
    assert list(tumors.modalities) == ["expression", "mutation"]
    for cohort in cohorts:
        expression, mutation = cohort.modalities["expression"], cohort.modalities["mutation"]
        assert expression.X.dtype == np.float32
        assert mutation.X.dtype == np.uint8
        assert mutation.X.format == "csr"
        assert set(np.unique(mutation.X.data)) == {1}
        both = expression.var.join(mutation.var, how="inner", rsuffix="_of_mutation")
        assert len(both) > 100
        assert (both["entrez_id"] == both["entrez_id_of_mutation"]).all()
        assert cohort.uns["units"] == UNITS
    response = cells.modalities["response"]
    assert response.X.dtype == np.float32
    assert list(response.var) == ["drug_id", "drug_name", "target", "pathway", "n_measured"]
    assert response.var_names.is_unique
    assert response.var["drug_id"].is_unique
    assert response.var["drug_name"].duplicated().sum() == 1


def test_sides_differ_in_genes_and_some_samples_lack_a_modality(cohorts):
    cells, tumors = cohorts
    for modality in ("expression", "mutation"):
        lines_genes = cells.modalities[modality].var_names
        tumors_genes = tumors.modalities[modality].var_names
        assert 0 < len(lines_genes.difference(tumors_genes)) < 0.1 * len(lines_genes)
        assert 0 < len(tumors_genes.difference(lines_genes)) < 0.1 * len(lines_genes)
        assert len(cells.samples_with(modality)) == 291  # 3% of 300 were not profiled
    assert len(cells.samples_with("expression", "mutation", "response")) == 282
    assert len(tumors.samples_with("mutation")) == 900
    assert len(tumors.samples_with("expression")) == 810
    shared = cells.modalities["mutation"].var_names.intersection(
        tumors.modalities["mutation"].var_names
    )
    carriers = sum(np.asarray(c.modalities["mutation"][:, shared].X.sum(axis=0)) for c in cohorts)
    assert (carriers == 0).sum() > 0


def test_expression_looks_like_log2_tpm(cohorts):
    for cohort in cohorts:
        expr_SG = cohort.modalities["expression"].X
        assert expr_SG.min() >= 0
        assert 8 < expr_SG.max() < 16
    expr_SG = cohorts[1].modalities["expression"].X
    dropped = (expr_SG.mean(axis=0) < 1) | (expr_SG.std(axis=0) < 0.5)
    assert 0.05 < dropped.mean() < 0.4


def test_response_has_the_variances_of_gdsc1(cells):
    ic50_SD = cells.modalities["response"].X.astype(float)
    measured = ~np.isnan(ic50_SD)
    means_SD = np.broadcast_to(np.nanmean(ic50_SD, axis=0), ic50_SD.shape)
    total = ic50_SD[measured].var()
    assert 2.0 < np.sqrt(total) < 3.2
    assert 0.6 < means_SD[measured].var() / total < 0.8
    assert -11 < ic50_SD[measured].min() < -3
    assert 7 < ic50_SD[measured].max() < 14


def test_gaps_have_the_share_asked_for_and_are_informative(cells):
    response = cells.modalities["response"]
    missing = np.isnan(response.X)
    assert missing.mean() == pytest.approx(0.18, abs=1e-4)
    assert (~missing).sum(axis=0).min() >= 20
    assert (~missing).all(axis=1).sum() >= 2
    expected = cells.uns["truth"]["expected_ln_ic50_um"]
    expected = (expected - expected.mean()).to_numpy()
    assert expected[missing].mean() - expected[~missing].mean() > 0.2


def test_expected_response_is_the_measured_one_without_its_noise(cells):
    # A strong selection on resistance takes a little off the noise's mean and variance.
    noise = cells.modalities["response"].X - cells.uns["truth"]["expected_ln_ic50_um"].to_numpy()
    assert np.nanmean(noise) == pytest.approx(0, abs=0.15)
    assert np.nanstd(noise) == pytest.approx(cells.uns["truth"]["noise_sd"], rel=0.05)
    assert cells.uns["truth"]["noise_sd"] ** 2 == pytest.approx(0.84)


def test_rescreened_drug_has_the_same_expected_response(cells):
    names = cells.modalities["response"].var["drug_name"]
    first, second = names[names == names.iloc[-1]].index
    expected = cells.uns["truth"]["expected_ln_ic50_um"]
    np.testing.assert_array_equal(expected[first], expected[second])
    assert not np.array_equal(
        cells.modalities["response"][:, first].X, cells.modalities["response"][:, second].X
    )


def test_planted_effects_show_in_the_difference_of_means(cells, sequenced):
    mutation, response, _, _ = sequenced
    planted = cells.uns["truth"]["planted_effects"]
    assert {-1, 1} == set(np.sign(planted["effect"]))
    right = []
    for gene, drug, effect in planted[["gene", "drug", "total_effect"]].itertuples(index=False):
        mutated = mutation[gene] == 1
        difference = response.loc[mutated, drug].mean() - response.loc[~mutated, drug].mean()
        right.append(np.sign(difference) == np.sign(effect))
    assert np.mean(right) > 0.9


def test_driver_that_shifts_a_pathway_shows_in_its_activity(cells, sequenced):
    mutation, _, _, _ = sequenced
    activity = cells.uns["truth"]["activity"].loc[mutation.index]
    for gene, pathway, shift in cells.uns["truth"]["driver_pathway"].itertuples(index=False):
        mutated = mutation[gene] == 1
        difference = activity.loc[mutated, pathway].mean() - activity.loc[~mutated, pathway].mean()
        assert np.sign(difference) == np.sign(shift), (gene, pathway)


def test_burden_passenger_follows_burden(cells, sequenced):
    mutation, _, log_burden, _ = sequenced
    passenger = mutation[cells.uns["truth"]["burden_passenger"]]
    quartile = pd.qcut(log_burden, 4, labels=False)
    rate = passenger.groupby(quartile).mean()
    assert rate.is_monotonic_increasing
    assert rate[3] - rate[0] > 0.4


def test_burden_passenger_is_associated_until_adjusted(cells, sequenced):
    mutation, response, log_burden, tissue = sequenced
    passenger = mutation[cells.uns["truth"]["burden_passenger"]]
    confounders = np.column_stack([tissue, log_burden])
    for drug in cells.uns["truth"]["burden_drugs"]:
        measured = response[drug].notna()
        x, y, z = passenger[measured], response.loc[measured, drug], confounders[measured]
        assert stats.ttest_ind(y[x == 1], y[x == 0]).pvalue < 0.01
        assert stats.pearsonr(_residual(x, z), _residual(y, z)).pvalue > 0.05


def test_truth_round_trips_through_h5ad(cohorts, tmp_path):
    for number, cohort in enumerate(cohorts):
        path = tmp_path / f"{number}.h5ad"
        ad.AnnData(obs=cohort.obs, uns=cohort.uns).write_h5ad(path)
        assert_same_truth(cohort.uns["truth"], ad.read_h5ad(path).uns["truth"])


def test_small_sizes_are_kept():
    cells, tumors = make_synthetic_cohorts(SMALL, seed=0)
    assert cells.modalities["response"].shape == (40, 8)
    assert (~np.isnan(cells.modalities["response"].X)).sum(axis=0).min() >= 20
    assert len(tumors.obs) == 60
    assert cells.obs["cancer_type"].nunique() == tumors.obs["cancer_type"].nunique() == 3
    assert cells.uns["truth"]["drug_pathway"].shape == (8, 4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_lines", 10),
        ("n_tissues", 99),
        ("missing_share", 0.6),
        ("n_drivers", 60),
        ("n_effects", 999),
        ("unshared_share", float("nan")),
    ],
)
def test_impossible_sizes_are_named(name, value):
    with pytest.raises(DataError, match=f"{name} is {value}"):
        dataclasses.replace(SMALL, **{name: value})


def _residual(values, confounders):
    fit, *_ = np.linalg.lstsq(confounders, values, rcond=None)
    return values - confounders @ fit
