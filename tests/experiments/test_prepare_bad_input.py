"""Every kind of bad input ends `prepare` with one line that names the file, and leaves nothing."""

import errno
import gzip
import os
import subprocess
import sys
from pathlib import Path

import mudata
import numpy as np
import pandas as pd
import pytest

from drp.data import DataError
from experiments.prepare import run

ROOT = Path(__file__).parents[2]


def read(path):
    return pd.read_csv(path, sep=None, engine="python", dtype=str, keep_default_na=False)


def change(name, edit):
    """Return a spoiler that edits one file as a table of text."""

    def spoil(raw_files):
        path = find(raw_files, name)
        separator = "," if ".csv" in path.name else "\t"
        edit(read(path)).to_csv(path, sep=separator, index=False)

    return spoil


def change_bytes(name, edit):
    """Return a spoiler that edits the bytes of one file, as they are on disk."""

    def spoil(raw_files):
        path = find(raw_files, name)
        path.write_bytes(edit(path.read_bytes()))

    return spoil


def change_text(name, edit):
    """Return a spoiler that edits the text of one file, unpacked."""

    def edit_bytes(data):
        packed = data.startswith(b"\x1f\x8b")
        text = edit((gzip.decompress(data) if packed else data).decode())
        return gzip.compress(text.encode()) if packed else text.encode()

    return change_bytes(name, edit_bytes)


def find(raw_files, name):
    return next(raw_files.folder.glob(f"{name}.*"))


def set_cell(row, column, value):
    def edit(table):
        table.iloc[row, column] = value
        return table

    return edit


def to_numbers(transform):
    """Return an edit that transforms every number of a matrix."""

    def edit(table):
        values = transform(table.iloc[:, 1:].astype(float))
        return pd.concat([table.iloc[:, :1], values], axis=1)

    return edit


def to_response(transform, copies=1):
    """Return an edit of all ln IC50 that may screen each drug several times, to have 20 drugs."""

    def edit(table):
        table["LN_IC50"] = transform(table["LN_IC50"].astype(float))
        again = [table.assign(DRUG_ID=str(n) + table["DRUG_ID"]) for n in range(1, copies + 1)]
        return pd.concat(again)

    return edit


def repeat_row(table):
    return pd.concat([table, table.head(1)])


def repeat_column(text):
    return "\n".join(f"{line}\t{line.rsplit(chr(9), 1)[1]}" for line in text.splitlines())


def rename(column, name):
    return lambda table: table.rename(columns={column: name})


def rename_samples(table):
    return table.rename(columns=lambda name: name.replace("TCGA", "OWN"))


def keep_drug_in_two_lines(table):
    return table[(table["DRUG_ID"] != "1003") | (table.groupby("DRUG_ID").cumcount() < 2)]


MATRIX, MAF = "panel", "tumors_mutation"
BAD = {
    "missing file": (lambda raw: find(raw, MATRIX).unlink(), r"panel\.tsv\.gz: no such file"),
    "empty file": (change_bytes("models", lambda data: b""), r"models\.csv: .* an empty file"),
    "gz cut short": (
        change_bytes(MATRIX, lambda data: data[: len(data) // 2]), r"tsv\.gz: .*end-of-stream"
    ),
    "maf cut short": (change_bytes(MAF, lambda data: data[:-20]), r"maf\.gz: .*end-of-stream"),
    "wrong delimiter": (
        change_text("models", lambda text: text.replace(",", ";")),
        r"models\.csv: expected tabs or commas in the header, found 'ModelID;COSMIC_ID",
    ),
    "mixed delimiters": (
        change_text(MATRIX, lambda text: text.replace("\t", ",", 20)),
        r"panel\.tsv\.gz: expected as many fields in every row",
    ),
    "no tumour in both": (
        change(MAF, lambda table: table.assign(Tumor_Sample_Barcode="TCGA-ZZ-0001-01")),
        r"tumors_mutation\.maf\.gz: none of its samples \(TCGA-ZZ.* is listed in .*sequenced\.csv",
    ),
    "no tumour with both": (
        lambda raw: [change(name, rename_samples)(raw) for name in ("panel", "genomewide")],
        r"no tumour has both expression and mutation; expression: OWN-",
    ),
    "no shared line": (
        change("cells_expression", lambda table: table.assign(ModelID=table["ModelID"] + "x")),
        "no cell line has expression, mutation and response; expression: LINE-0001x",
    ),
    "no line in the crosswalk": (
        change("response", lambda table: table.assign(COSMIC_ID="1" + table["COSMIC_ID"])),
        r"no line of .*response\.csv\.gz \(1900001.* COSMIC_ID in .*models\.csv \(900001",
    ),
    "no shared gene": (
        lambda raw: [
            change(name, lambda table: table.assign(gene="ENSG" + table["gene"]))(raw)
            for name in ("panel", "genomewide")
        ],
        r"expression: cell lines \(DRIVER01.* and tumours \(ENSGDRIVER01.* share no gene",
    ),
    "duplicate sample": (change_text(MATRIX, repeat_column), "header: .* repeats of TCGA-SY"),
    "duplicate line": (
        change("cells_expression", repeat_row), "first column: .* found repeats of LINE-0001"
    ),
    "duplicate gene": (change(MATRIX, repeat_row), "panel.* first column: .* repeats of DRIVER01"),
    "duplicate symbol": (
        change("cells_expression", rename("DRIVER02 (900002)", "DRIVER01 (7)")),
        "cells_expression.* gene symbols: expected each name once, found repeats of DRIVER01",
    ),
    "duplicate sequenced sample": (
        change("cells_sequenced", repeat_row), r"sequenced\.csv: column 'ModelID': .*LINE-0001"
    ),
    "duplicate annotation": (change("samples", repeat_row), "column 'sample': .* repeats of TCGA"),
    "no number": (
        change(MATRIX, set_cell(2, 3, "1,5")),
        r"column 'TCGA-SY-\d+-01', row 'DRIVER03': expected a number, found '1,5'",
    ),
    "infinite": (change(MATRIX, set_cell(2, 3, "inf")), "row 'DRIVER03'.* number, found inf"),
    "empty cell": (
        change(MATRIX, set_cell(2, 3, "")), "row 'DRIVER03'.* finite number, found an empty cell"
    ),
    "unnamed gene": (change(MATRIX, set_cell(2, 0, "")), "first column: expected a name"),
    "z-scores": (
        change(MATRIX, to_numbers(lambda x: x.sub(x.mean(axis=1), axis=0))),
        r"panel.* declared --tumors_expression_unit=log2p1, .*z-scores cannot be converted",
    ),
    "one negative": (
        change("cells_expression", set_cell(4, 2, "-0.5")),
        r"declared --cells_expression_unit=log2p1, .* from -0\.5 \(LINE-\d+, DRIVER02 \(900002\)\)",
    ),
    "counts": (
        change(MATRIX, to_numbers(lambda x: (2**x * 9).round())),
        "panel.* all whole: counts must be turned into TPM first",
    ),
    "linear TPM": (
        change(MATRIX, to_numbers(lambda x: 2**x - 0.99)),
        r"panel.* linear TPM\? Use --tumors_expression_unit=tpm",
    ),
    "log2(TPM+0.001)": (
        change("cells_expression", to_numbers(lambda x: np.log2(np.maximum(2**x - 1, 0) + 0.001))),
        r"log2\(TPM\+0\.001\)\? Use --cells_expression_unit=log2p001",
    ),
    "unknown variant class": (
        change(MAF, set_cell(0, 1, "Missence")),
        r"tumors_mutation\.maf\.gz: unknown Variant_Classification: Missence",
    ),
    "MAF without class": (
        change(MAF, rename("Variant_Classification", "Class")),
        "expected a column 'Variant_Classification', found Hugo_Symbol, Class",
    ),
    "MAF without sample": (
        change(MAF, rename("Tumor_Sample_Barcode", "Sample")),
        "expected a column 'Tumor_Sample_Barcode', found Hugo_Symbol",
    ),
    "MAF with nothing that passes": (
        change(MAF, lambda table: table.assign(FILTER="oxog")),
        "no row is left after --variant_classes and --maf_filters",
    ),
    "response in log10": (
        change("response", to_response(lambda x: x / np.log(10), copies=3)),
        r"response\.csv\.gz: .* looks like log10 \(uM\); use --response_unit=log10_um",
    ),
    "response in uM": (
        change("response", to_response(np.exp)),
        r"response\.csv\.gz: .* looks like plain uM; use --response_unit=um",
    ),
    "two rows for a line and drug": (
        change("response", repeat_row), "1 rows repeat .* first COSMIC_ID 900001, DRUG_ID"
    ),
    "text in the response": (
        change("response", set_cell(0, 8, "> 10")), "column 'LN_IC50', row 2: .* found '> 10'"
    ),
    "drug with too few lines": (
        change("response", keep_drug_in_two_lines), r"fewer than 10 lines \(DRUG03 \(1003\): 2\)"
    ),
    "sample table without id": (
        change("samples", rename("sample", "barcode")), "a column ModelID or sample, found barcode"
    ),
    "sample table without COSMIC_ID": (
        change("models", rename("COSMIC_ID", "cosmic")),
        r"models\.csv: expected a column 'COSMIC_ID'",
    ),
    "list without id": (
        change("tumors_sequenced", rename("Tumor_Sample_Barcode", "x")),
        r"tumors_sequenced\.csv: expected a column Tumor_Sample_Barcode or",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_named_and_leaves_nothing(raw_files, kind):
    spoil, message = BAD[kind]
    settings = raw_files.settings()
    spoil(raw_files)
    with pytest.raises(DataError, match=message):
        run(settings)
    assert not Path(settings.out).exists()


@pytest.mark.parametrize("unit", ["tpm", "log2p001"])
def test_a_wrongly_declared_unit_is_named(raw_files, unit):
    settings = raw_files.settings(tumors_expression_unit=unit)
    with pytest.raises(DataError, match=r"use --tumors_expression_unit=log2p1"):
        run(settings)
    assert not Path(settings.out).exists()


@pytest.mark.parametrize(
    "edit", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")]
)
def test_what_spreadsheets_do_to_text_is_accepted(raw_files, edit):
    for name in ("models", "samples", "response", MAF, MATRIX, "cells_expression"):
        change_text(name, edit)(raw_files)
    settings = raw_files.settings()
    run(settings)
    assert (Path(settings.out) / "cells.h5mu").is_file()


def test_a_full_disk_leaves_no_half_written_cohort(raw_files, monkeypatch):
    write = mudata.MuData.write_h5mu

    def fill_disk(mdata, partial, **options):
        partial.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    settings = raw_files.settings()
    monkeypatch.setattr(mudata.MuData, "write_h5mu", fill_disk)
    with pytest.raises(OSError, match="No space left on device"):
        run(settings)
    assert {path.name for path in Path(settings.out).iterdir()} == {"run.json"}
    monkeypatch.setattr(mudata.MuData, "write_h5mu", write)
    run(settings)
    assert (Path(settings.out) / "tumors.h5mu").is_file()


@pytest.mark.parametrize("kind", ["missing file", "log2(TPM+0.001)"])
def test_the_script_ends_with_one_line_and_1(raw_files, kind):
    spoil, _ = BAD[kind]
    settings = raw_files.settings()
    spoil(raw_files)
    flags = [
        f"--{name}={','.join(value) if isinstance(value, tuple) else value}"
        for name, value in vars(settings).items()
    ]
    done = subprocess.run(
        [sys.executable, "-m", "experiments.prepare", *flags],
        cwd=ROOT, env=os.environ | {"JAX_PLATFORMS": "cpu"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert not Path(settings.out).exists()
