"""What a replicate is given: the lines that all share, and what is its own. Nothing is learned."""

from collections.abc import Mapping
from typing import NamedTuple

import jax
from jax import Array

from drp.training.scaling import Scaling


class Lines(NamedTuple):
    """The cell lines, shared by all replicates.

    Attributes:
      inputs: modality -> (S, genes); 0/1 as uint8, cast batch by batch.
      target_SD: ln IC50 (uM); anything where the mask is False.
      mask_SD: bool, which entries are learned from.
      offsets: modality -> (S, first width), what pre-trained weights give in the first layer,
        where training is in the span; else None.
      weight_S: weight of each line in the training loss; None for 1.
    """

    inputs: Mapping[str, Array]
    target_SD: Array
    mask_SD: Array
    offsets: Mapping[str, Array] | None = None
    weight_S: Array | None = None


class Entries(NamedTuple):
    """What one replicate learns from, where that is told per line and drug.

    Attributes:
      target_SD: ln IC50 (uM); anything where neither mask is True.
      train_SD: bool, which entries are learned from.
      validation_SD: bool, which entries say when to stop.
    """

    target_SD: Array
    train_SD: Array
    validation_SD: Array


class Task(NamedTuple):
    """What one replicate owns: its number, its parts of the lines, and inputs of its own.

    Attributes:
      number: the replicate's number, from which its random keys follow.
      train_N: (N,) rows of the training lines; those that others are mixed from come first.
      validation_V: (V,) rows of the validation lines.
      inputs: modality -> (S, K), in place of the shared ones (components of the training lines, or
        coordinates in their span).
      bases: modality -> (N, K) coefficients of the span, see `span.Basis`; None to train all
        weights of the first layer.
      scaling: modality -> scaling of the shared inputs by which the coordinates were made, where
        it is this replicate's own.
      mixtures: modality -> (F, N') weights of the first N' training lines in the last F lines,
        which have no inputs of their own in it. Their coordinates are among `inputs`; what a fixed
        part of the first layer gives for them is mixed by these.
      offsets: modality -> (S, first width), what weights or a scaling of this replicate's own give
        in the first layer, for the lines that have inputs; what is neither here nor shared, the
        engine makes.
      entries: this replicate's own target, in place of the shared one; None where its lines tell
        what is learned from.
    """

    number: Array
    train_N: Array
    validation_V: Array
    inputs: Mapping[str, Array]
    bases: Mapping[str, Array] | None = None
    scaling: Mapping[str, Scaling] | None = None
    mixtures: Mapping[str, Array] | None = None
    offsets: Mapping[str, Array] | None = None
    entries: Entries | None = None


def with_own_inputs(lines: Lines, task: Task) -> Lines:
    """Put the replicate's own inputs in place of the shared ones, where it has some."""
    return lines._replace(inputs={**lines.inputs, **task.inputs})


def for_training(lines: Lines, task: Task) -> Lines:
    """Put what the replicate learns from in place of the shared target, where it has its own."""
    own = task.entries
    return lines if own is None else lines._replace(target_SD=own.target_SD, mask_SD=own.train_SD)


def for_validation(lines: Lines, task: Task) -> Lines:
    """The same for what says when to stop."""
    own = task.entries
    if own is None:
        return lines
    return lines._replace(target_SD=own.target_SD, mask_SD=own.validation_SD)


def rows_of(lines: Lines, index: Array) -> Lines:
    """Gather the same rows of every array."""
    return jax.tree.map(lambda x: x[index], lines)
