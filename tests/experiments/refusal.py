"""What every refusal of `prepare` must be: one line, exit code 1, nothing left behind.

It refuses to know what is wrong with a file: see `bad_input`.
"""

import dataclasses
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from drp.settings import PrepareSettings
from experiments import prepare
from experiments.console import run_or_exit
from tests.experiments.bad_input import Edit, Spoiler, write_as
from tests.portal_files import PORTALS
from tests.raw_files import RawFiles

ROOT = Path(__file__).parents[2]
NO_SETTINGS: Mapping = MappingProxyType({})


class Case(NamedTuple):
    """One bad input.

    Attributes:
      spoil: makes it.
      message: pattern that the error's line holds.
      settings: what is set otherwise; `{folder}` in a path stands for the raw files' folder.
      named: what the line must name: a file of the folder, unless only files together are at fault
        or a flag alone.
    """

    spoil: Spoiler
    message: str
    settings: Mapping = NO_SETTINGS
    named: str = "file"

    def matches(self, line: str) -> bool:
        """Tell whether a line holds the message."""
        return bool(re.search(self.message, line))


def between(spoil: Spoiler, message: str, **settings) -> Case:
    """Return a case where each file is well, and all together are not."""
    return Case(spoil, message, settings, "between")


def flag(message: str, **settings) -> Case:
    """Return a case where no file is at fault but a setting."""
    return Case(lambda raw_files: None, message, settings, "flag")


def bad(portal: str, edit: Edit, message: str, **settings) -> Case:
    """Return a case of a portal's file that is edited before it is written."""
    return Case(write_as(portal, edit), message, {**PORTALS[portal].settings, **settings})


def make_settings(raw_files: RawFiles, case: Case) -> PrepareSettings:
    """Spoil the files and return the settings that read them."""
    case.spoil(raw_files)
    return raw_files.settings(
        **{name: _fill_in(value, raw_files) for name, value in case.settings.items()}
    )


def assert_refused(raw_files: RawFiles, case: Case, capsys: pytest.CaptureFixture) -> None:
    """Spoil the files, and see `prepare` and `prepare --check` refuse them."""
    settings = make_settings(raw_files, case)
    before = {*raw_files.folder.parent.rglob("*")}
    line = run_to_exit(settings)
    assert case.matches(line)
    if case.named == "file":
        assert str(raw_files.folder) in line
    capsys.readouterr()
    closing = run_to_exit(dataclasses.replace(settings, check=True))
    table = capsys.readouterr().out.splitlines()
    lines = read_errors(table)
    if case.named == "file":
        assert re.search(r"\d+ of \d+ files cannot be used: --\w+", closing)
    elif case.named == "between":
        assert (lines, closing) == ([], line)
        lines.append(closing)
    else:
        lines.append(closing)
    assert any(map(case.matches, lines))
    assert {*raw_files.folder.parent.rglob("*")} == before


def read_errors(table: list[str]) -> list[str]:
    """Return the errors of a check, each behind its file, as `prepare` itself tells them."""
    lines, path = [], ""
    for text in table:
        if text.startswith("    error: "):
            lines.append(f"{path}: {text.removeprefix('    error: ')}")
        elif text.startswith("    ") and "/" in text and ": " not in text:
            path = text.strip()
    return lines


def run_to_exit(settings: PrepareSettings) -> str:
    """Return the line with which `prepare` ends in exit code 1."""
    with pytest.raises(SystemExit) as caught:
        run_or_exit(lambda: prepare.run(settings))
    line = caught.value.code  # a text is printed to stderr, and the exit code is 1
    assert isinstance(line, str)
    assert line.startswith("error: ")
    assert len(line.splitlines()) == 1
    return line


def start_script(settings: PrepareSettings) -> subprocess.CompletedProcess:
    """Run the script in a process of its own."""
    flags = [
        f"--{name}={','.join(value) if isinstance(value, tuple) else value}"
        for name, value in vars(settings).items()
    ]
    return subprocess.run(
        [sys.executable, "-m", "experiments.prepare", *flags],
        cwd=ROOT, env=os.environ | {"JAX_PLATFORMS": "cpu"}, capture_output=True, text=True,
    )  # fmt: skip


def _fill_in(value, raw_files: RawFiles):
    if isinstance(value, tuple):
        return tuple(_fill_in(item, raw_files) for item in value)
    return value.format(folder=raw_files.folder) if isinstance(value, str) else value
