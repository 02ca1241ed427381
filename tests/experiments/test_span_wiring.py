"""The span, from cell lines to predictions of new samples, and its weights on disk."""

from dataclasses import replace

import jax
import numpy as np
import optax
import pytest

from drp.models import DESIGNS
from drp.training.optimisers import OPTIMISERS
from drp.training.slots import RUNNERS, make_engine
from experiments.bench import Bench
from experiments.checkpoints import read_checkpoint, write_checkpoint
from experiments.fitting import FORGETFUL, WIRINGS, fit_network
from experiments.trial import Trial
from tests.experiments.made_up_bench import N_GENES, WIDTHS, S, T, draw, make_bench, quick

pytestmark = pytest.mark.usefixtures("quick_compilation")
NEW = draw(T, 1)


@pytest.fixture(autouse=True)
def sgd(monkeypatch):
    """Plain gradient descent, where the span is the whole layer."""
    monkeypatch.setitem(OPTIMISERS, "sgd", lambda rate, decay, dtype: optax.sgd(rate))


def list_recipes() -> dict:
    plain = quick("paper", optimiser="sgd", learning_rate=0.005, patience=99, max_epochs=7)
    kinds = {
        "scaled": replace(plain, standardised=("expression",)),
        "joined": replace(
            plain, target="measured", further_lines=0.5, auxiliary=True, members=2, refit=True,
            max_epochs=4,
        ),
    }  # fmt: skip
    solved = {"readout": "ridge", "readout_penalty": 3.0, "tissue_effect": 0.2}
    kinds["solved"] = replace(kinds["joined"], **solved)
    return {
        f"{kind} {layer} {offset}": replace(recipe, first_layer=layer, span_offset=offset)
        for kind, recipe in kinds.items() for layer in ("full", "span")
        for offset in ("keep", "drop")
    }  # fmt: skip


def make(kind: str = "line", **training) -> Bench:
    return make_bench(list_recipes(), kind, **training)


def fit(bench: Bench, design: str, recipe: str) -> list:
    return list(fit_network(design, recipe, bench, (0, 1), FORGETFUL))


@pytest.mark.parametrize(
    ("design", "recipe", "scaling"),
    [
        ("complete", "scaled", "split"),
        ("complete", "joined", "shared"),
        ("random_init", "joined", "shared"),
        ("random_init", "solved", "shared"),
    ],
)
def test_the_span_is_the_whole_layer_under_plain_gradient_descent(design, recipe, scaling):
    """The full layer scales by each split's training lines, and so does `split`.

    `joined`: two members, further lines whose expression is a mixture and auxiliary outputs. The
    full layer reads the mixture as a profile, the span has it in coordinates and offsets alone.
    `solved`: the same with the output layer solved at the end.
    """
    bench = make(span_scaling=scaling)
    full, span = (fit(bench, design, f"{recipe} {layer} keep") for layer in ("full", "span"))
    for one, other in zip(full, span, strict=True):
        np.testing.assert_allclose(other.predicted_SD, one.predicted_SD, rtol=2e-4, atol=1e-4)
        expected = one.predict_profiles(NEW)
        np.testing.assert_allclose(other.predict_profiles(NEW), expected, rtol=2e-4, atol=1e-4)
        assert (one.n_fitted, one.epochs) == (other.n_fitted, other.epochs)


def test_where_entries_are_held_out_too():
    bench = make("pair")
    full, span = (fit(bench, "complete", f"joined {layer} keep") for layer in ("full", "span"))
    for one, other in zip(full, span, strict=True):
        np.testing.assert_allclose(other.predicted_SD, one.predicted_SD, rtol=2e-4, atol=1e-4)


def test_what_is_as_tall_as_the_lines_is_not_cut_into_blocks(monkeypatch):
    """The fixed part of a random start, for all lines, stays whole."""
    expected = fit(make(), "random_init", "joined span keep")
    runner = RUNNERS["cpu"]._replace(block_rows=S - 1)
    monkeypatch.setattr("drp.training.slots.RUNNERS", {jax.default_backend(): runner})
    make_engine.cache_clear()
    found = fit(make(), "random_init", "joined span keep")
    make_engine.cache_clear()
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(other.predicted_SD, one.predicted_SD, rtol=1e-4)


def test_lines_are_predicted_as_new_samples_are():
    found = {}
    for scaling, offset in (("shared", "keep"), ("split", "drop")):
        bench = make(span_scaling=scaling)
        outcome = fit(bench, "complete", f"scaled span {offset}")[0]
        again = outcome.predict_profiles(bench.lines.inputs)
        np.testing.assert_allclose(again, outcome.predicted_SD, rtol=1e-4, atol=1e-4)
        found[scaling] = outcome.predicted_SD
    assert np.abs(found["shared"] - found["split"]).max() > 1e-3


@pytest.mark.parametrize("layer", ["full", "span"])
@pytest.mark.parametrize("kind", ["scaled", "joined"])
def test_weights_read_back_predict_the_same(tmp_path, layer, kind):
    bench, design, recipe = make(), "random_init", f"{kind} {layer} keep"
    trial = Trial(recipe, bench)
    predict = WIRINGS[DESIGNS[design].inputs, layer](DESIGNS[design], trial, bench).make_predict
    outcome, predicted = fit(bench, design, recipe)[1], []
    for checkpoint, number in zip(outcome.keep(), trial.networks(1), strict=True):
        path = tmp_path / f"{number}.npz"
        write_checkpoint(path, checkpoint, {"design": design})
        kept = read_checkpoint(path)
        assert kept.number == number
        predicted.append(predict(kept)(NEW))
        rows = {"full": N_GENES["expression"], "span": len(trial.network(number).train)}[layer]
        kernel = kept.fitted.params["expression"]["dense_0"]["kernel"]
        assert kernel.shape == (rows, WIDTHS[0])
    np.testing.assert_array_equal(np.mean(predicted, axis=0), outcome.predict_profiles(NEW))


def test_a_recipe_with_fewer_layers_takes_the_first_of_an_encoder():
    short = {"it": quick("modern", encoder_widths=WIDTHS[:1], members=1, max_epochs=1)}
    outcome = fit(make_bench(short), "complete", "it")[0]
    (kept,) = outcome.keep()
    assert set(kept.fitted.params["expression"]) == {"dense_0"}
    assert outcome.spread_SD is None and outcome.predicted_SD.shape == (S, 4)


def test_an_ensemble_is_the_mean_of_its_members_and_knows_their_spread():
    bench = make()
    outcome = fit(bench, "complete", "joined span keep")[0]
    wiring = WIRINGS[DESIGNS["complete"].inputs, "span"](
        DESIGNS["complete"], Trial("joined span keep", bench), bench
    )
    members = [wiring.make_predict(kept)(bench.lines.inputs) for kept in outcome.keep()]
    assert len(members) == 2
    np.testing.assert_allclose(outcome.predicted_SD, np.mean(members, axis=0), atol=1e-4)
    np.testing.assert_allclose(outcome.spread_SD, np.std(members, axis=0, ddof=1), atol=1e-4)
    assert outcome.trained_epochs == 2 * outcome.epochs
