"""What a trained replicate leaves behind, and how it predicts. It refuses to know any training."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import Array

from drp.models import Predictor
from drp.training.scaling import Scaling, apply_scaling


class FittedPredictor(NamedTuple):
    """The product of a replicate: all that prediction needs.

    Attributes:
      params: the weights of a `Predictor`.
      scaling: modality -> scaling of its genes; a modality that is not here is read as it is.
    """

    params: Any
    scaling: Mapping[str, Scaling]


def predict(
    model: Predictor, fitted: FittedPredictor, inputs: Mapping[str, Array],
    offsets: Mapping[str, Array] | None = None, dropout_key: Array | None = None,
    hidden: bool = False,
) -> Array:  # fmt: skip
    """Return predicted ln IC50 in uM, (B, n_outputs).

    Args:
      model: the predictor.
      fitted: weights and input scaling of one replicate.
      inputs: modality -> (B, genes), unscaled, any number type; or coordinates, see `span`.
      offsets: modality -> (B, first width), what a fixed part of the first layer gives.
      dropout_key: key of a training step's dropout; None to predict with all units.
      hidden: return what the output layer reads instead, (B, last width).
    """
    x = {name: inputs[name].astype(jnp.float32) for name in model.modalities}
    scaled = {name: apply_scaling(scaling, x[name]) for name, scaling in fitted.scaling.items()}
    rngs = {} if dropout_key is None else {"dropout": dropout_key}
    return model.apply({"params": fitted.params}, {**x, **scaled}, offsets, hidden, rngs=rngs)
