"""Pre-training spreads a batch over all devices, and learns what one device learns."""

import numpy as np
from numpy.testing import assert_allclose

from tests.processes import start, wait_for_success


def test_eight_devices_equal_one(tmp_path):
    files = {n: tmp_path / f"{n}.npz" for n in (1, 8)}
    wait_for_success(
        *(
            start("tests.training.pretrain_on_devices", str(path), num_cpu_devices=n)
            for n, path in files.items()
        ),
        seconds=200,
    )
    one, eight = (dict(np.load(path)) for path in files.values())
    assert (one.pop("devices"), eight.pop("devices")) == (1, 8)
    assert len(one["losses"]) == 3
    for name, x in one.items():
        # noise is drawn row by row, so that the padding changes none of it
        assert_allclose(eight[name], x, rtol=1e-3, atol=1e-4, err_msg=name)
