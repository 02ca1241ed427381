import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from drp.report.error_boxes import draw_error_boxes, find_colour, make_rows, shorten_recipe
from drp.report.style import BLUE, GREY, ORANGE

VARIANT = "modern:dropout=0"


def make_scores(recipes):
    replicates = pd.DataFrame(
        [
            {"design": design, "recipe": recipe, "mse_imputed": mse + 0.1 * place + 0.01 * number}
            for design, mse in (("complete", 2.0), ("drug_mean", 2.3), ("linear", 9.0))
            for place, recipe in enumerate(recipes)
            for number in range(30)
        ]
    )
    table1 = replicates[["design", "recipe"]].drop_duplicates().assign(paper_mse=np.nan)
    return replicates, table1


def draw(recipes):
    fig = Figure(layout="constrained")
    ax = fig.subplots()
    draw_error_boxes(ax, *make_scores(recipes), "ln IC50 (µM)")
    return ax, [text.get_text() for text in fig.legends[0].get_texts()]


def read_labels(ax):
    return [text.get_text() for text in ax.get_yticklabels()]


@pytest.mark.parametrize(
    ("recipe", "colour"),
    [
        ("paper", BLUE), ("modern", ORANGE), (VARIANT, ORANGE), ("paper:members=5", BLUE),
        ("other:dropout=0", GREY),
    ],
)  # fmt: skip
def test_a_variant_has_the_colour_of_its_recipe(recipe, colour):
    assert find_colour(recipe) == colour


def test_two_recipes_of_two_colours_share_a_label():
    ax, legend = draw(("paper", "modern"))
    assert read_labels(ax) == ["complete", "drug mean", "linear"]
    assert legend[:2] == ["paper recipe", "modern recipe"]
    assert ax.texts[0].get_text().startswith("paper median")


def test_a_variant_alone_stands_in_full_in_the_legend():
    ax, legend = draw(("paper", VARIANT))
    assert read_labels(ax) == ["complete", "drug mean", "linear"]
    assert legend[:2] == ["paper recipe", f"{VARIANT} recipe"]


def test_variants_of_one_recipe_are_named_box_by_box():
    ax, legend = draw(("modern", VARIANT))
    assert read_labels(ax) == ["complete", "drug mean", "linear", *["modern", VARIANT] * 3]
    assert legend[0] == "modern recipe"
    assert len(legend) == 2  # and the drug mean
    assert {to_hex(patch.get_facecolor()) for patch in ax.patches} == {ORANGE.lower()}
    assert ax.texts[0].get_text().startswith("median")


def test_headings_have_room_between_the_designs():
    rows = make_rows(*make_scores(("modern", VARIANT)))
    assert [row.y for row in rows] == [0, 1, 3, 4, 6, 7]


def test_a_long_recipe_is_cut_so_that_it_does_not_squeeze_the_axes():
    assert shorten_recipe("modern:dropout=0") == "modern:dropout=0"
    long = shorten_recipe(
        "modern:" + "members=3:refit=false:max_epochs=3:batch_size=32:dropout=0.1"
    )
    assert len(long) == 44
    assert long.endswith("…")
