"""Training in the span of the training lines is training of the whole first layer."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from drp.models import Predictor, init_predictor
from drp.settings import RECIPES
from drp.training import Lines, Task, fit_replicates, make_replicate, predict
from drp.training.optimisers import OPTIMISERS
from drp.training.replicate import draw_weights
from drp.training.span import fit_basis, multiply_lines

S, T, N, V, D = 30, 7, 20, 5, 4
GENES = {"mutation": 60, "expression": 90}
WIDTHS = (16, 8)
MODEL = Predictor(("mutation", "expression"), WIDTHS, (6,), D)
RECIPE = replace(
    RECIPES["paper"], optimiser="sgd", learning_rate=0.01, batch_size=8, patience=99, max_epochs=7
)  # 7 epochs of 3 batches: 21 steps


@pytest.fixture(autouse=True)
def sgd(monkeypatch):
    monkeypatch.setitem(OPTIMISERS, "sgd", lambda rate, decay, dtype: optax.sgd(rate))


def draw_inputs(n, seed):
    rng = np.random.default_rng(seed)
    mutated = (rng.random((n, GENES["mutation"])) < 0.1).astype(np.uint8)
    return {"mutation": mutated, "expression": rng.gamma(2, 1, (n, GENES["expression"]))}


INPUTS, NEW = draw_inputs(S, 0), draw_inputs(T, 1)
TARGET = jnp.asarray(np.random.default_rng(2).normal(2, 1, (S, D)), jnp.float32)
KEY = jax.random.key(3)
ENCODERS = {
    name: init_predictor(jax.random.key(4), MODEL, GENES)[name] for name in GENES
}  # what pre-training left


def to_device(inputs):
    return {
        "mutation": jnp.asarray(inputs["mutation"]),
        "expression": jnp.asarray(inputs["expression"], jnp.float32),
    }


def make_task(number, bases=None):
    rows = np.random.default_rng(number).permutation(S)
    task = Task(jnp.int32(number), jnp.asarray(rows[:N]), jnp.asarray(rows[N : N + V]), {})
    if bases is None:
        return task
    return task._replace(
        inputs={name: jnp.asarray(bases[name].project(PRODUCTS[name])) for name in bases},
        bases={name: jnp.asarray(bases[name].coefficients_NK, jnp.float32) for name in bases},
    )


PRODUCTS = {name: multiply_lines(x, x) for name, x in INPUTS.items()}


def make_bases(number):
    train_N = np.asarray(make_task(number).train_N)
    return {name: fit_basis(PRODUCTS[name], train_N) for name in GENES}


def fit_full(numbers, encoders):
    lines = Lines(to_device(INPUTS), TARGET, jnp.ones((S, D), bool))
    replicate = make_replicate(MODEL, RECIPE)
    return list(fit_replicates(KEY, map(make_task, numbers), lines, encoders, replicate, 2))


def fit_span(numbers, encoders, offset="keep", prepare=lambda task: task):
    inputs = to_device(INPUTS)
    kernels = {name: encoders[name]["dense_0"]["kernel"] for name in encoders}
    offsets = {name: inputs[name].astype(jnp.float32) @ kernels[name] for name in kernels}
    lines = Lines(inputs, TARGET, jnp.ones((S, D), bool), offsets)
    replicate = make_replicate(MODEL, RECIPE, span_offset=offset)
    tasks = (prepare(make_task(number, make_bases(number))) for number in numbers)
    return list(fit_replicates(KEY, tasks, lines, encoders, replicate, 2))


def project(bases, inputs):
    products = {name: multiply_lines(inputs[name], INPUTS[name]) for name in bases}
    return {name: jnp.asarray(bases[name].project(products[name])) for name in bases}


def test_a_basis_is_orthonormal_and_spans_the_training_lines():
    train_N = np.arange(N)
    x_NG = INPUTS["expression"][:N]
    basis = fit_basis(PRODUCTS["expression"], train_N)
    v_GK = x_NG.T @ basis.coefficients_NK
    np.testing.assert_allclose(v_GK.T @ v_GK, np.eye(N), atol=1e-10)
    np.testing.assert_allclose(x_NG @ v_GK @ v_GK.T, x_NG, atol=1e-10)
    singular = np.linalg.svd(x_NG, compute_uv=False)
    z_NK = basis.project(PRODUCTS["expression"])[:N]
    np.testing.assert_allclose(np.linalg.norm(z_NK, axis=0), singular, rtol=1e-5)


def test_lines_of_lower_rank_leave_directions_empty():
    x_SG = np.ones((6, 3)) * np.arange(6)[:, None]  # rank 1, and one line is all 0
    basis = fit_basis(multiply_lines(x_SG, x_SG), np.arange(5))
    assert basis.coefficients_NK.shape == (5, 5)
    assert (np.abs(basis.coefficients_NK).sum(axis=0) > 0).tolist() == [True, *[False] * 4]
    np.testing.assert_allclose(
        np.abs(basis.project(multiply_lines(x_SG, x_SG))[:, 0]), np.arange(6) * 3**0.5, rtol=1e-6
    )


@pytest.mark.parametrize("encoders", [ENCODERS, {}], ids=["pre-trained", "random start"])
def test_the_span_is_the_whole_layer_under_plain_gradient_descent(encoders):
    """On training lines, held-out lines and new samples, with the offset kept."""
    full, span = fit_full(range(3), encoders), fit_span(range(3), encoders)
    for one, other in zip(full, span, strict=True):
        assert one.number == other.number
        np.testing.assert_allclose(one.validation_loss, other.validation_loss, rtol=1e-4)
        bases = make_bases(one.number)
        for inputs in (INPUTS, NEW):
            expected = predict(MODEL, one.fitted, to_device(inputs))
            weights = draw_weights(KEY, one.number, MODEL, GENES) | encoders
            offsets = {
                name: x.astype(jnp.float32) @ weights[name]["dense_0"]["kernel"]
                for name, x in to_device(inputs).items()
            }
            found = predict(MODEL, other.fitted, project(bases, inputs), offsets)
            np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_a_task_may_bring_the_offsets_that_the_engine_would_make():
    def bring(task, factor=1):
        weights = draw_weights(KEY, task.number, MODEL, GENES)
        return task._replace(
            offsets={
                name: factor * x.astype(jnp.float32) @ weights[name]["dense_0"]["kernel"]
                for name, x in to_device(INPUTS).items()
            }
        )

    made, brought = (fit_span(range(2), {}, prepare=f) for f in (lambda task: task, bring))
    others = fit_span(range(2), {}, prepare=lambda task: bring(task, 2))
    for one, other, third in zip(made, brought, others, strict=True):
        np.testing.assert_allclose(one.validation_loss, other.validation_loss, rtol=1e-4)
        assert not np.allclose(one.validation_loss, third.validation_loss, rtol=1e-2)
