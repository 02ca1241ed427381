"""pretrain on a small synthetic cohort: what it writes, resumes, holds out and refuses."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pandas as pd
import pytest

from drp.data import DataError, read_cohort
from drp.settings import PretrainSettings
from experiments import pretrain
from experiments.encoders import read_encoder
from experiments.flags import SettingsError

WIDTHS = (8, 6, 4)
TYPES = ["modality", "method", "held_out_loss", "knn_accuracy", "n_train", "n_held_out"]


@pytest.fixture(scope="module")
def tumors(prepared):
    return read_cohort(prepared / "tumors.h5mu")


def run(settings: PretrainSettings, out: Path, **changes) -> Path:
    pretrain.run(replace(settings, out=str(out), **changes))
    return out


def test_writes_every_output(pretraining):
    out = Path(pretraining.out)
    history = pd.read_csv(out / "history.csv")
    assert history.groupby("modality").size().to_dict() == {"expression": 3, "mutation": 2}
    assert (history["gene_mean_loss"] > 0).all() and (history["held_out_loss"] > 0).all()
    for name in ("training_curves", "code_map"):
        for kind in ("svg", "png"):
            assert (out / f"{name}.{kind}").stat().st_size > 0
    assert json.loads((out / "run.json").read_text())["finished"] is True
    assert not list(out.glob("training_*.npz"))  # of use in mid-training alone


def test_judges_beside_what_knows_little(pretraining):
    table = pd.read_csv(Path(pretraining.out) / "reconstruction.csv")
    assert list(table) == TYPES
    assert table["method"].tolist() == ["gene means", "64 components", "autoencoder"] * 2
    assert table["knn_accuracy"].between(0, 1).all()
    loss = table.pivot(index="modality", columns="method", values="held_out_loss")
    assert (loss["64 components"] < loss["gene means"]).all()
    history = pd.read_csv(Path(pretraining.out) / "history.csv")
    last = history.groupby("modality")["held_out_loss"].last()
    np.testing.assert_allclose(loss["autoencoder"], last, rtol=1e-5)


def test_codes_of_all_tumours_come_from_the_encoder(pretraining, encoders, tumors):
    codes = pd.read_parquet(Path(pretraining.out) / "codes_expression.parquet")
    matrix = tumors.require("expression")
    assert codes["sample"].tolist() == matrix.obs_names.tolist()
    assert codes["cancer_type"].tolist() == tumors.obs.loc[codes["sample"], "cancer_type"].tolist()
    assert codes["held_out"].sum() == round(0.1 * len(codes))
    stored = read_encoder(encoders / "expression", matrix.var, [WIDTHS]).params
    code = matrix.X
    for layer in range(3):
        dense = stored[f"dense_{layer}"]
        code = np.maximum(code @ dense["kernel"] + dense["bias"], 0)
    np.testing.assert_allclose(codes.filter(like="code_"), code, rtol=1e-3, atol=1e-3)


def test_says_where_an_encoder_came_from(pretraining, encoders):
    facts = json.loads((encoders / "mutation" / "encoder.json").read_text())
    assert facts["architecture"] == {"widths": [8, 6, 4], "activation": "relu", "output": "relu"}
    assert facts["objective"] == "paper" and facts["training"]["epochs"] == 2
    provenance = facts["provenance"]
    assert provenance["n_train"] + provenance["n_held_out"] == 80
    assert provenance["data_sha256"]["tumors"].keys() == {pretraining.tumors}
    assert provenance["versions"]["jax"] == jax.__version__


def test_same_seed_gives_the_same_encoder(pretraining, encoders, tmp_path):
    again = run(pretraining, tmp_path / "again")
    for name in ("expression", "mutation"):
        first, second = (
            json.loads((folder / name / "encoder.json").read_text())["arrays_sha256"]
            for folder in (encoders, again / "encoders")
        )
        assert first == second


def test_a_finished_modality_is_not_trained_again(pretraining, tmp_path):
    out = tmp_path / "resumed"
    shutil.copytree(pretraining.out, out)
    shutil.rmtree(out / "encoders" / "mutation")
    kept = out / "encoders" / "expression" / "encoder.json"
    before = kept.stat().st_mtime_ns
    run(pretraining, out)
    assert kept.stat().st_mtime_ns == before
    assert (out / "encoders" / "mutation" / "encoder.json").is_file()


def test_better_objectives_learn_what_the_papers_cannot(pretraining, tmp_path):
    """With a ReLU on the output many genes are dead from the start; a linear one has none."""
    how = {"modalities": ("expression",), "expression_epochs": 60, "learning_rate": 3e-3}
    paper = run(pretraining, tmp_path / "paper", **how)
    better = run(
        pretraining, tmp_path / "better", expression_objective="standardised", masked_share=0.1,
        weight_decay=1e-3, dropout=0.05, **how,
    )  # fmt: skip
    losses = [
        pd.read_csv(out / "reconstruction.csv").set_index("method")["held_out_loss"]
        for out in (paper, better)
    ]
    assert losses[1]["autoencoder"] < losses[1]["gene means"] == losses[0]["gene means"]
    assert losses[1]["autoencoder"] < losses[0]["autoencoder"]


def test_cross_entropy_answers_with_probabilities(pretraining, tmp_path):
    out = run(
        pretraining, tmp_path / "run", modalities=("mutation",), mutation_epochs=40,
        mutation_objective="cross_entropy",
    )  # fmt: skip
    loss = pd.read_csv(out / "reconstruction.csv").set_index("method")["held_out_loss"]
    assert loss["autoencoder"] < 1.5 * loss["gene means"]
    history = pd.read_csv(out / "history.csv")
    assert (history["objective_loss"] != history["loss"]).all()


def test_stops_early_with_the_best_weights(pretraining, tmp_path):
    out = run(
        pretraining, tmp_path / "run", modalities=("expression",), expression_epochs=200,
        expression_objective="standardised", learning_rate=0.02, patience=3,
    )  # fmt: skip
    held_out = pd.read_csv(out / "history.csv")["held_out_loss"]
    assert len(held_out) < 200 and len(held_out) - 1 - held_out.idxmin() == 3
    judged = pd.read_csv(out / "reconstruction.csv").set_index("method")["held_out_loss"]
    assert judged["autoencoder"] == pytest.approx(held_out.min(), rel=1e-5)
    facts = json.loads((out / "encoders/expression/encoder.json").read_text())["training"]
    assert facts["epochs"] == held_out.idxmin() + 1 and facts["held_out_loss"] == held_out.min()


def test_all_tumours_may_train(pretraining, tmp_path):
    out = run(pretraining, tmp_path / "run", modalities=("expression",), held_out=0.0)
    facts = json.loads((out / "encoders" / "expression" / "encoder.json").read_text())
    assert facts["provenance"]["n_held_out"] == 0 and facts["training"]["held_out_loss"] is None
    assert not (out / "reconstruction.csv").exists()
    assert pd.read_csv(out / "history.csv")["held_out_loss"].isna().all()


def test_a_cohort_that_the_buffer_cannot_hold_is_read_from_disk(pretraining, tmp_path):
    out = run(pretraining, tmp_path / "run", shuffle_buffer=30)
    whole, streamed = (
        pd.read_csv(folder / "history.csv")["loss"] for folder in (Path(pretraining.out), out)
    )
    np.testing.assert_allclose(streamed, whole, rtol=0.05)  # in another order


def test_a_damaged_state_is_named(pretraining, tmp_path):
    tmp_path.joinpath("training_expression.npz").write_bytes(b"PK no")
    with pytest.raises(DataError, match=r"training_expression\.npz: damaged .* remove it"):
        run(pretraining, tmp_path)


def test_too_few_tumours_are_told(pretraining, tmp_path):
    with pytest.raises(
        DataError, match=r"too few for --held_out=0\.001: \d+ would train and 0 judge"
    ):
        run(pretraining, tmp_path / "run", held_out=0.001)


def test_weights_that_are_no_numbers_are_never_written(pretraining, tmp_path):
    with pytest.raises(
        DataError, match=r"no numbers any more after epoch 3; lower --learning_rate"
    ):
        run(pretraining, tmp_path / "run", modalities=("expression",), learning_rate=1e30)
    assert not (tmp_path / "run" / "encoders").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"modalities": ("expresion",)}, "unknown 'expresion'; did you mean expression"),
        ({"patience": 3, "held_out": 0.0}, "--patience: needs tumours to judge by"),
        ({"search": "grid", "held_out": 0.0}, "--search=grid: needs tumours to judge by"),
        ({"search": "grid", "search_third": ()}, "--search_third: expected at least one value"),
        ({"dropout": 1.0}, "--dropout: expected below 1, found 1.0"),
        ({"held_out": -0.1}, "--held_out: expected at least 0"),
    ],
)
def test_settings_that_cannot_be_leave_nothing(pretraining, tmp_path, changes, message):
    with pytest.raises(SettingsError, match=message):
        run(pretraining, tmp_path / "bad", **changes)
    assert not (tmp_path / "bad").exists()


def test_missing_or_wrong_tumours_leave_nothing(pretraining, tmp_path):
    out = tmp_path / "bad"
    with pytest.raises(DataError, match="no such file"):
        run(pretraining, out, tumors="none.h5mu")
    with pytest.raises(DataError, match="expected prepared tumors, found cell_lines"):
        run(pretraining, out, tumors=pretraining.tumors.replace("tumors", "cells"))
    assert not out.exists()
