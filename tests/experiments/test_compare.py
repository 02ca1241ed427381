"""compare on a small synthetic cohort: every output, the same bytes twice, resume, refusals."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pandas as pd
import pytest

from drp.baselines import BASELINES
from drp.data import read_cohort, write_cohort
from drp.data.lines import gather_lines
from drp.settings import RECIPES, CompareSettings
from experiments import compare
from experiments.flags import SettingsError
from experiments.parts import PartStore

pytestmark = pytest.mark.usefixtures("quick_compilation")
PAPER, MODERN = "paper", "modern:members=2:max_epochs=3:batch_size=16"
MEANS, COSTLY = ("global_mean", "drug_mean", "tissue_drug_mean"), ("elastic_net", "random_forest")
DESIGNS = ("complete", "random_init", "pca", *BASELINES)
OTHERS = [name for name in DESIGNS if name not in (*MEANS, *COSTLY)]
RUNS = {
    **{(design, recipe): 2 for design in OTHERS for recipe in (PAPER, MODERN)},
    **{(design, recipe): 2 for design in MEANS for recipe in ("paper", "modern")},
    **{(design, MODERN): 1 for design in COSTLY},  # from measured entries alone
}
SCORES = [
    "design", "recipe", "replicate", "split_by", "held_out", "first_layer", "train_fraction",
    "n_test", "n_fitted", "mse_train", "mse_imputed", "mse_measured", "pearson_drug",
    "spearman_drug", "pearson_sample", "spearman_sample", "pearson_residual", "spearman_residual",
    "pearson_within_tissue", "spearman_within_tissue", "explained", "epochs",
]  # fmt: skip


@pytest.fixture(scope="module")
def comparison(prepared, encoders, tmp_path_factory) -> CompareSettings:
    """Settings of a comparison of all designs, already run once."""
    settings = CompareSettings(
        out=str(tmp_path_factory.mktemp("compare") / "run"),
        cells=str(prepared / "cells.h5mu"),
        tumors=str(prepared / "tumors.h5mu"),
        encoders=str(encoders),
        designs=DESIGNS,
        recipe=(PAPER, MODERN),
        replicates=2,
        costly_replicates=1,
        encoder_widths=(8, 6, 4),
        head_widths=(5, 5, 5),
    )
    compare.run(settings)
    return settings


def read(settings: CompareSettings, name: str) -> pd.DataFrame:
    return pd.read_csv(f"{settings.out}/{name}")


def test_every_design_and_recipe_has_its_replicates(comparison):
    replicates = read(comparison, "replicates.csv")
    assert list(replicates) == SCORES
    counts = replicates.groupby(["design", "recipe"]).size()
    assert counts.to_dict() == RUNS
    keys = replicates[["design", "recipe", "replicate"]]
    assert keys.equals(keys.sort_values(list(keys)).reset_index(drop=True))
    assert np.isfinite(replicates[["mse_train", "mse_imputed", "mse_measured"]]).all(axis=None)


def test_epochs_are_given_for_networks_only(comparison):
    epochs = read(comparison, "replicates.csv").set_index("design")["epochs"]
    classical = list(BASELINES)
    assert epochs[classical].isna().all()
    assert (epochs.drop(classical) >= 1).all()


def test_lines_fitted_are_told(comparison):
    """Of 56 complete lines 44 train, 5 validate and 7 test; `modern` fits both of the first."""
    replicates = read(comparison, "replicates.csv").set_index(["design", "recipe"])
    assert (replicates["n_test"] == 7).all()
    fitted = replicates["n_fitted"]
    for design in ("complete", "ridge", "svm"):
        assert (fitted[design, PAPER] == 44).all() and (fitted[design, MODERN] > 44).all()
    assert (fitted["ridge", MODERN] == 49).all()


def test_how_the_first_layer_was_trained_is_told(comparison):
    layers = read(comparison, "replicates.csv").groupby(["design", "recipe"])["first_layer"].first()
    assert layers["complete", PAPER] == layers["pca", MODERN] == "full"
    assert layers["complete", MODERN] == layers["random_init", MODERN] == "span"
    assert layers.isna()["svm", "paper"]


def test_the_span_predicts_lines_and_tumours(comparison, tmp_path):
    changes = {"designs": ("random_init",), "recipe": ("paper:max_epochs=4",)}
    changes |= {"first_layer": "span", "span_offset": "drop", "out": str(tmp_path / "run")}
    compare.run(replace(comparison, **changes))
    replicates = pd.read_csv(tmp_path / "run" / "replicates.csv")
    scores = replicates[replicates["design"] == "random_init"]
    assert (scores["first_layer"] == "span").all()
    assert np.isfinite(scores["mse_measured"]).all()
    parts = PartStore(tmp_path / "run" / "replicates")
    assert np.isfinite(parts.read("tumors", "random_init-paper:max_epochs=4", 0).predicted).all()


def test_slots_and_their_use_are_told(comparison):
    record = json.loads(Path(comparison.out, "run.json").read_text())
    devices = jax.devices()
    where = f"{len(devices)} x {devices[0].device_kind}"
    assert record["settled"][f"slots of complete (paper) on {where}"] == len(devices)
    timings = read(comparison, "timings.csv").set_index(["design", "recipe"])
    assert timings["n_replicates"].to_dict() == RUNS
    assert timings.loc[("complete", "paper"), "utilisation"] == 1  # one slot is never idle
    assert np.isnan(timings.loc[("svm", "paper"), "utilisation"])


def test_precision_is_a_setting_and_weights_are_kept_on_demand(comparison, tmp_path):
    rounded = replace(
        comparison, out=str(tmp_path / "run"), designs=("complete",), recipe=(MODERN,),
        moments="bfloat16", matmul="bfloat16", span_scaling="split", keep_weights=True,
    )  # fmt: skip
    compare.run(rounded)
    keys = ["design", "recipe", "replicate"]
    found, usual = (read(s, "replicates.csv").set_index(keys) for s in (rounded, comparison))
    found, usual = (x["mse_measured"].loc[("complete", MODERN)] for x in (found, usual))
    assert (found != usual).all()
    np.testing.assert_allclose(found, usual, rtol=0.3)
    kept = sorted(path.relative_to(tmp_path) for path in tmp_path.glob("run/weights/*/*.npz"))
    recipe = "modern,members-2,max_epochs-3,batch_size-16"
    names = [f"run/weights/complete-{recipe}/0000{r}-0{m}.npz" for r in (0, 1) for m in (0, 1)]
    assert [str(path) for path in kept] == names
    assert not Path(comparison.out, "weights").exists()


def test_table1_has_a_row_for_each(comparison):
    table1 = read(comparison, "table1.csv")
    assert list(table1) == [
        "design", "recipe", "n_replicates", "median_mse_imputed", "sd_mse_imputed",
        "median_mse_measured", "median_pearson_drug", "median_epochs", "paper_mse", "paper_epochs",
        "n_fitted", "median_pearson_residual", "median_pearson_within_tissue", "median_explained",
        "mean_mse_measured", "mean_pearson_drug",
    ]  # fmt: skip
    row = table1.set_index(["design", "recipe"]).loc[("complete", "paper")]
    assert (row["paper_mse"], row["paper_epochs"]) == (1.96, 14)


def test_differences_from_what_a_model_must_beat(comparison):
    paired = read(comparison, "paired.csv")
    assert list(paired) == [
        "design", "recipe", "reference", "reference_recipe", "metric", "n_pairs",
        "mean_difference", "ci_low", "ci_high", "p_value",
    ]  # fmt: skip
    references = set(zip(paired["reference"], paired["reference_recipe"], strict=True))
    assert {("drug_mean", "modern"), ("random_init", PAPER), ("random_init", MODERN)} < references
    assert {("complete", PAPER), ("pca", PAPER)} < references  # the first recipe
    assert len(references) == 6  # and the best baseline
    assert set(paired["metric"]) == {
        "mse_measured", "mse_imputed", "pearson_drug", "spearman_drug", "pearson_within_tissue",
    }  # fmt: skip
    chosen = paired.set_index(["design", "recipe", "reference", "reference_recipe", "metric"])
    errors = read(comparison, "replicates.csv").set_index(["design", "recipe"])["mse_measured"]
    expected = errors["complete", PAPER].mean() - errors["random_init", PAPER].mean()
    row = chosen.loc[("complete", PAPER, "random_init", PAPER, "mse_measured")]
    assert row["mean_difference"] == pytest.approx(expected, rel=1e-9)
    assert row["n_pairs"] == 2 and row["ci_low"] < expected < row["ci_high"]
    costly = chosen.loc[("elastic_net", MODERN, "drug_mean", "modern", "mse_measured")]
    assert costly["n_pairs"] == 1 and np.isnan(costly["ci_low"])


def test_both_tables_are_written_for_people(comparison):
    names = ("table1.md", "evaluation.md")
    table1, ours = (Path(comparison.out, name).read_text() for name in names)
    assert "published MSE" in table1 and "explained share" in ours
    for table in (table1, ours):
        assert len(table.splitlines()) == 2 + len(RUNS)
        assert f"| complete | {MODERN} |" in table


def test_predictions_are_those_that_were_scored(comparison, prepared):
    lines = gather_lines(read_cohort(prepared / "cells.h5mu"))
    table = pd.read_parquet(f"{comparison.out}/predictions.parquet")
    chosen = table.query("design == 'svm' and recipe == 'paper' and replicate == 1")
    assert set(chosen["part"]) == {"test"}
    wide = chosen.pivot(index="sample", columns="drug", values="pred_ln_ic50_um")[lines.drugs]
    truth = pd.DataFrame(lines.imputed_SD, lines.samples, lines.drugs).loc[wide.index]
    mse = ((wide - truth) ** 2).to_numpy().mean()
    replicates = read(comparison, "replicates.csv").set_index(["design", "recipe", "replicate"])
    assert mse == pytest.approx(replicates.loc[("svm", "paper", 1), "mse_imputed"], rel=1e-5)


def test_another_measure_keeps_its_name_and_stands_beside_no_published_error(comparison, tmp_path):
    cells = read_cohort(comparison.cells)
    cells.uns["units"] = {**cells.uns.get("units", {}), "response": "AUC"}
    write_cohort(tmp_path / "auc.h5mu", cells)
    changes = {"cells": str(tmp_path / "auc.h5mu"), "out": str(tmp_path / "run"), "tumors": ""}
    compare.run(replace(comparison, designs=("linear",), recipe=("paper",), **changes))
    assert "pred_auc" in pd.read_parquet(tmp_path / "run" / "predictions.parquet")
    assert pd.read_csv(tmp_path / "run" / "table1.csv")["paper_mse"].isna().all()
    assert "ln IC50" not in (tmp_path / "run" / "figure2.svg").read_text()


def test_figure_and_record_are_written(comparison):
    for name in ("figure2.svg", "figure2.png", "ranking.svg", "splits.npz", "run.json"):
        assert (Path(comparison.out) / name).stat().st_size > 0
    for name in ("learning_curves.svg", "coverage.csv"):  # nothing to show
        assert not (Path(comparison.out) / name).exists()


def test_same_seed_gives_the_same_bytes(comparison, tmp_path):
    designs = ("complete", "linear", "kernel_ridge", "elastic_net")
    again = replace(comparison, out=str(tmp_path / "again"), designs=designs)
    compare.run(again)
    first, second = (Path(s.out, "replicates.csv").read_bytes() for s in (comparison, again))
    kept = {*second.splitlines()}
    assert [line for line in first.splitlines() if line in kept] == second.splitlines()


def test_slots_change_nothing_of_note(comparison, tmp_path):
    one = replace(
        comparison, out=str(tmp_path / "one"), slots=2, designs=("complete",), recipe=(MODERN,)
    )
    compare.run(one)
    columns = ["design", "recipe", "replicate"]
    many = read(comparison, "replicates.csv").set_index(columns)
    single = read(one, "replicates.csv").set_index(columns)
    shared = many.loc[single.index]
    assert shared["epochs"].equals(single["epochs"])
    np.testing.assert_allclose(shared["mse_imputed"], single["mse_imputed"], rtol=1e-4)


def test_a_stopped_run_goes_on(comparison, tmp_path):
    """Missing and cut parts are made again, finished ones are not touched."""
    out = tmp_path / "resumed"
    shutil.copytree(comparison.out, out)
    (out / "replicates" / "complete-paper" / "00001.npz").unlink()
    ensemble = "complete-modern,members-2,max_epochs-3,batch_size-16"
    (out / "replicates" / ensemble / "00000.npz").unlink()
    cut = out / "replicates" / "svm-paper" / "00000.npz"
    cut.write_bytes(cut.read_bytes()[:100])
    kept = out / "replicates" / "complete-paper" / "00000.npz"
    before = kept.stat().st_mtime_ns
    compare.run(replace(comparison, out=str(out)))
    assert kept.stat().st_mtime_ns == before
    for name in ("replicates.csv", "paired.csv", "predictions.parquet"):
        assert (out / name).read_bytes() == Path(comparison.out, name).read_bytes()


def test_other_settings_in_the_same_folder_are_refused(comparison):
    with pytest.raises(SettingsError, match=r"seed: 0 then, 1 now"):
        compare.run(replace(comparison, seed=1))


def test_other_data_in_the_same_folder_is_refused(comparison, tmp_path):
    other = tmp_path / "cells.h5mu"
    shutil.copy(comparison.cells, other)
    out = tmp_path / "run"
    few = replace(comparison, out=str(out), cells=str(other), designs=("drug_mean",))
    compare.run(few)
    cells = read_cohort(other)
    write_cohort(other, replace(cells, obs=cells.obs.assign(cancer_type="skin")))
    with pytest.raises(SettingsError, match=r"other data than --cells=.*cells\.h5mu"):
        compare.run(few)


def test_a_row_of_a_recipe_that_changed_is_refused(comparison, monkeypatch):
    changed = replace(RECIPES["modern"], learning_rate=0.5)
    monkeypatch.setitem(RECIPES, "modern", changed)
    with pytest.raises(SettingsError, match=r"recipe modern: .* then, .*0\.5.* now"):
        compare.run(comparison)
