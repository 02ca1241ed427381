"""`prepare` from raw files, from the built-in cohort, and on the real data."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.data import DataError, read_cohort
from drp.settings import PrepareSettings
from experiments import prepare
from experiments.flags import SettingsError


@pytest.fixture
def prepared(raw_files):
    settings = raw_files.settings()
    prepare.run(settings)
    return settings


def read_record(settings, name="preparation.json"):
    return json.loads((Path(settings.out) / name).read_text(encoding="utf-8"))


def read_both(settings):
    return [read_cohort(Path(settings.out) / f"{name}.h5mu") for name in ("cells", "tumors")]


def assert_same_cohort(first, second):
    pd.testing.assert_frame_equal(first.obs, second.obs)
    assert first.modalities.keys() == second.modalities.keys()
    for name, matrix in first.modalities.items():
        pd.testing.assert_frame_equal(matrix.to_df(), second.modalities[name].to_df())
        pd.testing.assert_frame_equal(matrix.var, second.modalities[name].var)


def test_four_files_and_nothing_else_are_written(prepared):
    names = {path.name for path in Path(prepared.out).iterdir()}
    assert names == {"cells.h5mu", "tumors.h5mu", "preparation.json", "run.json"}


def test_run_json_says_what_was_run_on_what(prepared):
    record = read_record(prepared, "run.json")
    assert record["finished"]
    assert record["experiment"] == "prepare"
    assert record["settings"]["min_mean"] == 1.0
    hashes = [sha for files in record["data_sha256"].values() for sha in files.values()]
    assert len(hashes) == 10
    assert "missing" not in hashes


def test_preparation_json_counts_every_step(prepared):
    record = read_record(prepared)
    files, tumors = record["files"], record["reading"]["tumors"]
    (maf,), (lines,) = files["tumors_mutation"].values(), files["cells_mutation"].values()
    assert (maf["rows_failing_filter"], maf["rows_of_other_classes"]) == (2, 2)
    assert maf["samples_sequenced"] == 82  # 80, one without any call, and a metastasis
    assert tumors["samples_not_primary_or_second_of_a_patient"] == 1
    assert tumors["samples_without_annotation"] == 1
    assert lines["samples_sequenced"] == 38
    assert record["imputation"]["drugs"] == 8
    assert record["samples"] == {
        "cell_lines": {
            "expression": 38,
            "mutation": 38,
            "response": 40,
            "with_expression_and_mutation_and_response": 36,
        },
        "tumors": {"expression": 72, "mutation": 81, "with_expression_and_mutation": 72},
    }
    assert record["warnings"] == []


def test_cohorts_hold_the_same_genes_and_the_record(prepared):
    cells, tumors = read_both(prepared)
    record = read_record(prepared)
    for name in ("expression", "mutation"):
        assert cells.modalities[name].n_vars == record[f"{name}_genes"]["kept"] > 10
        assert list(cells.modalities[name].var_names) == list(tumors.modalities[name].var_names)
    assert cells.modalities["expression_all"].n_vars == 55
    assert tumors.modalities["expression_all"].n_vars == 45
    for cohort in (cells, tumors):
        assert cohort.uns["units"]["expression"] == "log2(TPM+1)"
        assert cohort.uns["preparation"]["expression_genes"] == record["expression_genes"]
    assert not np.isnan(cells.modalities["response"].layers["imputed"]).any()


def test_preparing_again_gives_the_same_and_other_settings_are_refused(prepared):
    before = read_both(prepared)
    prepare.run(prepared)
    for first, second in zip(before, read_both(prepared), strict=True):
        assert_same_cohort(first, second)
    with pytest.raises(SettingsError, match=r"other settings: min_sd: 0\.5 then, 0\.25 now"):
        prepare.run(replace(prepared, min_sd=0.25))


def test_other_data_under_the_same_settings_are_refused(prepared):
    table = Path(prepared.cells_samples)
    table.write_text(table.read_text(encoding="utf-8") + "EXTRA,1,skin\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="other data"):
        prepare.run(prepared)


def test_lines_without_a_sample_table_row_are_kept_and_told(raw_files):
    settings = raw_files.settings()
    table = pd.read_csv(settings.cells_samples, dtype=str)
    table[table["ModelID"] != "LINE-0007"].to_csv(settings.cells_samples, index=False)
    prepare.run(settings)
    record = read_record(settings)
    files = (
        settings.cells_expression[0], settings.cells_sequenced, settings.cells_mutation,
        settings.response[0],
    )  # fmt: skip
    for path, line, warning in zip(
        files, (*["LINE-0007"] * 3, "900007"), record["warnings"], strict=True
    ):
        assert warning == f"1 lines of {path} are not in {settings.cells_samples}: {line}"
    assert "COSMIC:900007" in read_both(settings)[0].obs.index


def test_nonsilent_classes_count_more(prepared, tmp_path):
    settings = replace(prepared, variant_classes=("nonsilent",), out=str(tmp_path / "nonsilent"))
    prepare.run(settings)
    few, many = (read_both(each)[1].modalities["mutation"].X.sum() for each in (prepared, settings))
    assert many == few + 1


def test_the_synthetic_source_gives_the_same_cohorts_twice(tmp_path):
    results = []
    for name in ("first", "second"):
        settings = PrepareSettings(out=str(tmp_path / name), source="synthetic", seed=1)
        prepare.run(settings)
        results.append(read_both(settings))
    for first, second in zip(*results, strict=True):
        assert_same_cohort(first, second)
    cells, tumors = results[0]
    assert len(cells.samples_with("expression", "mutation", "response")) == 282
    assert len(tumors.obs) == 900
    assert "truth" in cells.uns


@pytest.mark.realdata
def test_real_data(real_data, tmp_path, monkeypatch):
    monkeypatch.setenv("DRP_DATA", str(real_data))
    settings = PrepareSettings(out=str(tmp_path / "prepared"))
    prepare.run(settings)
    cells, tumors = read_both(settings)
    response = cells.modalities["response"]
    assert len(cells.samples_with("expression", "mutation", "response")) == 515
    assert response.n_vars == 265
    imputed = response.layers["imputed"]
    assert not np.isnan(imputed).any()
    assert imputed.min() == pytest.approx(-9.83, abs=0.2)
    assert imputed.max() == pytest.approx(12.80, abs=0.05)
    assert imputed.std() == pytest.approx(2.59, abs=0.05)
    assert tumors.modalities["mutation"].n_obs == 9021
    assert len(tumors.samples_with("expression", "mutation")) == pytest.approx(4749, abs=60)
    assert cells.modalities["mutation"].n_vars == pytest.approx(17_380, abs=60)
    sequenced = tumors.obs.loc[tumors.modalities["mutation"].obs_names, "cancer_type"].to_numpy()
    glioma = tumors.modalities["mutation"][sequenced == "LGG", "IDH1"].X.mean()
    assert glioma == pytest.approx(0.775, abs=0.005)  # a missense mutation in nearly every case


def test_own_files_that_join_default_ones_are_told(raw_files, capsys, monkeypatch):
    own = raw_files.settings()
    default = raw_files.folder / "cells" / "models.csv"
    default.parent.mkdir()
    default.write_bytes(Path(own.cells_samples).read_bytes())
    monkeypatch.setenv("DRP_DATA", str(raw_files.folder))
    prepare.run(replace(own, cells_samples=PrepareSettings().cells_samples))
    assert "own files are joined with default ones: --cells_samples=" in capsys.readouterr().err


def test_a_default_list_says_nothing_about_own_calls(raw_files, capsys, monkeypatch):
    own = raw_files.settings()
    default = raw_files.folder / "tumors" / "sequenced_samples.csv"
    default.parent.mkdir()
    default.write_text("Tumor_Sample_Barcode\nTCGA-ZZ-0001-01\n")
    monkeypatch.setenv("DRP_DATA", str(raw_files.folder))
    prepare.run(replace(own, tumors_sequenced=PrepareSettings().tumors_sequenced))
    assert "no list of sequenced samples" in capsys.readouterr().err
    assert "TCGA-ZZ-0001-01" not in read_both(own)[1].obs.index


@pytest.mark.parametrize("n_others", [60, 80])
def test_sample_tables_of_other_samples_are_told_or_refused(raw_files, capsys, n_others):
    table = pd.read_csv(raw_files.settings().tumors_samples, sep="\t")
    path = raw_files.folder / "others.tsv"
    table.loc[: n_others - 1, "sample"] = [f"P{i}" for i in range(n_others)]
    table.to_csv(path, sep="\t", index=False)
    settings = raw_files.settings(tumors_samples=str(path))
    if n_others == len(table):
        with pytest.raises(DataError, match=r"others\.tsv: its samples .* none of the 81"):
            prepare.run(settings)
        return
    prepare.run(settings)
    assert "cancer type or tissue is unknown for" in capsys.readouterr().err
