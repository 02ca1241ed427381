"""The state of a training on disk, and what early stopping reads from a history."""

import jax
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from drp.data import DataError
from drp.models import Autoencoder
from drp.training.gene_moments import measure_genes
from drp.training.objectives import make_objective
from drp.training.optimisers import make_optimiser
from drp.training.pretraining import Losses, Place, init_pretraining
from experiments.pretraining.saved_state import SavedState, read_state, write_state
from experiments.pretraining.training import find_best, is_stale

NAN = float("nan")


def init(width: int = 4):
    objective = make_objective("paper", measure_genes(np.ones((3, 6)), np.arange(3)))
    adam = make_optimiser("adam", 1e-3, 0.0)
    return init_pretraining(jax.random.key(0), Autoencoder(6, (width, 2)), objective, adam)


@pytest.mark.parametrize("keeps_best", [True, False])
def test_comes_back_bit_by_bit(tmp_path, keeps_best):
    """Also before the first epoch, when nothing has been judged."""
    state = init()
    best = jax.device_get(state.params) if keeps_best else None
    history = [{"epoch": 1, "loss": 0.1 + 0.2, "held_out_loss": NAN}] if not keeps_best else []
    saved = SavedState(state, Place(3, 17, Losses(0.1, 1 / 3)), history, best)
    write_state(tmp_path / "state.npz", saved)
    found = read_state(tmp_path / "state.npz", jax.eval_shape(init), keeps_best)
    jax.tree.map(assert_array_equal, (found.state, found.best), jax.device_get((state, best)))
    assert found.place == saved.place and str(found.history) == str(history)


def test_another_model_or_half_a_file_is_refused(tmp_path):
    path = tmp_path / "state.npz"
    write_state(path, SavedState(init(), Place(), []))
    with pytest.raises(DataError, match=r"expected weights \[\(5,\).* found \[\(4,\).* remove it"):
        read_state(path, jax.eval_shape(lambda: init(5)), keeps_best=False)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"state\.npz: damaged"):
        read_state(path, jax.eval_shape(init), keeps_best=False)


@pytest.mark.parametrize(
    ("losses", "best", "stale_after_2"),
    [
        ([], -1, False),
        ([3.0, 2.0], 1, False),
        ([2.0, 3.0, 2.0], 0, True),  # the first of equals
        ([2.0, NAN], 0, False),
        ([2.0, NAN, NAN], 0, True),
        ([NAN, NAN], -1, True),  # nothing was ever a number
    ],
)
def test_the_best_epoch_and_when_it_is_stale(losses, best, stale_after_2):
    history = [{"held_out_loss": loss} for loss in losses]
    assert find_best(history) == best
    assert is_stale(history, 2) is stale_after_2
    assert not is_stale(history, 0)
