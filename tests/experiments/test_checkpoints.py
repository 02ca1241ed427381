"""Weights on disk: read back as they were, and damaged ones are refused."""

import jax
import numpy as np
import pytest

from drp.data import DataError
from drp.training import FittedPredictor
from drp.training.scaling import Scaling
from drp.training.span import Basis
from experiments.checkpoints import Checkpoint, read_checkpoint, write_checkpoint


@pytest.fixture
def checkpoint():
    layer = {"kernel": np.ones((3, 2), np.float32), "bias": np.zeros(2, np.float32)}
    params = {"expression": {"dense_0": layer}, "output": layer}
    scaling = {"expression": Scaling(np.arange(3.0), np.ones(3))}
    bases = {"mutation": Basis(np.array([2, 0]), np.eye(2))}
    return Checkpoint(7, FittedPredictor(params, scaling), bases)


def test_what_was_written_is_read(checkpoint, tmp_path):
    write_checkpoint(tmp_path / "a" / "00007.npz", checkpoint, {"seed": 1})
    found = read_checkpoint(tmp_path / "a" / "00007.npz")
    jax.tree.map(np.testing.assert_array_equal, found, checkpoint)
    assert found.bases["mutation"].coefficients_NK.dtype == np.float64


def test_without_scaling_and_bases(checkpoint, tmp_path):
    bare = Checkpoint(0, FittedPredictor(checkpoint.fitted.params, {}), {})
    write_checkpoint(tmp_path / "00000.npz", bare, {})
    jax.tree.map(np.testing.assert_array_equal, read_checkpoint(tmp_path / "00000.npz"), bare)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "no such file; `compare --keep_weights` makes it"),
        (lambda path: path.write_bytes(path.read_bytes()[:400]), "not a whole checkpoint"),
        (lambda path: path.write_bytes(b""), "not a whole checkpoint"),
        (lambda path: np.savez(path, other=np.zeros(2)), "not a whole checkpoint"),
        (lambda path: np.savez(path, facts=np.array('{"format": 9}')), "expected format 1, found"),
    ],
)
def test_damaged_weights_are_refused(checkpoint, tmp_path, spoil, message):
    path = tmp_path / "00000.npz"
    write_checkpoint(path, checkpoint, {})
    spoil(path)
    with pytest.raises(DataError, match=f"00000.npz: {message}"):
        read_checkpoint(path)
