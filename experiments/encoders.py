"""Encoders on disk: one folder per modality with an orbax checkpoint and what it was trained on."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import orbax.checkpoint as ocp
import pandas as pd

from drp.atomic import replacing
from drp.data.errors import DataError, name_first
from drp.models.dense import HE_UNIFORM

FORMAT = 1


class StoredEncoder(NamedTuple):
    """An encoder as it was saved.

    Attributes:
      params: {"dense_0": {"kernel": (genes, width), "bias": (width,)}, ...}, host arrays.
      genes: gene symbols, one per row of the first kernel.
      facts: widths, epochs, final loss, and what it was trained on.
    """

    params: Any
    genes: pd.Index
    facts: dict


def write_encoder(folder: Path, params: Any, genes: pd.Index, facts: dict) -> None:
    """Write one encoder, all or nothing. Host arrays, so it can be read on any device count."""
    with replacing(folder) as partial:
        partial.mkdir()
        with ocp.StandardCheckpointer() as checkpointer:
            checkpointer.save((partial / "checkpoint").resolve(), jax.device_get(params))
        description = {"format": FORMAT, **facts, "genes": genes.tolist()}
        (partial / "encoder.json").write_text(json.dumps(description, indent=1), encoding="utf-8")


def read_encoder(
    folder: Path, genes: pd.Index, widths: Iterable[tuple[int, ...]], further_genes: bool = False,
    seed: int = 0,
) -> StoredEncoder:  # fmt: skip
    """Read one encoder and check that it fits the cohort.

    Args:
      folder: what `write_encoder` wrote.
      genes: the cohort's genes, which must be the encoder's in the same order.
      widths: for every recipe the layers that it takes of the encoder, the first ones.
      further_genes: whether the cohort may have genes that the encoder lacks, and in any order.
        Their weights are drawn once, He-uniform, and all replicates start from the same.
      seed: of these weights.

    Raises:
      DataError: no encoder there, damaged, another format, other genes or other widths.
    """
    path = folder / "encoder.json"
    if not path.is_file():
        raise DataError(f"{path}: no such file; `python -m experiments.pretrain` makes it")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        stored = pd.Index(facts.pop("genes"))
        found_format, found_widths = facts["format"], tuple(facts["widths"])
        params = _restore(folder / "checkpoint")
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{folder}: not a complete encoder ({error})") from error
    if found_format != FORMAT:
        raise DataError(f"{path}: expected format {FORMAT}, found {found_format}")
    for wanted in widths:
        if found_widths[: len(wanted)] != tuple(wanted):
            cure = f"--encoder_widths={','.join(str(width) for width in found_widths)}"
            raise DataError(f"{path}: expected layers {wanted}, found {found_widths}; give {cure}")
    if further_genes and stored.isin(genes).all():
        return StoredEncoder(add_genes(params, stored, genes, seed), genes, facts)
    if not stored.equals(genes):
        absent = genes.difference(stored)
        raise DataError(
            f"{path}: trained on {len(stored)} genes, the cohort has {len(genes)}, of which "
            f"{len(absent)} are new ({name_first(absent)}); prepare both cohorts together"
        )
    return StoredEncoder(params, stored, facts)


def add_genes(params: Any, stored: pd.Index, genes: pd.Index, seed: int) -> Any:
    """Return an encoder over `genes`, its new rows He-uniform, the others those of `stored`."""
    first = params["dense_0"]
    shape = len(genes), first["kernel"].shape[1]
    kernel = np.array(HE_UNIFORM(jax.random.key(seed), shape, "float32"))
    kernel[genes.get_indexer(stored)] = first["kernel"]
    return {**params, "dense_0": {**first, "kernel": kernel}}


def _restore(path: Path) -> Any:
    """Restore as host arrays, whatever devices the checkpoint was written from.

    Each of several processes reads for itself, so that one which cannot does not hold up the rest.
    """
    here = jax.process_index()
    alone = ocp.options.MultiprocessingOptions(
        primary_host=here, active_processes={here}, barrier_sync_key_prefix=f"process_{here}"
    )
    handler = ocp.PyTreeCheckpointHandler(multiprocessing_options=alone)
    with ocp.Checkpointer(handler, multiprocessing_options=alone) as checkpointer:
        structure = checkpointer.metadata(path.resolve()).item_metadata.tree
        as_numpy = jax.tree.map(lambda _: ocp.RestoreArgs(restore_type=np.ndarray), structure)
        return checkpointer.restore(path.resolve(), restore_args=as_numpy)
