"""The catalogue of bad inputs, part 1: files that are damaged or of another kind."""

import gzip

import pytest

from tests.experiments.bad_input import (
    change,
    change_bytes,
    change_text,
    cut_rows,
    do_all,
    make_folder,
    move,
    pack_as_tar,
    pack_as_zip,
    write_as,
    write_then,
)
from tests.experiments.refusal import Case, assert_refused

CELLS, MATRIX, MAF, RESPONSE = "cells_expression", "panel", "tumors_mutation", "response"
PAGE = b"<!DOCTYPE html>\n<html><head><title>404, not found</title></head></html>\n"
RAGGED = "expected as many fields in every row"
HEADER = "expected tabs or commas in the header, found '"

FILES = {
    "missing file": Case(
        lambda raw: None, r"nothing\.csv: no such file",
        {"cells_samples": "{folder}/nothing.csv"},
    ),
    "folder": Case(make_folder("models"), r"models\.csv: expected a file, found a folder"),
    "folder for AnnData": Case(
        do_all(write_as("AnnData"), make_folder(CELLS)), r"\.h5ad: expected a file, found a folder"
    ),
    "empty file": Case(change_bytes("models", lambda data: b""), r"models\.csv: .* an empty file"),
    "empty gz": Case(change_bytes(CELLS, lambda data: gzip.compress(b"")), "an empty file"),
    "blank lines": Case(change_bytes("samples", lambda data: b"\n\n \n"), "an empty file"),
    "gz cut short": Case(
        change_bytes(MATRIX, lambda data: data[: len(data) // 2]), r"tsv\.gz: .*end-of-stream"
    ),
    "maf cut short": Case(change_bytes(MAF, lambda data: data[:-20]), r"maf\.gz: .*end-of-stream"),
    "gz of another sum": Case(change_bytes(RESPONSE, lambda data: data[:-8] + bytes(8)), "CRC"),
    "gz of gz": Case(change_bytes(RESPONSE, gzip.compress), r"gz: expected UTF-8 text, .* found"),
    "text cut short": Case(change_text(CELLS, lambda text: text[:-30]), f"{RAGGED}.* in row 39"),
    "parquet cut short": Case(
        write_then("parquet", change_bytes, lambda data: data[: len(data) // 2]),
        r"\.parquet: the parquet file is cut short or damaged",
    ),
    "workbook cut short": Case(
        write_then("GDSC workbook", change_bytes, lambda data: data[: len(data) // 2]),
        r"response\.xlsx: the workbook is cut short or damaged",
    ),
    "AnnData cut short": Case(
        write_then("AnnData", change_bytes, lambda data: data[: len(data) // 2]),
        r"\.h5ad: not a complete \.h5ad file \(.*truncated",
    ),
    "AnnData damaged": Case(
        write_then("AnnData", change_bytes, lambda data: data[:600] + b"\xff" * 600 + data[1200:]),
        r"\.h5ad: not a complete \.h5ad file",
    ),
    "text called h5ad": Case(move(CELLS, "cells_expression.h5ad"), "not a complete .h5ad file"),
    "h5ad called csv": Case(
        do_all(write_as("AnnData"), move(CELLS, "cells_expression.csv")), "found an HDF5 file"
    ),
    "workbook called csv": Case(
        do_all(write_as("GDSC workbook"), move(RESPONSE, "response.csv")), "found a zip archive"
    ),
    "zip called csv": Case(pack_as_zip("models", "models.csv"), r"csv: .* found a zip archive"),
    "zip called xlsx": Case(pack_as_zip("models", "models.xlsx"), "workbook is cut short or dam"),
    "tar": Case(pack_as_tar(MAF), r"maf\.gz: expected UTF-8 text, .* found a tar archive"),
    "UTF-16": Case(
        change_bytes("models", lambda data: data.decode().encode("utf-16")), "found UTF-16 text"
    ),
    "Latin-1 header": Case(
        change_bytes("models", lambda data: data.replace(b"tissue", b"tissu\xe9")), "expected UTF-8"
    ),
    "Latin-1 name": Case(
        change_bytes(
            MATRIX, lambda data: gzip.compress(gzip.decompress(data).replace(b"02", b"\xb5"))
        ),
        r"panel\.tsv\.gz: expected UTF-8 text",
    ),
    "binary": Case(change_bytes(RESPONSE, lambda data: bytes(range(256)) * 40), "found NUL bytes"),
    "page of an error": Case(change_bytes("models", lambda data: PAGE), f"{HEADER}<!DOCTYPE html>"),
    "wrong delimiter": Case(
        change_text("models", lambda text: text.replace(",", ";")), f"{HEADER}ModelID;COSMIC_ID"
    ),
    "decimal commas": Case(
        change_text(RESPONSE, lambda text: text.replace(",", ";").replace(".", ",")),
        rf"response\.csv\.gz: {HEADER}DATASET;COSMIC_ID",
    ),
    "spaces": Case(
        change_text(MAF, lambda text: text.replace("\t", " ")), rf"maf\.gz: {HEADER}Hugo_Symbol Var"
    ),
    "mixed delimiters": Case(
        change_text(MATRIX, lambda text: text.replace("\t", ",", 20)),
        rf"panel\.tsv\.gz: {RAGGED}; found 41 in the header, 61 in row 2",
    ),
    "rows of another delimiter": Case(
        change_text("samples", lambda text: text.replace("\t", ",").replace(",", "\t", 5)),
        rf"samples\.tsv: {RAGGED}; found 6 in the header, 1 in row 2",
    ),
    "a field too many": Case(
        change_text("models", lambda text: text.replace("lung", "lung,left", 1)),
        rf"models\.csv: {RAGGED}; found 3 in the header, 4 in row 3",
    ),
    "a field too few": Case(
        change_text(RESPONSE, lambda text: text + "1,2,3\n"),
        rf"response\.csv\.gz: {RAGGED}; found 9 in the header, 3 in row 264",
    ),
    "quote left open": Case(
        change_text(CELLS, lambda text: text.replace("LINE-0004", '"LINE-0004', 1)),
        rf"{RAGGED}; row 5 opens a quote and never ends",
    ),
    "quote left open in the header": Case(
        change_text("models", lambda text: f'"{text}'), "the header opens a quote and never ends"
    ),
    "title above the header": Case(
        change_text("models", lambda text: f"Table S1: cell lines\n{text}"), f"{HEADER}Table S1"
    ),
    "header missing": Case(
        change_text(CELLS, lambda text: text.split("\n", 1)[1]),
        r"expected names in the header, found numbers \(.*is the first line missing",
    ),
    "header alone": Case(change(CELLS, cut_rows), "expected rows below the header, found none"),
    "header twice": Case(
        change_text(RESPONSE, lambda text: text * 2), "row 264: expected a number, found 'LN_IC50'"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_file_is_named_and_leaves_nothing(raw_files, capsys, kind):
    assert_refused(raw_files, FILES[kind], capsys)
