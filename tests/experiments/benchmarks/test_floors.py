"""Counts by hand for a tiny network, against the network itself, and the floors that follow."""

import jax
import pytest

from drp.models import init_predictor
from experiments.benchmarks.floors import Floors, Rates, Work, count_work, find_floors
from experiments.benchmarks.setups import make_model
from experiments.benchmarks.sizes import SIZES, Size

HAND = Size(
    10, train=5, validation=2, genes={"mutation": 3, "expression": 2}, drugs=1,
    encoder_widths=(2,), head_widths=(4,),
)  # fmt: skip


def test_all_weights_by_hand():
    # Weights and biases: 3x2+2 and 2x2+2 in the encoders, 4x4+4 behind them, 4x1+1 at the end.
    parameters = 8 + 6 + 20 + 5
    # Products: the encoders' first layers need no gradient of their inputs.
    training, validation = 2 * 5 * (2 * (6 + 4) + 3 * (16 + 4)), 2 * 2 * (6 + 4 + 16 + 4)
    steps = 3  # 5 lines in batches of 2
    assert count_work(HAND, "full", batch_size=2) == Work(
        state_bytes=12 * parameters,
        adam_bytes=6 * 4 * parameters * steps,
        matmul_flops=training + validation,
    )


def test_in_the_span_the_first_layers_read_as_many_inputs_as_there_are_training_lines():
    parameters = 2 * (5 * 2 + 2) + 20 + 5
    training, validation = 2 * 5 * (2 * 20 + 3 * 20), 2 * 2 * 40
    work = count_work(HAND, "span", batch_size=2)
    assert work.state_bytes == 12 * parameters
    assert work.matmul_flops == training + validation


@pytest.mark.parametrize("size", SIZES)
def test_the_network_has_as_many_weights(size):
    genes = SIZES[size].genes
    model = make_model(SIZES[size])
    params = jax.eval_shape(lambda key: init_predictor(key, model, genes), jax.random.key(0))
    weights = sum(leaf.size for leaf in jax.tree.leaves(params))
    assert count_work(SIZES[size], "full", 16).state_bytes == 12 * weights


def test_the_floor_is_the_larger_of_the_two():
    work = Work(state_bytes=1, adam_bytes=600, matmul_flops=50)
    floors = find_floors(work, Rates({"full": 100.0, "span": 300.0}, matmul=10.0), "full")
    assert floors == Floors(adam=6.0, matmul=5.0)
    assert floors.seconds == 6.0
    assert find_floors(work, Rates({"span": 300.0}, matmul=10.0), "span").seconds == 5.0
