"""The folder of one run: run.json, what may be resumed, and where the tables land."""

import dataclasses
import hashlib
import json
import os
import platform
import sys
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import jax
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from drp import __version__
from drp.atomic import replacing, write_text
from drp.data import DataWarning
from experiments.flags import SettingsError

PACKAGES = (
    "jax", "flax", "optax", "numpy", "pandas", "scipy", "scikit-learn", "anndata", "mudata",
    "orbax-checkpoint",
)  # fmt: skip
CHANGE_FOLDER = "Choose another --out, or remove the folder"


class RunFolder:
    """One experiment's `--out`.

    Nothing is written before `begin`, so that a run that its input stops leaves no trace.
    """

    def __init__(
        self, experiment: str, settings, inputs: Mapping[str, Sequence[str | Path]] | None = None,
        method: Mapping | None = None,
    ):  # fmt: skip
        """Open a folder, and refuse one that other settings, data or methods made.

        Args:
          experiment: the script's name.
          settings: its frozen dataclass; `out` names the folder.
          inputs: setting -> the files it names, whose content the results depend on.
          method: what else the results depend on, such as a recipe's values.

        Raises:
          SettingsError: the folder holds another run; says what differs.
        """
        self.path = Path(settings.out)
        if self.path.exists() and not self.path.is_dir():
            raise SettingsError(f"--out: expected a folder, found the file {self.path}")
        self._started = time.perf_counter()
        data = {
            role: {str(path): hash_file(Path(path)) for path in paths}
            for role, paths in (inputs or {}).items()
        }
        record = {
            "experiment": experiment,
            "command": describe_command(experiment),
            "settings": dataclasses.asdict(settings),
            "seed": settings.seed,
            "method": {"drp": __version__, **(method or {})},
            "data_sha256": data,
            "versions": {name: version(name) for name in PACKAGES},
            "python": platform.python_version(),
            "device": describe_device(),
        }
        self._record = json.loads(json.dumps(record))  # tuples become lists, as when read back
        self._places = {
            field.name for field in dataclasses.fields(settings) if field.metadata.get("places")
        }
        self._former = self._read_record()
        if self._former:
            self._refuse_others()
            self._remember_start()
        self._settled: dict = self._former.get("settled", {})

    def _remember_start(self) -> None:
        """Keep how the run was begun, and note how it goes on."""
        names = ("command", "versions", "python", "device")
        now = {name: self._record[name] for name in names}
        self._record |= {name: self._former[name] for name in names}
        self._record["resumed"] = [*self._former.get("resumed", []), now]

    @property
    def is_finished(self) -> bool:
        """Whether the same run has been here before and came to its end."""
        return self._former.get("finished", False)

    @property
    def provenance(self) -> dict:
        """What a product of this run says of where it came from."""
        names = ("command", "versions", "python", "device", "data_sha256")
        return {name: self._record[name] for name in names}

    def begin(self) -> None:
        """Make the folder and write run.json, unfinished."""
        if not self._former:
            self._write_record({"finished": False})

    def recall(self, name: str) -> int | None:
        """Return what the same run chose when it was here before, such as the slots of a design."""
        return self._settled.get(name)

    def settle(self, name: str, choice: int) -> None:
        """Keep a choice for when this run goes on."""
        self._settled[name] = choice
        self._write_record({"finished": False, "wall_seconds": self._wall_seconds()})

    def finish(self) -> None:
        """Complete run.json with the wall time (a resumed run adds to the former)."""
        self._write_record({"finished": True, "wall_seconds": self._wall_seconds()})

    def _wall_seconds(self) -> float:
        former = self._former.get("wall_seconds", 0.0)
        return round(former + time.perf_counter() - self._started, 1)

    def write_csv(self, name: str, table: pd.DataFrame) -> None:
        """Write a table, all or nothing; floats in full, so that equal results are equal bytes."""
        write_text(self.path / name, table.to_csv(index=False, lineterminator="\n"))

    def write_parquet(self, name: str, tables: Iterable[pd.DataFrame]) -> None:
        """Write tables of one schema as one parquet file, part by part, all or nothing."""
        with replacing(self.path / name) as partial:
            parts = (pa.Table.from_pandas(table, preserve_index=False) for table in tables)
            first = next(parts)
            with pq.ParquetWriter(partial, first.schema, compression="zstd") as writer:
                writer.write_table(first)
                for part in parts:
                    writer.write_table(part)

    def write_json(self, name: str, content: dict) -> None:
        """Write a JSON file, all or nothing."""
        write_text(self.path / name, json.dumps(content, indent=2, default=_plain) + "\n")

    def _write_record(self, status: dict) -> None:
        self.write_json("run.json", self._record | {"settled": self._settled} | status)

    def _read_record(self) -> dict:
        path = self.path / "run.json"
        try:
            return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except ValueError as error:
            raise SettingsError(f"{path} is damaged ({error}). {CHANGE_FOLDER}") from error

    def _refuse_others(self) -> None:
        then, now = self._former, self._record
        if then["experiment"] != now["experiment"]:
            what = f"{then['experiment']}, not of {now['experiment']}"
            raise SettingsError(f"{self.path} holds a run of {what}. {CHANGE_FOLDER}")
        # A file may have moved since then; its content may not have changed.
        free = {"out", *now["data_sha256"], *self._places}
        differ = _differences(_without(then["settings"], free), _without(now["settings"], free))
        differ += _differences(then["method"], now["method"])
        if differ:
            text = "; ".join(differ)
            raise SettingsError(
                f"{self.path} holds a run with other settings: {text}. {CHANGE_FOLDER}"
            )
        for role, files in now["data_sha256"].items():
            if list(then["data_sha256"].get(role, {}).values()) != list(files.values()):
                where = ", ".join(files) or "none"
                raise SettingsError(
                    f"{self.path} holds a run on other data than --{role}={where}. {CHANGE_FOLDER}"
                )
        for part in ("versions", "device"):
            if then[part] != now[part]:
                warnings.warn(
                    f"{self.path} was begun with other {part}: {then[part]}; a resumed table then "
                    "mixes both", DataWarning, stacklevel=3,
                )  # fmt: skip


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


def describe_command(experiment: str) -> str:
    """Return the command line that started this process, as one would type it again."""
    script = Path(sys.argv[0])
    started_here = script.parent.name == "experiments"
    program = f"python -m experiments.{script.stem}" if started_here else f"{experiment}.run"
    return " ".join([program, *(sys.argv[1:] if started_here else ())])


def _without(settings: dict, names: set[str]) -> dict:
    return {name: value for name, value in settings.items() if name not in names}


def _differences(then: dict, now: dict) -> list[str]:
    return [
        f"{name}: {then.get(name)} then, {now.get(name)} now"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _plain(value):
    return value.item() if isinstance(value, np.generic) else str(value)
