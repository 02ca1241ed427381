"""The report: one HTML file that needs nothing else. It refuses to know what a section is about.

Figures go in as data, so the file can be mailed; the page's own policy forbids it to load
anything, and everything written by others (drug names, flags) is escaped by the template.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from numbers import Integral, Real
from pathlib import Path

import pandas as pd
from jinja2 import Environment, StrictUndefined

from drp import __version__
from drp.atomic import write_text
from drp.report.tables import MISSING

MAX_SVG_BYTES = 1_000_000  # a larger SVG gives way to the PNG beside it, if that is smaller
MAX_ROWS = 200
MEDIA = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Section:
    """One part of the page; what is None is left out."""

    title: str
    text: str  # paragraphs are parted by an empty line
    table: pd.DataFrame | None = None  # the index is not shown
    figure: Path | str | None = None  # .svg or .png
    table_caption: str = ""
    figure_caption: str = ""


def write_report(
    path: Path | str, title: str, facts: Mapping[str, object], sections: Sequence[Section]
) -> Path:
    """Write the page, whole or not at all.

    Args:
      path: the HTML file.
      title: the page's head line.
      facts: what was run on what: term -> value, in the order given.
      sections: the parts, in the order given.

    Returns:
      The path.

    Raises:
      ValueError: a figure is neither SVG nor PNG.
      FileNotFoundError: a figure is not there.
    """
    path = Path(path)
    template = files("drp.report").joinpath("template.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    html = environment.from_string(template).render(
        title=title,
        version=__version__,
        facts={term: format_value(value) for term, value in facts.items()},
        sections=[render_section(section) for section in sections],
    )
    write_text(path, html)
    return path


def render_section(section: Section) -> dict:
    """Return a section as the plain values that the template prints."""
    return {
        "title": section.title,
        "paragraphs": [part.strip() for part in section.text.split("\n\n") if part.strip()],
        "table": None if section.table is None else render_table(section.table),
        "table_caption": section.table_caption,
        "figure": None if section.figure is None else encode_figure(Path(section.figure)),
        "figure_caption": section.figure_caption,
    }


def render_table(table: pd.DataFrame) -> dict:
    """Return a frame's head, its first rows as text, and how many rows are left out."""
    shown = table.head(MAX_ROWS)
    rows = [[format_value(value) for value in row] for row in shown.itertuples(index=False)]
    columns = list(zip(*rows, strict=True)) or [()] * table.shape[1]
    return {
        "head": [
            {"text": str(name).replace("_", " "), "kind": find_kind(cells)}
            for name, cells in zip(table.columns, columns, strict=True)
        ],
        "rows": rows,
        "n_left_out": len(table) - len(shown),
    }


def format_value(value: object) -> str:
    """Return a value for reading: four significant figures, a dash for what is missing."""
    if isinstance(value, list | tuple):
        return ", ".join(format_value(item) for item in value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # NaN is not itself
        return MISSING
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(value)
    return f"{value:,}" if isinstance(value, Integral) else f"{value:.4g}"


def find_kind(cells: Sequence[str]) -> str:
    """Return "number" for a column that should stand flush right, otherwise "words"."""
    known = [cell.replace(",", "") for cell in cells if cell != MISSING]
    return "number" if known and all(map(is_number, known)) else "words"


def is_number(text: str) -> bool:
    """Tell whether a cell reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def encode_figure(path: Path) -> str:
    """Return a figure as a data URL. As an image, an SVG can neither run nor load anything."""
    if path.suffix not in MEDIA:
        raise ValueError(f"{path}: expected a figure in {' or '.join(MEDIA)}, got {path.suffix!r}")
    content, other = path.read_bytes(), path.with_suffix(".png")
    if len(content) > MAX_SVG_BYTES and other.exists() and other.stat().st_size < len(content):
        path, content = other, other.read_bytes()
    return f"data:{MEDIA[path.suffix]};base64,{base64.b64encode(content).decode()}"
