"""TCGA barcodes and which sample stands for a patient. It refuses to know any measurement.

`TCGA-02-0003-01A-01D-1490-08`: project, tissue source site, participant, sample type (01) with
vial (A), portion, plate, centre. Names that are no TCGA barcode pass through untouched, so a
user's own cohort works too.
"""

import re
from collections.abc import Collection

import pandas as pd

SPELLING = re.compile(r"^TCGA([-.])(\w{2})\1(\w{4})(?:$|\1(\d{2}))")  # R writes dots for dashes
SAMPLE = re.compile(r"^(?P<patient>TCGA-\w{2}-\w{4})-(?P<type>\d{2})")
PRIMARY_TYPES = ("01", "03", "09")  # solid tumour, blood, bone marrow; GDC's sample type codes


def shorten_barcode(barcode: str) -> str:
    """Return the sample part of a barcode, with dashes, or the name itself if it is none.

    Returns:
      15 characters for a barcode of 15, 16 or 28; 12 for a patient's, which has no sample part;
      nothing has spaces around it.
    """
    barcode = barcode.strip()
    match = SPELLING.match(barcode)
    if not match:
        return barcode
    return "-".join(part for part in ("TCGA", match[2], match[3], match[4]) if part)


def find_patients(samples: pd.Index) -> pd.Index:
    """Return the patient (12 characters) of each sample, or the name itself if it is none."""
    names = samples.to_series()
    return pd.Index(_split(samples)["patient"].fillna(names), dtype=object)


def select_primary(samples: pd.Index) -> pd.Index:
    """Keep one primary tumour per patient.

    The rule: sample types 01, 03 and 09 are primary, all others (metastases, normals, recurrences)
    are left out; a patient with several primaries is represented by the lowest type code. Names
    that are no TCGA barcode are kept, and so is a patient's own, which stands for the primary
    tumour: see `resolve_patients` for where samples of that patient stand beside it.

    Args:
      samples: sample ids as `shorten_barcode` returns them, without repeats.

    Returns:
      The kept ids, in their given order.
    """
    foreign = _split(samples)["patient"].isna()
    return samples[foreign.to_numpy() | samples.isin(_find_primaries(samples))]


def resolve_patients(names: pd.Index, others: Collection[str]) -> pd.Index:
    """Replace a patient's id by that patient's primary sample, where another file names one.

    Older MAFs name patients (12 characters) where newer files name samples (15).

    Args:
      names: ids as `shorten_barcode` returns them.
      others: ids of the files to be brought together, spelled the same way; types 01, 03 and 09
        count, the lowest first.

    Returns:
      One id per name, in the given order; all but patients with a primary sample are unchanged.
    """
    primaries = _find_primaries(pd.Index(list(others), dtype=object))
    resolved = names.to_series().map(primaries)
    return pd.Index(resolved.fillna(names.to_series()), dtype=object)


def _split(samples: pd.Index) -> pd.DataFrame:
    """Return columns patient and type, NaN for what is no sample's barcode."""
    return samples.to_series().astype(object).str.extract(SAMPLE)


def _find_primaries(samples: pd.Index) -> pd.Series:
    """Return the primary sample of each patient, index = patient."""
    table = _split(samples)
    primary = table[table["type"].isin(PRIMARY_TYPES)].sort_values("type", kind="stable")
    chosen = primary.drop_duplicates("patient")["patient"]
    return pd.Series(chosen.index, index=chosen.to_numpy(), dtype=object)
