"""Scaling by the training lines: hand values, genes without spread, encoders that take it up."""

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.models import ReluStack
from drp.training.scaling import apply_scaling, fit_scaling, fold_scaling


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_by_hand(compiled, dtype):
    x_NG = jnp.asarray(np.array([[1, 5], [3, 5]], dtype))
    scaling = compiled(fit_scaling)(x_NG)
    assert scaling.mean.dtype == scaling.scale.dtype == np.float32
    assert_array_equal(scaling.mean, [2, 5])
    assert_array_equal(scaling.scale, [1, 1])  # the second gene has no spread
    assert_array_equal(compiled(apply_scaling)(scaling, x_NG), [[-1, 0], [1, 0]])


def test_equals_numpy():
    x_NG = np.random.default_rng(0).normal(3, 2, (50, 7)).astype(np.float32)
    scaling = fit_scaling(jnp.asarray(x_NG))
    assert_allclose(scaling.mean, x_NG.mean(axis=0), rtol=1e-6)
    assert_allclose(scaling.scale, x_NG.std(axis=0), rtol=1e-5)


@pytest.mark.parametrize("value", [0.1, 3.3, 1e-3])
def test_a_gene_without_spread_cannot_blow_up_another_line(compiled, value):
    """498 times the same number has a float32 standard deviation of about 1e-8, not of 0."""
    scaling = compiled(fit_scaling)(jnp.full((498, 1), value, jnp.float32))
    assert_array_equal(scaling.scale, [1])
    assert abs(float(apply_scaling(scaling, jnp.full((1, 1), 5.0))[0, 0])) < 6


def test_folded_encoder_reads_scaled_inputs_as_the_raw_one_read_raw(compiled, pretrained, lines):
    x_SG, encoder = lines.inputs["expression"], pretrained["expression"]
    stack = ReluStack([layer["bias"].size for layer in encoder.values()])
    scaling = fit_scaling(x_SG[:14])
    folded = compiled(fold_scaling)(encoder, scaling)
    expected_SK = stack.apply({"params": encoder}, x_SG)
    found_SK = stack.apply({"params": folded}, apply_scaling(scaling, x_SG))
    assert (expected_SK > 0).any()
    assert_allclose(found_SK, expected_SK, rtol=1e-5, atol=1e-5)


def test_without_scaling_the_encoder_stays(pretrained):
    assert fold_scaling(pretrained["mutation"], None) is pretrained["mutation"]
