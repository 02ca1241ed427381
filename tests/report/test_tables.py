import numpy as np
import pandas as pd
import pytest

from drp.report import format_table1, format_table1_cells, format_table1_markdown

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
    lines = format_table1(make_table1()).splitlines()
    assert [line.split()[0] for line in lines[2:]] == list(DESIGNS)
    assert len({len(line) for line in lines}) == 1
    assert " ".join(lines[2].split()) == "complete paper 100 1.93 0.13 2.03 0.308 10.5 1.96 14.0"
    assert " ".join(lines[4].split()) == "drug_mean paper 1 2.13 - 2.26 - - - -"


def test_published_columns_may_be_empty():
    table1 = make_table1().assign(paper_mse=np.nan, paper_epochs=np.nan)
    cells = format_table1_cells(table1)
    assert set(cells["published MSE"]) == set(cells["published epochs"]) == {"-"}


def test_an_empty_table_is_its_head():
    assert format_table1(make_table1().head(0)).split()[:2] == ["design", "recipe"]


def test_markdown_keeps_its_columns_when_a_name_holds_a_bar():
    table1 = make_table1().assign(design=["a|b", "c", "d"])
    lines = format_table1_markdown(table1).splitlines()
    assert lines[2].startswith(r"| a\|b | paper | 100 | 1.93 |")
    assert {line.replace(r"\|", "").count("|") for line in lines} == {11}


def test_names_a_missing_column():
    with pytest.raises(ValueError, match="paper_mse"):
        format_table1(make_table1().drop(columns="paper_mse"))
