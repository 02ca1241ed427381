"""The autoencoder of one modality, whose encoder becomes a part of the predictor."""

from collections.abc import Sequence

import jax
from flax import linen as nn
from jax import Array

from drp.models.dense import ReluStack


class Autoencoder(nn.Module):
    """An encoder and its mirror image, ReLU on every layer including the output.

    Attributes:
      n_genes: length of the input and of the output.
      widths: the encoder's units per layer (1024, 256, 64 in the paper).
    """

    n_genes: int
    widths: Sequence[int]

    def setup(self):
        self.encoder = ReluStack(self.widths)
        self.decoder = ReluStack((*self.widths[-2::-1], self.n_genes))

    def __call__(self, x_BG: Array) -> Array:
        """Return the reconstruction (B, genes) of inputs (B, genes)."""
        return self.decode(self.encode(x_BG))

    def encode(self, x_BG: Array) -> Array:
        """Return codes (B, K); reach it alone with `apply(..., method="encode")`."""
        return self.encoder(x_BG)

    def decode(self, code_BK: Array) -> Array:
        """Return the reconstruction (B, genes) of codes; also reachable alone."""
        return self.decoder(code_BK)


def init_autoencoder(key: Array, model: Autoencoder) -> dict:
    """Return He-uniform parameters: {"encoder": ..., "decoder": ...}."""
    example = jax.ShapeDtypeStruct((1, model.n_genes), "float32")
    return model.lazy_init(key, example)["params"]
