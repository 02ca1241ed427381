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
from drp.training.task import Lines, Task, for_training, for_validation, rows_of, with_own_inputs


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


def _start_at_means(output: Mapping, target_ND: Array, mask_ND: Array) -> dict:
    """Return an output layer that gives each drug's mean, whatever it reads.

    Random weights would add to the means what training must first unlearn.
    """
    return {"kernel": jnp.zeros_like(output["kernel"]), "bias": masked_mean(target_ND, mask_ND)}


# (the random output layer, target_ND, mask_ND of the training lines) -> the layer at the start
OUTPUT_STARTS = {
    "random": lambda output, target_ND, mask_ND: output,
    "drug_mean": _start_at_means,
}


def make_replicate(
    model: Predictor, recipe: Recipe, epochs_per_call: int = 1, span_offset: str | None = None,
    moments: str = "float32", n_scored: int | None = None,
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
      n_scored: outputs that the validation loss counts, the first ones; None for all. The others
        are auxiliary: learned from, never judged by.

    Raises:
      ValueError: the recipe names something that its table does not hold.
    """
    chosen = (
        ("keep", recipe.keep, KEEPERS),
        ("output_start", recipe.output_start, OUTPUT_STARTS),
        ("span_offset", span_offset, {None: None, **OFFSETS}),
    )
    for field, name, table in chosen:
        if name not in table:
            raise ValueError(f"unknown {field} {name!r}; known: {', '.join(map(str, table))}")
    optimiser = make_optimiser(recipe.optimiser, recipe.learning_rate, recipe.weight_decay, moments)
    run_epoch = _make_run_epoch(model, recipe, optimiser, span_offset, n_scored)

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
            standardised = [name for name in model.modalities if name in recipe.standardised]
            scaling = {name: fit_scaling(lines.inputs[name][task.train_N]) for name in standardised}
        else:
            scaling = task.scaling or {}
        n_genes = {name: lines.inputs[name].shape[-1] for name in model.modalities}
        params = draw_weights(key, task.number, model, n_genes)
        params |= {name: fold_scaling(pretrained[name], scaling.get(name)) for name in pretrained}
        offsets: dict[str, Array] = {}
        if span_offset is not None:
            params, offsets = _enter_span(params, lines, task, OFFSETS[span_offset])
            scaling = {}  # the coordinates have it in them
        learned = for_training(lines, task)
        train = (x_SD[task.train_N] for x_SD in (learned.target_SD, learned.mask_SD))
        params |= {"output": OUTPUT_STARTS[recipe.output_start](params["output"], *train)}
        return TrainState(
            params, optimiser.init(params), KEEPERS[recipe.keep].init(params), scaling, offsets,
            init_stopping(), jnp.int32(0), split_key(key, task.number)[1],
        )  # fmt: skip

    return init


def _enter_span(
    params: dict, lines: Lines, task: Task, offset: Offset
) -> tuple[dict, dict[str, Array]]:
    """Replace first layers over genes by coefficients in the span.

    A basis is that of the first training lines, as many as it has rows: mixtures of them add none.

    Returns:
      The weights, and the offsets of this replicate's own, by modality.
    """
    shared, scaling, own = lines.offsets or {}, task.scaling or {}, {}
    mixtures, given = task.mixtures or {}, {**shared, **(task.offsets or {})}
    for name, basis_NK in task.bases.items():
        first = params[name]["dense_0"]
        given_SH = given.get(name)
        if given_SH is None:  # a start or a scaling of its own
            x_SG = lines.inputs[name].astype(jnp.float32)
            x_SG = apply_scaling(scaling[name], x_SG) if name in scaling else x_SG
            given_SH = matmul(x_SG, first["kernel"])
        basis_rows = task.train_N[: len(basis_NK)]
        kernel_KH = offset.start(given_SH[basis_rows], basis_NK)
        if name in mixtures:
            mix_FN = mixtures[name]
            mixed_FH = matmul(mix_FN, given_SH[task.train_N[: mix_FN.shape[1]]])
            given_SH = jnp.concatenate([given_SH, mixed_FH])
        if offset.stays and (name in mixtures or name not in shared):
            own |= {name: given_SH}
        params |= {name: {**params[name], "dense_0": {**first, "kernel": kernel_KH}}}
    return params, own


def _make_run_epoch(
    model: Predictor, recipe: Recipe, optimiser: optax.GradientTransformation,
    span_offset: str | None, n_scored: int | None,
):  # fmt: skip
    """Return (state, task, lines) -> (TrainState, Progress), for one epoch."""
    stays = span_offset is not None and OFFSETS[span_offset].stays

    def predict_lines(params, scaling: Mapping[str, Scaling], lines: Lines, dropout_key=None):
        fitted = FittedPredictor(params, scaling)
        return predict(model, fitted, lines.inputs, lines.offsets, dropout_key)

    def training_loss(params, scaling, lines: Lines, dropout_key: Array) -> Array:
        predicted_BD = predict_lines(params, scaling, lines, dropout_key)
        return masked_mse(predicted_BD, lines.target_SD, lines.mask_SD, lines.weight_S)

    def validation_loss(params, scaling, lines: Lines) -> Array:
        predicted_VD = predict_lines(params, scaling, lines)
        every = (predicted_VD, lines.target_SD, lines.mask_SD)
        return masked_mse(*(x_VD[:, :n_scored] for x_VD in every))

    def run_epoch(state: TrainState, task: Task, lines: Lines) -> tuple[TrainState, Progress]:
        lines = with_own_inputs(lines, task)
        shared = (lines.offsets or {}) if stays else {}
        lines = lines._replace(offsets={**shared, **state.offsets})
        training = for_training(lines, task)
        key = jax.random.fold_in(state.shuffle_key, state.epoch)

        def step(carry, batch):
            params, opt_state, number = carry
            chosen = rows_of(training, batch.index)
            chosen = chosen._replace(mask_SD=chosen.mask_SD & batch.real[:, None])
            dropout_key = jax.random.fold_in(key, number)
            loss, grads = jax.value_and_grad(training_loss)(
                params, state.scaling, chosen, dropout_key
            )
            updates, opt_state = optimiser.update(grads, opt_state, params)
            return (optax.apply_updates(params, updates), opt_state, number + 1), loss

        batches = shuffle_into_batches(key, task.train_N, recipe.batch_size)
        start = state.params, state.opt_state, jnp.int32(0)
        (params, opt_state, _), losses = jax.lax.scan(step, start, batches)
        held_out = rows_of(for_validation(lines, task), task.validation_V)
        loss_now = validation_loss(params, state.scaling, held_out)
        epoch = state.epoch + 1
        stopping = update_stopping(state.stopping, loss_now, recipe.patience)
        kept = KEEPERS[recipe.keep].update(state.kept, params, stopping.stale == 0)
        stopping = stopping._replace(done=stopping.done | (epoch >= recipe.max_epochs))
        new = state._replace(
            params=params, opt_state=opt_state, kept=kept, stopping=stopping, epoch=epoch
        )
        running = ~state.stopping.done
        progress = Progress(losses.mean(), loss_now, running, stopping.done | ~running)
        return select(running, new, state), progress

    return run_epoch
