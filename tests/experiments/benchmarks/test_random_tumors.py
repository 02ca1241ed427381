"""Random tumours on disk: what the trainer's reader finds in them."""

import numpy as np
import pytest

from drp.data.backed import TumorFile
from experiments.benchmarks import random_tumors
from experiments.benchmarks.random_tumors import MUTATED, count_file_bytes, write_tumors

N_TUMORS, N_GENES = 700, 50


@pytest.fixture
def file(tmp_path, monkeypatch):
    """More tumours than differ, so that blocks are repeated."""
    monkeypatch.setattr(random_tumors, "MOST_DIFFERENT", 300)
    write_tumors(tmp_path / "tumors.h5mu", N_TUMORS, N_GENES, seed=0)
    with TumorFile(tmp_path / "tumors.h5mu") as file:
        yield file


@pytest.mark.parametrize("name", ["expression", "mutation"])
def test_every_modality_has_all_tumours(file, name):
    assert file.matrix(name).shape == (N_TUMORS, N_GENES)
    assert len(file.genes(name)) == N_GENES
    assert file.samples(name, 698, 700).tolist() == ["T0000698", "T0000699"]
    assert len(file.cancer_types(name)) == N_TUMORS


def test_expression_is_dense_float32_in_whole_rows_and_moved_by_programs(file):
    x_TG = file.matrix("expression")
    assert x_TG.dtype == np.float32
    assert x_TG.chunks[1] == N_GENES
    assert x_TG[:].mean() == pytest.approx(3, abs=0.2)
    assert len(np.unique(x_TG[:], axis=0)) == 300
    share = np.linalg.svd(x_TG[:] - x_TG[:].mean(axis=0), compute_uv=False) ** 2
    assert share[: random_tumors.PROGRAMS].sum() > 0.4 * share.sum()


def test_mutations_are_sparse_and_rare(file):
    x_TG = file.matrix("mutation")[:]
    assert x_TG.dtype == np.uint8
    assert set(x_TG.data) == {1}
    assert x_TG.mean() == pytest.approx(MUTATED, rel=0.2)


def test_tumours_follow_the_seed(tmp_path):
    firsts = []
    for place, seed in enumerate([0, 0, 1]):
        write_tumors(tmp_path / f"{place}.h5mu", 5, 4, seed)
        with TumorFile(tmp_path / f"{place}.h5mu") as file:
            firsts.append(file.matrix("expression")[:])
    np.testing.assert_array_equal(firsts[0], firsts[1])
    assert (firsts[0] != firsts[2]).any()


def test_the_size_on_disk_is_known_before(tmp_path):
    path = tmp_path / "tumors.h5mu"
    write_tumors(path, 5000, 400, seed=0)
    assert 0.8 * path.stat().st_size < count_file_bytes(5000, 400) < 1.3 * path.stat().st_size
