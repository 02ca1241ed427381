import gzip

import pytest


@pytest.fixture
def write(tmp_path):
    """Return a function that writes text or bytes to a file; `.gz` is packed."""

    def write_file(content, name="table.csv"):
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write_file
