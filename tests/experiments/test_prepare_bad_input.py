"""The catalogue of bad inputs, part 2: names and values of any table, and settings."""

import errno
from pathlib import Path

import mudata
import numpy as np
import pytest

from experiments.prepare import run
from tests.experiments.bad_input import (
    change,
    cut_rows,
    fill,
    find,
    rename,
    repeat_column,
    repeat_row,
    set_cell,
    to_counts,
    to_log2p001,
    to_numbers,
    to_response,
)
from tests.experiments.refusal import Case, assert_refused, flag, start_script

CELLS, MATRIX, MAF, RESPONSE = "cells_expression", "panel", "tumors_mutation", "response"

NAMES = {
    "sample twice": Case(
        change(MATRIX, repeat_column),
        r"panel\.tsv\.gz: samples: .* repeats of TCGA-SY-0066-01; --duplicates=mean averages them",
    ),
    "line twice": Case(
        change(CELLS, repeat_row), "samples: .* repeats of LINE-0001; --duplicates=mean averages"
    ),
    "gene twice": Case(
        change(MATRIX, repeat_row), "gene symbols: .* repeats of DRIVER01; --duplicates=mean avera"
    ),
    "gene and Entrez id twice": Case(
        change(CELLS, rename("DRIVER02 (900002)", "DRIVER01 (900001)")),
        r"cells_expression.* gene symbols: expected each name once, found repeats of DRIVER01",
    ),
    "sequenced line twice": Case(
        change("cells_sequenced", repeat_row), r"sequenced\.csv: column 'ModelID': .*LINE-0001; --d"
    ),
    "annotated twice": Case(change("samples", repeat_row), "column 'sample': .* repeats of TCGA"),
    "unnamed line": Case(change(CELLS, set_cell(3, 0, "")), "samples: expected a name in each pl"),
    "unnamed sequenced line": Case(
        change("cells_sequenced", set_cell(1, 0, "")), "'ModelID', row 3: found an empty cell"
    ),
    "list without names": Case(
        change("tumors_sequenced", rename("Tumor_Sample_Barcode", "x")),
        r"tumors_sequenced\.csv: expected a column Tumor_Sample_Barcode or",
    ),
    "empty list": Case(change("tumors_sequenced", cut_rows), "expected sequenced samples, found"),
    "table without names": Case(
        change("samples", rename("sample", "barcode")), "a column ModelID or sample, found barcode"
    ),
    "table without types": Case(
        change("samples", rename("cancer_type", "entity")), "expected a column cancer_type or tis"
    ),
    "table without COSMIC_ID": Case(
        change("models", rename("COSMIC_ID", "cosmic")),
        r"models\.csv: expected a column 'COSMIC_ID'",
    ),
    "table alone": Case(change("models", cut_rows), "expected the name of at least one sample"),
}  # fmt: skip
VALUES = {
    "no number": Case(
        change(MATRIX, set_cell(2, 3, "1,5")),
        r"column 'TCGA-SY-\d+-01', row 'DRIVER03': expected a number, found '1,5'",
    ),
    "infinite": Case(change(MATRIX, set_cell(2, 3, "inf")), "row 'DRIVER03'.* number, found inf"),
    "too large": Case(change(CELLS, set_cell(2, 3, "1e400")), "'LINE-0003'.* number, found inf"),
    "empty cell": Case(
        change(MATRIX, set_cell(2, 3, "")), "row 'DRIVER03'.* finite number, found an empty cell"
    ),
    "NaN": Case(change(CELLS, set_cell(2, 3, "NaN")), "'LINE-0003'.* found an empty cell"),
    "z-scores": Case(
        change(MATRIX, to_numbers(lambda x: x.sub(x.mean(axis=1), axis=0))),
        r"panel.* declared --tumors_expression_unit=log2p1, .*z-scores cannot be converted",
    ),
    "one negative": Case(
        change(CELLS, set_cell(4, 2, "-0.5")),
        r"declared --cells_expression_unit=log2p1, .* from -0\.5 \(LINE-0005, DRIVER02\)",
    ),
    "counts": Case(
        change(MATRIX, to_numbers(to_counts)),
        "panel.* all whole: counts must be turned into TPM first",
    ),
    "linear TPM": Case(
        change(MATRIX, to_numbers(lambda x: 2**x - 0.99)),
        r"panel.* linear TPM\? Use --tumors_expression_unit=tpm",
    ),
    "log2(TPM+0.001)": Case(
        change(CELLS, to_numbers(to_log2p001)),
        r"log2\(TPM\+0\.001\)\? Use --cells_expression_unit=log2p001",
    ),
    "the same everywhere": Case(
        change(CELLS, to_numbers(lambda x: x * 0)), "expected expression, found 0 in every cell"
    ),
    "declared in TPM": Case(
        lambda raw: None, "use --tumors_expression_unit=log2p1", {"tumors_expression_unit": "tpm"}
    ),
    "declared as log2(TPM+0.001)": Case(
        lambda raw: None, "use --cells_expression_unit=log2p1",
        {"cells_expression_unit": "log2p001"},
    ),
    "unknown variant class": Case(
        change(MAF, set_cell(0, 1, "Missence")),
        r"tumors_mutation\.maf\.gz: unknown Variant_Classification: Missence",
    ),
    "MAF with nothing that passes": Case(
        change(MAF, fill("FILTER", "oxog")),
        "no row is left after --variant_classes and --maf_filters: .*rows_failing_filter 446",
    ),
    "response in log10": Case(
        change(RESPONSE, to_response(lambda x: x / np.log(10), copies=3)),
        r"response\.csv\.gz: .* looks like log10 \(uM\); use --response_unit=log10_um",
    ),
    "response in uM": Case(
        change(RESPONSE, to_response(np.exp)),
        r"response\.csv\.gz: .* looks like plain uM; use --response_unit=um",
    ),
    "response in nM": Case(
        change(RESPONSE, to_response(lambda x: x + np.log(1000), copies=3)),
        r"this looks like ln \(nM\); subtract ln\(1000\) first",
    ),
    "response as z-scores": Case(
        change(RESPONSE, to_response(lambda x: (x - x.mean()) / x.std())),
        "this looks like z-scores, which cannot be converted",
    ),
    "AUC called LN_IC50": Case(
        change(RESPONSE, to_response(lambda x: 1 / (1 + np.exp(-x)))),
        "this looks like an AUC; name the column AUC and use --response_unit=auc",
    ),
    "the same response everywhere": Case(
        change(RESPONSE, fill("LN_IC50", "1.5")), "expected responses in LN_IC50, found 1.5 in ever"
    ),
    "nothing measured": Case(
        change(RESPONSE, fill("LN_IC50", "NA")), "expected measurements in LN_IC50, found none"
    ),
    "infinite response": Case(
        change(RESPONSE, set_cell(0, 8, "-inf")), "row 2: expected a finite LN_IC50, found infinity"
    ),
    "text in the response": Case(
        change(RESPONSE, set_cell(0, 8, "> 10")), "column 'LN_IC50', row 2: .* found '> 10'"
    ),
    "two rows for a line and drug": Case(
        change(RESPONSE, repeat_row), "1 rows repeat .* first COSMIC_ID 900001, DRUG_ID 1001: .*=me"
    ),
    "drug with too few lines": Case(
        change(
            RESPONSE, lambda table: table[
                (table["DRUG_ID"] != "1003") | (table.groupby("DRUG_ID").cumcount() < 2)
            ],
        ),
        r"fewer than 10 lines \(DRUG03 \(1003\): 2\); .* lower --min_measured",
    ),
    "declared in uM": Case(
        lambda raw: None, "positive; use --response_unit=ln_um", {"response_unit": "um"}
    ),
    "declared in log10": Case(
        lambda raw: None, r"no drug has 1e9 uM; use --response_unit=ln_um",
        {"response_unit": "log10_um"},
    ),
    "declared as AUC": Case(
        lambda raw: None, r"found LN_IC50 \(ln IC50\); use --response_unit=ln_um",
        {"response_unit": "auc"},
    ),
}  # fmt: skip
SETTINGS = {
    "unknown class": flag(
        "--variant_classes: unknown class 'missens'; the nearest known is 'Missense_Mutation'",
        variant_classes=("missens",),
    ),
    "no class": flag("--variant_classes: expected paper, nonsilent or MAF", variant_classes=()),
    "too small": flag("--min_measured: expected at least 1, found 0", min_measured=0),
    "no response": flag("--response: expected a file, found nothing", response=()),
    "no expression": flag("--cells_expression: expected a file", cells_expression=("",)),
    "no mutations": flag("--tumors_mutation: expected a file, found noth", tumors_mutation=""),
    "no gene is left": flag("expression: none of 41 shared genes passes the fil", min_mean=99.0),
}  # fmt: skip
CASES = NAMES | VALUES | SETTINGS


@pytest.mark.parametrize("kind", CASES)
def test_bad_input_is_named_and_leaves_nothing(raw_files, capsys, kind):
    assert_refused(raw_files, CASES[kind], capsys)


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


@pytest.mark.parametrize(
    "spoil", [lambda raw: find(raw, MATRIX).unlink(), VALUES["log2(TPM+0.001)"].spoil]
)
def test_the_script_ends_with_one_line_and_1(raw_files, spoil):
    settings = raw_files.settings()
    spoil(raw_files)
    done = start_script(settings)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert not Path(settings.out).exists()
