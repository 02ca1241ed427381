"""A table and what follows from it."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd


class Study(NamedTuple):
    """What was found.

    Attributes:
      table: as it is written.
      printed: column -> how its values are printed.
      sentences: what follows.
    """

    table: pd.DataFrame
    printed: Mapping[str, str]
    sentences: list[str]
