"""The run folder: what run.json holds, what is resumed, what is refused."""

import json
from dataclasses import dataclass, field

import pytest

from experiments.flags import SettingsError
from experiments.run_folder import RunFolder, hash_file


@dataclass(frozen=True)
class Settings:
    out: str
    seed: int = 0
    names: tuple[str, ...] = ("a", "b")


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("one")
    return path


def test_nothing_is_written_before_begin(tmp_path):
    RunFolder("x", Settings(str(tmp_path / "run")))
    assert not (tmp_path / "run").exists()


def test_record_tells_what_ran_on_what(tmp_path, data):
    folder = RunFolder("x", Settings(str(tmp_path / "run")), {"names": [data]})
    folder.begin()
    begun = json.loads((folder.path / "run.json").read_text())
    folder.finish()
    record = json.loads((folder.path / "run.json").read_text())
    assert (begun["finished"], record["finished"]) == (False, True)
    assert record["settings"] == {"out": str(tmp_path / "run"), "seed": 0, "names": ["a", "b"]}
    assert record["data_sha256"] == {"names": {str(data): hash_file(data)}}
    assert record["wall_seconds"] >= 0
    assert {"command", "versions", "python", "device", "seed"} <= set(record)


def test_same_settings_resume_even_if_the_data_moved(tmp_path, data):
    RunFolder("x", Settings(str(tmp_path / "run")), {"names": [data]}).begin()
    moved = data.rename(tmp_path / "moved.txt")
    RunFolder("x", Settings(str(tmp_path / "run")), {"names": [moved]})


def test_other_settings_are_refused_and_named(tmp_path, data):
    RunFolder("x", Settings(str(tmp_path / "run"))).begin()
    with pytest.raises(SettingsError) as caught:
        RunFolder("x", Settings(str(tmp_path / "run"), seed=1))
    assert "seed: 0 then, 1 now. Choose another --out" in str(caught.value)
    assert "names" not in str(caught.value)


def test_other_data_is_refused(tmp_path, data):
    RunFolder("x", Settings(str(tmp_path / "run")), {"names": [data]}).begin()
    data.write_text("two")
    with pytest.raises(SettingsError, match=r"other data than --names=.*data\.txt"):
        RunFolder("x", Settings(str(tmp_path / "run")), {"names": [data]})


def test_another_experiment_in_the_folder_is_refused(tmp_path):
    RunFolder("x", Settings(str(tmp_path / "run"))).begin()
    with pytest.raises(SettingsError, match="holds a run of x, not of y"):
        RunFolder("y", Settings(str(tmp_path / "run")))


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(SettingsError, match=r"--out: expected a folder, found the file .*run"):
        RunFolder("x", Settings(str(tmp_path / "run")))


def test_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    folder = RunFolder("x", Settings(str(tmp_path / "run")))
    folder.begin()
    monkeypatch.setattr("pathlib.Path.write_text", _fail)
    with pytest.raises(OSError, match="No space"):
        folder.write_json("table.json", {})
    assert [path.name for path in folder.path.iterdir()] == ["run.json"]


def _fail(*_, **__):
    raise OSError(28, "No space left on device")


def test_where_a_run_is_computed_may_change(tmp_path):
    @dataclass(frozen=True)
    class Placed(Settings):
        processes: int = field(default=1, metadata={"places": True})

    RunFolder("x", Placed(str(tmp_path / "run"))).begin()
    RunFolder("x", Placed(str(tmp_path / "run"), processes=2))


def test_what_was_settled_once_is_settled_again(tmp_path):
    """A run that is killed after its choice makes the same one when it goes on."""
    folder = RunFolder("x", Settings(str(tmp_path / "run")))
    folder.begin()
    assert folder.recall("slots of a") is None
    folder.settle("slots of a", 3)
    resumed = RunFolder("x", Settings(str(tmp_path / "run")))
    assert resumed.recall("slots of a") == 3
    resumed.settle("slots of b", 6)
    resumed.finish()
    record = json.loads((folder.path / "run.json").read_text())
    assert record["settled"] == {"slots of a": 3, "slots of b": 6}
    assert record["finished"]
    assert [again["command"] for again in record["resumed"]] == [record["command"]]
