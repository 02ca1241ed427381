"""What all designs of one comparison share: lines, splits, encoders, components, settings."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from drp.baselines import fit_components, project
from drp.data.lines import CellLines
from drp.data.splits import Splits
from drp.models import DESIGNS, MODALITIES, Start
from drp.settings import N_COMPONENTS

Profiles = Mapping[str, np.ndarray]


class Training(NamedTuple):
    """How the engine trains, whatever the design and recipe.

    Attributes:
      slots: replicates at a time, 0 = by the devices.
      first_layer: full, span, or recipe: as the recipe has it.
      span_offset: keep or drop; see `drp.training.span`.
      span_scaling: shared or split: the lines whose statistics scale inputs in the span.
      moments: how Adam's first moment is held; see `drp.training.optimisers`.
      matmul: precision of the matrix products; see `drp.models.dense`.
    """

    slots: int = 0
    first_layer: str = "recipe"
    span_offset: str = "keep"
    span_scaling: str = "shared"
    moments: str = "float32"
    matmul: str = "float32"


class Bench(NamedTuple):
    """What all designs of one comparison share.

    Attributes:
      lines: the cell lines; `splits`: their parts.
      encoders: modality -> weights of the pre-trained encoder; empty if none were asked for.
      codes: replicate -> modality -> components of its training lines, (S, K).
      encoder_widths: units per encoder layer; `head_widths`: units behind the codes.
      n_replicates: how many of the splits are used.
      seed: of weights and batches.
      training: how networks are trained.
    """

    lines: CellLines
    splits: Splits
    encoders: Mapping[str, Mapping]
    codes: Callable[[int], Profiles]
    encoder_widths: tuple[int, ...]
    head_widths: tuple[int, ...]
    n_replicates: int
    seed: int
    training: Training


def make_codes(lines: CellLines, splits: Splits) -> Callable[[int], Profiles]:
    """Return replicate -> components; they are fitted when a design first asks for them."""

    @cache
    def codes(number: int) -> Profiles:
        train = splits.train_RN[number]
        fitted = {
            name: fit_components(lines.inputs[name], train, N_COMPONENTS) for name in MODALITIES
        }
        return {name: project(fitted[name], lines.inputs[name]) for name in MODALITIES}

    return codes


def needs_encoders(designs: Sequence[str]) -> list[str]:
    """Return the modalities whose pre-trained encoder one of the designs starts from."""
    rows = [DESIGNS[name] for name in designs if name in DESIGNS]
    pretrained = {name for d in rows if d.start is Start.PRETRAINED for name in d.modalities}
    return [name for name in MODALITIES if name in pretrained]
