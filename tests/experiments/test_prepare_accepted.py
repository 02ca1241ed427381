"""Inputs that look bad and are not: they give the cohort that the clean files give."""

import gzip

import pandas as pd
import pytest

from drp.data import Ledger
from experiments.prepare import prepare
from tests.experiments.bad_input import (
    change,
    change_text,
    do_all,
    edit_column,
    move,
    repeat_column,
    repeat_row,
    transpose,
    write_as,
)
from tests.experiments.refusal import Case, make_settings
from tests.portal_files import PORTALS, write_portal

CELLS, MATRIX, REST, MAF = "cells_expression", "panel", "genomewide", "tumors_mutation"
RESPONSE, TABLES = "response", ("models", "samples", "cells_sequenced", "tumors_sequenced")
EVERY = (CELLS, MATRIX, REST, MAF, RESPONSE, "cells_mutation", *TABLES)
MEAN = {"duplicates": "mean"}
# In 26Q1; 25Q3 has the model before its condition and the flags the other way round.
LEADING_26Q1 = (
    "", "SequencingID", "ModelConditionID", "ModelID", "IsDefaultEntryForMC",
    "IsDefaultEntryForModel",
)  # fmt: skip
LEADING_25Q2 = ("SequencingID", "IsDefaultEntryForModel", "ModelID")
# Same values and genes as the clean files; the others have another measure, scale or set of genes.
SAME = (
    "DepMap expression 25Q3", "GCT 1.2", "AnnData", "parquet", "workbook", "OmicsSomaticMutations",
    "CCLE_mutations", "GDC MAF", "cBioPortal table", "GDSC workbook", "DeepCDR", "GDSC wide",
    "drevalpy", "Model.csv", "OmicsProfiles", "cBioPortal clinical",
)  # fmt: skip


def change_all(edit, names=EVERY):
    return do_all(*(change_text(name, edit) for name in names))


def change_both(edit):
    """Return a spoiler of both files of the tumours' expression."""
    return do_all(change(MATRIX, edit), change(REST, edit))


def swap_packing(raw_files):
    """Pack the plain files and unpack the packed ones, all under the names that they had."""
    for path in raw_files.folder.iterdir():
        data = path.read_bytes()
        packed = data.startswith(b"\x1f\x8b")
        path.write_bytes(gzip.decompress(data) if packed else gzip.compress(data))


def quote_all(text):
    separator = "\t" if "\t" in text else ","
    lines = [line for line in text.splitlines() if '"' not in line]  # few have quotes already
    rest = [line for line in text.splitlines() if '"' in line]
    quoted = ['"' + line.replace(separator, f'"{separator}"') + '"' for line in lines]
    return "\n".join([*quoted, *rest]) + "\n"


def shuffle(table):
    """Return the rows and the columns behind the first in another order."""
    columns = [table.columns[0], *table.columns[:0:-1]]
    return table.iloc[::-1][columns]


def add_columns(table):
    return table.assign(note="by hand", batch="7")


def drop_corner(text):
    """Return a matrix as R's write.table leaves it."""
    return text.split("\t", 1)[1]


def mix_barcodes(table):
    """Return samples under names of 12, 15, 16 and 28 characters in turn."""
    ends = ("", "-01", "-01A", "-01A-11D-A000-08")
    names = {name: name[:12] + ends[int(name[8:12]) % 4] for name in table.columns[1:]}
    return table.rename(columns=names)


def list_vials(table):
    return table.assign(Tumor_Sample_Barcode=table["Tumor_Sample_Barcode"] + "A")


def lead_with(names):
    """Return an edit that puts these columns before the genes."""

    def edit(table):
        genes = [name for name in table.columns if "(" in name]
        return table[[*names, *genes]]

    return edit


def add_other_profile(table):
    """Return a table in which a model has a second profile that is not the default one."""
    other = table.head(1).assign(IsDefaultEntryForModel="No")
    other.iloc[:, 6:] = 15.0
    return pd.concat([other, table])


ACCEPTED = {
    "byte order mark": Case(change_all(lambda text: f"\ufeff{text}"), ""),
    "CRLF": Case(change_all(lambda text: text.replace("\n", "\r\n")), ""),
    "CR": Case(change_all(lambda text: text.replace("\n", "\r"), TABLES), ""),
    "quotes": Case(change_all(quote_all, (MATRIX, MAF, "models", "samples")), ""),
    "blank lines at the end": Case(change_all(lambda text: f"{text}\n\n\n"), ""),
    "no end of the last line": Case(change_all(lambda text: text.rstrip("\n")), ""),
    "packed under a plain name": Case(swap_packing, ""),
    "comment lines": Case(change_all(lambda text: f"#version 2.4\n# own\n{text}"), ""),
    "text called a workbook": Case(move(RESPONSE, "response.xlsx"), ""),
    "parquet called csv": Case(
        do_all(write_as("parquet"), move(CELLS, "cells_expression.csv")), ""
    ),
    "shuffled": Case(do_all(change(CELLS, shuffle), change_both(shuffle)), ""),
    "transposed": Case(do_all(change(CELLS, transpose), change_both(transpose)), ""),
    "responses transposed": Case(write_as("DeepCDR", transpose), ""),
    "further columns": Case(
        do_all(*(change(name, add_columns) for name in (MAF, RESPONSE, "cells_mutation", *TABLES))),
        "",
    ),
    "R's write.table": Case(change_text(MATRIX, drop_corner), ""),
    "barcodes of any length": Case(
        do_all(change_both(mix_barcodes), change("tumors_sequenced", list_vials)), ""
    ),
    "barcodes with dots": Case(
        change_both(lambda table: table.rename(columns=lambda name: name.replace("-", "."))), ""
    ),
    "spaces around names": Case(
        do_all(
            change_both(lambda table: table.rename(columns=lambda name: f" {name} ")),
            change(CELLS, edit_column("ModelID", lambda column: column + " ")),
        ),
        "",
    ),
    "leading columns of 26Q1": Case(
        write_as("DepMap expression 25Q3", lead_with(LEADING_26Q1)), ""
    ),
    "leading columns of 25Q2": Case(
        write_as("DepMap expression 25Q3", lead_with(LEADING_25Q2)), ""
    ),
    "another profile of a model": Case(
        write_as("DepMap expression 25Q3", add_other_profile), ""
    ),
    "COSMIC ids as floats": Case(
        do_all(
            change("models", edit_column("COSMIC_ID", lambda column: column + ".0")),
            change(RESPONSE, edit_column("COSMIC_ID", lambda column: column + ".0")),
        ),
        "",
    ),
    "line twice, averaged": Case(change(CELLS, repeat_row), "", MEAN),
    "tumour twice, averaged": Case(change(MATRIX, repeat_column), "", MEAN),
    "gene twice, averaged": Case(change(MATRIX, repeat_row), "", MEAN),
    "response twice, averaged": Case(change(RESPONSE, repeat_row), "", MEAN),
    "sequenced twice": Case(change("cells_sequenced", repeat_row), "", MEAN),
    "mutation twice": Case(change("cells_mutation", repeat_row), ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def clean(raw_template):
    """Both cohorts of the files as they are."""
    return prepare(raw_template.settings(), Ledger())[:2]


def name_by_id(cohort, name):
    """Return a modality as a frame; drugs go by their id, because not every portal names them."""
    matrix = cohort.modalities[name]
    frame = matrix.to_df()
    if name == "response":
        frame.columns = matrix.var["drug_id"].to_list()
    return frame.sort_index().sort_index(axis=1)


def assert_same_cohorts(cohorts, expected):
    for found, wanted in zip(cohorts, expected, strict=True):
        assert found.obs["cancer_type"].to_dict() == wanted.obs["cancer_type"].to_dict()
        assert found.modalities.keys() == wanted.modalities.keys()
        for name in wanted.modalities:
            first, second = (name_by_id(cohort, name) for cohort in (found, wanted))
            pd.testing.assert_frame_equal(first, second, rtol=2e-4)


@pytest.mark.parametrize("kind", ACCEPTED)
def test_what_looks_bad_gives_the_same_cohorts(raw_files, clean, kind):
    settings = make_settings(raw_files, ACCEPTED[kind])
    assert_same_cohorts(prepare(settings, Ledger())[:2], clean)  # and no warning


@pytest.mark.parametrize("name", SAME)
def test_every_portal_s_file_gives_the_same_cohorts(raw_files, clean, name):
    write_portal(raw_files, name)
    settings = raw_files.settings(**PORTALS[name].settings)
    assert_same_cohorts(prepare(settings, Ledger())[:2], clean)  # and no warning
