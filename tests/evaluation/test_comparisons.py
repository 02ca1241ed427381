"""Every run against its references: pairing, what is left out, and which baseline is the best."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from drp.evaluation.comparisons import choose_references, compare_designs, find_best_run
from drp.evaluation.paired import bootstrap_interval, corrected_t_interval

NAN, INF = np.nan, np.inf
MODERN = "modern"
SCORES = {
    ("drug_mean", MODERN): [2.0, 2.2, 2.4, 2.0],
    ("ridge", MODERN): [1.6, 1.7, 1.8, 1.5],
    ("forest", MODERN): [1.0, 1.9],  # fewer replicates than the others
    ("random_init", MODERN): [1.7, 1.8, 1.7, 1.6],
    ("random_init", "paper"): [2.3, 2.3, 2.5, 2.1],
    ("complete", MODERN): [1.5, 1.5, 1.7, 1.5],
    ("complete", "paper"): [2.1, INF, 2.2, 2.3],
}
METRICS = ("mse_measured", "pearson_drug")


def make_replicates(scores: dict = SCORES, split_by: str = "line") -> pd.DataFrame:
    """Rows of the given errors; baselines are fitted on 90 lines, the networks on 80."""
    rows = [
        (design, recipe, number, split_by, 10, 90 if design in ("ridge", "forest") else 80, mse)
        for (design, recipe), errors in scores.items()
        for number, mse in enumerate(errors)
    ]
    columns = ["design", "recipe", "replicate", "split_by", "n_test", "n_fitted", "mse_measured"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(pearson_drug=np.where(np.isfinite(table["mse_measured"]), 0.4, 0.0))


def pick(paired: pd.DataFrame, *where: str) -> pd.Series:
    keys = ["design", "recipe", "reference", "reference_recipe", "metric"]
    return paired.set_index(keys).loc[where]


def test_by_hand():
    references = [("ridge", MODERN)]
    paired = compare_designs(make_replicates(), references, METRICS, "line")
    assert list(paired.columns) == [
        "design", "recipe", "reference", "reference_recipe", "metric", "n_pairs", "mean_difference",
        "ci_low", "ci_high", "p_value",
    ]  # fmt: skip
    assert len(paired) == (len(SCORES) - 1) * len(METRICS)  # all but the reference itself
    found = pick(paired, "complete", MODERN, "ridge", MODERN, "mse_measured")
    expected = corrected_t_interval([-0.1, -0.2, -0.1, 0.0], 10, 80)
    assert found["n_pairs"] == 4
    assert_allclose(found.iloc[1:].astype(float), expected, atol=1e-12)
    assert found["mean_difference"] == pytest.approx(-0.1)


def test_only_replicates_that_both_have_are_paired():
    paired = compare_designs(make_replicates(), [("ridge", MODERN)], METRICS, "line")
    found = pick(paired, "forest", MODERN, "ridge", MODERN, "mse_measured")
    expected = corrected_t_interval([-0.6, 0.2], 10, 90)
    assert found["n_pairs"] == 2
    assert_allclose(found.iloc[1:].astype(float), expected, atol=1e-12)


def test_order_of_rows_does_not_matter_and_no_shared_replicate_is_said():
    replicates = make_replicates()
    shuffled = replicates.iloc[::-1]
    keys = ["design", "recipe", "reference", "reference_recipe", "metric"]
    first, second = (
        compare_designs(table, [("ridge", MODERN)], METRICS, "line").sort_values(keys)
        for table in (replicates, shuffled)
    )
    for name in first.columns[6:]:  # differences summed in another order
        assert_allclose(first[name], second[name], atol=1e-9)
    apart = replicates[(replicates["design"] != "forest") | (replicates["replicate"] == 0)]
    apart = apart[(apart["design"] != "ridge") | (apart["replicate"] > 0)]
    paired = compare_designs(apart, [("ridge", MODERN)], METRICS, "line")
    found = pick(paired, "forest", MODERN, "ridge", MODERN, "mse_measured")
    assert found["n_pairs"] == 0
    assert found.iloc[1:].isna().all()


def test_a_diverged_replicate_is_not_dropped():
    paired = compare_designs(make_replicates(), [("drug_mean", MODERN)], METRICS, "line")
    found = pick(paired, "complete", "paper", "drug_mean", MODERN, "mse_measured")
    assert found["mean_difference"] == INF
    assert found[["ci_low", "ci_high", "p_value"]].isna().all()


def test_both_diverged_is_nan_without_a_warning():
    scores = {("complete", "paper"): [1.0, INF], ("random_init", "paper"): [2.0, INF]}
    paired = compare_designs(make_replicates(scores), [("random_init", None)], METRICS, "line")
    assert paired["mean_difference"].isna().tolist() == [True, False]


def test_a_reference_without_recipe_follows_the_design():
    paired = compare_designs(make_replicates(), [("random_init", None)], ["mse_measured"], "line")
    rows = paired[["design", "recipe", "reference_recipe"]].values.tolist()
    assert rows == [
        [design, recipe, recipe] for design, recipe in SCORES if design != "random_init"
    ]
    only_modern = make_replicates({k: v for k, v in SCORES.items() if k[0] != "random_init"})
    more = pd.concat([only_modern, make_replicates({("random_init", "paper"): [2.3, 2.3]})])
    paired = compare_designs(more, [("random_init", None)], ["mse_measured"], "line")
    assert paired[["design", "recipe"]].values.tolist() == [["complete", "paper"]]


def test_a_reference_without_design_is_the_same_design():
    """A variant against what it varies."""
    paired = compare_designs(make_replicates(), [(None, MODERN)], ["mse_measured"], "line")
    rows = paired[["design", "recipe", "reference", "reference_recipe"]].values.tolist()
    assert rows == [
        [design, "paper", design, MODERN] for design in ("random_init", "complete")
    ]  # fmt: skip


def test_tissues_are_bootstrapped():
    replicates = make_replicates(split_by="tissue")
    paired = compare_designs(replicates, [("ridge", MODERN)], ["mse_measured"], "tissue")
    found = pick(paired, "complete", MODERN, "ridge", MODERN, "mse_measured")
    expected = bootstrap_interval([-0.1, -0.2, -0.1, 0.0])
    assert_allclose(found.iloc[1:].astype(float), expected, atol=1e-12)


def test_best_run_is_judged_on_shared_replicates():
    replicates = make_replicates()
    # Over the first two replicates the forest has 1.45 and ridge 1.65; over all four ridge 1.65.
    assert find_best_run(replicates, ["ridge", "forest"]) == ("forest", MODERN)
    one = replicates[(replicates["design"] != "forest") | (replicates["replicate"] == 1)]
    assert find_best_run(one, ["ridge", "forest"]) == ("ridge", MODERN)
    assert find_best_run(replicates, ["complete"]) == ("complete", MODERN)  # paper diverged
    assert find_best_run(replicates, ["elastic_net"]) is None
    diverged = make_replicates({("ridge", "paper"): [INF, 1.0]})
    assert find_best_run(diverged, ["ridge"]) is None


def test_a_costly_run_does_not_narrow_what_others_are_judged_by():
    """On replicate 0 alone ridge would win; kernel ridge does on all three."""
    scores = {
        ("ridge", MODERN): [1.0, 2.0, 2.0], ("kernel_ridge", MODERN): [1.1, 1.5, 1.5],
        ("forest", MODERN): [1.05],
    }  # fmt: skip
    assert find_best_run(make_replicates(scores), [name for name, _ in scores]) == (
        "kernel_ridge", MODERN,
    )  # fmt: skip


def test_best_run_needs_a_shared_replicate():
    replicates = make_replicates()
    apart = replicates[(replicates["design"] == "ridge") ^ (replicates["replicate"] == 0)]
    with pytest.raises(ValueError, match=r"found none: forest \(modern\), ridge \(modern\)"):
        find_best_run(apart, ["ridge", "forest"])


def test_references_are_those_that_were_run():
    baselines = ["ridge", "forest", "elastic_net"]
    assert choose_references(make_replicates(), baselines) == [
        ("drug_mean", MODERN), ("forest", MODERN), ("random_init", None),
    ]  # fmt: skip
    networks = make_replicates({("complete", "paper"): [2.0]})
    assert choose_references(networks, baselines) == []


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({}, {"split_by": "drug"}, "by line, pair or tissue, found 'drug'"),
        ({}, {"split_by": "tissue"}, "expected splits by tissue, found line"),
        ({}, {"metrics": ["mse"]}, "expected columns mse"),
        ({}, {"references": [("svm", "paper"), ("svm", None)]}, r"not run: svm \(paper\)"),
        ({"replicate": 0}, {}, "two of drug_mean, modern, 0"),
        ({"n_fitted": NAN}, {}, "n_fitted above 0"),
        ({"n_test": 0}, {}, "n_test and n_fitted above 0"),
    ],
)
def test_bad_input_is_an_error(change, arguments, message):
    given = {"references": [("ridge", MODERN)], "metrics": METRICS, "split_by": "line"}
    with pytest.raises(ValueError, match=message):
        compare_designs(make_replicates().assign(**change), **given | arguments)
