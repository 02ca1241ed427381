import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from scipy.stats import gaussian_kde

from drp.report import Figure2Data, draw_figure2, save_figure
from drp.report.densities import N_BINS, estimate_density
from drp.report.error_boxes import describe_beyond, find_limits, make_rows
from drp.report.heatmaps import order_columns, order_rows

DESIGNS = ("complete", "linear", "drug_mean")


def make_scores(designs=DESIGNS, recipes=("paper", "modern"), n_replicates=5):
    centre = {"complete": 2.0, "linear": 7.0, "drug_mean": 2.1}
    replicates = pd.DataFrame(
        [
            {"design": d, "recipe": r, "replicate": i, "mse_imputed": centre[d] + 0.01 * i}
            for d in designs
            for r in recipes
            for i in range(n_replicates)
        ]
    )
    table1 = replicates[["design", "recipe"]].drop_duplicates()
    published = {"complete": 1.96, "linear": 10.24}
    return replicates, table1.assign(paper_mse=table1["design"].map(published))


def make_data(n_lines=30, n_drugs=8, with_tumours=True, **scores):
    rng = np.random.default_rng(0)
    imputed_SD = rng.normal(2, 2, (n_lines, n_drugs))
    measured_SD = np.where(rng.random(imputed_SD.shape) < 0.2, np.nan, imputed_SD)
    replicates, table1 = make_scores(**scores)
    return Figure2Data(
        measured_SD=measured_SD,
        imputed_SD=imputed_SD,
        predicted_SD=imputed_SD + rng.normal(0, 1, imputed_SD.shape),
        is_test_S=np.arange(n_lines) % 10 == 0,
        predicted_TD=rng.normal(2, 2, (50, n_drugs)) if with_tumours else None,
        pearson_S=rng.uniform(0.7, 0.9, n_lines),
        spearman_S=np.where(np.arange(n_lines) == 3, np.nan, rng.uniform(0.6, 0.9, n_lines)),
        replicates=replicates,
        table1=table1,
    )


def read_titles(fig):
    return [ax.get_title(loc="left") for ax in fig.axes]


def test_shows_all_parts_and_every_curve():
    fig = draw_figure2(make_data())
    assert [title[0] for title in read_titles(fig) if title] == ["A", "B", "P", "C", "D", "E"]
    labels = [line.get_label().split(" (")[0] for line in fig.axes[0].lines]
    assert labels == ["measured", "imputed", "predicted, cell lines", "predicted, tumours"]
    assert len({to_hex(line.get_color()) for line in fig.axes[0].lines}) == 4


@pytest.mark.parametrize(
    "case",
    [
        {"with_tumours": False},
        {"designs": ("complete",), "recipes": ("paper",), "n_replicates": 1},
        {"n_lines": 1, "n_drugs": 1},
        {"n_lines": 2},
        {"n_replicates": 40},
    ],
)
def test_draws_what_there_is(case, tmp_path):
    svg, png = save_figure(draw_figure2(make_data(**case)), tmp_path, "figure2")
    assert svg.stat().st_size > 0
    assert png.stat().st_size > 0


def test_published_median_may_be_missing_everywhere(tmp_path):
    data = make_data()
    data.table1["paper_mse"] = np.nan
    save_figure(draw_figure2(data), tmp_path, "figure2")


def test_a_complete_table_has_no_imputed_curve():
    data = make_data()
    data.measured_SD[:] = data.imputed_SD
    labels = [line.get_label() for line in draw_figure2(data).axes[0].lines]
    assert not any(label.startswith("imputed") for label in labels)


def test_the_same_data_give_the_same_bytes(tmp_path):
    first, _ = save_figure(draw_figure2(make_data()), tmp_path, "first")
    second, _ = save_figure(draw_figure2(make_data()), tmp_path, "second")
    assert first.read_bytes() == second.read_bytes()


def test_refuses_tables_that_do_not_fit():
    data = make_data()
    with pytest.raises(ValueError, match=r"pearson_S: expected shape \(30,\), got \(29,\)"):
        Figure2Data(**{**vars(data), "pearson_S": data.pearson_S[1:]})


def test_density_agrees_with_scipy():
    values = np.random.default_rng(1).normal(0, 2, 5000)
    grid = np.linspace(-10, 10, N_BINS + 1)
    expected = gaussian_kde(values)((grid[:-1] + grid[1:]) / 2)
    np.testing.assert_allclose(estimate_density(values, grid), expected, atol=1e-3)


def test_rows_run_from_best_to_worst_with_recipes_together():
    rows = make_rows(*make_scores())
    assert [row.design for row in rows] == [
        d for d in ("complete", "drug_mean", "linear") for _ in "ab"
    ]
    assert np.all(np.diff([row.y for row in rows]) >= 1)


def test_a_far_design_does_not_stretch_the_axis_but_is_written_down():
    rows = make_rows(*make_scores())
    _, high = find_limits(rows)
    assert high < 5
    assert describe_beyond(rows[0], high) == ""
    assert describe_beyond(rows[-1], high) == f"{rows[-1].recipe} median 7.02, published 10.24 ▸"


def test_orders_follow_groups_and_means():
    table_SD = np.array([[0.0, 9.0, 5.0], [4.0, 9.0, 1.0], [0.1, 9.0, 5.1], [4.1, 9.0, 1.1]])
    places = np.argsort(order_rows(table_SD))
    assert abs(places[0] - places[2]) == abs(places[1] - places[3]) == 1
    assert order_columns(table_SD).tolist() == [1, 2, 0]
