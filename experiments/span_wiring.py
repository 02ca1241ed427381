"""Training in the span of the training lines, for real cohorts: coordinates, offsets, predictions.

Where all lines' statistics scale the inputs, which know no response, the inner products of the
lines are made once for all replicates; where each split's own do, once for each replicate.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from drp.models import Design
from drp.models.dense import matmul
from drp.training import FinishedReplicate, Task
from drp.training.replicate import draw_weights
from drp.training.scaling import Scaling, apply_scaling, fit_scaling, fold_scaling
from drp.training.span import OFFSETS, Basis, fit_basis, multiply_lines
from experiments.bench import Bench, Profiles
from experiments.checkpoints import Checkpoint, keep_replicate
from experiments.trial import Trial
from experiments.wiring import (
    Predict,
    Wiring,
    as_float32,
    choose_encoders,
    encode_rows,
    make_model,
    make_task,
    part_rows,
    predict_rows,
    to_device,
)

# A basis is wanted again when its replicate is done. At 500 training lines 64 of them, in two
# modalities, hold 256 MB, with further lines twice that; with more slots a basis is made twice.
BASES_KEPT = 64
# Offsets of random starts cost genes x width random numbers, and are wanted twice: when a network
# starts and when it is done.
OFFSETS_KEPT = 16
# Frames of a split's own hold scaled inputs, genes wide.
FRAMES_KEPT = 2


class Frame(NamedTuple):
    """The lines in the units of one scaling; further lines too where they have the modality.

    Attributes:
      scalings: modality -> scaling; one that is not here is read as it is.
      inputs: modality -> (S, genes), scaled.
      encoders: modality -> pre-trained encoder of scaled inputs.
      products: modality -> (S, S) inner products of the lines, float64.
    """

    scalings: Mapping[str, Scaling]
    inputs: Profiles
    encoders: Mapping[str, Mapping]
    products: Mapping[str, np.ndarray]


class SpanWiring:
    """One design in the span: what its replicates share, and what is each one's own."""

    def __init__(self, design: Design, trial: Trial, bench: Bench):
        self._bench, self._trial = bench, trial
        self._model = make_model(design, trial, bench)
        self._stays = OFFSETS[trial.recipe.span_offset].stays
        self._raw = {name: trial.stacked(name) for name in design.modalities}
        self._encoders = choose_encoders(design, trial, bench)
        standardised = [name for name in design.modalities if name in trial.recipe.standardised]
        by_split = bench.training.span_scaling == "split"
        self._by_split = standardised if by_split else []
        shared = [] if by_split else standardised
        self._shared = self._make_frame(shared, np.arange(trial.n_lines), {})
        lines = to_device(self._shared.inputs, trial)
        fixed = {
            name: encoder for name, encoder in self._shared.encoders.items()
            if name not in self._by_split
        }  # fmt: skip
        self._lines = lines._replace(offsets=apply_first_layers(lines.inputs, fixed))
        self._draw_kernels = jax.jit(self._make_kernels)
        self._fit_bases = lru_cache(maxsize=BASES_KEPT)(self._make_bases)
        self._find_offsets = lru_cache(maxsize=OFFSETS_KEPT)(self._make_offsets)
        self._frame = lru_cache(maxsize=FRAMES_KEPT)(self._find_frame)

    def wire(self) -> Wiring:
        """Return what the engine needs."""
        return Wiring(
            model=self._model,
            recipe=self._trial.recipe,
            lines=self._lines,
            pretrained=self._shared.encoders,
            make_task=self._make_task,
            encode_rows=self._encode_rows,
            keep=lambda done: keep_replicate(done, self._fit_bases(done.number)),
            make_predict=self._make_predict,
        )

    def _make_frame(self, standardised: list[str], rows_N: np.ndarray, known: Mapping) -> Frame:
        """Scale by the statistics of some rows; `known`: products that are those of another."""
        scalings = {
            name: fit_scaling(jnp.asarray(self._raw[name][rows_N])) for name in standardised
        }
        inputs = scale(self._raw, scalings)
        encoders = {
            name: fold_scaling(encoder, scalings.get(name))
            for name, encoder in self._encoders.items()
        }
        new = {name: multiply_lines(x, x) for name, x in inputs.items() if name not in known}
        return Frame(scalings, inputs, encoders, {**known, **new})

    def _find_frame(self, number: int) -> Frame:
        """Return the frame of one network."""
        if not self._by_split:
            return self._shared
        products = self._shared.products
        known = {name: x for name, x in products.items() if name not in self._by_split}
        return self._make_frame(self._by_split, self._train_rows(number), known)

    def _train_rows(self, number: int) -> np.ndarray:
        return self._trial.network(number).train

    def _make_bases(self, number: int) -> dict[str, Basis]:
        """Return the bases of the training lines; mixtures of them, in expression, add nothing."""
        fold, products = self._trial.network(number), self._frame(number).products
        rows_N = self._trial.rows(fold)
        return {
            name: fit_basis(x, rows_N if len(x) == self._trial.n_rows else fold.train)
            for name, x in products.items()
        }

    def _make_task(self, number: int) -> Task:
        frame, bases, fold = (
            self._frame(number),
            self._fit_bases(number),
            self._trial.network(number),
        )
        coordinates = {name: basis.project(frame.products[name]) for name, basis in bases.items()}
        own = {name: self._trial.extend(z, fold) for name, z in coordinates.items()}
        task = make_task(number, self._trial, own)
        lacking = [name for name, z in coordinates.items() if len(z) < self._trial.n_rows]
        mixture_FN = self._trial.mixture(fold)
        return task._replace(
            bases=as_float32({name: basis.coefficients_NK for name, basis in bases.items()}),
            scaling={name: frame.scalings[name] for name in self._by_split},
            mixtures=as_float32(dict.fromkeys(lacking, mixture_FN)),
            offsets=as_float32(self._find_offsets(number)),
        )

    def _make_kernels(self, number: jax.Array) -> dict[str, Mapping]:
        """Return the first layers of one network's random start; jitted, it draws no others."""
        n_genes = {name: x.shape[1] for name, x in self._raw.items()}
        weights = draw_weights(jax.random.key(self._bench.seed), number, self._model, n_genes)
        return {
            name: {"dense_0": {"kernel": weights[name]["dense_0"]["kernel"]}}
            for name in n_genes if name not in self._encoders
        }  # fmt: skip

    def _give_offsets(self, number: int, profiles: Profiles) -> dict[str, jax.Array]:
        """Return what the fixed part of the first layers gives for samples, by modality."""
        if not (profiles and self._stays):
            return {}
        weights = self._frame(number).encoders
        if len(weights) < len(self._raw):
            weights = self._draw_kernels(jnp.int32(number)) | weights
        return apply_first_layers(profiles, {name: weights[name] for name in profiles})

    def _make_offsets(self, number: int) -> dict[str, np.ndarray]:
        """Return one network's offsets of all lines, further ones too; not those that all share."""
        inputs = self._frame(number).inputs
        own = {name: x for name, x in inputs.items() if name not in self._lines.offsets}
        # On the host, as what is kept must not fill an accelerator.
        return jax.device_get(self._give_offsets(number, own))

    def _encode_rows(self, finished: FinishedReplicate) -> np.ndarray:
        """Return what the output layer reads of all rows: coordinates and offsets mix alike."""
        number, trial = finished.number, self._trial
        fold, products = trial.network(number), self._frame(number).products
        own = {
            name: basis.project(products[name]) for name, basis in self._fit_bases(number).items()
        }
        shared = self._lines.offsets if self._stays else {}
        offsets = {**shared, **self._find_offsets(number)}
        every_row = (
            {name: trial.extend(np.asarray(x), fold) for name, x in group.items()}
            for group in (own, offsets)
        )
        return np.asarray(encode_rows(self._model, finished.fitted, *every_row))

    def _make_predict(self, kept: Checkpoint) -> Predict:
        def predict_part(raw: Profiles) -> np.ndarray:
            frame = self._frame(kept.number)
            profiles = scale(raw, frame.scalings)
            own = {
                name: basis.project(multiply_lines(profiles[name], frame.inputs[name]))
                for name, basis in kept.bases.items()
            }
            offsets = self._give_offsets(kept.number, profiles)
            return self._only_drugs(
                predict_rows(self._model, kept.fitted, as_float32(own), offsets)
            )

        def predict_profiles(profiles: Profiles) -> np.ndarray:
            chosen = {name: profiles[name] for name in self._raw}
            parts = [predict_part(part) for part in part_rows(chosen)]
            return np.concatenate(parts)

        return predict_profiles

    def _only_drugs(self, predicted: jax.Array) -> np.ndarray:
        """Return predictions (T, D) in float64, auxiliary outputs left out."""
        return np.asarray(predicted, np.float64)[:, : len(self._bench.lines.drugs)]


def scale(profiles: Profiles, scalings: Mapping[str, Scaling]) -> Profiles:
    """Return profiles in the units of scalings; a modality that has none stays as it is."""
    scaled = {
        name: np.asarray(apply_scaling(scaling, jnp.asarray(profiles[name], jnp.float32)))
        for name, scaling in scalings.items()
    }
    return {**profiles, **scaled}


@jax.jit
def apply_first_layers(
    inputs: Mapping[str, jax.Array], encoders: Mapping[str, Mapping]
) -> dict[str, jax.Array]:
    """Return x W0, (S, first width), for every modality that has an encoder."""
    return {
        name: matmul(inputs[name].astype(jnp.float32), encoder["dense_0"]["kernel"])
        for name, encoder in encoders.items()
    }
