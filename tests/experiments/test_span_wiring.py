"""The span, from cell lines to predictions of new samples, and its weights on disk."""

from dataclasses import replace
from itertools import pairwise

import jax
import numpy as np
import optax
import pandas as pd
import pytest

from drp.data.lines import CellLines
from drp.data.splits import make_splits
from drp.models import DESIGNS
from drp.settings import RECIPES
from drp.training.optimisers import OPTIMISERS
from drp.training.slots import RUNNERS, make_engine
from experiments.bench import Bench, Training
from experiments.checkpoints import read_checkpoint, write_checkpoint
from experiments.fitting import FORGETFUL, WIRINGS, fit_network

S, T, D, WIDTHS = 30, 7, 4, (16, 8)
N_GENES = {"mutation": 60, "expression": 90}


def draw(n: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    mutated = (rng.random((n, N_GENES["mutation"])) < 0.1).astype(np.uint8)
    expression = rng.gamma(2, 1, (n, N_GENES["expression"])).astype(np.float32)
    return {"mutation": mutated, "expression": expression}


def draw_encoder(n_genes: int) -> dict:
    rng, widths = np.random.default_rng(n_genes), (n_genes, *WIDTHS)
    return {
        f"dense_{layer}": {
            "kernel": rng.normal(0, below**-0.5, (below, above)).astype(np.float32),
            "bias": rng.normal(0, 0.1, above).astype(np.float32),
        }
        for layer, (below, above) in enumerate(pairwise(widths))
    }


NEW = draw(T, 1)


@pytest.fixture
def bench(monkeypatch):
    """A bench whose recipe is plain gradient descent, where the span is the whole layer."""
    monkeypatch.setitem(OPTIMISERS, "sgd", lambda rate, decay, dtype: optax.sgd(rate))
    recipe = replace(
        RECIPES["paper"], optimiser="sgd", learning_rate=0.005, batch_size=8, patience=99,
        max_epochs=7,
    )  # fmt: skip
    monkeypatch.setitem(RECIPES, "plain", recipe)
    monkeypatch.setitem(RECIPES, "scaled", replace(recipe, standardised=("expression",)))
    target_SD = np.random.default_rng(2).normal(2, 1, (S, D))
    inputs = draw(S, 0)
    genes = {name: pd.Index([f"G{i}" for i in range(n)]) for name, n in N_GENES.items()}
    samples, drugs = (pd.Index([f"{x}{i}" for i in range(n)]) for x, n in (("L", S), ("D", D)))
    lines = CellLines(
        samples, np.full(S, "skin"), inputs, genes, target_SD, target_SD, drugs, "ln_ic50_um"
    )
    encoders = {name: draw_encoder(n) for name, n in N_GENES.items()}
    return Bench(
        lines,
        make_splits(S, 2, seed=0),
        encoders,
        lambda number: {},
        WIDTHS,
        (6,),
        2,
        3,
        Training(),
    )


def fit(bench: Bench, design: str, recipe: str, **training) -> list:
    chosen = bench._replace(training=Training(slots=1, **training))
    return list(fit_network(design, recipe, chosen, (0, 1), FORGETFUL))


@pytest.mark.parametrize("design", ["complete", "random_init"])
@pytest.mark.parametrize(("recipe", "scaling"), [("plain", "shared"), ("scaled", "split")])
def test_the_span_is_the_whole_layer_under_plain_gradient_descent(bench, design, recipe, scaling):
    """The full layer scales by each split's training lines, and so does `split`."""
    full = fit(bench, design, recipe, first_layer="full")
    span = fit(bench, design, recipe, first_layer="span", span_scaling=scaling)
    for one, other in zip(full, span, strict=True):
        np.testing.assert_allclose(other.predicted_SD, one.predicted_SD, rtol=2e-4, atol=1e-4)
        expected = one.predict_profiles(NEW)
        np.testing.assert_allclose(other.predict_profiles(NEW), expected, rtol=2e-4, atol=1e-4)


def test_what_is_as_tall_as_the_lines_is_not_cut_into_blocks(bench, monkeypatch):
    """The fixed part of a random start, for all lines, stays whole."""
    expected = fit(bench, "random_init", "plain", first_layer="span")
    runner = RUNNERS["cpu"]._replace(block_rows=S - 1)
    monkeypatch.setattr("drp.training.slots.RUNNERS", {jax.default_backend(): runner})
    make_engine.cache_clear()
    found = fit(bench, "random_init", "plain", first_layer="span")
    make_engine.cache_clear()
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(other.predicted_SD, one.predicted_SD, rtol=1e-4)


def test_lines_are_predicted_as_new_samples_are(bench):
    found = {}
    for scaling, offset in (("shared", "keep"), ("split", "drop")):
        chosen = {"first_layer": "span", "span_scaling": scaling, "span_offset": offset}
        outcome = fit(bench, "complete", "scaled", **chosen)[0]
        again = outcome.predict_profiles(bench.lines.inputs)
        np.testing.assert_allclose(again, outcome.predicted_SD, rtol=1e-4, atol=1e-4)
        found[scaling] = outcome.predicted_SD
    assert np.abs(found["shared"] - found["split"]).max() > 1e-3


@pytest.mark.parametrize("layer", ["full", "span"])
def test_weights_read_back_predict_the_same(bench, tmp_path, layer):
    design = "random_init"
    outcome = fit(bench, design, "scaled", first_layer=layer)[1]
    path = tmp_path / "00001.npz"
    write_checkpoint(path, outcome.keep(), {"design": design})
    kept = read_checkpoint(path)
    assert kept.number == 1
    wire = WIRINGS[DESIGNS[design].inputs, layer]
    predict = wire(DESIGNS[design], RECIPES["scaled"], bench).make_predict(kept)
    np.testing.assert_array_equal(predict(NEW), outcome.predict_profiles(NEW))
    rows = {"full": N_GENES["expression"], "span": len(bench.splits.train_RN[1])}[layer]
    assert kept.fitted.params["expression"]["dense_0"]["kernel"].shape == (rows, WIDTHS[0])
