"""One replicate: one split and one seed, as pure functions. The replicate axis is added elsewhere."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import Array

from drp.models import Predictor, init_predictor
from drp.settings import Recipe
from drp.training.batches import shuffle_into_batches
from drp.training.losses import masked_mean, masked_mse
from drp.training.optimisers import make_optimiser
from drp.training.stopping import Stopping, init_stopping, update_stopping


class Lines(NamedTuple):
    """The cell lines, shared by all replicates.

    Attributes:
      inputs: modality -> (S, genes); 0/1 as uint8, cast batch by batch.
      target_SD: ln IC50 (uM); anything where the mask is False.
      mask_SD: bool, which entries are learned from.
    """

    inputs: Mapping[str, Array]
    target_SD: Array
    mask_SD: Array


class Task(NamedTuple):
    """What one replicate owns: its number, its parts of the lines, and inputs of its own.

    Attributes:
      number: the replicate's number, from which its random keys follow.
      train_N: (N,) rows of the training lines.
      validation_V: (V,) rows of the validation lines.
      inputs: modality -> (S, K), in place of the shared ones (components of the training lines).
    """

    number: Array
    train_N: Array
    validation_V: Array
    inputs: Mapping[str, Array]


class Scaling(NamedTuple):
    """Per gene, what is taken off and what divides, both (genes,)."""

    mean: Array
    scale: Array


class FittedPredictor(NamedTuple):
    """The product of a replicate: all that prediction needs."""

    params: Any
    scaling: Mapping[str, Scaling]


class TrainState(NamedTuple):
    """What the next epoch needs."""

    params: Any
    opt_state: Any
    kept: Any  # the weights of the best epoch so far; empty where the last ones are the product
    scaling: Mapping[str, Scaling]
    stopping: Stopping
    epoch: Array
    shuffle_key: Array


class Progress(NamedTuple):
    """What a person wants to see of an epoch; `ran` is False for a frozen replicate."""

    train_loss: Array
    validation_loss: Array
    ran: Array


class Replicate(NamedTuple):
    """The pure functions of one replicate.

    Attributes:
      init: (key, task, lines, pretrained) -> TrainState. `pretrained`: modality -> encoder weights.
      run_epochs: (state, task, lines) -> (TrainState, Progress of each epoch). A finished
        replicate stays as it is.
      product: state -> FittedPredictor.
    """

    init: Callable[[Array, Task, Lines, Mapping], TrainState]
    run_epochs: Callable[[TrainState, Task, Lines], tuple[TrainState, Progress]]
    product: Callable[[TrainState], FittedPredictor]


KEEPERS = {
    "last": (
        lambda params: (),
        lambda kept, params, improved: (),
        lambda state: state.params,
    ),
    "best": (
        # A copy: the same buffer twice in a donated state would be donated twice.
        lambda params: jax.tree.map(jnp.copy, params),
        lambda kept, params, improved: select(improved, params, kept),
        lambda state: state.kept,
    ),
}


def make_replicate(model: Predictor, recipe: Recipe, epochs_per_call: int = 1) -> Replicate:
    """Return the functions that train one replicate of `model` by `recipe`.

    Args:
      model: the predictor.
      recipe: a row of `RECIPES`.
      epochs_per_call: epochs that one `run_epochs` runs, a static number.

    Raises:
      ValueError: the recipe names an unknown optimiser or an unknown way to keep weights.
    """
    optimiser = make_optimiser(recipe.optimiser, recipe.learning_rate, recipe.weight_decay)
    if recipe.keep not in KEEPERS:
        raise ValueError(f"unknown keep={recipe.keep!r}; known: {', '.join(KEEPERS)}")
    keep_first, keep_better, product_of = KEEPERS[recipe.keep]

    def init(key: Array, task: Task, lines: Lines, pretrained: Mapping) -> TrainState:
        init_key, shuffle_key = jax.random.split(jax.random.fold_in(key, task.number))
        inputs = inputs_of(lines, task)
        scaling = {
            name: fit_scaling(inputs[name][task.train_N])
            for name in model.modalities
            if name in recipe.standardised
        }
        n_genes = {name: inputs[name].shape[-1] for name in model.modalities}
        params = init_predictor(init_key, model, n_genes)
        params |= {name: fold_scaling(pretrained[name], scaling.get(name)) for name in pretrained}
        if recipe.output_bias == "drug_mean":
            means_D = masked_mean(lines.target_SD[task.train_N], lines.mask_SD[task.train_N])
            params = params | {"output": params["output"] | {"bias": means_D}}
        return TrainState(
            params, optimiser.init(params), keep_first(params), scaling, init_stopping(),
            jnp.int32(0), shuffle_key,
        )  # fmt: skip

    def loss_of(params, scaling, inputs, target_BD, mask_BD) -> Array:
        return masked_mse(predict(model, FittedPredictor(params, scaling), inputs), target_BD, mask_BD)

    def run_epoch(state: TrainState, task: Task, lines: Lines) -> tuple[TrainState, Progress]:
        inputs = inputs_of(lines, task)

        def step(carry, batch):
            params, opt_state = carry
            x = rows_of(inputs, batch.index)
            mask_BD = lines.mask_SD[batch.index] & batch.real[:, None]
            loss, grads = jax.value_and_grad(loss_of)(
                params, state.scaling, x, lines.target_SD[batch.index], mask_BD
            )
            updates, opt_state = optimiser.update(grads, opt_state, params)
            return (optax.apply_updates(params, updates), opt_state), loss

        key = jax.random.fold_in(state.shuffle_key, state.epoch)
        batches = shuffle_into_batches(key, task.train_N, recipe.batch_size)
        (params, opt_state), losses = jax.lax.scan(step, (state.params, state.opt_state), batches)
        held_out = task.validation_V
        validation_loss = loss_of(
            params, state.scaling, rows_of(inputs, held_out), lines.target_SD[held_out],
            lines.mask_SD[held_out],
        )  # fmt: skip
        kept = keep_better(state.kept, params, validation_loss < state.stopping.best)
        stopping = update_stopping(state.stopping, validation_loss, recipe.patience)
        epoch = state.epoch + 1
        stopping = stopping._replace(done=stopping.done | (epoch >= recipe.max_epochs))
        new = TrainState(
            params, opt_state, kept, state.scaling, stopping, epoch, state.shuffle_key
        )
        return new, Progress(losses.mean(), validation_loss, jnp.bool_(True))

    def run_epochs(state: TrainState, task: Task, lines: Lines) -> tuple[TrainState, Progress]:
        def epoch(state: TrainState, _):
            new, progress = run_epoch(state, task, lines)
            running = ~state.stopping.done
            return select(running, new, state), progress._replace(ran=running)

        return jax.lax.scan(epoch, state, length=epochs_per_call)

    def product(state: TrainState) -> FittedPredictor:
        return FittedPredictor(product_of(state), state.scaling)

    return Replicate(init, run_epochs, product)


def predict(model: Predictor, fitted: FittedPredictor, inputs: Mapping[str, Array]) -> Array:
    """Return predicted ln IC50 in uM, (B, D).

    Args:
      model: the predictor.
      fitted: weights and input scaling of one replicate.
      inputs: modality -> (B, genes), unscaled, any number type.
    """
    x = {}
    for name in model.modalities:
        x[name] = inputs[name].astype(jnp.float32)
        if name in fitted.scaling:
            scaling = fitted.scaling[name]
            x[name] = (x[name] - scaling.mean) / scaling.scale
    return model.apply({"params": fitted.params}, x)


def fit_scaling(x_NG: Array) -> Scaling:
    """Return each gene's mean and standard deviation; a gene without spread is only centred."""
    x_NG = x_NG.astype(jnp.float32)
    spread = x_NG.std(axis=0)
    return Scaling(x_NG.mean(axis=0), jnp.where(spread > 0, spread, 1.0))


def fold_scaling(encoder: Mapping, scaling: Scaling | None) -> Mapping:
    """Rewrite a pre-trained encoder so that scaled inputs give the codes that raw ones gave.

    With x = mean + scale * z, x W + b = z (scale * W) + (mean W + b): the first layer takes up the
    scaling, and training starts from exactly what pre-training left.
    """
    if scaling is None:
        return encoder
    first = encoder["dense_0"]
    kernel = scaling.scale[:, None] * first["kernel"]
    bias = first["bias"] + scaling.mean @ first["kernel"]
    return {**encoder, "dense_0": {"kernel": kernel, "bias": bias}}


def inputs_of(lines: Lines, task: Task) -> dict[str, Array]:
    """Return the shared inputs, with the replicate's own in their place where it has some."""
    return {**lines.inputs, **task.inputs}


def rows_of(inputs: Mapping[str, Array], index: Array) -> dict[str, Array]:
    """Gather the same rows of every modality."""
    return {name: x[index] for name, x in inputs.items()}


def select(condition: Array, new: Any, old: Any) -> Any:
    """Choose between two trees of one shape by a scalar condition."""
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), new, old)
