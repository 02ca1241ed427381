"""The least time that a replicate-epoch can take on a machine, from counts and measured rates.

Two things cannot be had for less: Adam reads and writes every weight and both its moments at every
step, and the matrix products need their multiplications. What else an epoch does is not counted, so
the larger of the two is a true lower bound, and how far a case stands above it is what is left to
gain. This room refuses to measure anything.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from experiments.benchmarks.sizes import Size

BYTES_PER_FLOAT = 4
ADAM_ARRAYS = 3  # the weights and both moments

# What the first layer of an encoder reads: the genes, or coordinates in the training lines' span.
FIRST_INPUTS = {
    "full": lambda size, modality: size.genes[modality],
    "span": lambda size, modality: size.train,
}


class Layer(NamedTuple):
    """A dense layer; the first of an encoder needs no gradient for its inputs."""

    inputs: int
    outputs: int
    is_first: bool


class Work(NamedTuple):
    """What one replicate-epoch cannot do without.

    Attributes:
      state_bytes: the weights and both moments.
      adam_bytes: read and written by all updates of the epoch.
      matmul_flops: of training and of the validation pass; one multiplication and one addition
        count as two.
    """

    state_bytes: int
    adam_bytes: int
    matmul_flops: int


class Rates(NamedTuple):
    """What a machine does in a second, all its devices together, at its best.

    Attributes:
      copy: what is trained, such as a kind of first layer -> bytes read and written, at the working
        set of that state.
      matmul: floating-point operations of a large float32 matrix product.
    """

    copy: dict[str, float]
    matmul: float


class Floors(NamedTuple):
    """Least seconds for some work: by the bytes of Adam, by the matrix products."""

    adam: float
    matmul: float

    @property
    def seconds(self) -> float:
        """Both are needed, but might be done at the same time: the larger one."""
        return max(self.adam, self.matmul)


def list_layers(size: Size, first_layer: str) -> list[Layer]:
    """Return every dense layer of the predictor."""
    layers = []
    for modality in size.genes:
        read = FIRST_INPUTS[first_layer](size, modality)
        pairs = pairwise((read, *size.encoder_widths))
        layers += [Layer(*pair, is_first=place == 0) for place, pair in enumerate(pairs)]
    codes = len(size.genes) * size.encoder_widths[-1]
    behind = pairwise((codes, *size.head_widths, size.drugs))
    return layers + [Layer(*pair, is_first=False) for pair in behind]


def list_autoencoder_layers(genes: int, widths: Sequence[int]) -> list[Layer]:
    """Return every dense layer of an autoencoder; `widths` are its encoder's."""
    pairs = pairwise((genes, *widths, *reversed(widths[:-1]), genes))
    return [Layer(*pair, is_first=place == 0) for place, pair in enumerate(pairs)]


def count_work(size: Size, first_layer: str, batch_size: int) -> Work:
    """Count one epoch of one replicate: training in batches, then one validation pass."""
    return count_layers(list_layers(size, first_layer), size.train, size.validation, batch_size)


def count_layers(layers: Sequence[Layer], train: int, validation: int, batch_size: int) -> Work:
    """Count what training on some samples in batches, and judging others, cannot do without."""
    steps = -(-train // batch_size)
    parameters = sum((layer.inputs + 1) * layer.outputs for layer in layers)
    state_bytes = ADAM_ARRAYS * BYTES_PER_FLOAT * parameters
    # Forward, the gradient of the weights, and that of the inputs where one is asked for.
    trained = sum((2 if x.is_first else 3) * x.inputs * x.outputs for x in layers)
    validated = sum(x.inputs * x.outputs for x in layers)
    flops = 2 * (train * trained + validation * validated)
    return Work(state_bytes, 2 * state_bytes * steps, flops)


def find_floors(work: Work, rates: Rates, trained: str) -> Floors:
    """Return the least seconds for that work at those rates; `trained`: a key of `rates.copy`."""
    return Floors(work.adam_bytes / rates.copy[trained], work.matmul_flops / rates.matmul)
