"""The network from genomic profiles to the ln IC50 of every drug."""

from collections.abc import Mapping, Sequence
from functools import partial

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import Array

from drp.models.dense import Dense, ReluStack


class Predictor(nn.Module):
    """Encoders, their codes joined, dense ReLU layers, a linear output (Chiu et al. 2019, Fig. 1).

    Attributes:
      modalities: inputs by name, in the order in which their codes are joined.
      encoder_widths: units per encoder layer; empty takes the inputs themselves as codes.
      head_widths: units per layer behind the codes.
      n_outputs: length of the output: the drugs, and any auxiliary responses behind them.
      matmul: precision of the matrix products, a row of `dense.MATMULS`.
      dropout: share of all hidden units that a training step leaves out, see `dense.ReluStack`.
    """

    modalities: Sequence[str]
    encoder_widths: Sequence[int]
    head_widths: Sequence[int]
    n_outputs: int
    matmul: str = "float32"
    dropout: float = 0.0

    @nn.compact
    def __call__(
        self, inputs: Mapping[str, Array], offsets: Mapping[str, Array] | None = None,
        hidden: bool = False,
    ) -> Array:  # fmt: skip
        """Return ln IC50 (B, n_outputs) in uM.

        Args:
          inputs: name -> (B, genes), or coordinates in place of the genes.
          offsets: name -> (B, first width), what is added in the encoder's first layer.
          hidden: return what the output layer reads instead, (B, last width).
        """
        offsets = offsets or {}
        stack = partial(ReluStack, precision=self.matmul, dropout=self.dropout)
        encode = {name: stack(self.encoder_widths, name=name) for name in self.modalities}
        codes = [encode[name](inputs[name], offsets.get(name)) for name in self.modalities]
        x_BK = jnp.concatenate(codes, axis=-1)
        x_BK = stack(self.head_widths, name="head")(x_BK)
        if hidden:
            return x_BK
        return Dense(self.n_outputs, self.matmul, name="output")(x_BK)


def init_predictor(key: Array, model: Predictor, n_genes: Mapping[str, int]) -> dict:
    """Return He-uniform parameters, zero biases: {modality: encoder, "head": ..., "output": ...}.

    Args:
      key: random key.
      model: the predictor.
      n_genes: length of each input by modality.
    """
    shapes = {name: (1, n_genes[name]) for name in model.modalities}
    example = {name: jax.ShapeDtypeStruct(shape, "float32") for name, shape in shapes.items()}
    return model.lazy_init(key, example)["params"]
