"""What careless hands do to files: functions that change one of the raw files.

A spoiler takes the raw files and changes one of them; an edit takes a table and returns it changed.
It refuses to know what a reader says to it.
"""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from tests.portal_files import PORTALS, write_portal
from tests.raw_files import RawFiles

GZIP = b"\x1f\x8b"
Spoiler = Callable[[RawFiles], None]
Edit = Callable[[pd.DataFrame], pd.DataFrame]


def find(raw_files: RawFiles, name: str) -> Path:
    """Return the file whose name starts so."""
    return next(raw_files.folder.glob(f"{name}.*"))


def change(name: str, edit: Edit) -> Spoiler:
    """Return a spoiler that edits one file as a table of text."""

    def spoil(raw_files):
        path = find(raw_files, name)
        separator = "," if ".csv" in path.name else "\t"
        table = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False)
        edit(table).to_csv(path, sep=separator, index=False)

    return spoil


def change_bytes(name: str, edit: Callable[[bytes], bytes]) -> Spoiler:
    """Return a spoiler that edits the bytes of one file, as they are on disk."""

    def spoil(raw_files):
        path = find(raw_files, name)
        path.write_bytes(edit(path.read_bytes()))

    return spoil


def change_text(name: str, edit: Callable[[str], str]) -> Spoiler:
    """Return a spoiler that edits the text of one file, unpacked."""

    def edit_bytes(data):
        text = edit(_unpack(data).decode()).encode()
        return gzip.compress(text, 1) if data.startswith(GZIP) else text

    return change_bytes(name, edit_bytes)


def write_as(portal: str, edit: Edit = lambda table: table) -> Spoiler:
    """Return a spoiler that puts an edited portal's file in the place of ours."""
    return lambda raw_files: write_portal(raw_files, portal, edit)


def write_then(portal: str, spoil: Callable[[str, Callable], Spoiler], edit: Callable) -> Spoiler:
    """Return a spoiler that writes a portal's file and then changes its text or its bytes."""
    name = PORTALS[portal].file.split(".")[0]
    return do_all(write_as(portal), spoil(name, edit))


def do_all(*spoilers: Spoiler) -> Spoiler:
    """Return a spoiler that does one after the other."""

    def spoil(raw_files):
        for each in spoilers:
            each(raw_files)

    return spoil


def move(name: str, new: str) -> Spoiler:
    """Return a spoiler that unpacks one file and gives it another name."""

    def spoil(raw_files):
        path = find(raw_files, name)
        data = _unpack(path.read_bytes())
        path.unlink()
        (raw_files.folder / new).write_bytes(data)

    return spoil


def make_folder(name: str) -> Spoiler:
    """Return a spoiler that puts a folder in the place of one file."""

    def spoil(raw_files):
        path = find(raw_files, name)
        path.unlink()
        path.mkdir()

    return spoil


def pack_as_zip(name: str, new: str) -> Spoiler:
    """Return a spoiler that puts one file into a zip archive."""

    def spoil(raw_files):
        path = find(raw_files, name)
        data = _unpack(path.read_bytes())
        path.unlink()
        with zipfile.ZipFile(raw_files.folder / new, "w") as archive:
            archive.writestr("table.csv", data)

    return spoil


def pack_as_tar(name: str) -> Spoiler:
    """Return a spoiler that puts one file into a gzipped tar archive."""

    def spoil(raw_files):
        path = find(raw_files, name)
        data = _unpack(path.read_bytes())
        with tarfile.open(path, "w:gz") as archive:
            about = tarfile.TarInfo("table.tsv")
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))

    return spoil


def take_for(name: str, other: str) -> Spoiler:
    """Return a spoiler that puts a copy of another file in the place of one."""

    def spoil(raw_files):
        source = find(raw_files, other)
        data = source.read_bytes()
        for old in raw_files.folder.glob(f"{name}.*"):
            old.unlink()
        (raw_files.folder / source.name.replace(other, name, 1)).write_bytes(data)

    return spoil


def set_cell(row: int, column: int | str, value) -> Edit:
    def edit(table):
        place = table.columns.get_loc(column) if isinstance(column, str) else column
        table.iloc[row, place] = value
        return table

    return edit


def to_numbers(transform: Callable[[pd.DataFrame], pd.DataFrame], start: int = 1) -> Edit:
    """Return an edit that transforms every number of a matrix."""

    def edit(table):
        values = transform(table.iloc[:, start:].astype(float))
        return pd.concat([table.iloc[:, :start], values], axis=1)

    return edit


def to_response(transform: Callable[[pd.Series], pd.Series], copies: int = 1) -> Edit:
    """Return an edit of all ln IC50 that may screen each drug several times, to have 20 drugs."""

    def edit(table):
        table["LN_IC50"] = transform(table["LN_IC50"].astype(float))
        again = [table.assign(DRUG_ID=str(n) + table["DRUG_ID"]) for n in range(1, copies + 1)]
        return pd.concat(again)

    return edit


def fill(column: str, value) -> Edit:
    return lambda table: table.assign(**{column: value})


def edit_column(column: str, edit: Callable[[pd.Series], pd.Series]) -> Edit:
    return lambda table: table.assign(**{column: edit(table[column])})


def rename(column: str, name: str) -> Edit:
    return lambda table: table.rename(columns={column: name})


def drop(*columns: str) -> Edit:
    return lambda table: table.drop(columns=list(columns))


def repeat_row(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.head(1)])


def repeat_column(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.iloc[:, -1:]], axis=1)


def cut_rows(table: pd.DataFrame) -> pd.DataFrame:
    return table.head(0)


def transpose(table: pd.DataFrame) -> pd.DataFrame:
    """Return a matrix the other way round, its corner where it was."""
    corner = table.columns[0]
    turned = table.set_index(corner).T
    return turned.rename_axis(corner).reset_index()


def standardise(table: pd.DataFrame) -> pd.DataFrame:
    return (table - table.to_numpy().mean()) / table.to_numpy().std()


def to_counts(table: pd.DataFrame) -> pd.DataFrame:
    return (2**table * 9).round()


def to_log2p001(table: pd.DataFrame) -> pd.DataFrame:
    return np.log2(np.maximum(2**table - 1, 0) + 0.001)


def _unpack(data: bytes) -> bytes:
    return gzip.decompress(data) if data.startswith(GZIP) else data
