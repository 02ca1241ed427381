"""Gene symbols that a spreadsheet has turned into dates. It refuses to know which genes they were.

SEPT2, MARCH1 and DEC1 become 2-Sep, 1-Mar and 1-Dec when a table is opened and saved in Excel
(Ziemann, Eren & El-Osta 2016, Genome Biology 17:177); 1-Mar may then be MARCH1 or MARC1.
"""

import re
import warnings
from collections.abc import Iterable
from pathlib import Path

from drp.data.errors import DataWarning, name_first

MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
DATE = re.compile(
    rf"\d{{1,2}}[-/ ]{MONTH}|{MONTH}[-/ ]\d{{2}}|(19|20)\d\d-\d\d-\d\d", re.IGNORECASE | re.ASCII
)


def warn_of_dates(names: Iterable[str], path: str | Path) -> None:
    """Warn of genes that are named like dates: they match no gene of another file."""
    dates = [name for name in names if DATE.fullmatch(name)]
    if dates:
        warnings.warn(
            f"{path}: {len(dates)} genes are named by dates, which a spreadsheet makes of symbols "
            f"such as SEPT2 or MARCH1: {name_first(dates)}", DataWarning, stacklevel=3,
        )  # fmt: skip
