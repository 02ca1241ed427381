"""`prepare --check` reads everything, says what each file is, and writes nothing."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from drp.data import DataError
from experiments import prepare
from tests.experiments.refusal import start_script


def check(raw_files, capsys, **changes):
    """Return the lines that a check prints, and its error, if any."""
    settings = replace(raw_files.settings(**changes), check=True)
    before = sorted(raw_files.folder.parent.rglob("*"))
    error = None
    try:
        prepare.run(settings)
    except DataError as caught:
        error = str(caught)
    assert sorted(raw_files.folder.parent.rglob("*")) == before
    return capsys.readouterr().out.splitlines(), error


def find_row(lines, role):
    return next(line for line in lines if line.startswith(f"--{role} "))


def test_every_file_has_a_row(raw_files, capsys):
    lines, error = check(raw_files, capsys)
    assert error is None
    titles = ["file", "recognised as", "rows", "columns", "unit", "matched", "unmatched"]
    assert " ".join(lines[0].split()) == " ".join(titles)
    rows = {
        "cells_samples": "table of cell lines 40 3 - - -",
        "cells_expression": "DepMap expression 38 56 log2p1 38 0",
        "cells_sequenced": "list of samples 38 2 - 38 0",
    }
    for role, words in rows.items():
        assert " ".join(find_row(lines, role).split()) == f"--{role} {words}"
    assert max(map(len, lines[::3])) < 120
    assert find_row(lines, "response").split()[-3:] == ["ln(uM)", "40", "0"]
    assert lines[-1] == "all files can be used"
    assert "  with_expression_and_mutation_and_response: 36" in lines


def test_examples_of_what_is_not_matched_are_given(raw_files, capsys):
    path = raw_files.settings().cells_samples
    table = pd.read_csv(path, dtype=str)
    table[~table["ModelID"].isin(["LINE-0007", "LINE-0009"])].to_csv(path, index=False)
    lines, error = check(raw_files, capsys)
    assert error is None
    assert find_row(lines, "response").split()[-2:] == ["38", "2"]
    assert "    unmatched: 900007, 900009" in lines
    assert any(line.startswith("    warning: ") or "warning: 2 lines of" in line for line in lines)


def test_all_faults_are_told_at_once(raw_files, capsys):
    settings = raw_files.settings()
    Path(settings.cells_samples).write_text("a,b\n1,2\n")
    Path(settings.tumors_expression[0]).write_bytes(b"")
    table = pd.read_csv(settings.response[0])
    table.assign(LN_IC50=10.0 ** table["LN_IC50"]).to_csv(settings.response[0], index=False)
    lines, error = check(raw_files, capsys)
    assert error == (
        "3 of 10 files cannot be used: --cells_samples, --response, --tumors_expression"
    )
    faults = [line for line in lines if line.startswith("    error: ")]
    assert faults[0].startswith("    error: expected a column ModelID or sample, found a, b")
    assert "use --response_unit=um" in faults[1]
    assert "found an empty file" in faults[2]


def test_a_fault_between_the_files_is_told(raw_files, capsys):
    path = raw_files.settings().tumors_expression[0]
    table = pd.read_csv(path, sep="\t")
    table.assign(gene="X" + table["gene"]).to_csv(path, sep="\t", index=False)
    lines, error = check(raw_files, capsys, tumors_expression=(path,))
    assert "share no gene by Entrez id or symbol" in error
    assert "all files can be used" not in lines


def test_a_missing_file_is_told_in_its_row(raw_files, capsys):
    lines, error = check(raw_files, capsys, cells_mutation="gone.maf")
    assert error == "1 of 10 files cannot be used: --cells_mutation"
    assert find_row(lines, "cells_mutation").split()[1:4] == ["cannot", "be", "used"]
    assert "    error: no such file" in lines


@pytest.mark.parametrize("faulty", [False, True])
def test_the_exit_code_says_whether_the_files_can_be_used(raw_files, faulty):
    settings = replace(raw_files.settings(), check=True)
    if faulty:
        Path(settings.cells_samples).write_text("a,b\n1,2\n")
    done = start_script(settings)
    assert done.returncode == int(faulty)
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: 1 of " if faulty else "")
    assert not Path(settings.out).exists()
