"""Files of expression that cannot be opened, or whose names are missing."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError
from drp.data.readers.profiles import read_profiles


def write_anndata(path, obs=("A", "B"), var=("TP53", "KRAS")):
    values = np.array([[1.5, 2.0], [0.5, 4.0]], np.float32)
    ad.AnnData(values, pd.DataFrame(index=list(obs)), pd.DataFrame(index=list(var))).write_h5ad(
        path
    )
    return path.read_bytes()


@pytest.mark.filterwarnings("ignore:.* names are not unique:UserWarning")
def test_names_that_stand_twice_are_given_as_they_are(tmp_path):
    path = tmp_path / "x.h5ad"
    write_anndata(path, obs=("A", "A"), var=("TP53", "TP53"))
    profiles = read_profiles(path, frozenset())
    assert list(profiles.samples) == ["A", "A"]
    assert list(profiles.genes["symbol"]) == ["TP53", "TP53"]


@pytest.mark.parametrize("start", [8, 96, 600, 1000, 2000, 4000, 8000])
@pytest.mark.parametrize("patch", [b"\xff", b"\0", b"%"])
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path, start, patch):
    path = tmp_path / "x.h5ad"
    data = write_anndata(path)
    path.write_bytes(data[:start] + patch * 300 + data[start + 300 :])
    try:
        read_profiles(path, frozenset())
    except DataError as error:
        assert str(error).startswith(f"{path}: ")
        assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("length", [0, 1, 100, 2000, -1])
def test_a_cut_file_is_refused(tmp_path, length):
    path = tmp_path / "x.h5ad"
    path.write_bytes(write_anndata(path)[:length])
    with pytest.raises(DataError, match=r"x\.h5ad: not a complete \.h5ad file \("):
        read_profiles(path, frozenset())


def test_a_folder_and_nothing_are_told_apart(tmp_path):
    folder = tmp_path / "x.h5ad"
    with pytest.raises(DataError, match=r"x\.h5ad: no such file"):
        read_profiles(folder, frozenset())
    folder.mkdir()
    with pytest.raises(DataError, match=r"x\.h5ad: expected a file, found a folder"):
        read_profiles(folder, frozenset())


def test_a_header_of_numbers_is_none(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("A,1.5,2.25,0.0\nB,1.0,2.5,3\n")
    with pytest.raises(
        DataError, match=r"found numbers \(1\.5, 2\.25, 0\.0\): is the first line mi"
    ):
        read_profiles(path, frozenset())


@pytest.mark.parametrize("columns", ["7157,3845,673", "905933,1303896,687983"])
def test_ids_are_no_numbers(tmp_path, columns):
    path = tmp_path / "x.csv"
    path.write_text(f"gene,{columns}\nA,1.0,2.5,3\n")
    assert read_profiles(path, frozenset()).values.size == 3
