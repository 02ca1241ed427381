import numpy as np
import pandas as pd
import pytest
from scipy import stats

from drp.report import draw_learning_curves, save_figure
from drp.report.learning_curves import choose_looks, drop_field, gather_curves
from tests.report.made_up import make_curves, make_gains


def read_legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_a_curve_per_design_and_recipe_whatever_the_fraction_in_its_name():
    curves = gather_curves(make_curves())
    assert {(curve.design, curve.recipe) for curve in curves} == {
        (design, recipe)
        for design in ("complete", "random_init", "kernel_ridge")
        for recipe in ("paper", "modern")
    }
    for curve in curves:
        assert curve.n_fitted.tolist() == [46, 116, 231, 463]
    last = [curve.scores["mse_measured"][-1, 0] for curve in curves]
    assert last == sorted(last)


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        ("modern", "modern"),
        ("modern:train_fraction=0.1", "modern"),
        ("modern:dropout=0:train_fraction=0.1:members=5", "modern:dropout=0:members=5"),
    ],
)
def test_the_fraction_is_no_part_of_a_curve_s_name(recipe, expected):
    assert drop_field(recipe, "train_fraction") == expected


def test_the_interval_is_the_corrected_one():
    replicates = make_curves(("complete",), ("modern",), n=10)
    (curve,) = gather_curves(replicates)
    values = replicates[replicates["train_fraction"] == 1.0]["mse_measured"]
    error = np.sqrt((1 / 10 + 52 / 463) * values.var())
    expected = values.mean() + error * stats.t.ppf([0.5, 0.025, 0.975], 9)
    np.testing.assert_allclose(curve.scores["mse_measured"][-1], expected, rtol=1e-12)


def test_held_out_tissues_are_resampled():
    replicates = make_curves(("complete",), ("modern",), n=10)
    (by_line,) = gather_curves(replicates)
    (by_tissue,) = gather_curves(replicates.assign(split_by="tissue"))
    wide, narrow = by_line.scores["mse_measured"], by_tissue.scores["mse_measured"]
    np.testing.assert_allclose(wide[:, 0], narrow[:, 0])
    assert (np.ptp(narrow[:, 1:], axis=1) < np.ptp(wide[:, 1:], axis=1)).all()


def test_draws_three_panels_with_the_sizes_as_ticks(tmp_path):
    fig = draw_learning_curves(make_curves(), make_gains())
    titles = [ax.get_title(loc="left")[0] for ax in fig.axes]
    assert titles == ["A", "B", "C"]
    assert [ax.get_xticks().tolist() for ax in fig.axes[:2]] == [[46, 116, 231, 463]] * 2
    assert [len(ax.containers) for ax in fig.axes] == [6, 6, 2]
    scores, gains = fig.subfigs
    assert read_legend(scores)[0] == "complete, modern"
    assert read_legend(gains) == ["offset: keep", "offset: drop"]
    svg, png = save_figure(fig, tmp_path, "learning_curves")
    assert svg.stat().st_size > 0
    assert png.stat().st_size > 0


def test_a_design_has_one_colour_in_all_panels():
    gains = pd.concat([make_gains().assign(design=name) for name in ("complete", "pca")])
    fig = draw_learning_curves(make_curves(("pca", "complete"), ("modern",)), gains)
    colours = [
        {bar.get_label(): bar.lines[0].get_color() for bar in ax.containers} for ax in fig.axes
    ]
    for name in ("pca", "complete"):
        assert colours[2][f"{name}, offset: keep"] == colours[0][f"{name}, modern"]


def test_gains_of_several_recipes_are_lines_of_their_own():
    gains = pd.concat(
        make_gains().assign(design="complete", recipe=recipe, reference="random_init")
        for recipe in ("paper", "modern:train_fraction=0.1:span_offset=drop")
    )
    fig = draw_learning_curves(make_curves(), gains)
    labels = [bar.get_label() for bar in fig.axes[2].containers]
    assert labels == [
        f"complete less random init,\n{recipe}, offset: {offset}"
        for recipe, offset in (
            ("paper", "keep"), ("paper", "drop"), ("modern", "keep"), ("modern", "drop"),
        )
    ]  # fmt: skip
    fills = [bar.lines[0].get_markerfacecolor() for bar in fig.axes[2].containers]
    assert [fill == "white" for fill in fills] == [True, True, False, False]


def test_more_designs_than_colours_differ_in_mark():
    looks = choose_looks([f"d{number}" for number in range(32)])
    assert len({tuple(look.values()) for look in looks.values()}) == 32


@pytest.mark.parametrize("differences", [None, make_gains().head(0)])
@pytest.mark.parametrize("n", [1, 2])
def test_draws_what_there_is(n, differences):
    replicates = make_curves(("complete",), ("modern",), n=n)
    fig = draw_learning_curves(replicates[replicates["train_fraction"] == 1.0], differences)
    assert fig.axes[2].texts[0].get_text() == "not compared"
    fig.draw_without_rendering()


def test_refuses_an_empty_table():
    with pytest.raises(ValueError, match="at least one, found none"):
        draw_learning_curves(make_curves(n=0).reindex(columns=["design", "recipe"]))
