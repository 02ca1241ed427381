import errno

import pytest

from drp.atomic import remove, replacing, write_text


def test_a_file_stands_only_when_it_is_complete(tmp_path):
    path = tmp_path / "deep" / "table.csv"
    with replacing(path) as partial:
        partial.write_text("half")
        assert not path.exists()
        assert (partial.parent, partial.suffix) == (path.parent, ".csv")
    assert path.read_text() == "half"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "error", [ValueError("ours"), OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("as_folder", [False, True])
def test_a_failure_leaves_what_was_there_before(tmp_path, error, as_folder):
    path = tmp_path / "product"
    write_text(path, "before")
    with pytest.raises(type(error)), replacing(path) as partial:
        if as_folder:
            partial.mkdir()
            (partial / "part").write_text("half")
        else:
            partial.write_text("half")
        raise error
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_replaces_a_folder_as_a_whole(tmp_path):
    path = tmp_path / "model"
    for name in ("first", "second"):
        with replacing(path) as partial:
            partial.mkdir()
            (partial / name).write_text(name)
    assert [item.name for item in path.iterdir()] == ["second"]


def test_what_a_killed_run_left_is_cleared(tmp_path):
    path = tmp_path / "table.csv"
    with replacing(path) as partial:
        pass_by = partial
        partial.write_text("1")
    pass_by.mkdir()
    write_text(path, "2")
    assert path.read_text() == "2"
    assert list(tmp_path.iterdir()) == [path]


def test_remove_takes_what_is_there_and_minds_no_gap(tmp_path):
    remove(tmp_path / "absent")
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    remove(tmp_path / "folder")
    assert not list(tmp_path.iterdir())
