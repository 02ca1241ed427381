"""Pre-trains on all devices of its process, one or eight, for `test_pretraining_devices.py`.

python -m tests.training.pretrain_on_devices OUT.npz
"""

import sys

import jax
import numpy as np
from scipy import sparse

from drp.models import Autoencoder
from drp.training.feeding import Feed
from drp.training.gene_moments import measure_genes
from drp.training.objectives import make_objective
from drp.training.optimisers import make_optimiser
from drp.training.pretraining import fit_autoencoder, init_pretraining

KEY = jax.random.key(0)
T, GENES, BATCH, EPOCHS = 37, 20, 10, 3  # a batch of 10 on eight devices: six rows of padding


def main(out: str) -> None:
    """Train with all that is random, on sparse mutations."""
    x_TG = sparse.csr_matrix((np.random.default_rng(0).random((T, GENES)) < 0.2).astype(np.uint8))
    rows = np.arange(T)
    objective = make_objective("cross_entropy", measure_genes(x_TG, rows), masked_share=0.2)
    model = Autoencoder(GENES, (8, 3), objective.output, dropout=0.2)
    adam = make_optimiser("adam", 0.01, 0.0)
    state = init_pretraining(KEY, model, objective, adam)
    feed = Feed(x_TG, rows, BATCH)
    losses = []
    for step in fit_autoencoder(KEY, feed, model, objective, adam, EPOCHS, state):
        if step.losses is not None:
            losses.append(step.losses)
        leaves = jax.device_get(jax.tree.leaves(step.state.params))
        devices = len(jax.tree.leaves(step.state.params)[0].sharding.device_set)
    np.savez(out, *leaves, losses=np.array(losses), devices=devices)


if __name__ == "__main__":
    main(sys.argv[1])
