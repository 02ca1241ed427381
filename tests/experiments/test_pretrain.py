"""pretrain on a small synthetic cohort, and the encoders as they are read back."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pandas as pd
import pytest

from drp.data import DataError, read_cohort
from experiments import pretrain
from experiments.encoders import read_encoder
from experiments.flags import SettingsError

WIDTHS = (8, 6, 4)


@pytest.fixture
def genes(prepared) -> pd.Index:
    return read_cohort(prepared / "tumors.h5mu").require("expression").var_names


def test_writes_every_output(pretraining):
    out = Path(pretraining.out)
    history = pd.read_csv(out / "history.csv")
    assert history.groupby("modality").size().to_dict() == {"expression": 3, "mutation": 2}
    assert (history["gene_mean_loss"] > 0).all()
    for name in ("training_curves.svg", "training_curves.png", "run.json"):
        assert (out / name).stat().st_size > 0
    assert json.loads((out / "run.json").read_text())["finished"] is True


def test_encoder_comes_back_as_host_arrays(encoders, genes):
    stored = read_encoder(encoders / "expression", genes, [WIDTHS])
    assert stored.params["dense_0"]["kernel"].shape == (len(genes), 8)
    assert stored.params["dense_2"]["bias"].shape == (4,)
    assert all(isinstance(leaf, np.ndarray) for leaf in jax.tree.leaves(stored.params))
    assert stored.facts["epochs"] == 3


def test_same_seed_gives_the_same_encoder(pretraining, encoders, genes, tmp_path):
    again = replace(pretraining, out=str(tmp_path / "again"))
    pretrain.run(again)
    first = read_encoder(encoders / "expression", genes, [WIDTHS]).params
    second = read_encoder(Path(again.out) / "encoders" / "expression", genes, [WIDTHS]).params
    jax.tree.map(np.testing.assert_array_equal, first, second)


def test_a_finished_modality_is_not_trained_again(pretraining, tmp_path):
    out = tmp_path / "resumed"
    shutil.copytree(pretraining.out, out)
    shutil.rmtree(out / "encoders" / "mutation")
    kept = out / "encoders" / "expression" / "encoder.json"
    before = kept.stat().st_mtime_ns
    pretrain.run(replace(pretraining, out=str(out)))
    assert kept.stat().st_mtime_ns == before
    assert (out / "encoders" / "mutation" / "encoder.json").is_file()


def test_other_genes_are_refused_by_name(encoders, genes):
    other = genes[1:].append(pd.Index(["NEWGENE"]))
    with pytest.raises(DataError, match=r"of which 1 are new \(NEWGENE\)"):
        read_encoder(encoders / "expression", other, [WIDTHS])


def test_an_encoder_serves_recipes_with_fewer_layers(encoders, genes):
    read_encoder(encoders / "expression", genes, [WIDTHS[:1], WIDTHS, ()])
    with pytest.raises(DataError, match=r"expected layers \(8, 5\), found \(8, 6, 4\)"):
        read_encoder(encoders / "expression", genes, [WIDTHS[:1], (8, 5)])


def test_genes_that_only_the_lines_have_start_at_random(encoders, genes):
    """Where each gene stands is the cohort's business; its weights go with its name."""
    more = genes[::-1].append(pd.Index(["NEW1", "NEW2"]))
    stored = read_encoder(encoders / "expression", genes, [WIDTHS]).params["dense_0"]["kernel"]
    found, same, other = (
        read_encoder(encoders / "expression", more, [WIDTHS], True, seed).params["dense_0"]
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(found["kernel"][:-2], stored[::-1])
    limit = (6 / len(more)) ** 0.5  # He-uniform
    drawn = found["kernel"][-2:]
    assert drawn.shape == (2, 8) and 0 < np.abs(drawn).max() < limit
    np.testing.assert_array_equal(same["kernel"], found["kernel"])
    assert (other["kernel"][-2:] != drawn).all()
    with pytest.raises(DataError, match="expression"):  # one of its own genes is missing
        read_encoder(encoders / "expression", more[1:], [WIDTHS], True)


def test_damaged_checkpoint_is_named(encoders, genes, tmp_path):
    folder = tmp_path / "expression"
    shutil.copytree(encoders / "expression", folder)
    for path in (folder / "checkpoint").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DataError, match="not a complete encoder"):
        read_encoder(folder, genes, [WIDTHS])


def test_unknown_modality_and_missing_file_leave_nothing(pretraining, tmp_path):
    out = tmp_path / "bad"
    with pytest.raises(SettingsError, match="unknown 'expresion'; did you mean expression"):
        pretrain.run(replace(pretraining, out=str(out), modalities=("expresion",)))
    with pytest.raises(DataError, match="no such file"):
        pretrain.run(replace(pretraining, out=str(out), tumors="none.h5mu"))
    cells = pretraining.tumors.replace("tumors", "cells")
    with pytest.raises(DataError, match="expected prepared tumors, found cell_lines"):
        pretrain.run(replace(pretraining, out=str(out), tumors=cells))
    assert not out.exists()
