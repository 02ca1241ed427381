"""What do the raw files hold, and which genes, lines and tumours can be modelled together?

    python -m experiments.prepare --out=runs/prepared
    python -m experiments.prepare --source=synthetic --out=runs/synthetic
    python -m experiments.prepare --check --response=GDSC2_fitted_dose_response_27Oct23.xlsx

Reads expression, mutation, response and sample tables in the portals' formats (all file flags
default to the layout of $DRP_DATA), applies the paper's gene filters and imputation (Chiu et al.
2019, Methods), and writes cells.h5mu, tumors.h5mu and preparation.json. `--check` reads only, and
prints what every file was taken for and how its samples match. About 10 s for 515 complete lines
and 9,581 tumours on 2 CPU cores.
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
    Files,
    Ledger,
    Rules,
    prepare_cohorts,
    read_cells,
    read_tumors,
    write_cohort,
)
from drp.data.readers.gene_map import read_gene_map
from drp.data.synthetic import SyntheticSettings, make_synthetic_cohorts
from drp.settings import PrepareSettings
from experiments.console import expand, launch, say, show_reading
from experiments.file_check import describe_files
from experiments.flags import SettingsError, check_limits
from experiments.run_folder import RunFolder


def read_files(settings: PrepareSettings, ledger: Ledger) -> tuple[Cohort, Cohort]:
    """Return both cohorts, unfiltered; the ledger notes what each file gave."""
    paths = {name: [Path(path) for path in files] for name, files in raw_files(settings).items()}
    first = {name: files[0] if files else None for name, files in paths.items()}
    gene_map = None
    if first["gene_map"]:
        gene_map = ledger.read("gene_map", first["gene_map"], read_gene_map)
    rules = Rules(settings.variant_classes, settings.maf_filters, gene_map, settings.duplicates)
    cells = Files(
        "cells", paths["cells_expression"], settings.cells_expression_unit,
        first["cells_mutation"], first["cells_sequenced"], first["cells_samples"],
        paths["response"], settings.response_unit, first["drugs"], settings.min_measured,
    )  # fmt: skip
    tumors = Files(
        "tumors", paths["tumors_expression"], settings.tumors_expression_unit,
        first["tumors_mutation"], first["tumors_sequenced"], first["tumors_samples"],
    )  # fmt: skip
    with show_reading():
        cohorts = [
            ledger.put_off(read_cells, cells, rules, ledger),
            ledger.put_off(read_tumors, tumors, rules, ledger),
        ]
    ledger.reject_errors()
    return tuple(cohorts)


def make_synthetic(settings: PrepareSettings, _ledger: Ledger) -> tuple[Cohort, Cohort]:
    """Return the built-in cohorts with known truth."""
    sizes = SyntheticSettings(
        n_lines=settings.n_lines,
        n_tumors=settings.n_tumors,
        n_expression_genes=settings.n_expression_genes,
        n_mutation_genes=settings.n_mutation_genes,
        n_drugs=settings.n_drugs,
    )
    return make_synthetic_cohorts(sizes, settings.seed)


FILE_SETTINGS = (
    "cells_expression", "cells_mutation", "cells_sequenced", "cells_samples", "response", "drugs",
    "tumors_expression", "tumors_mutation", "tumors_sequenced", "tumors_samples", "gene_map",
)  # fmt: skip
MAY_BE_EMPTY = ("cells_sequenced", "tumors_sequenced", "drugs", "gene_map")
SOURCES = {"files": read_files, "synthetic": make_synthetic}


def run(settings: PrepareSettings) -> None:
    """Read, filter, impute, write, and say what was kept and dropped; or only check the files."""
    check_limits(settings)
    if settings.check:
        check(settings)
        return
    folder = RunFolder("prepare", settings, raw_files(settings))
    if folder.is_finished:
        say(f"{folder.path} is prepared already")
        return
    ledger = Ledger()
    with collect_warnings() as messages:
        reject_missing_files(settings)
        warn_of_defaults(settings)
        cells, tumors, filters = prepare(settings, ledger)
    folder.begin()
    write_cohort(folder.path / "cells.h5mu", cells)
    write_cohort(folder.path / "tumors.h5mu", tumors)
    record = {"files": ledger.as_dict(), **filters, "warnings": messages}
    for counts in record["reading"].values():
        counts.pop("mutation", None)  # it stands under its file here
    folder.write_json("preparation.json", record)
    folder.finish()
    del filters["reading"]  # it is in preparation.json
    for line in [*describe_files(ledger), *describe(filters)]:
        say(line)
    say(f"wrote {folder.path}/cells.h5mu, tumors.h5mu and preparation.json")


def prepare(settings: PrepareSettings, ledger: Ledger) -> tuple[Cohort, Cohort, dict]:
    """Return the prepared cohorts and the record of every filter."""
    cells, tumors = SOURCES[settings.source](settings, ledger)
    return prepare_cohorts(cells, tumors, settings.min_mean, settings.min_sd, settings.neighbours)


def check(settings: PrepareSettings) -> None:
    """Read all files, print what each was taken for, and write nothing.

    Raises:
      DataError: a file, or the files together, cannot be used; every file is judged first.
    """
    ledger = Ledger(keep_going=True)
    filters, failure = {}, None
    with collect_warnings(shown=False) as messages:
        warn_of_defaults(settings)
        try:
            _, _, filters = prepare(settings, ledger)
        except DataError as error:
            failure = error
    for line in [*describe_files(ledger, messages), *describe(filters.get("samples", {}))]:
        say(line)
    for name in ("expression_genes", "mutation_genes"):
        if name in filters:
            say(f"{name}: {filters[name]['kept']} can be modelled")
    if failure:
        raise failure
    say("all files can be used")


@contextmanager
def collect_warnings(shown: bool = True) -> Iterator[list[str]]:
    """Yield a list that holds every DataWarning of the block at its end; each is shown as well."""
    messages: list[str] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", DataWarning)
            yield messages
    finally:  # also before the line of an error, which a warning may explain
        messages += [str(warning.message) for warning in caught]
        for message in messages if shown else ():
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


def reject_missing_files(settings: PrepareSettings) -> None:
    """Raise a DataError that names the flag of a file that is not there."""
    kept = find_defaults(settings)
    for name, paths in raw_files(settings).items():
        for path in paths:
            if not Path(path).exists():
                origin = " (its default)" if name in kept else ""
                raise DataError(f"--{name}{origin}: {path}: no such file")


def warn_of_defaults(settings: PrepareSettings) -> None:
    """Warn when own and default files mix."""
    files, kept = raw_files(settings), find_defaults(settings)
    if 0 < len(kept) < sum(bool(paths) for paths in files.values()):
        theirs = "; ".join(f"--{name}={','.join(files[name])}" for name in kept)
        warnings.warn(
            f"own files are joined with default ones: {theirs}", DataWarning, stacklevel=2
        )


def find_defaults(settings: PrepareSettings) -> list[str]:
    """Return the settings whose files are the default ones."""
    files = raw_files(settings)
    return [name for name, paths in files.items() if paths and is_default(settings, name)]


def is_default(settings: PrepareSettings, name: str) -> bool:
    """Tell whether a setting was left as it is."""
    return getattr(settings, name) == getattr(PrepareSettings(), name)


def raw_files(settings: PrepareSettings) -> dict[str, list[str]]:
    """Return the files that are read, by setting; none for a synthetic cohort.

    Raises:
      SettingsError: a flag that needs a file is empty.
    """
    if settings.source != "files":
        return {}
    files = {}
    for name in FILE_SETTINGS:
        value = getattr(settings, name)
        paths = value if isinstance(value, tuple) else (value,)
        files[name] = [expand(path) for path in paths if path]
        of = name.replace("sequenced", "mutation")
        if of != name and is_default(settings, name) and not is_default(settings, of):
            files[name] = []  # a default list says nothing about own calls
        if not files[name] and name not in MAY_BE_EMPTY:
            raise SettingsError(f"--{name}: expected a file, found nothing")
    return files


if __name__ == "__main__":
    launch(run, PrepareSettings)
