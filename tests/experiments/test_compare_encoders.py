"""compare with encoders of several pre-trainings, as recipes name them, and of other genes."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.data import DataError, DataWarning, read_cohort, write_cohort
from drp.settings import CompareSettings
from experiments import compare
from experiments.encoders import write_encoder
from experiments.flags import SettingsError
from tests.experiments.made_up_encoders import draw_params, draw_preprocessing, read_as_is

pytestmark = pytest.mark.usefixtures("quick_compilation")
BASE = "modern:members=1:max_epochs=2:batch_size=16"
PLAIN, SCALED = f"{BASE}:encoders=plain", f"{BASE}:encoders=deeper/scaled"
WIDTHS = (8,)


@pytest.fixture(scope="module")
def objectives(prepared, tmp_path_factory) -> Path:
    """Encoders of two pre-trainings: one lies as `pretrain --out` leaves it, the other bare."""
    root, tumors = tmp_path_factory.mktemp("objectives"), read_cohort(prepared / "tumors.h5mu")
    places = {"plain/encoders": read_as_is, "deeper/scaled": draw_preprocessing}
    for seed, (place, preprocess) in enumerate(places.items()):
        for name in ("mutation", "expression"):
            genes = tumors.require(name).var
            params = draw_params(len(genes), seed, WIDTHS)
            statistics = preprocess(len(genes))
            write_encoder(root / place / name, params, genes, statistics, {"modality": name})
    return root


@pytest.fixture(scope="module")
def comparison(prepared, objectives, tmp_path_factory) -> CompareSettings:
    """Settings of a comparison of both, which has run."""
    settings = CompareSettings(
        out=str(tmp_path_factory.mktemp("compare") / "run"), cells=str(prepared / "cells.h5mu"),
        encoders=str(objectives), designs=("complete", "random_init", "ridge"),
        recipe=(PLAIN, SCALED), replicates=2, encoder_widths=WIDTHS, keep_weights=True,
    )  # fmt: skip
    compare.run(settings)
    return settings


def read_errors(settings: CompareSettings) -> pd.DataFrame:
    """Return measured errors, a column for each design and recipe."""
    scores = pd.read_csv(f"{settings.out}/replicates.csv")
    return scores.pivot(index="replicate", columns=["design", "recipe"], values="mse_measured")


def test_encoders_of_two_pre_trainings_are_two_rows_on_the_same_splits(comparison):
    errors = read_errors(comparison)
    assert np.isfinite(errors).all(axis=None)
    assert (errors["complete", PLAIN] != errors["complete", SCALED]).all()
    # What does not start from an encoder does not know of them: once is enough.
    for other in ("random_init", "ridge"):
        assert [recipe for design, recipe in errors if design == other] == [PLAIN]
    paired = pd.read_csv(f"{comparison.out}/paired.csv").query("design == 'complete'")
    from_random = paired.query("reference == 'random_init'")
    assert set(from_random["recipe"]) == {PLAIN, SCALED}
    assert set(from_random["reference_recipe"]) == {PLAIN}
    other = paired.query("reference == 'complete'")
    assert set(other["recipe"]) == {SCALED} and set(other["reference_recipe"]) == {PLAIN}


def test_a_recipe_s_own_folder_is_the_same_as_that_of_all(comparison, objectives, tmp_path):
    """And a folder with a sub-folder `encoders` is the same as that."""
    for number, folder in enumerate(("plain", "plain/encoders")):
        alone = replace(
            comparison, out=str(tmp_path / f"{number}"), designs=("complete",), recipe=(BASE,),
            encoders=str(objectives / folder),
        )  # fmt: skip
        compare.run(alone)
        found = read_errors(alone)["complete", BASE]
        assert found.equals(read_errors(comparison)["complete", PLAIN])


def test_a_folder_below_another_is_one_name_on_disk(comparison):
    plain = "modern,members-1,max_epochs-2,batch_size-16,encoders-plain"
    scaled = "modern,members-1,max_epochs-2,batch_size-16,encoders-deeper,scaled"
    for kept in ("replicates", "weights"):
        names = {path.name for path in Path(comparison.out, kept).glob("complete-*")}
        assert names == {f"complete-{plain}", f"complete-{scaled}"}


def test_only_folders_that_recipes_name_are_read(comparison, objectives, tmp_path):
    shutil.copytree(objectives / "plain", tmp_path / "objectives" / "plain")
    one = replace(comparison, encoders=str(tmp_path / "objectives"), designs=("complete",))
    compare.run(replace(one, out=str(tmp_path / "one"), recipe=(PLAIN,)))
    out = tmp_path / "other"
    with pytest.raises(DataError, match=r"objectives/deeper/scaled/\w+/encoder\.json: no such"):
        compare.run(replace(one, out=str(out), recipe=(PLAIN, SCALED)))
    assert not out.exists()
    compare.run(replace(one, out=str(out), recipe=(SCALED,), designs=("random_init",)))


def test_a_run_with_other_encoders_is_refused(comparison, objectives, tmp_path):
    """Their weights alone may differ: encoder.json tells of them."""
    copied = tmp_path / "objectives"
    shutil.copytree(objectives, copied)
    few = replace(
        comparison, out=str(tmp_path / "run"), encoders=str(copied), designs=("complete",),
        replicates=1,
    )  # fmt: skip
    compare.run(few)
    compare.run(few)  # goes on
    folder = copied / "deeper" / "scaled" / "expression"
    genes = read_cohort(comparison.cells).require("expression").var
    params = draw_params(len(genes), 7, WIDTHS)
    write_encoder(folder, params, genes, draw_preprocessing(len(genes)), {"modality": "expression"})
    with pytest.raises(SettingsError, match=r"other data than --encoders="):
        compare.run(few)


def test_lines_with_fewer_genes_run_down_to_a_stated_share(comparison, tmp_path):
    cells = read_cohort(comparison.cells)
    expression = cells.require("expression")
    n_genes = expression.n_vars
    fewer = {**cells.modalities, "expression": expression[:, ::-1][:, 3:].copy()}
    write_cohort(tmp_path / "fewer.h5mu", replace(cells, modalities=fewer))
    few = replace(
        comparison, out=str(tmp_path / "run"), cells=str(tmp_path / "fewer.h5mu"),
        designs=("complete",), recipe=(PLAIN,),
    )  # fmt: skip
    missing = ", ".join(expression.var_names[-3:])
    with pytest.raises(DataError, match=rf"expected 99\.0% .*it lacks 3: {missing}$"):
        compare.run(replace(few, min_gene_share=0.99))
    assert not (tmp_path / "run").exists()
    with pytest.warns(DataWarning, match=rf"lacks 3 of its {n_genes} genes, .*: {missing}$"):
        compare.run(few)
    assert np.isfinite(read_errors(few)["complete", PLAIN]).all()
