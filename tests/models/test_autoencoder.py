"""The autoencoder: its mirror of widths, where it starts, and its halves."""

from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from drp.models import Autoencoder, ReluStack, init_autoencoder
from drp.settings import ENCODER_WIDTHS

GENES = 30
HALVES = ("encoder", "decoder")
MODEL = Autoencoder(GENES, (16, 8, 4))
init = jax.jit(init_autoencoder, static_argnums=1)  # layer by layer it takes longer


@pytest.fixture(scope="module")
def params() -> dict:
    return init(jax.random.key(0), MODEL)


@pytest.fixture(scope="module")
def x_BG() -> jax.Array:  # noqa: N802
    return jnp.asarray(np.random.default_rng(0).normal(size=(6, GENES)), jnp.float32)


def layer_shapes(params) -> list[dict]:
    """Return the shapes of each layer, from the input to the output."""
    layers = [params[half][f"dense_{i}"] for half in HALVES for i in range(len(params[half]))]
    return [jax.tree.map(jnp.shape, layer) for layer in layers]


@pytest.mark.parametrize(
    ("widths", "sizes"),
    [
        (ENCODER_WIDTHS, [7, 1024, 256, 64, 256, 1024, 7]),
        ((5, 3), [7, 5, 3, 5, 7]),
        ((5,), [7, 5, 7]),
    ],
)
def test_decoder_mirrors_encoder(widths, sizes):
    model = Autoencoder(7, widths)
    params = jax.eval_shape(lambda key: init_autoencoder(key, model), jax.random.key(0))
    assert set(params) == set(HALVES)
    expected = [{"kernel": (i, o), "bias": (o,)} for i, o in pairwise(sizes)]
    assert layer_shapes(params) == expected


def test_starts_he_uniform_with_zero_biases():
    params = init(jax.random.key(0), Autoencoder(500, (64, 16)))
    for layer in jax.tree.leaves(params, is_leaf=lambda node: "kernel" in node):
        kernel = np.asarray(layer["kernel"])
        bound = np.sqrt(6 / kernel.shape[0])
        assert not layer["bias"].any()
        assert 0.97 * bound < np.abs(kernel).max() <= bound
        # a uniform draw has variance bound^2 / 3; the smallest kernel has 1,024 weights
        assert kernel.var() == pytest.approx(bound**2 / 3, rel=0.15)
        assert abs(kernel.mean()) < 0.15 * bound


def test_keys_decide_the_start(params):
    for seed, same in ((0, True), (1, False)):
        other = init(jax.random.key(seed), MODEL)
        first, second = (p["encoder"]["dense_0"]["kernel"] for p in (params, other))
        assert bool((first == second).all()) is same


def test_decode_after_encode_is_the_call(params, x_BG, compiled):
    whole, encode, decode = (
        compiled(partial(MODEL.apply, {"params": params}, method=method))
        for method in ("__call__", "encode", "decode")
    )
    code_BK = encode(x_BG)
    assert code_BK.shape == (6, 4)
    assert_array_equal(decode(code_BK), whole(x_BG))


def test_encoder_weights_serve_a_stack_of_their_own(params, x_BG):
    """This is how a predictor reads them."""
    code_BK = ReluStack((16, 8, 4)).apply({"params": params["encoder"]}, x_BG)
    assert_array_equal(code_BK, MODEL.apply({"params": params}, x_BG, method="encode"))


def test_output_is_never_negative(params, x_BG):
    y_BG = MODEL.apply({"params": params}, x_BG)
    assert y_BG.shape == x_BG.shape
    assert (y_BG >= 0).all() and (y_BG == 0).any() and (y_BG > 0).any()
