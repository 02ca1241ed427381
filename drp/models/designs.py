"""The neural designs as rows of data: which inputs, what replaces an encoder, where it starts.

Nothing outside this table asks a design for its name.
"""

from enum import Enum
from typing import NamedTuple


class Start(Enum):
    """Where an encoder's weights come from."""

    PRETRAINED = "cut from the autoencoder trained on tumours"
    RANDOM = "He-uniform"


class Inputs(Enum):
    """What the network reads."""

    GENES = "the genes, through an encoder"
    COMPONENTS = "principal components of the training lines, in place of an encoder"


class Design(NamedTuple):
    """One row of the comparison (Chiu et al. 2019, Table 1 and Figure 2E)."""

    modalities: tuple[str, ...]
    start: Start
    inputs: Inputs = Inputs.GENES


MODALITIES = ("mutation", "expression")

DESIGNS = {
    "complete": Design(MODALITIES, Start.PRETRAINED),
    "random_init": Design(MODALITIES, Start.RANDOM),
    "pca": Design(MODALITIES, Start.RANDOM, Inputs.COMPONENTS),
    "expression_only": Design(("expression",), Start.PRETRAINED),
    "mutation_only": Design(("mutation",), Start.PRETRAINED),
    "expression_only_random": Design(("expression",), Start.RANDOM),
}
