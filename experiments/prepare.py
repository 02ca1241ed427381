"""What do the raw files hold, and which genes, lines and tumours can be modelled together?

    python -m experiments.prepare --out=runs/prepared
    python -m experiments.prepare --source=synthetic --out=runs/synthetic

Reads expression, mutation, response and sample tables (all file flags default to the layout of
$DRP_DATA), applies the paper's gene filters and imputation (Chiu et al. 2019, Methods), and writes
cells.h5mu, tumors.h5mu and preparation.json. About 10 s for 515 complete lines and 9,581 tumours
on 2 CPU cores.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drp.data import (
    Cohort,
    DataError,
    DataWarning,
    prepare_cohorts,
    read_cells,
    read_tumors,
    write_cohort,
)
from drp.data.synthetic import SyntheticSettings, make_synthetic_cohorts
from drp.settings import PrepareSettings
from experiments.console import expand, launch, say
from experiments.flags import SettingsError, check_limits
from experiments.run_folder import RunFolder


def read_files(settings: PrepareSettings) -> tuple[Cohort, Cohort, dict]:
    """Return both cohorts, unfiltered, and the record of what each file gave."""
    classes, accepted = settings.variant_classes, settings.maf_filters
    cells, cells_record = read_cells(
        [expand(path) for path in settings.cells_expression],
        expand(settings.cells_mutation), expand(settings.cells_sequenced) or None,
        expand(settings.cells_samples), [expand(path) for path in settings.response],
        settings.cells_expression_unit, settings.response_unit, classes, accepted,
        settings.min_measured,
    )  # fmt: skip
    tumors, tumors_record = read_tumors(
        [expand(path) for path in settings.tumors_expression],
        expand(settings.tumors_mutation), expand(settings.tumors_sequenced) or None,
        expand(settings.tumors_samples), settings.tumors_expression_unit, classes, accepted,
    )  # fmt: skip
    return cells, tumors, {"cell_lines": cells_record, "tumors": tumors_record}


def make_synthetic(settings: PrepareSettings) -> tuple[Cohort, Cohort, dict]:
    """Return the built-in cohorts with known truth."""
    sizes = SyntheticSettings(
        n_lines=settings.n_lines,
        n_tumors=settings.n_tumors,
        n_expression_genes=settings.n_expression_genes,
        n_mutation_genes=settings.n_mutation_genes,
        n_drugs=settings.n_drugs,
    )
    cells, tumors = make_synthetic_cohorts(sizes, settings.seed)
    return cells, tumors, {"source": "synthetic"}


FILE_SETTINGS = (
    "cells_expression", "cells_mutation", "cells_sequenced", "cells_samples", "response",
    "tumors_expression", "tumors_mutation", "tumors_sequenced", "tumors_samples",
)  # fmt: skip
MAY_BE_EMPTY = ("cells_sequenced", "tumors_sequenced")
SOURCES = {"files": read_files, "synthetic": make_synthetic}


def run(settings: PrepareSettings) -> None:
    """Read, filter, impute, write, and say what was kept and dropped."""
    check_limits(settings)
    folder = RunFolder("prepare", settings, raw_files(settings))
    if folder.is_finished:
        say(f"{folder.path} is prepared already")
        return
    with collect_warnings() as messages:
        check_files(settings)
        cells, tumors, reading = SOURCES[settings.source](settings)
        cells, tumors, filters = prepare_cohorts(
            cells, tumors, settings.min_mean, settings.min_sd, settings.neighbours
        )
    folder.begin()
    write_cohort(folder.path / "cells.h5mu", cells)
    write_cohort(folder.path / "tumors.h5mu", tumors)
    # What the readers counted stands under each file here; in the cohorts' uns it is "reading".
    record = {"files": reading, **filters, "warnings": messages}
    del record["reading"]
    folder.write_json("preparation.json", record)
    folder.finish()
    for line in describe(record):
        say(line)
    say(f"wrote {folder.path}/cells.h5mu, tumors.h5mu and preparation.json")


@contextmanager
def collect_warnings() -> Iterator[list[str]]:
    """Yield a list that holds every DataWarning of the block at its end; each is shown as well."""
    messages: list[str] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", DataWarning)
            yield messages
    finally:  # also before the line of an error, which a warning may explain
        messages += [str(warning.message) for warning in caught]
        for message in messages:
            print(f"warning: {message}", file=sys.stderr)


def describe(record: dict, indent: str = "") -> list[str]:
    """Return a nested record as indented lines."""
    lines = []
    for name, value in record.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", *describe(value, indent + "  ")]
        elif isinstance(value, list):
            lines += [f"{indent}{name}: {len(value)}", *(f"{indent}  {item}" for item in value)]
        else:
            lines.append(f"{indent}{name}: {value}")
    return lines


def check_files(settings: PrepareSettings) -> None:
    """Name the flag of a file that is not there, and warn when own and default files mix.

    Raises:
      SettingsError: a flag that needs a file is empty.
      DataError: a file is missing.
    """
    files, defaults = raw_files(settings), PrepareSettings()
    kept = [name for name in files if getattr(settings, name) == getattr(defaults, name)]
    for name, paths in files.items():
        if not paths and name not in MAY_BE_EMPTY:
            raise SettingsError(f"--{name}: expected a file, found nothing")
        for path in paths:
            if not Path(path).exists():
                origin = " (its default)" if name in kept else ""
                raise DataError(f"--{name}{origin}: {path}: no such file")
    if 0 < len(kept) < len(files):
        theirs = "; ".join(f"--{name}={','.join(files[name])}" for name in kept)
        warnings.warn(
            f"own files are joined with default ones: {theirs}", DataWarning, stacklevel=2
        )


def raw_files(settings: PrepareSettings) -> dict[str, list[str]]:
    """Return the files that are read, by setting; none for a synthetic cohort."""
    if settings.source != "files":
        return {}
    files = {}
    for name in FILE_SETTINGS:
        value = getattr(settings, name)
        paths = value if isinstance(value, tuple) else (value,)
        files[name] = [expand(path) for path in paths if path]
    return files


if __name__ == "__main__":
    launch(run, PrepareSettings)
