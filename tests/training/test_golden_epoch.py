"""One epoch of the paper's recipe, written out in numpy: forward, backward, Adam, batches.

Change the loop below only if the method itself is meant to change (Chiu et al. 2019: ReLU layers,
mean squared error over a batch's entries, Adam with its defaults, a last batch that is smaller).
Key derivation may change with a note in the release: nobody's numbers repeat after that.
"""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from drp.settings import RECIPES
from drp.training import make_replicate
from drp.training.batches import shuffle_into_batches

RECIPE = replace(RECIPES["paper"], batch_size=4)  # 14 training lines: 4, 4, 4 and 2
RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


def run_layers(layers, x):
    """Return the input and the output of every ReLU layer."""
    values = [x]
    for layer in layers.values():
        values.append(np.maximum(values[-1] @ layer["kernel"] + layer["bias"], 0))
    return values


def run_back(layers, values, grad):
    """Return the gradient of every ReLU layer, and of the input."""
    grads = {}
    for name, x, y in reversed(list(zip(layers, values, values[1:], strict=False))):
        grad = grad * (y > 0)
        grads[name] = {"kernel": x.T @ grad, "bias": grad.sum(axis=0)}
        grad = grad @ layers[name]["kernel"].T
    return grads, grad


def loss_and_grads(params, modalities, lines):
    encoded = [run_layers(params[name], lines.inputs[name]) for name in modalities]
    head = run_layers(params["head"], np.hstack([values[-1] for values in encoded]))
    predicted = head[-1] @ params["output"]["kernel"] + params["output"]["bias"]
    n_entries = lines.mask_SD.sum()
    error = np.where(lines.mask_SD, predicted - lines.target_SD, 0)
    grad = 2 * error / n_entries
    grads = {"output": {"kernel": head[-1].T @ grad, "bias": grad.sum(axis=0)}}
    grads["head"], grad = run_back(params["head"], head, grad @ params["output"]["kernel"].T)
    widths = np.cumsum([values[-1].shape[1] for values in encoded])[:-1]
    for name, values, part in zip(modalities, encoded, np.split(grad, widths, axis=1), strict=True):
        grads[name], _ = run_back(params[name], values, part)
    return (error**2).sum() / n_entries, grads


def train_epoch(params, modalities, lines, batches):
    """Return the weights after one epoch of Adam and each batch's loss, in float64."""
    mean = variance = jax.tree.map(np.zeros_like, params)
    losses = []
    for step, rows in enumerate(batches, start=1):
        loss, grads = loss_and_grads(params, modalities, rows_of(lines, rows))
        mean = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, mean, grads)
        variance = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g**2, variance, grads)

        def descend(w, m, v, step=step):
            m_hat, v_hat = m / (1 - BETA_1**step), v / (1 - BETA_2**step)
            return w - RATE * m_hat / (np.sqrt(v_hat) + EPSILON)

        params = jax.tree.map(descend, params, mean, variance)
        losses.append(loss)
    return params, losses


def in_float64(tree):
    return jax.tree.map(lambda x: np.asarray(x, bool if x.dtype == bool else float), tree)


def rows_of(lines, rows):
    return jax.tree.map(lambda x: x[rows], lines)


@pytest.mark.parametrize("gaps", [False, True], ids=["imputed", "gaps"])
def test_one_epoch_equals_a_loop_in_numpy(model, lines, tasks, pretrained, gaps):
    if not gaps:
        target_SD = jnp.nan_to_num(lines.target_SD)
        lines = lines._replace(target_SD=target_SD, mask_SD=jnp.ones(target_SD.shape, bool))
    key, task = jax.random.key(7), tasks[2]
    replicate = make_replicate(model, RECIPE)
    state = replicate.init(key, task, lines, pretrained)
    new, progress = replicate.run_epochs(state, task, lines)

    _, shuffle_key = jax.random.split(jax.random.fold_in(key, task.number))
    batches = shuffle_into_batches(jax.random.fold_in(shuffle_key, 0), task.train_N, 4)
    batches = [np.asarray(i[real]) for i, real in zip(batches.index, batches.real, strict=True)]
    assert [len(rows) for rows in batches] == [4, 4, 4, 2]
    in_numpy = in_float64(lines)
    expected, losses = train_epoch(in_float64(state.params), model.modalities, in_numpy, batches)
    held_out = rows_of(in_numpy, np.asarray(task.validation_V))
    held_out_loss, _ = loss_and_grads(expected, model.modalities, held_out)

    jax.tree.map(lambda a, b: assert_allclose(a, b, rtol=1e-5, atol=1e-6), new.params, expected)
    assert_allclose(progress.train_loss, [np.mean(losses)], rtol=1e-5)
    assert_allclose(progress.validation_loss, [held_out_loss], rtol=1e-5)
