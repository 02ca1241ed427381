"""The peer does the same training: from the same weights, the same losses epoch by epoch."""

import jax
import numpy as np
import pytest

from drp.settings import RECIPES
from experiments.benchmarks.cases import TORCH_CASES, Spec
from experiments.benchmarks.processes import run_worker
from experiments.benchmarks.setups import set_up_full
from experiments.benchmarks.sizes import SIZES

torch = pytest.importorskip("torch")
SIZE, SEED, EPOCHS = SIZES["tiny"], 1, 4


@pytest.fixture(scope="module")
def peer():
    from experiments.benchmarks import torch_peer

    return torch_peer


def to_torch(params) -> dict:
    """Return a predictor's weights under the names that the peer's network has for them."""
    stacks = {f"encoders.{name}": params[name] for name in SIZE.genes} | {"head": params["head"]}
    layers = {
        f"{name}.{2 * place}": layer  # a ReLU after each
        for name, stack in stacks.items()
        for place, (_, layer) in enumerate(sorted(stack.items()))
    } | {"output": params["output"]}
    weights = {f"{name}.weight": layer["kernel"].T for name, layer in layers.items()}
    biases = {f"{name}.bias": layer["bias"] for name, layer in layers.items()}
    return {name: torch.tensor(np.array(x)) for name, x in {**weights, **biases}.items()}


@pytest.fixture(scope="module")
def engine():
    """The weights that the engine's replicate starts from, and its validation losses."""
    setup = set_up_full(SIZE, RECIPES["paper"], SEED)
    task = setup.make_task(0)
    start = setup.replicate.init(jax.random.key(SEED), task, setup.lines, {})
    run_epochs = jax.jit(setup.replicate.run_epochs)
    state, losses = start, []
    for _ in range(EPOCHS):
        state, progress = run_epochs(state, task, setup.lines)
        losses.append(float(progress.validation_loss[0]))
    return start.params, losses


@pytest.mark.parametrize("case", TORCH_CASES)
def test_both_give_the_same_losses(peer, engine, case):
    # One batch holds all training lines, so that their order does not matter.
    assert SIZE.train <= RECIPES["paper"].batch_size
    start, expected = engine
    network = peer.Network(SIZE)
    network.load_state_dict(to_torch(start))
    lines, split = peer.to_device(SEED, SIZE, torch.device("cpu"))
    optimiser = peer.make_optimiser(network, case)
    losses = [peer.run_epoch(network, optimiser, lines, *split) for _ in range(EPOCHS)]
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
    assert losses[-1] != losses[0]


def test_weights_start_he_uniform(peer):
    torch.manual_seed(0)
    layer = peer.make_dense(600, 50)
    assert layer.weight.detach().abs().max() == pytest.approx(np.sqrt(6 / 600), rel=1e-3)
    assert not layer.bias.detach().any()


def test_a_worker_measures_it():
    found = run_worker(Spec("torch_fused", "tiny"))
    assert found["seconds"] > 0
    assert found["slots"] == 1
    assert found["peak_memory_mb"] > 0
    assert torch.__version__ in found["device"]
