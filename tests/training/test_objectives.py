"""Objectives: hand values, what is best under each, and that all answer in the input's units."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.training.gene_moments import GeneMoments
from drp.training.objectives import OBJECTIVES, make_objective

KEY = jax.random.key(0)
MOMENTS = GeneMoments(np.array([2.0, 4.0, 1.0]), np.array([1.0, 4.0, 0.0]))
X = jnp.array([[3.0, 0.0, 1.0], [2.0, 8.0, 1.0]])


def test_the_papers_reads_and_answers_as_it_is():
    paper = make_objective("paper", MOMENTS)
    assert paper.output == "relu"
    assert_array_equal(paper.read(X), X)
    assert_array_equal(paper.corrupt(KEY, X), X)
    assert_array_equal(paper.reconstruct(X), X)
    assert_array_equal(paper.error(X + 2, X), np.full((2, 3), 4.0))


def test_standardised_counts_in_standard_deviations_and_a_flat_gene_is_centred():
    objective = make_objective("standardised", MOMENTS)
    assert objective.output == "linear"
    assert_allclose(objective.read(X), [[1, -2, 0], [0, 2, 0]])
    assert_allclose(objective.error(jnp.zeros((2, 3)), X), [[1, 4, 0], [0, 4, 0]])
    assert_allclose(objective.reconstruct(objective.read(X)), X, atol=1e-6)
    assert_allclose(objective.reconstruct(jnp.zeros((1, 3)))[0], MOMENTS.mean)


@pytest.mark.parametrize("balance", [0.0, 0.5, 1.0])
def test_cross_entropy_weighs_what_is_rare_and_still_answers_with_the_share(balance):
    """The logit that minimises the weighted loss of a gene must say how often it is mutated."""
    share = 0.1
    moments = GeneMoments(np.full(1, share), np.full(1, share * (1 - share)))
    objective = make_objective("cross_entropy", moments, 0.0, balance)
    x = jnp.array([[1.0], [0.0]])
    weight = (0.9 / 0.1) ** balance
    expected = np.log(2) * np.array([[weight], [1]])
    assert_allclose(objective.error(jnp.zeros((2, 1)), x), expected, 1e-6)
    logits = jnp.linspace(-6, 6, 12001)

    def mean_loss(logit):
        mutated, wild_type = objective.error(jnp.full((2, 1), logit), x)[:, 0]
        return share * mutated + (1 - share) * wild_type

    best = logits[jnp.argmin(jax.vmap(mean_loss)(logits))]
    assert objective.reconstruct(best[None, None])[0, 0] == pytest.approx(share, abs=1e-3)


def test_nothing_mutated_needs_no_weight():
    objective = make_objective("cross_entropy", GeneMoments(np.zeros(2), np.zeros(2)))
    assert np.isfinite(objective.error(jnp.zeros((1, 2)), jnp.zeros((1, 2)))).all()


@pytest.mark.parametrize("name", list(OBJECTIVES))
def test_hidden_genes_stand_at_their_mean(name):
    objective = make_objective(name, MOMENTS, masked_share=0.25)
    x = jnp.full((4000, 3), 5.0)
    seen = objective.read(x)[0]
    at_mean = objective.read(jnp.asarray(MOMENTS.mean, jnp.float32)[None])[0]
    read = np.asarray(objective.corrupt(KEY, x))
    is_hidden = np.isclose(read, at_mean)
    assert (is_hidden | np.isclose(read, seen)).all()
    assert_allclose(is_hidden.mean(axis=0), 0.25, atol=0.03)
    assert (np.asarray(objective.corrupt(jax.random.key(1), x)) != read).any()


def test_outputs_start_at_what_is_known_without_any_tumour():
    shares = GeneMoments(np.array([0.2, 0.0]), np.array([0.16, 0.0]))
    start = make_objective("cross_entropy", shares, balance=0.5)
    assert_allclose(start.reconstruct(start.start[None])[0], [0.2, 1e-4], rtol=1e-4)
    for name in ("paper", "standardised"):
        assert not make_objective(name, MOMENTS).start.any()


def test_unknown_objective():
    with pytest.raises(ValueError, match="unknown objective 'papr'; known: paper"):
        make_objective("papr", MOMENTS)
