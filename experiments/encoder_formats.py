"""Formats of an encoder's folder: an orbax checkpoint beside encoder.json. What each of them holds.

It refuses to know the cohort that an encoder is used on.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import orbax.checkpoint as ocp
import pandas as pd

from drp.atomic import replacing
from drp.data.errors import DataError
from experiments.alignment import with_entrez

LATEST = 2
CHECKPOINT, DESCRIPTION = "checkpoint", "encoder.json"


class Preprocessing(NamedTuple):
    """What an encoder did to raw values: its network read (x - mean) / scale.

    Attributes:
      mean: (G,) raw units; zeros where values were read as they are.
      scale: (G,) above 0; ones where values were read as they are.
      fill: (G,) each gene's mean over the training tumours, raw units: where a gene stands that a
        cohort lacks. NaN where that is unknown.
    """

    mean: np.ndarray
    scale: np.ndarray
    fill: np.ndarray


class Contents(NamedTuple):
    """What a folder holds: weights over the encoder's own genes, as its network read them."""

    params: Any
    genes: pd.DataFrame
    preprocessing: Preprocessing
    facts: dict


def write_contents(folder: Path, contents: Contents) -> None:
    """Write an encoder in the latest format, all or nothing, as host arrays."""
    params, genes, preprocessing, facts = contents
    arrays = jax.device_get({"params": params, "preprocessing": preprocessing._asdict()})
    description = {
        "format": LATEST, **facts, "arrays_sha256": hash_arrays(arrays),
        "genes": genes.index.tolist(), "entrez_ids": with_entrez(genes)["entrez_id"].tolist(),
    }  # fmt: skip
    with replacing(folder) as partial:
        partial.mkdir()
        with ocp.StandardCheckpointer() as checkpointer:
            checkpointer.save((partial / CHECKPOINT).resolve(), arrays)
        (partial / DESCRIPTION).write_text(json.dumps(description, indent=1), encoding="utf-8")


def read_contents(folder: Path) -> Contents:
    """Read an encoder of any format.

    Raises:
      DataError: there is none, it is damaged, or its format is unknown.
    """
    path = folder / DESCRIPTION
    if not path.is_file():
        raise DataError(f"{path}: no such file; `python -m experiments.pretrain` makes it")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        found = facts["format"]
        if found in FORMATS:
            contents = FORMATS[found](facts, _restore(folder / CHECKPOINT))
            _check_rows(contents)
            return contents
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{folder}: not a complete encoder ({error})") from error
    raise DataError(f"{path}: expected format {' or '.join(map(str, FORMATS))}, found {found}")


def _check_rows(contents: Contents) -> None:
    n_rows = len(contents.params["dense_0"]["kernel"])
    n_genes = contents.genes.index.nunique()
    if n_rows != n_genes:
        raise ValueError(f"expected weights of {n_genes} genes, found {n_rows}")


def _read_format_1(facts: dict, params: Any) -> Contents:
    """Read what this project wrote before there was preprocessing: symbols, and raw values."""
    genes = pd.DataFrame(index=pd.Index(facts.pop("genes")))
    zeros = np.zeros(len(genes), np.float32)
    return Contents(params, genes, Preprocessing(zeros, zeros + 1, zeros + np.nan), facts)


def _read_format_2(facts: dict, arrays: Any) -> Contents:
    symbols, ids, digest = (facts.pop(x) for x in ("genes", "entrez_ids", "arrays_sha256"))
    if hash_arrays(arrays) != digest:
        raise ValueError("its checkpoint is not the one that encoder.json describes")
    genes = pd.DataFrame({"entrez_id": ids}, pd.Index(symbols))
    return Contents(arrays["params"], genes, Preprocessing(**arrays["preprocessing"]), facts)


FORMATS = {1: _read_format_1, 2: _read_format_2}


def hash_arrays(tree: Any) -> str:
    """Return the SHA-256 of all arrays.

    encoder.json holds it, so that a run that records the hash of that file knows the weights.
    """
    digest = hashlib.sha256()
    for path, x in jax.tree_util.tree_leaves_with_path(tree):
        digest.update(f"{jax.tree_util.keystr(path)} {x.dtype} {x.shape}".encode())
        digest.update(np.ascontiguousarray(x))
    return digest.hexdigest()


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
