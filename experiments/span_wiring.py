"""Training in the span of the training lines, for real cohorts: coordinates, offsets, predictions.

Inputs are scaled by all lines' statistics, which know no response, so that the inner products of
the lines are made once for all replicates.
"""

from collections.abc import Mapping
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np

from drp.models import Design
from drp.settings import Recipe
from drp.training import FinishedReplicate, Task
from drp.training.replicate import draw_weights
from drp.training.scaling import apply_scaling, fit_scaling, fold_scaling
from drp.training.span import OFFSETS, Basis, fit_basis, multiply_lines
from experiments.bench import Bench, Profiles
from experiments.wiring import (
    Predict,
    Wiring,
    as_float32,
    choose_encoders,
    make_model,
    make_task,
    part_rows,
    predict_rows,
    to_device,
)

# A basis is wanted again when its replicate is done, so as many are kept as there may be slots: at
# 500 training lines 64 of them, in two modalities, hold 256 MB.
BASES_KEPT = 64


class SpanWiring:
    """One design in the span: what all its replicates share, and each one's coordinates."""

    def __init__(self, design: Design, recipe: Recipe, bench: Bench):
        self._bench = bench
        self._model = make_model(design, bench, bench.encoder_widths)
        raw = {name: bench.lines.inputs[name] for name in design.modalities}
        self._scalings = {
            name: fit_scaling(jnp.asarray(x)) for name, x in raw.items()
            if name in recipe.standardised
        }  # fmt: skip
        self._inputs = self._scale(raw)
        self._encoders = {
            name: fold_scaling(encoder, self._scalings.get(name))
            for name, encoder in choose_encoders(design, bench).items()
        }
        lines = to_device(self._inputs, bench.lines.target(recipe.target))
        self._lines = lines._replace(offsets=apply_first_layers(lines.inputs, self._encoders))
        self._products = {name: multiply_lines(x, x) for name, x in self._inputs.items()}
        self._fit_bases = lru_cache(maxsize=BASES_KEPT)(self._make_bases)

    def wire(self) -> Wiring:
        """Return what the engine needs."""
        return Wiring(
            self._model, self._lines, self._encoders, self._make_task, self._predict_lines,
            self._make_predict,
        )  # fmt: skip

    def _scale(self, profiles: Profiles) -> dict[str, np.ndarray]:
        scaled = {
            name: np.asarray(apply_scaling(scaling, jnp.asarray(profiles[name], jnp.float32)))
            for name, scaling in self._scalings.items()
        }
        return {**profiles, **scaled}

    def _make_bases(self, number: int) -> dict[str, Basis]:
        train_N = np.asarray(self._bench.splits.train_RN[number])
        return {name: fit_basis(x, train_N) for name, x in self._products.items()}

    def _make_task(self, number: int) -> Task:
        bases = self._fit_bases(number)
        own = {name: basis.project(self._products[name]) for name, basis in bases.items()}
        task = make_task(number, self._bench, own)
        coefficients = {name: basis.coefficients_NK for name, basis in bases.items()}
        return task._replace(bases=as_float32(coefficients))

    def _give_offsets(self, number: int, profiles: Mapping) -> dict[str, jax.Array]:
        """Return what the fixed part of the first layers gives for samples, by modality."""
        if not OFFSETS[self._bench.span_offset].stays:
            return {}
        weights = self._encoders
        if len(weights) < len(self._inputs):
            n_genes = {name: x.shape[1] for name, x in self._inputs.items()}
            key = jax.random.key(self._bench.seed)
            weights = draw_weights(key, jnp.int32(number), self._model, n_genes) | weights
        chosen = {name: weights[name] for name in self._inputs}
        return apply_first_layers(as_float32(profiles), chosen)

    def _predict_lines(self, finished: FinishedReplicate) -> np.ndarray:
        own = self._make_task(finished.number).inputs
        offsets = self._give_offsets(finished.number, self._inputs)
        predicted = predict_rows(self._model, finished.fitted, own, offsets)
        return np.asarray(predicted, np.float64)

    def _make_predict(self, finished: FinishedReplicate) -> Predict:
        bases = self._fit_bases(finished.number)

        def predict_part(raw: Profiles) -> np.ndarray:
            profiles = self._scale(raw)
            own = {
                name: basis.project(multiply_lines(profiles[name], self._inputs[name]))
                for name, basis in bases.items()
            }
            offsets = self._give_offsets(finished.number, profiles)
            return predict_rows(self._model, finished.fitted, as_float32(own), offsets)

        def predict_profiles(profiles: Profiles) -> np.ndarray:
            chosen = {name: profiles[name] for name in self._inputs}
            parts = [predict_part(part) for part in part_rows(chosen)]
            return np.concatenate(parts).astype(np.float64)

        return predict_profiles


@jax.jit
def apply_first_layers(
    inputs: Mapping[str, jax.Array], encoders: Mapping[str, Mapping]
) -> dict[str, jax.Array]:
    """Return x W0, (S, first width), for every modality that has an encoder."""
    return {
        name: inputs[name].astype(jnp.float32) @ encoder["dense_0"]["kernel"]
        for name, encoder in encoders.items()
    }
