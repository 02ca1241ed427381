"""Prediction scales each modality by its own numbers, and takes any number type."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.models import init_predictor
from drp.training import FittedPredictor, predict
from drp.training.scaling import apply_scaling, fit_scaling


@pytest.fixture(scope="module")
def params(model, lines):
    n_genes = {name: x.shape[1] for name, x in lines.inputs.items()}
    return init_predictor(jax.random.key(0), model, n_genes)


def test_scales_what_was_scaled_in_training(model, lines, params, compiled):
    scaling = {"expression": fit_scaling(lines.inputs["expression"])}
    scaled = apply_scaling(scaling["expression"], lines.inputs["expression"])
    by_hand = {"mutation": lines.inputs["mutation"].astype(jnp.float32), "expression": scaled}
    found_SD = compiled(lambda inputs: predict(model, FittedPredictor(params, scaling), inputs))(
        lines.inputs
    )
    assert_allclose(found_SD, model.apply({"params": params}, by_hand), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float64, bool])
def test_mutations_of_any_type(model, lines, params, dtype):
    fitted = FittedPredictor(params, {})
    as_numpy = {name: np.asarray(x) for name, x in lines.inputs.items()}
    other = as_numpy | {"mutation": as_numpy["mutation"].astype(dtype)}
    found_SD = predict(model, fitted, other)
    assert found_SD.dtype == np.float32
    assert_array_equal(found_SD, predict(model, fitted, lines.inputs))
