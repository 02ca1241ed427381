import dataclasses
import os
import shutil
from pathlib import Path

import jax
import pytest

from tests.raw_files import write_raw_files

DRP_DATA = Path(os.environ.get("DRP_DATA", Path("..") / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def compiled_programs(tmp_path_factory):
    """Many tests train the same small networks: each program is compiled once for all of them."""
    jax.config.update("jax_compilation_cache_dir", str(tmp_path_factory.mktemp("programs")))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.05)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


@pytest.fixture(scope="session")
def raw_template(tmp_path_factory):
    return write_raw_files(tmp_path_factory.mktemp("template") / "raw")


@pytest.fixture
def raw_files(raw_template, tmp_path):
    """Raw files of one test's own, which it may spoil."""
    shutil.copytree(raw_template.folder, tmp_path / "raw")
    return dataclasses.replace(raw_template, folder=tmp_path / "raw")


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data; tests that use it are marked `realdata`."""
    if not (DRP_DATA / "cells").is_dir():
        pytest.skip(f"no real data at {DRP_DATA} (set DRP_DATA)")
    return DRP_DATA
