"""The predictor against a forward pass written out in numpy, its shapes, and its start."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.models import Predictor, init_predictor
from drp.settings import ENCODER_WIDTHS, HEAD_WIDTHS

N_GENES = {"mutation": 6, "expression": 5}
MODEL = Predictor(("mutation", "expression"), (4, 3), (7, 2), n_outputs=8)


@pytest.fixture(scope="module")
def params() -> dict:
    return jax.jit(lambda key: init_predictor(key, MODEL, N_GENES))(jax.random.key(0))


def make_inputs() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(9, n)).astype(np.float32) for name, n in N_GENES.items()}


def dense(layer, x):
    return x @ np.asarray(layer["kernel"]) + np.asarray(layer["bias"])


def test_forward_by_hand(params, compiled):
    inputs = make_inputs()
    params = jax.tree.map(lambda x: x + 0.1, params)  # no bias is 0
    codes = []
    for name in ("mutation", "expression"):
        hidden = np.maximum(dense(params[name]["dense_0"], inputs[name]), 0)
        codes.append(np.maximum(dense(params[name]["dense_1"], hidden), 0))
    hidden = np.maximum(dense(params["head"]["dense_0"], np.hstack(codes)), 0)
    hidden = np.maximum(dense(params["head"]["dense_1"], hidden), 0)
    expected_BD = dense(params["output"], hidden)
    found_BD = compiled(lambda x: MODEL.apply({"params": params}, x))(inputs)
    assert_allclose(found_BD, expected_BD, rtol=1e-5)


def test_output_is_linear_and_may_be_negative(params):
    low = {**params, "output": {**params["output"], "bias": jnp.full(8, -100.0)}}
    assert (MODEL.apply({"params": low}, make_inputs()) < 0).all()


def test_paper_shapes():
    model = Predictor(("mutation", "expression"), ENCODER_WIDTHS, HEAD_WIDTHS, n_outputs=265)
    n_genes = {"mutation": 900, "expression": 700}
    params = jax.eval_shape(lambda key: init_predictor(key, model, n_genes), jax.random.key(0))
    shapes = jax.tree.map(lambda x: x.shape, params)
    assert set(shapes) == {"mutation", "expression", "head", "output"}
    for name, genes in n_genes.items():
        kernels = [shapes[name][f"dense_{i}"]["kernel"] for i in range(3)]
        assert kernels == [(genes, 1024), (1024, 256), (256, 64)]
    assert shapes["head"]["dense_0"]["kernel"] == (64 + 64, 128)
    assert shapes["output"] == {"kernel": (128, 265), "bias": (265,)}
    assert set(jax.tree.leaves(jax.tree.map(lambda x: str(x.dtype), params))) == {"float32"}


def test_without_encoder_layers_the_inputs_are_the_codes():
    model = Predictor(("mutation", "expression"), (), (7,), n_outputs=2)
    params = init_predictor(jax.random.key(0), model, N_GENES)
    assert set(params) == {"head", "output"}
    assert params["head"]["dense_0"]["kernel"].shape == (6 + 5, 7)


def test_a_modality_that_is_not_asked_for_is_not_read():
    model = Predictor(("expression",), (4, 3), (7,), n_outputs=2)
    params, inputs = init_predictor(jax.random.key(0), model, N_GENES), make_inputs()
    assert "mutation" not in params
    other = inputs | {"mutation": inputs["mutation"] * np.nan}
    assert_array_equal(
        model.apply({"params": params}, inputs), model.apply({"params": params}, other)
    )


def test_every_part_starts_from_weights_of_its_own():
    params = init_predictor(
        jax.random.key(0), MODEL, {"mutation": 5, "expression": 5}
    )  # alike in shape, so that only their names tell the encoders apart
    kernels = [params[name]["dense_0"]["kernel"] for name in MODEL.modalities]
    assert (kernels[0] != kernels[1]).all()
    assert not any(b.any() for b in jax.tree.leaves(params) if b.ndim == 1)


def test_dropout_reaches_encoders_and_head_but_not_the_output():
    """With biases of 1 and no weights, every layer's units are 1 before dropout."""
    model = Predictor(("mutation", "expression"), (40,), (), n_outputs=3, dropout=0.5)
    shapes = init_predictor(jax.random.key(0), model, N_GENES)
    params = jax.tree.map(lambda x: jnp.full(x.shape, float(x.ndim == 1)), shapes)
    params["output"]["kernel"] = jnp.ones((80, 3))
    inputs = make_inputs()
    found = model.apply({"params": params}, inputs, rngs={"dropout": jax.random.key(1)})
    assert (found[:, :1] == found).all()  # the output layer itself drops none
    assert len(np.unique(found)) > 1 and (found % 2 == 1).all()  # 1 + 2 for each unit that is left
    assert_array_equal(model.apply({"params": params}, inputs), np.full((9, 3), 81))
    deeper = Predictor(("mutation", "expression"), (), (40,), n_outputs=3, dropout=0.5)
    head = {"dense_0": {"kernel": jnp.zeros((11, 40)), "bias": jnp.ones(40)}}
    output = {"kernel": jnp.ones((40, 3)), "bias": jnp.ones(3)}
    variables = {"params": {"head": head, "output": output}}
    found = deeper.apply(variables, inputs, rngs={"dropout": jax.random.key(1)})
    assert len(np.unique(found)) > 1


def test_without_dropout_a_key_changes_nothing(params):
    inputs = make_inputs()
    found = MODEL.apply({"params": params}, inputs, rngs={"dropout": jax.random.key(1)})
    assert_array_equal(found, MODEL.apply({"params": params}, inputs))
