"""compare by what is held out: tissues, pairs, the lockbox; splits of a file; other genes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.data import DataError, read_cohort
from drp.data.folds import TEST
from drp.data.lines import gather_lines
from drp.data.splits import lockbox_rows, read_splits
from drp.settings import CompareSettings
from experiments import compare
from experiments.console import run_or_exit
from experiments.flags import SettingsError

pytestmark = pytest.mark.usefixtures("quick_compilation")
MODERN = "modern:members=2:max_epochs=2:batch_size=16"
KEY = ["design", "recipe", "replicate"]


@pytest.fixture(scope="module")
def settings(prepared, encoders) -> CompareSettings:
    return CompareSettings(
        cells=str(prepared / "cells.h5mu"), encoders=str(encoders), recipe=(MODERN,), replicates=2,
        designs=("complete", "ridge"), encoder_widths=(8,), head_widths=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def lines(prepared):
    return gather_lines(read_cohort(prepared / "cells.h5mu"))


@pytest.fixture(scope="module")
def run(settings, tmp_path_factory):
    """(name, **changes) -> settings of a comparison that has run, once for all tests."""
    done = {}

    def run_once(name: str, **changes) -> CompareSettings:
        if name not in done:
            out = tmp_path_factory.mktemp(name) / "run"
            done[name] = replace(settings, out=str(out), **changes)
            compare.run(done[name])
        return done[name]

    return run_once


def read(settings: CompareSettings, name: str) -> pd.DataFrame:
    return pd.read_csv(f"{settings.out}/{name}", keep_default_na=True)


def assert_finite(settings: CompareSettings, n_replicates: int):
    scores = read(settings, "replicates.csv")
    assert (scores["split_by"] == settings.split_by).all()
    assert set(scores["replicate"]) == set(range(n_replicates))
    assert np.isfinite(scores[["mse_measured", "n_test", "n_fitted"]]).all(axis=None)
    assert (Path(settings.out) / "evaluation.md").stat().st_size > 0


def test_by_tissue_each_replicate_names_what_it_holds_out(run, lines):
    chosen = run("tissue", split_by="tissue", replicates=3)
    assert_finite(chosen, 3)
    scores = read(chosen, "replicates.csv")
    names, counts = np.unique(lines.tissue_S, return_counts=True)
    sizes = dict(zip(names, counts, strict=True))
    assert (scores["held_out"].map(sizes) == scores["n_test"]).all()
    assert scores.groupby("replicate")["held_out"].nunique().eq(1).all()
    assert sorted(scores["held_out"].map(sizes).unique())[-1] == max(counts)
    predictions = pd.read_parquet(f"{chosen.out}/predictions.parquet")
    tested = predictions[(predictions["replicate"] == 1) & (predictions["part"] == "test")]
    tissue = pd.Series(lines.tissue_S, lines.samples).loc[tested["sample"].astype(str)]
    assert tissue.nunique() == 1
    assert read(chosen, "paired.csv")["ci_low"].notna().any()


def test_by_pair_every_line_trains_and_entries_test(run, lines):
    chosen = run("pair", split_by="pair", recipe=(MODERN, "paper:max_epochs=2"))
    assert_finite(chosen, 2)
    scores = read(chosen, "replicates.csv").set_index(["design", "recipe"])
    n_measured = np.isfinite(lines.measured_SD).sum()
    n_test = n_measured - int(0.8 * n_measured) - int(0.1 * n_measured)
    assert (scores["n_test"] == n_test).all()
    assert (scores["n_fitted"]["ridge", MODERN] == n_measured - n_test).all()
    predictions = pd.read_parquet(f"{chosen.out}/predictions.parquet")
    second = predictions[predictions["replicate"] == 1]
    assert set(second["part"]) == {"test"}
    assert (second.groupby(["design", "recipe"], observed=True).size() == n_test).all()
    splits = read_splits(f"{chosen.out}/splits.npz", lines.samples, lines.drugs)
    places = np.argwhere(splits.fold(1).part_SD == TEST)
    held_out = {(lines.samples[line], lines.drugs[drug]) for line, drug in places}
    pairs = second[["sample", "drug"]].astype(str).to_numpy()
    assert {tuple(pair) for pair in pairs} == held_out


def test_the_lockbox_is_one_split_and_stands_beside_no_interval(run, lines):
    chosen = run("lockbox", split_by="lockbox", replicates=5)
    assert_finite(chosen, 1)
    splits = read_splits(f"{chosen.out}/splits.npz", lines.samples)
    expected = lockbox_rows(len(lines.samples))
    np.testing.assert_array_equal(splits.fold(0).test, expected)
    assert (read(chosen, "replicates.csv")["n_test"] == len(expected)).all()
    assert read(chosen, "paired.csv")["ci_low"].isna().all()


def test_a_search_never_sees_the_lockbox(run, lines):
    chosen = run("search", hide_lockbox=True, designs=("ridge",), seed=5)
    assert_finite(chosen, 2)
    hidden = set(lines.samples[lockbox_rows(len(lines.samples))])
    predictions = pd.read_parquet(f"{chosen.out}/predictions.parquet")
    seen = set(predictions.query("replicate == 0")["sample"].astype(str))
    assert seen == set(lines.samples) - hidden
    with np.load(f"{chosen.out}/splits.npz") as stored:
        assert not hidden & set(stored["samples"])


@pytest.mark.parametrize("kind", ["tissue", "pair"])
def test_splits_are_read_back(run, kind):
    """Whatever the seed: a baseline has no other use for it."""
    drawn = {"tissue": {"replicates": 3}, "pair": {"recipe": (MODERN, "paper:max_epochs=2")}}[kind]
    first = run(kind, split_by=kind, **drawn)
    again = run(
        f"{kind}-again", split_by=kind, splits=f"{first.out}/splits.npz", seed=9,
        designs=("ridge",), **{"replicates": 2, **drawn},
    )  # fmt: skip
    one, two = (read(s, "replicates.csv").set_index(KEY) for s in (first, again))
    pd.testing.assert_frame_equal(one.loc[two.index], two, check_dtype=False)


def test_with_all_genes_an_encoder_lacks_some(run, prepared):
    """Their weights are drawn; the pre-trained ones stay at their genes."""
    chosen = run("all", expression="all", designs=("complete", "expression_only", "ridge"))
    assert_finite(chosen, 2)
    cells = read_cohort(prepared / "cells.h5mu")
    few, many = (len(gather_lines(cells, which).genes["expression"]) for which in ("shared", "all"))
    assert few < many
    errors = read(chosen, "replicates.csv").groupby("design")["mse_measured"].mean()
    assert errors["complete"] != errors["expression_only"]


REFUSED = (
    ({"split_by": "drug"}, DataError, "splits by drug are not possible: a drug is an output"),
    ({"expression": "all", "tumors": "any"}, SettingsError, "--expression=all: tumours lack some"),
    ({"hide_lockbox": True, "split_by": "lockbox"}, SettingsError, "--hide_lockbox: --split_by="),
    ({"split_by": "tissue"}, SettingsError, r"--split_by=tissue: .*npz holds splits by line"),
    ({"replicates": 3}, SettingsError, r"--replicates=3: .*splits\.npz holds 2 splits"),
    ({"hide_lockbox": True}, DataError, r"splits\.npz: .*lines"),
)  # fmt: skip


def test_the_reason_why_no_drug_is_held_out_ends_the_command(settings, tmp_path):
    by_drug = replace(settings, split_by="drug", out=str(tmp_path / "run"))
    with pytest.raises(SystemExit, match=r"^error: splits by drug are not possible: .* instead$"):
        run_or_exit(lambda: compare.run(by_drug))


@pytest.mark.parametrize(("change", "error", "message"), REFUSED)
def test_what_cannot_be_split_is_refused(run, settings, tmp_path, change, error, message):
    usual = run("usual", designs=("ridge",))
    if change.get("split_by") != "drug":
        change = {"splits": f"{usual.out}/splits.npz", **change}
    with pytest.raises(error, match=message):
        compare.run(replace(settings, out=str(tmp_path / "run"), **change))
    assert not (tmp_path / "run").exists()
