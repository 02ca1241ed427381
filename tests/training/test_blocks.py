"""Tall matrices in blocks of rows: cut and joined, and a network that trains the same on them."""

from dataclasses import replace
from typing import NamedTuple

import jax
import jax.numpy as jnp
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drp.settings import RECIPES
from drp.training import fit_replicates, make_replicate
from drp.training.blocks import cut_rows, join_rows
from drp.training.slots import Runner, make_engine, run_in_turn


class Pair(NamedTuple):
    tall: dict
    empty: dict


@pytest.fixture
def tree():
    tall = jnp.arange(14.0).reshape(7, 2)
    return Pair({"kernel": tall, "short": tall[:3], "long": jnp.arange(9), "one": 4}, {})


def test_tall_matrices_are_cut_and_nothing_else(tree):
    found = cut_rows(tree, 3)
    assert [block.shape for block in found.tall["kernel"]] == [(3, 2), (3, 2), (1, 2)]
    assert_array_equal(found.tall["kernel"][2], [[12, 13]])
    assert found.tall["short"] is tree.tall["short"]
    assert found.tall["long"] is tree.tall["long"]


def test_joined_again_they_are_what_they_were(tree):
    jax.tree.map(assert_array_equal, join_rows(cut_rows(tree, 3)), tree)


def test_without_a_height_nothing_is_cut(tree):
    assert cut_rows(tree, None) is tree


@pytest.mark.parametrize("recipe", ["paper", "modern"])
def test_a_network_trains_the_same_in_blocks(recipe, tasks, lines, model, pretrained, monkeypatch):
    """`modern` keeps the best weights too, which are cut as well."""
    few = replace(RECIPES[recipe], patience=2, max_epochs=4)
    replicate, found = make_replicate(model, few), {}
    for rows in (None, 2):
        runner = Runner(run_in_turn, gains_by_slots=False, block_rows=rows)
        monkeypatch.setattr("drp.training.slots.RUNNERS", {jax.default_backend(): runner})
        make_engine.cache_clear()
        found[rows] = list(
            fit_replicates(jax.random.key(0), tasks[:2], lines, pretrained, replicate, 1)
        )
    make_engine.cache_clear()
    for one, other in zip(found[None], found[2], strict=True):
        assert_allclose(other.validation_loss, one.validation_loss, rtol=1e-4)
        jax.tree.map(
            lambda a, b: assert_allclose(a, b, rtol=1e-3, atol=1e-4), other.fitted, one.fitted
        )
