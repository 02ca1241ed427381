"""One replicate: one split and one seed, as pure functions. It refuses to know the R axis."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import Array

from drp.models import Predictor, init_predictor
from drp.models.dense import matmul
from drp.settings import Recipe
from drp.training.batches import shuffle_into_batches
from drp.training.keepers import KEEPERS, select
from drp.training.losses import masked_mean, masked_mse
from drp.training.optimisers import make_optimiser
from drp.training.prediction import FittedPredictor, predict
from drp.training.scaling import Scaling, apply_scaling, fit_scaling, fold_scaling
from drp.training.span import OFFSETS, Offset
from drp.training.stopping import Stopping, init_stopping, update_stopping


class Lines(NamedTuple):
    """The cell lines, shared by all replicates.

    Attributes:
      inputs: modality -> (S, genes); 0/1 as uint8, cast batch by batch.
      target_SD: ln IC50 (uM); anything where the mask is False.
      mask_SD: bool, which entries are learned from.
      offsets: modality -> (S, first width), what pre-trained weights give in the first layer,
        where training is in the span; else None.
    """

    inputs: Mapping[str, Array]
    target_SD: Array
    mask_SD: Array
    offsets: Mapping[str, Array] | None = None


class Task(NamedTuple):
    """What one replicate owns: its number, its parts of the lines, and inputs of its own.

    Attributes:
      number: the replicate's number, from which its random keys follow.
      train_N: (N,) rows of the training lines.
      validation_V: (V,) rows of the validation lines.
      inputs: modality -> (S, K), in place of the shared ones (components of the training lines, or
        coordinates in their span).
      bases: modality -> (N, K) coefficients of the span, see `span.Basis`; None to train all
        weights of the first layer.
      scaling: modality -> scaling of the shared inputs by which the coordinates were made, where
        it is this replicate's own.
    """

    number: Array
    train_N: Array
    validation_V: Array
    inputs: Mapping[str, Array]
    bases: Mapping[str, Array] | None = None
    scaling: Mapping[str, Scaling] | None = None


class TrainState(NamedTuple):
    """What the next epoch needs."""

    params: Any
    opt_state: Any
    kept: Any  # the weights of the best epoch so far; empty where the last ones are the product
    scaling: Mapping[str, Scaling]
    offsets: Mapping[str, Array]  # what fixed parts of first layers give, for all lines
    stopping: Stopping
    epoch: Array
    shuffle_key: Array


class Progress(NamedTuple):
    """What a person wants to see of an epoch; `ran` is False for a frozen replicate."""

    train_loss: Array
    validation_loss: Array
    ran: Array
    done: Array  # after the epoch


class Replicate(NamedTuple):
    """The pure functions of one replicate.

    Attributes:
      init: (key, task, lines, pretrained) -> TrainState. `pretrained`: modality -> encoder weights.
      run_epochs: (state, task, lines) -> (TrainState, Progress of each epoch). A finished
        replicate stays as it is.
      idle: () -> Progress of the epochs in which a finished replicate does nothing.
      product: state -> FittedPredictor.
    """

    init: Callable[[Array, Task, Lines, Mapping], TrainState]
    run_epochs: Callable[[TrainState, Task, Lines], tuple[TrainState, Progress]]
    idle: Callable[[], Progress]
    product: Callable[[TrainState], FittedPredictor]


# (target_ND, mask_ND) of the training lines -> (D,) bias that the output layer starts at
OUTPUT_BIASES = {
    "zero": lambda target_ND, mask_ND: jnp.zeros(target_ND.shape[1], jnp.float32),
    "drug_mean": masked_mean,
}


def make_replicate(
    model: Predictor, recipe: Recipe, epochs_per_call: int = 1, span_offset: str | None = None,
    moments: str = "float32",
) -> Replicate:  # fmt: skip
    """Return the functions that train one replicate of `model` by `recipe`.

    Args:
      model: the predictor.
      recipe: a row of `RECIPES`.
      epochs_per_call: epochs that one `run_epochs` runs, a static number.
      span_offset: None trains all weights of the first layer; keep or drop trains it in the span
        of the training lines (a row of `span.OFFSETS`). Coordinates and offsets are then of
        inputs that were scaled beforehand.
      moments: how the optimiser holds its first moment, a row of `optimisers.MOMENTS`.

    Raises:
      ValueError: the recipe names something that its table does not hold.
    """
    chosen = (
        ("keep", recipe.keep, KEEPERS),
        ("output_bias", recipe.output_bias, OUTPUT_BIASES),
        ("span_offset", span_offset, {None: None, **OFFSETS}),
    )
    for field, name, table in chosen:
        if name not in table:
            raise ValueError(f"unknown {field} {name!r}; known: {', '.join(map(str, table))}")
    optimiser = make_optimiser(recipe.optimiser, recipe.learning_rate, recipe.weight_decay, moments)
    run_epoch = _make_run_epoch(model, recipe, optimiser, span_offset)

    def run_epochs(state: TrainState, task: Task, lines: Lines) -> tuple[TrainState, Progress]:
        return jax.lax.scan(
            lambda state, _: run_epoch(state, task, lines), state, length=epochs_per_call
        )

    def idle() -> Progress:
        losses = jnp.zeros(epochs_per_call, jnp.float32)
        ran = jnp.zeros(epochs_per_call, bool)
        return Progress(losses, losses, ran, ~ran)

    def product(state: TrainState) -> FittedPredictor:
        params = KEEPERS[recipe.keep].product(state.kept, state.params)
        return FittedPredictor(params, state.scaling)

    init = _make_init(model, recipe, optimiser, span_offset)
    return Replicate(init, run_epochs, idle, product)


def split_key(key: Array, number: Array) -> Array:
    """Return a replicate's two keys: of its random weights, and of its order of lines."""
    return jax.random.split(jax.random.fold_in(key, number))


def draw_weights(key: Array, number: Array, model: Predictor, n_genes: Mapping[str, int]) -> dict:
    """Return the random weights that a replicate starts from where nothing is pre-trained."""
    return init_predictor(split_key(key, number)[0], model, n_genes)


def _make_init(
    model: Predictor, recipe: Recipe, optimiser: optax.GradientTransformation,
    span_offset: str | None,
):  # fmt: skip
    """Return `Replicate.init`."""

    def init(key: Array, task: Task, lines: Lines, pretrained: Mapping) -> TrainState:
        unknown = set(pretrained) - set(model.modalities)
        if unknown:
            raise ValueError(f"encoders for {sorted(unknown)}; the model has {model.modalities}")
        if span_offset is None:
            lines = with_own_inputs(lines, task)
        train = rows_of(lines, task.train_N)
        standardised = [name for name in model.modalities if name in recipe.standardised]
        scaling = {name: fit_scaling(train.inputs[name]) for name in standardised}
        if span_offset is not None:
            scaling = task.scaling or {}
        n_genes = {name: lines.inputs[name].shape[-1] for name in model.modalities}
        params = draw_weights(key, task.number, model, n_genes)
        params |= {name: fold_scaling(pretrained[name], scaling.get(name)) for name in pretrained}
        offsets: dict[str, Array] = {}
        if span_offset is not None:
            params, offsets = _enter_span(params, lines, task, OFFSETS[span_offset])
            scaling = {}  # the coordinates have it in them
        bias_D = OUTPUT_BIASES[recipe.output_bias](train.target_SD, train.mask_SD)
        params |= {"output": params["output"] | {"bias": bias_D}}
        return TrainState(
            params, optimiser.init(params), KEEPERS[recipe.keep].init(params), scaling, offsets,
            init_stopping(), jnp.int32(0), split_key(key, task.number)[1],
        )  # fmt: skip

    return init


def _enter_span(
    params: dict, lines: Lines, task: Task, offset: Offset
) -> tuple[dict, dict[str, Array]]:
    """Replace first layers over genes by coefficients in the span.

    Returns:
      The weights, and the offsets of this replicate's own, by modality.
    """
    shared, scaling, own = lines.offsets or {}, task.scaling or {}, {}
    for name, basis_NK in task.bases.items():
        first = params[name]["dense_0"]
        given_SH = shared.get(name)
        if given_SH is None:  # a start or a scaling of its own
            x_SG = lines.inputs[name].astype(jnp.float32)
            x_SG = apply_scaling(scaling[name], x_SG) if name in scaling else x_SG
            given_SH = matmul(x_SG, first["kernel"])
            own |= {name: given_SH} if offset.stays else {}
        kernel_KH = offset.start(given_SH[task.train_N], basis_NK)
        params |= {name: {**params[name], "dense_0": {**first, "kernel": kernel_KH}}}
    return params, own


def _make_run_epoch(
    model: Predictor, recipe: Recipe, optimiser: optax.GradientTransformation,
    span_offset: str | None,
):  # fmt: skip
    """Return (state, task, lines) -> (TrainState, Progress), for one epoch."""
    stays = span_offset is not None and OFFSETS[span_offset].stays

    def loss_of(params, scaling: Mapping[str, Scaling], lines: Lines) -> Array:
        fitted = FittedPredictor(params, scaling)
        predicted_BD = predict(model, fitted, lines.inputs, lines.offsets)
        return masked_mse(predicted_BD, lines.target_SD, lines.mask_SD)

    def run_epoch(state: TrainState, task: Task, lines: Lines) -> tuple[TrainState, Progress]:
        lines = with_own_inputs(lines, task)
        shared = (lines.offsets or {}) if stays else {}
        lines = lines._replace(offsets={**shared, **state.offsets})

        def step(carry, batch):
            params, opt_state = carry
            chosen = rows_of(lines, batch.index)
            chosen = chosen._replace(mask_SD=chosen.mask_SD & batch.real[:, None])
            loss, grads = jax.value_and_grad(loss_of)(params, state.scaling, chosen)
            updates, opt_state = optimiser.update(grads, opt_state, params)
            return (optax.apply_updates(params, updates), opt_state), loss

        key = jax.random.fold_in(state.shuffle_key, state.epoch)
        batches = shuffle_into_batches(key, task.train_N, recipe.batch_size)
        (params, opt_state), losses = jax.lax.scan(step, (state.params, state.opt_state), batches)
        validation_loss = loss_of(params, state.scaling, rows_of(lines, task.validation_V))
        epoch = state.epoch + 1
        stopping = update_stopping(state.stopping, validation_loss, recipe.patience)
        kept = KEEPERS[recipe.keep].update(state.kept, params, stopping.stale == 0)
        stopping = stopping._replace(done=stopping.done | (epoch >= recipe.max_epochs))
        new = state._replace(
            params=params, opt_state=opt_state, kept=kept, stopping=stopping, epoch=epoch
        )
        running = ~state.stopping.done
        progress = Progress(losses.mean(), validation_loss, running, stopping.done | ~running)
        return select(running, new, state), progress

    return run_epoch


def with_own_inputs(lines: Lines, task: Task) -> Lines:
    """Put the replicate's own inputs in place of the shared ones, where it has some."""
    return lines._replace(inputs={**lines.inputs, **task.inputs})


def rows_of(lines: Lines, index: Array) -> Lines:
    """Gather the same rows of every array."""
    return jax.tree.map(lambda x: x[index], lines)
