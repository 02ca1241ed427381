import numpy as np
import pytest

from drp.report import draw_ranking, save_figure
from drp.report.ranking import FAR, arrange_rows, find_limits
from tests.report.made_up import RECIPES, make_paired, make_table1

VARIANTS = (*RECIPES, "modern:dropout=0.3:members=5")


def draw(recipes=RECIPES):
    table1 = make_table1(recipes)
    return draw_ranking(make_paired(table1), table1)


def read_labels(ax):
    return [text.get_text() for text in ax.get_yticklabels()]


def test_rows_run_from_lowest_error_to_highest_and_know_the_networks():
    table1 = make_table1()
    rows = arrange_rows(make_paired(table1), table1)
    assert len(rows) == 29  # 15 designs by two recipes, but for the drug mean itself
    assert np.all(np.diff(rows["mse_measured mean_difference"]) >= 0)
    assert rows["label"][0] == "expression only, modern"
    assert rows.loc[rows["network"], "design"].nunique() == 6
    first = rows.iloc[0]
    np.testing.assert_allclose(
        first[["mse_measured mean_difference", "pearson_drug mean_difference"]].to_list(),
        [-0.47, 0.47],
    )


def test_shows_what_table1_holds_and_no_more():
    table1 = make_table1()
    rows = arrange_rows(make_paired(table1), table1[table1["recipe"] == "modern"])
    assert set(rows["recipe"]) == {"modern"}
    assert len(rows) == 14


def test_both_panels_mark_zero_and_the_best_baseline():
    fig = draw()
    error, ranking = fig.axes
    for ax, best in ((error, -0.45), (ranking, 0.45)):
        whole = [line.get_xdata() for line in ax.lines[:2]]
        np.testing.assert_allclose(whole, [[0, 0], [best, best]])
    texts = [text.get_text() for text in fig.legends[0].get_texts()]
    assert texts[-2:] == ["drug mean", "best baseline: kernel ridge, modern"]
    assert set(texts[:-2]) == {
        f"{kind}, {recipe} recipe" for kind in ("network", "baseline") for recipe in RECIPES
    }


def test_each_dot_stands_in_its_interval():
    error = draw().axes[0]
    bar, dot = error.lines[2:4]
    np.testing.assert_allclose(bar.get_xdata(), [-0.52, -0.42])
    np.testing.assert_allclose(dot.get_xydata(), [[-0.47, 0]])
    assert dot.get_marker() == "o"


def test_networks_and_baselines_differ_in_mark():
    error = draw().axes[0]
    marks = {line.get_ydata()[0]: line.get_marker() for line in error.lines[3::2]}
    labels = read_labels(error)
    assert marks[labels.index("kernel ridge, modern")] == "s"
    assert marks[labels.index("complete, modern")] == "o"


def test_what_lies_far_off_is_written_at_the_end():
    error = draw().axes[0]
    texts = [text.get_text() for text in error.texts]
    assert texts == ["+3.00 ▸", "+3.40 ▸", "+5.20 ▸", "+5.60 ▸"]
    assert error.get_xlim()[1] < 2


def test_the_axis_holds_every_near_interval_and_zero():
    means = np.array([-1.0, -0.9, 50.0, np.nan, np.inf])
    low, high = find_limits(means, means - 0.5, means + 0.4)
    assert -1.6 < low < -1.5
    assert 0 < high < FAR


def test_forty_rows_fit_with_variants_named_in_full(tmp_path):
    fig = draw(VARIANTS)
    labels = read_labels(fig.axes[0])
    assert len(labels) == 44
    assert "expression only random, modern:dropout=0.3:members=5" in labels
    svg, png = save_figure(fig, tmp_path, "ranking")
    assert svg.stat().st_size > 0
    assert png.stat().st_size > 0


def test_one_replicate_has_no_interval():
    table1 = make_table1()
    paired = make_paired(table1).assign(ci_low=np.nan, ci_high=np.nan)
    draw_ranking(paired, table1).draw_without_rendering()


def test_a_diverged_run_is_written_down():
    table1 = make_table1()
    paired = make_paired(table1)
    paired.loc[0, ["mean_difference", "ci_low", "ci_high"]] = [np.inf, np.nan, np.nan]
    fig = draw_ranking(paired, table1)
    assert "+inf ▸" in [text.get_text() for text in fig.axes[0].texts]
    fig.draw_without_rendering()


def test_networks_alone_have_no_baseline():
    table1 = make_table1()
    paired = make_paired(table1)
    fig = draw_ranking(paired[paired["design"].isin(["complete", "pca"])], table1)
    assert [text.get_text() for text in fig.legends[0].get_texts()][-1] == "drug mean"


def test_nothing_to_rank_is_refused():
    table1 = make_table1()
    with pytest.raises(ValueError, match="reference is drug_mean, found none"):
        draw_ranking(make_paired(table1).head(0), table1)


def test_two_drug_means_are_refused():
    table1 = make_table1()
    paired = make_paired(table1, (("drug_mean", "modern"), ("drug_mean", "paper")))
    with pytest.raises(ValueError, match=r"complete twice .*modern, paper"):
        draw_ranking(paired, table1)
