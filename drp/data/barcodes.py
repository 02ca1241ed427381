"""TCGA barcodes and which sample stands for a patient. It refuses to know any measurement.

`TCGA-02-0003-01A-01D-1490-08`: project, tissue source site, participant, sample type (01) with
vial (A), portion, plate, centre. Names that are no TCGA barcode pass through untouched, so a
user's own cohort works too.
"""

import re

import pandas as pd

SAMPLE = re.compile(r"^(TCGA-\w{2}-\w{4})-(\d{2})([A-Z]?)")
PRIMARY_TYPES = ("01", "03", "09")  # solid tumour, blood, bone marrow; GDC's sample type codes


def shorten_barcode(barcode: str) -> str:
    """Return the sample part of a barcode (15 characters), or the name itself if it is none."""
    match = SAMPLE.match(barcode)
    return f"{match[1]}-{match[2]}" if match else barcode


def select_primary(samples: pd.Index) -> pd.Index:
    """Keep one primary tumour per patient.

    The rule: sample types 01, 03 and 09 are primary, all others (metastases, normals, recurrences)
    are left out; a patient with several primaries is represented by the lowest type code. Names
    that are no TCGA barcode are kept.

    Args:
      samples: sample ids as `shorten_barcode` returns them, without repeats.

    Returns:
      The kept ids, in their given order.
    """
    table = samples.to_series().str.extract(SAMPLE).set_axis(["patient", "type", "vial"], axis=1)
    foreign = table["patient"].isna()
    primary = table[table["type"].isin(PRIMARY_TYPES)].sort_values("type", kind="stable")
    chosen = primary.drop_duplicates("patient").index
    return samples[foreign.to_numpy() | samples.isin(chosen)]
