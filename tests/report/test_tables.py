import numpy as np
import pandas as pd
import pytest

from drp.report import (
    format_table1_markdown,
    make_evaluation_table,
    make_protocol_table,
)
from drp.report.tables import TABLE1, Table, find_best_reference, format_interval
from tests.report import made_up

DESIGNS = ("complete", "random_init", "drug_mean")


def make_table1():
    return pd.DataFrame(
        {
            "design": DESIGNS,
            "recipe": "paper",
            "n_replicates": [100, 100, 1],
            "median_mse_imputed": [1.934, 2.0, 2.126],
            "sd_mse_imputed": [0.131, 1.21, np.nan],
            "median_mse_measured": [2.03, 2.12, 2.26],
            "median_pearson_drug": [0.3084, 0.264, np.nan],
            "median_epochs": [10.5, 11, np.nan],
            "paper_mse": [1.96, 2.3, np.nan],
            "paper_epochs": [14, 9, np.nan],
        }
    )


def test_text_has_every_design_in_aligned_lines():
    lines = Table(make_table1(), TABLE1).text().splitlines()
    assert [line.split()[0] for line in lines[2:]] == list(DESIGNS)
    assert len({len(line) for line in lines}) == 1
    assert " ".join(lines[2].split()) == "complete paper 100 1.93 0.13 2.03 0.308 10.5 1.96 14.0"
    assert " ".join(lines[4].split()) == "drug_mean paper 1 2.13 - 2.26 - - - -"


def test_published_columns_may_be_empty():
    table1 = make_table1().assign(paper_mse=np.nan, paper_epochs=np.nan)
    cells = Table(table1, TABLE1).cells()
    assert set(cells["published MSE"]) == set(cells["published epochs"]) == {"-"}


def test_an_empty_table_is_its_head():
    assert Table(make_table1().head(0), TABLE1).text().split()[:2] == ["design", "recipe"]


def test_markdown_keeps_its_columns_when_a_name_holds_a_bar():
    table1 = make_table1().assign(design=["a|b", "c", "d"])
    lines = format_table1_markdown(table1).splitlines()
    assert lines[2].startswith(r"| a\|b | paper | 100 | 1.93 |")
    assert {line.replace(r"\|", "").count("|") for line in lines} == {11}


def test_names_a_missing_column():
    with pytest.raises(ValueError, match="paper_mse"):
        Table(make_table1().drop(columns="paper_mse"), TABLE1).text()


def test_the_protocol_s_table_has_the_paper_s_recipe_alone():
    table = make_protocol_table(made_up.make_table1())
    cells = table.cells()
    assert list(cells) == [
        "design", "runs", "MSE imputed", "(sd)", "MSE measured", "r per drug", "epochs",
        "published MSE", "published epochs",
    ]  # fmt: skip
    assert len(cells) == 15
    assert cells.iloc[0].tolist() == [
        "complete", "100", "2.20", "0.13", "2.01", "0.360", "11.5", "1.96", "-",
    ]  # fmt: skip


def test_variants_of_the_protocol_are_told_apart():
    recipes = ("paper", "paper:first_layer=span", "modern")
    cells = make_protocol_table(made_up.make_table1(recipes)).cells()
    assert len(cells) == 30
    assert set(cells["recipe"]) == set(recipes[:2])


def test_our_table_has_differences_beside_the_scores():
    table1 = made_up.make_table1()
    cells = make_evaluation_table(table1, made_up.make_paired(table1)).cells()
    assert list(cells) == [
        "design", "recipe", "runs", "lines fitted on", "MSE measured", "r per drug",
        "r within tissue", "explained share", "MSE - drug_mean [95%]", "MSE - kernel_ridge [95%]",
        "r - kernel_ridge [95%]",
    ]  # fmt: skip
    rows = cells.set_index(["design", "recipe"])
    assert rows.loc[("complete", "modern")].tolist() == [
        "100", "463", "1.600", "0.460", "0.280", "0.41", "-0.460 [-0.510, -0.410]",
        "-0.010 [-0.060, +0.040]", "+0.010 [-0.002, +0.022]",
    ]  # fmt: skip
    assert rows.loc[("drug_mean", "modern")].iloc[-3] == "-"
    assert rows.loc[("kernel_ridge", "modern")].tolist()[-2:] == ["-", "-"]
    assert list(rows.index) == list(table1.set_index(["design", "recipe"]).index)


def test_our_table_is_aligned_in_both_forms():
    table1 = made_up.make_table1()
    table = make_evaluation_table(table1, made_up.make_paired(table1))
    lines = table.text().splitlines()
    assert len({len(line) for line in lines}) == 1
    assert len(lines) == 32
    marks = table.markdown().splitlines()[1].split("|")[1:-1]
    assert [mark.strip() for mark in marks] == ["---"] * 2 + ["---:"] * 9


def test_without_pairs_our_table_has_scores_alone():
    table1 = made_up.make_table1()
    cells = make_evaluation_table(table1, made_up.make_paired(table1).head(0)).cells()
    assert list(cells)[-1] == "explained share"


@pytest.mark.parametrize(
    ("references", "best"),
    [
        (
            (("drug_mean", "modern"), ("ridge", "modern"), ("kernel_ridge", "modern")),
            "kernel_ridge",
        ),
        ((("drug_mean", "modern"), ("random_init", "modern"), ("ridge", "paper")), "ridge"),
        ((("drug_mean", "modern"), ("random_init", "modern")), "drug_mean"),
        ((("random_init", "modern"),), ""),
    ],
)
def test_finds_the_best_baseline_among_the_references(references, best):
    table1 = made_up.make_table1()
    assert find_best_reference(table1, made_up.make_paired(table1, references)) == best


def test_a_drug_mean_that_is_the_best_baseline_has_one_column_of_errors():
    table1 = made_up.make_table1()
    paired = made_up.make_paired(table1, (("drug_mean", "modern"),))
    heads = list(make_evaluation_table(table1, paired).cells())
    assert heads[-2:] == ["MSE - drug_mean [95%]", "r - drug_mean [95%]"]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((-0.0224, -0.0315, -0.0133), "-0.022 [-0.032, -0.013]"),
        ((0.5, np.nan, np.nan), "+0.500"),
        ((np.inf, np.nan, np.nan), "+inf"),
        ((np.nan, np.nan, np.nan), "-"),
    ],
)
def test_an_interval_shows_what_is_known(ends, expected):
    assert format_interval(*ends) == expected


def test_names_a_column_that_our_table_misses():
    table1 = made_up.make_table1()
    paired = made_up.make_paired(table1)
    with pytest.raises(ValueError, match="median_explained"):
        make_evaluation_table(table1.drop(columns="median_explained"), paired).text()
