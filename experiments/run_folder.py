"""The folder of one run: run.json, what may be resumed, and where the tables land."""

import dataclasses
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import jax
import numpy as np
import pandas as pd

from drp.atomic import replacing, write_text
from experiments.flags import SettingsError

PACKAGES = (
    "jax", "flax", "optax", "numpy", "pandas", "scipy", "scikit-learn", "anndata", "mudata",
    "orbax-checkpoint",
)  # fmt: skip


class RunFolder:
    """One experiment's `--out`.

    Nothing is written before `begin`, so that a run that its input stops leaves no trace.
    """

    def __init__(self, experiment: str, settings, inputs: Sequence[str | Path] = ()):
        """Open a folder, and refuse one that other settings or other data made.

        Args:
          experiment: the script's name.
          settings: its frozen dataclass; `out` names the folder.
          inputs: files whose content the results depend on.

        Raises:
          SettingsError: the folder holds a run with other settings or data; says which differ.
        """
        self.path = Path(settings.out)
        self._started = time.perf_counter()
        self._record = {
            "experiment": experiment,
            "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
            "settings": dataclasses.asdict(settings),
            "data_sha256": {str(path): hash_file(Path(path)) for path in inputs},
            "versions": {name: version(name) for name in PACKAGES},
            "python": platform.python_version(),
            "device": describe_device(),
            "seed": settings.seed,
        }
        self._record = json.loads(json.dumps(self._record))  # tuples become lists, as when read back
        self._refuse_others()

    def begin(self) -> None:
        """Make the folder and write run.json, unfinished."""
        if not (self.path / "run.json").is_file():
            self._write_record({"finished": False})

    def finish(self) -> None:
        """Complete run.json with the wall time (of this call; a resumed run adds to the former)."""
        former = self._read_record().get("wall_seconds", 0.0)
        seconds = round(former + time.perf_counter() - self._started, 1)
        self._write_record({"finished": True, "wall_seconds": seconds})

    def write_csv(self, name: str, table: pd.DataFrame) -> None:
        """Write a table, all or nothing; floats in full, so that equal results are equal bytes."""
        write_text(self.path / name, table.to_csv(index=False, lineterminator="\n"))

    def write_parquet(self, name: str, table: pd.DataFrame) -> None:
        """Write a large table as parquet, all or nothing."""
        with replacing(self.path / name) as partial:
            table.to_parquet(partial, index=False, compression="zstd")

    def write_json(self, name: str, content: dict) -> None:
        """Write a JSON file, all or nothing."""
        write_text(self.path / name, json.dumps(content, indent=2, default=_plain) + "\n")

    def _write_record(self, status: dict) -> None:
        self.write_json("run.json", self._record | status)

    def _read_record(self) -> dict:
        path = self.path / "run.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def _refuse_others(self) -> None:
        former = self._read_record()
        if not former:
            return
        if former["experiment"] != self._record["experiment"]:
            what = f"{former['experiment']}, not of {self._record['experiment']}"
            raise SettingsError(f"{self.path} holds a run of {what}. Choose another --out")
        differ = [
            f"{name}: {then} then, {now} now"
            for name, then, now in _pair(former["settings"], self._record["settings"])
            if then != now and name != "out"
        ]
        if differ:
            raise SettingsError(f"{self.path} holds a run with other settings: {_join(differ)}")
        # A file may have moved since then; its content may not have changed.
        contents = [sorted(r["data_sha256"].values()) for r in (former, self._record)]
        if contents[0] != contents[1]:
            names = ", ".join(self._record["data_sha256"]) or "none"
            raise SettingsError(f"{self.path} holds a run on other data than {_join([names])}")


def _pair(then: dict, now: dict) -> list[tuple]:
    return [(name, then.get(name), now.get(name)) for name in sorted({*then, *now})]


def _join(parts: Sequence[str]) -> str:
    return f"{'; '.join(parts)}. Choose another --out, or remove the folder"


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, or "missing"."""
    if not path.is_file():
        return "missing"
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def describe_device() -> str:
    """Return what computes: the JAX devices and the processor count."""
    devices = jax.devices()
    return f"{len(devices)} x {devices[0].device_kind}, {os.cpu_count()} CPU cores"


def _plain(value):
    return value.item() if isinstance(value, np.generic) else str(value)
