"""compare with input or settings that cannot be used: one line that says why, and no folder."""

from dataclasses import replace

import pytest

from drp.data import DataError, read_cohort, write_cohort
from drp.settings import CompareSettings
from experiments import compare
from experiments.flags import SettingsError


@pytest.fixture(scope="module")
def settings(prepared, encoders) -> CompareSettings:
    """Settings of a comparison that would run."""
    return CompareSettings(
        cells=str(prepared / "cells.h5mu"), tumors=str(prepared / "tumors.h5mu"),
        encoders=str(encoders), encoder_widths=(8, 6, 4), head_widths=(5,), replicates=2,
    )  # fmt: skip


def test_tumours_with_other_genes_are_refused(settings, prepared, tmp_path):
    tumors = read_cohort(prepared / "tumors.h5mu")
    fewer = dict(tumors.modalities)
    fewer["mutation"] = fewer["mutation"][:, ::-1].copy()
    write_cohort(tmp_path / "other.h5mu", replace(tumors, modalities=fewer))
    bad = replace(settings, out=str(tmp_path / "out"), tumors=str(tmp_path / "other.h5mu"))
    with pytest.raises(
        DataError, match=r"other\.h5mu: mutation: expected the cell lines' \d+ genes"
    ):
        compare.run(bad)
    assert not (tmp_path / "out").exists()


def test_cell_lines_do_not_pass_for_tumours(settings, tmp_path):
    bad = replace(settings, out=str(tmp_path / "out"), tumors=settings.cells)
    with pytest.raises(DataError, match="expected prepared tumors, found cell_lines"):
        compare.run(bad)


BAD = (
    ({"designs": ("complet",)}, SettingsError, "unknown 'complet'; did you mean complete"),
    ({"recipe": ("papre",)}, SettingsError, "unknown 'papre'; did you mean paper"),
    ({"recipe": ("modern:member=2",)}, SettingsError, "unknown 'member'; did you mean members"),
    ({"recipe": ("modern:dropout=1",)}, SettingsError, "dropout: expected below 1, found 1.0"),
    ({"train_fractions": (1.5,)}, SettingsError, "train_fraction: expected above 0 and at most 1"),
    ({"train_fractions": (0.0,)}, SettingsError, "train_fraction: expected above 0 and at most 1"),
    ({"splits": "none.npz"}, DataError, "none.npz: "),
    ({"replicates": 0}, SettingsError, "--replicates: expected at least 1, found 0"),
    ({"slots": -1}, SettingsError, "--slots: expected at least 0, found -1"),
    ({"num_processes": 2}, SettingsError, "expected --coordinator_address=HOST:PORT"),
    ({"head_widths": (5, 0)}, SettingsError, "--head_widths: expected at least 1"),
    ({"cells": "none.h5mu"}, DataError, "none.h5mu: no such file"),
    ({"encoders": "none"}, DataError, "encoder.json: no such file"),
    (
        {"encoder_widths": (9, 6, 4)},
        DataError,
        r"expected layers \(9, 6, 4\), found \(8, 6, 4\); give --encoder_widths=8,6,4",
    ),
)


@pytest.mark.parametrize(("change", "error", "message"), BAD)
def test_bad_settings_leave_nothing(settings, tmp_path, change, error, message):
    out = tmp_path / "bad"
    with pytest.raises(error, match=message):
        compare.run(replace(settings, out=str(out), **change))
    assert not out.exists()
