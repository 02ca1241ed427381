"""benchmark.csv: its columns, what follows from the measurements, and how it is printed."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from experiments.benchmarks.cases import Timing
from experiments.benchmarks.floors import Floors

MISSING = "-"


class Label(NamedTuple):
    """What is measured in a row, and in which unit.

    Attributes:
      part: train, pretrain, ...
      case: a row of the cases; `size`: of SIZES, or a number of tumours, such as 10k.
      slots: replicates side by side; None where there are none, or the case chooses.
      unit: what one of the `seconds` is for.
    """

    part: str
    case: str
    size: str
    slots: int | None
    unit: str


class Row(NamedTuple):
    """One line of the table; None and NaN for what is not known.

    Attributes:
      part, case, size, slots, unit: see `Label`.
      seconds: for one `unit`; NaN where the memory did not suffice.
      peak_memory_mb: of the process, or on a GPU of the device; MB = 10^6 bytes.
      floor_seconds: the larger of `adam_floor_seconds` and `matmul_floor_seconds`.
      compile_seconds, utilisation, first_memory_mb, refills: see `cases.Timing`.
      others_share: what other programs took of all cores' time meanwhile, 0 to 1.
    """

    part: str
    case: str
    size: str
    slots: int | None
    seconds: float | None
    unit: str
    peak_memory_mb: float | None
    floor_seconds: float
    adam_floor_seconds: float
    matmul_floor_seconds: float
    compile_seconds: float | None
    utilisation: float | None
    device: str | None
    others_share: float
    first_memory_mb: float | None
    refills: float | None


COLUMNS = (
    "part", "case", "size", "slots", "seconds", "unit", "peak_memory_mb", "floor_seconds",
    "over_floor", "adam_floor_seconds", "matmul_floor_seconds", "compile_seconds", "utilisation",
    "times_torch_fused", "device", "others_share", "first_memory_mb", "refills",
)  # fmt: skip
# What is printed, and how; a column without a value is left out.
PRINTED = {
    "case": "{}", "size": "{}", "slots": "{:.0f}", "seconds": "{:.4g}", "unit": "{}",
    "floor_seconds": "{:.3g}", "over_floor": "{:.1f}", "times_torch_fused": "{:.2f}",
    "peak_memory_mb": "{:,.0f}", "first_memory_mb": "{:,.0f}", "refills": "{:.1f}",
    "compile_seconds": "{:.1f}", "utilisation": "{:.0%}", "device": "{}", "others_share": "{:.0%}",
}  # fmt: skip
NUMBERS = (
    "seconds", "peak_memory_mb", "floor_seconds", "compile_seconds", "utilisation", "others_share",
    "first_memory_mb", "refills",
)  # fmt: skip


def make_row(label: Label, floors: Floors, timing: Timing | None, others_share: float) -> Row:
    """Return a case's line; `timing` is None where the memory did not suffice."""
    found = timing or Timing(None, label.slots, None)
    return Row(
        label.part, label.case, label.size, found.slots, found.seconds, label.unit,
        found.peak_memory_mb, floors.seconds, floors.adam, floors.matmul, found.compile_seconds,
        found.utilisation, found.device, others_share, found.first_memory_mb, found.refills,
    )  # fmt: skip


def tabulate(rows: Iterable[Row]) -> pd.DataFrame:
    """Return the table, with what follows from several columns or rows."""
    table = pd.DataFrame(rows, columns=Row._fields).astype({"slots": "Int64"})
    table[[*NUMBERS]] = table[[*NUMBERS]].astype(float)  # a column of None has no type
    table["over_floor"] = table["seconds"] / table["floor_seconds"]
    fused = table[table["case"] == "torch_fused"].set_index("size")["seconds"]
    table["times_torch_fused"] = table["size"].map(fused).astype(float) / table["seconds"]
    return table[[*COLUMNS]]


def format_markdown(table: pd.DataFrame, forms: Mapping[str, str] = PRINTED) -> str:
    """Return what a person looks for first, as a Markdown table.

    Args:
      table: may have more columns.
      forms: column -> how its values are printed.
    """
    if table.empty:
        return "no rows"
    known = {name: form for name, form in forms.items() if table[name].notna().any()}
    head = [name.replace("_", " ") for name in known]
    marks = ["---" if form == "{}" else "---:" for form in known.values()]
    rows = [
        [MISSING if pd.isna(row[name]) else form.format(row[name]) for name, form in known.items()]
        for _, row in table.iterrows()
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, marks, *rows))
