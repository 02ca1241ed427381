"""The autoencoder of one modality, whose encoder becomes a part of the predictor."""

from collections.abc import Sequence

import jax
from flax import linen as nn
from jax import Array

from drp.models.dense import Dense, ReluStack

OUTPUTS = {"relu": nn.relu, "linear": lambda x: x}


class Decoder(nn.Module):
    """Dense ReLU layers, the last of which may be linear.

    Attributes:
      widths: units per layer, the last one's are the genes.
      output: of the last layer, a row of `OUTPUTS`.
      dropout: as in `ReluStack`, of all layers but the last.
    """

    widths: Sequence[int]
    output: str = "relu"
    dropout: float = 0.0

    @nn.compact
    def __call__(self, x_BK: Array) -> Array:
        """Return (B, genes) for codes (B, K)."""
        last = len(self.widths) - 1
        for layer, width in enumerate(self.widths):
            x_BK = Dense(width, name=f"dense_{layer}")(x_BK)
            if layer < last:
                x_BK = nn.relu(x_BK)
                x_BK = nn.Dropout(self.dropout)(x_BK, deterministic=not self.has_rng("dropout"))
        return OUTPUTS[self.output](x_BK)


class Autoencoder(nn.Module):
    """An encoder and its mirror image; in the paper with ReLU on every layer, the output included.

    Attributes:
      n_genes: length of the input and of the output.
      widths: the encoder's units per layer (1024, 256, 64 in the paper).
      output: of the last layer, a row of `OUTPUTS`.
      dropout: share of every hidden layer's units that a training step leaves out; a call is a
        training step if it is given a random key for `dropout`.
    """

    n_genes: int
    widths: Sequence[int]
    output: str = "relu"
    dropout: float = 0.0

    def setup(self):
        self.encoder = ReluStack(self.widths, dropout=self.dropout)
        self.decoder = Decoder((*self.widths[-2::-1], self.n_genes), self.output, self.dropout)

    def __call__(self, x_BG: Array) -> Array:
        """Return what the last layer says of inputs (B, genes), (B, genes)."""
        return self.decode(self.encode(x_BG))

    def encode(self, x_BG: Array) -> Array:
        """Return codes (B, K); reach it alone with `apply(..., method="encode")`."""
        return self.encoder(x_BG)

    def decode(self, code_BK: Array) -> Array:
        """Return the output (B, genes) of codes; also reachable alone."""
        return self.decoder(code_BK)


def init_autoencoder(key: Array, model: Autoencoder) -> dict:
    """Return He-uniform parameters: {"encoder": ..., "decoder": ...}."""
    example = jax.ShapeDtypeStruct((1, model.n_genes), "float32")
    return model.lazy_init(key, example)["params"]
