"""compare with variants of a recipe: learning curves, controls, calibrated intervals."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.evaluation import corrected_t_interval
from drp.settings import CompareSettings, PrepareSettings
from experiments import compare, prepare
from tests.experiments.conftest import SMALL

pytestmark = pytest.mark.usefixtures("quick_compilation")
CALIBRATED = "modern:members=3:refit=false"
HALF = f"{CALIBRATED}:train_fraction=0.5"
CONTROLS = tuple(f"{CALIBRATED}:permuted={what}" for what in ("expression", "mutation", "labels"))


@pytest.fixture(scope="module")
def cells(tmp_path_factory) -> str:
    """Lines enough that 10% of them make a finite interval: 9 at least."""
    out = tmp_path_factory.mktemp("larger")
    prepare.run(PrepareSettings(out=str(out), **{**SMALL, "n_lines": 120}))
    return str(out / "cells.h5mu")


@pytest.fixture(scope="module")
def curves(cells, tmp_path_factory) -> CompareSettings:
    """Settings of a comparison at two sizes, which has run."""
    settings = CompareSettings(
        out=str(tmp_path_factory.mktemp("curves") / "run"), cells=cells, recipe=(CALIBRATED,),
        designs=("expression_only_random", "random_init", "ridge"), train_fractions=(0.5, 1.0),
        replicates=3, encoder_widths=(8,), head_widths=(),
    )  # fmt: skip
    compare.run(settings)
    return settings


@pytest.fixture(scope="module")
def controls(prepared, tmp_path_factory) -> CompareSettings:
    """Settings of a comparison of controls on few lines, which has run."""
    settings = CompareSettings(
        out=str(tmp_path_factory.mktemp("controls") / "run"), cells=str(prepared / "cells.h5mu"),
        designs=("random_init", "tissue_drug_mean", "ridge"), recipe=(CALIBRATED, *CONTROLS),
        replicates=2, encoder_widths=(8,), head_widths=(),
    )  # fmt: skip
    compare.run(settings)
    return settings


def read(settings: CompareSettings, name: str) -> pd.DataFrame:
    return pd.read_csv(f"{settings.out}/{name}")


def test_every_size_is_told(curves):
    scores = read(curves, "replicates.csv").set_index(["design", "recipe"])
    for design in ("random_init", "ridge"):
        half, whole = (scores.loc[(design, recipe)].reset_index() for recipe in (HALF, CALIBRATED))
        assert (half["train_fraction"] == 0.5).all() and (whole["train_fraction"] == 1).all()
        np.testing.assert_allclose(half["n_fitted"], whole["n_fitted"] / 2, atol=1)
        assert (half["n_test"] == whole["n_test"]).all()
        assert (half["mse_measured"] != whole["mse_measured"]).all()


def test_learning_curves_are_drawn(curves):
    for suffix in ("svg", "png"):
        assert Path(curves.out, f"learning_curves.{suffix}").stat().st_size > 0


def test_differences_at_each_size_are_from_the_same_size(curves):
    """Of designs; the drug mean and the best baseline have all lines."""
    paired = read(curves, "paired.csv")
    paired = paired[paired["design"] != paired["reference"]]
    own = paired[paired["reference"] == "expression_only_random"]
    assert set(own["recipe"]) >= {HALF, CALIBRATED}
    assert (own["recipe"] == own["reference_recipe"]).all()
    others = set(paired["reference_recipe"]) - {HALF, CALIBRATED}
    assert others <= {"modern", "paper"}
    row = own.set_index(["design", "recipe", "metric"]).loc[("random_init", HALF, "mse_measured")]
    scores = read(curves, "replicates.csv").set_index(["design", "recipe", "replicate"])
    ours, theirs = (scores.loc[(name, HALF)] for name in ("random_init", "expression_only_random"))
    expected = corrected_t_interval(
        (ours["mse_measured"] - theirs["mse_measured"]).to_numpy(),
        float(ours["n_test"].iloc[0]), float(ours["n_fitted"].iloc[0]),
    )  # fmt: skip
    np.testing.assert_allclose(
        row[["mean_difference", "ci_low", "ci_high"]].astype(float), expected[:3], rtol=1e-9
    )


def test_a_variant_is_compared_with_what_it_varies(curves):
    paired = read(curves, "paired.csv")
    own = paired[(paired["design"] == paired["reference"])]
    own = own[own["design"].isin(["random_init", "expression_only_random"])]
    assert set(own["reference_recipe"]) == {curves.recipe[0]} and len(own)
    assert (own["recipe"] != own["reference_recipe"]).all() and own["mean_difference"].notna().all()


def test_intervals_of_enough_lines_are_finite(curves):
    coverage = read(curves, "coverage.csv")
    assert set(coverage["design"]) == {"random_init", "expression_only_random"}  # not baselines
    assert set(coverage["scale"].fillna("")) == {"", " with the members' spread"}
    whole = coverage[coverage["recipe"] == CALIBRATED]
    assert np.isfinite(whole[["coverage", "mean_width"]]).all(axis=None)
    overall = whole[whole["kind"] == "overall"]
    assert len(overall) == 4
    assert (overall["level"] == 0.9).all() and (overall["coverage"] > 0.7).all()
    scores = read(curves, "replicates.csv").set_index(["design", "recipe"])
    assert (overall["n_lines"] == scores.loc[("random_init", CALIBRATED), "n_test"].sum()).all()
    figures = sorted(path.name for path in Path(curves.out).glob("coverage_*.svg"))
    assert len(figures) == 8 and not any(":" in name or "=" in name for name in figures)


def test_what_calibrates_and_the_spread_are_kept(curves):
    table = pd.read_parquet(f"{curves.out}/predictions.parquet")
    second = table[table["replicate"] == 1]
    parts = second.groupby(["design", "recipe"], observed=True)["part"].agg(lambda x: set(x))
    assert parts["random_init", CALIBRATED] == {"validation", "test"}
    assert parts["ridge", CALIBRATED] == {"test"}
    spread = table.groupby("design", observed=True)["sd_members"]
    assert (spread.min()["random_init"] > 0) and spread.count()["ridge"] == 0


def test_controls_run_and_nothing_is_judged_by_them(controls):
    wide = read(controls, "replicates.csv").pivot(
        index="replicate", columns=["design", "recipe"], values="mse_measured"
    )
    assert np.isfinite(wide).all(axis=None)
    for design in ("random_init", "ridge"):
        for recipe in CONTROLS:
            assert (wide[design, recipe] != wide[design, CALIBRATED]).all()
    references = read(controls, "paired.csv")[["reference", "reference_recipe"]].drop_duplicates()
    judges = references[references["reference"] != "random_init"]["reference_recipe"]
    assert not judges.str.contains("permuted").any()


def test_too_few_lines_make_no_finite_interval(controls):
    overall = read(controls, "coverage.csv").query("kind == 'overall'")
    assert len(overall) == 2 * (1 + len(CONTROLS))
    assert np.isinf(overall["mean_width"]).all() and (overall["coverage"] == 1).all()


def test_a_share_that_leaves_hardly_a_line_still_runs(controls, tmp_path):
    few = replace(
        controls, out=str(tmp_path / "run"), designs=("kernel_ridge",), recipe=("modern",),
        train_fractions=(0.01,),
    )  # fmt: skip
    compare.run(few)
    scores = read(few, "replicates.csv").query("design == 'kernel_ridge'")
    assert (scores["n_fitted"] == 4).all() and np.isfinite(scores["mse_measured"]).all()
