"""The sizes that are measured, as rows of data. Standard library and settings only."""

from typing import NamedTuple

from drp.settings import ENCODER_WIDTHS, HEAD_WIDTHS


class Size(NamedTuple):
    """One size of the problem.

    Attributes:
      lines: all cell lines, of which `train` and `validation` are used in training.
      genes: modality -> genes.
      drugs: length of the output.
      encoder_widths: units per encoder layer; `head_widths`: units behind the codes.
    """

    lines: int
    train: int
    validation: int
    genes: dict[str, int]
    drugs: int
    encoder_widths: tuple[int, ...] = ENCODER_WIDTHS
    head_widths: tuple[int, ...] = HEAD_WIDTHS


class Stream(NamedTuple):
    """How tumours pass through the training of an autoencoder, and how long that is watched.

    Attributes:
      genes: of every modality.
      widths: the encoder's units per layer; `batch_size`: tumours per step.
      buffer: tumours in memory at a time where they are read from disk.
      seconds, refills: a stretch lasts as long, and empties the buffer as often, at least.
      rounds: times that all cases of a modality are measured in turn.
    """

    genes: int
    widths: tuple[int, ...]
    batch_size: int
    buffer: int
    seconds: float
    refills: int
    rounds: int


SIZES = {
    # Seconds for all cases: what the tests run.
    "tiny": Size(24, 16, 4, {"mutation": 30, "expression": 20}, 3, (8, 4), (5,)),
    "small": Size(120, 96, 12, {"mutation": 600, "expression": 500}, 40),
    "medium": Size(300, 240, 30, {"mutation": 5_000, "expression": 4_000}, 120),
    # Chiu et al. 2019, Methods: 622 cell lines split 80/10/10, 265 drugs.
    "paper": Size(622, 498, 62, {"mutation": 18_281, "expression": 15_363}, 265),
}
# The published autoencoder (Chiu et al. 2019, Methods). 4,096 tumours are a few seconds on a CPU:
# a stretch of 20 s refills the buffer several times.
STREAM = Stream(2_000, ENCODER_WIDTHS, batch_size=64, buffer=4_096, seconds=20, refills=4, rounds=2)
