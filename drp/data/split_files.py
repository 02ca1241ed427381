"""splits.npz: who was in which part, by name. It refuses to know how splits are drawn.

Lines and drugs are stored with their names, so that a file fits a cohort in any order. A part is
a table of row numbers, one row per replicate; where entries are held out, a table of parts.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from drp.atomic import replacing
from drp.data.errors import DataError, name_first
from drp.data.folds import KINDS, LINE, PAIR, PARTS, TEST, TRAIN, Fold, Splits

DAMAGE = (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile, zlib.error)
TABLES = ("train_RN", "validation_RV", "test_RT")  # one for each of PARTS
ENTRIES = "part_RSD"
FILLER = -1  # behind the row numbers of a part that is shorter than other replicates'


def write_splits(
    path: str | Path, splits: Splits, samples: pd.Index, drugs: pd.Index | None = None
) -> None:
    """Write splits with the names of the lines to one .npz file, all or nothing.

    Args:
      path: the file.
      splits: the folds.
      samples: (S,) names of the lines.
      drugs: (D,) names of the drugs; needed by splits by pair, not written with others.
    """
    arrays = {"samples": samples.to_numpy(str), "kind": np.array(splits.kind)}
    arrays["names"] = np.array([fold.name for fold in splits.folds], str)
    if splits.kind == PAIR:
        arrays["drugs"] = drugs.to_numpy(str)
        arrays[ENTRIES] = np.stack([fold.part_SD for fold in splits.folds])
    else:
        for table, part in zip(TABLES, PARTS, strict=True):
            arrays[table] = pad_rows([getattr(fold, part) for fold in splits.folds])
    with replacing(path) as partial, partial.open("wb") as handle:
        np.savez_compressed(handle, **arrays)


def pad_rows(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return row numbers of several replicates as one table, short rows filled with -1."""
    table_RN = np.full((len(parts), max(map(len, parts), default=0)), FILLER, np.int64)
    for row_N, part in zip(table_RN, parts, strict=True):
        row_N[: len(part)] = part
    return table_RN


def read_splits(path: str | Path, samples: pd.Index, drugs: pd.Index | None = None) -> Splits:
    """Read splits and bring them to the order of `samples` and `drugs`.

    Lines and drugs that the file does not name are in no part.

    Args:
      path: the file; one without a kind (written before there were kinds) is by line.
      samples: (S,) names of the cohort's lines.
      drugs: (D,) names of its drugs; needed by splits by pair.

    Raises:
      DataError: no such file, damaged, a line or drug that the cohort lacks or that is named twice,
        a line in two parts, an empty part.
    """
    try:
        with Path(path).open("rb") as handle, np.load(handle) as stored:
            arrays = {name: stored[name] for name in stored.files}
        kind = check_arrays(arrays)
    except DAMAGE as error:
        raise DataError(f"{path}: not a complete splits.npz ({error})") from error
    rows = find_places(path, arrays["samples"], samples, "lines")
    if kind != PAIR:
        check_parts(path, arrays)
        return Splits(tuple(place_lines(arrays, rows)), kind)
    if drugs is None:
        raise DataError(f"{path}: expected splits of whole lines, found splits by line-drug pair")
    columns = find_places(path, arrays["drugs"], drugs, "drugs")
    check_entries(path, arrays[ENTRIES])
    return Splits(tuple(place_entries(arrays, rows, columns, (len(samples), len(drugs)))), kind)


def check_arrays(arrays: dict[str, np.ndarray]) -> str:
    """Return the kind of splits; raise a ValueError or KeyError unless the arrays fit together."""
    kind = str(arrays.setdefault("kind", np.array(LINE)))
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}, not one of {', '.join(KINDS)}")
    if kind == PAIR:
        check_named(arrays, len(arrays[ENTRIES]), ("samples", "drugs"))
        check_table(arrays[ENTRIES], (len(arrays["samples"]), len(arrays["drugs"])))
        return kind
    n_replicates = max(len(arrays[name]) for name in TABLES)
    check_named(arrays, n_replicates, ("samples",))
    for name in TABLES:
        check_rows(name, arrays[name], n_replicates, len(arrays["samples"]))
    return kind


def check_named(arrays: dict[str, np.ndarray], n_replicates: int, axes: tuple[str, ...]) -> None:
    """Raise a ValueError unless names are lists; give the replicates empty ones if need be."""
    names = arrays.setdefault("names", np.full(n_replicates, ""))
    if names.shape != (n_replicates,):
        raise ValueError(f"names has shape {names.shape} for {n_replicates} replicates")
    for axis in axes:
        if arrays[axis].ndim != 1:
            raise ValueError(f"{axis} has shape {arrays[axis].shape}")


def check_table(part_RSD: np.ndarray, shape: tuple[int, int]) -> None:
    """Raise a ValueError unless it is a table of parts of every line and drug."""
    if part_RSD.shape[1:] != shape or part_RSD.dtype != np.uint8:
        raise ValueError(f"{ENTRIES} has shape {part_RSD.shape} and type {part_RSD.dtype}")
    if part_RSD.max(initial=0) > TEST:
        raise ValueError(f"{ENTRIES} has part {part_RSD.max()}, expected at most {TEST}")


def check_rows(name: str, part: np.ndarray, n_replicates: int, n_lines: int) -> None:
    """Raise a ValueError unless a part is a table of row numbers, with fillers only at the end."""
    if part.ndim != 2 or part.shape[0] != n_replicates or part.dtype.kind != "i":
        raise ValueError(f"{name} has shape {part.shape} and type {part.dtype}")
    low, high = part.min(initial=0), part.max(initial=0)
    filled = part == FILLER
    if low < FILLER or high >= n_lines or (filled[:, :-1] & ~filled[:, 1:]).any():
        raise ValueError(f"{name} has row {low if low < 0 else high} of {n_lines} lines")


def find_places(path: str | Path, names: np.ndarray, known: pd.Index, what: str) -> np.ndarray:
    """Return where the cohort has each name of the file."""
    repeated = pd.Index(names).duplicated()
    if repeated.any():
        raise DataError(f"{path}: splits name {what} twice: {name_first(names[repeated])}")
    places = known.get_indexer(names)
    if (places < 0).any():
        absent = name_first(names[places < 0])
        raise DataError(f"{path}: splits name {what} that the cohort lacks: {absent}")
    return places


def check_parts(path: str | Path, arrays: dict[str, np.ndarray]) -> None:
    """Raise a DataError where a replicate has an empty part, or a line in two."""
    tables = [arrays[name] for name in TABLES]
    for replicate, parts in enumerate(zip(*tables, strict=True)):
        where = name_replicate(path, replicate, arrays["names"][replicate])
        for part, name in zip(parts, PARTS, strict=True):
            if not (part >= 0).any():
                raise DataError(f"{where}: no {name} lines")
        indices = np.concatenate(parts)
        values, counts = np.unique(indices[indices >= 0], return_counts=True)
        if (counts > 1).any():
            twice = arrays["samples"][values[counts > 1]]
            raise DataError(f"{where}: in two parts: {name_first(twice)}")


def check_entries(path: str | Path, part_RSD: np.ndarray) -> None:
    """Raise a DataError where a replicate has an empty part."""
    for replicate, part_SD in enumerate(part_RSD):
        for part, name in enumerate(PARTS, start=TRAIN):
            if not (part_SD == part).any():
                raise DataError(f"{name_replicate(path, replicate, '')}: no {name} entries")


def name_replicate(path: str | Path, number: int, name: str) -> str:
    """Return where a fault is, for a message."""
    return f"{path}: replicate {number}" + (f" ({name})" if name else "")


def place_lines(arrays: dict[str, np.ndarray], rows: np.ndarray) -> list[Fold]:
    """Return the folds of a file that holds out lines, by the cohort's row numbers."""
    tables = [arrays[name] for name in TABLES]
    parts_R = zip(*tables, strict=True)
    return [
        Fold(*(rows[part[part >= 0]] for part in parts), name=str(name))
        for parts, name in zip(parts_R, arrays["names"], strict=True)
    ]


def place_entries(
    arrays: dict[str, np.ndarray], rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]
) -> list[Fold]:
    """Return the folds of a file that holds out entries, in the cohort's order."""
    part_RSD = np.zeros((len(arrays[ENTRIES]), *shape), np.uint8)
    part_RSD[:, rows[:, None], columns] = arrays[ENTRIES]
    all_rows = np.arange(shape[0])
    return [
        Fold(*[all_rows] * len(PARTS), name=str(name), part_SD=part_SD)
        for part_SD, name in zip(part_RSD, arrays["names"], strict=True)
    ]
