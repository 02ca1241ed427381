"""The list of sequenced samples. It refuses to know any mutation.

A sequenced sample without a call is wild type, one that was never sequenced is unknown, and only
a list can tell the two apart.
"""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from drp.data.errors import DataError
from drp.data.readers.barcodes import shorten_barcode
from drp.data.readers.duplicates import ERROR
from drp.data.readers.tables import read_header, read_table, reject_repeats

SAMPLE_COLUMNS = (
    "Tumor_Sample_Barcode", "ModelID", "DepMap_ID", "depmap_id", "sample", "model_id", "SAMPLE_ID",
    "Sample ID", "Sample_ID", "SampleID", "sample_id", "Broad_ID",
)  # fmt: skip
# What a profile is of, in DepMap's OmicsProfiles and OmicsDefaultModelProfiles, and the kinds that
# mutations are called from.
PROFILE_KINDS = {"Datatype": ("wes", "wgs"), "DataType": ("wes", "wgs"), "ProfileType": ("dna",)}


class Sequenced(NamedTuple):
    """Who was sequenced, and which file says so.

    Attributes:
      samples: each sample once.
      path: the file.
    """

    samples: pd.Index
    path: Path


def read_sequenced(path: str | Path, duplicates: str = ERROR) -> tuple[Sequenced, dict]:
    """Read who was sequenced.

    Args:
      path: a list or sample table, or DepMap's OmicsProfiles.csv, of which the rows of exomes and
        genomes count.
      duplicates: error, or mean: a name may stand twice in a list. In OmicsProfiles it may anyway.

    Returns:
      Each sample once, barcodes shortened, so that two vials are one sample; and a record.

    Raises:
      DataError: no column with samples, an empty cell in it, a repeated name, nobody sequenced.
    """
    header = read_header(path)
    kind = header.pick(tuple(PROFILE_KINDS))
    is_profiles = kind is not None and header.has("ModelID")
    column = "ModelID" if is_profiles else header.require(SAMPLE_COLUMNS, path)
    if is_profiles:
        frame = read_table(path, [column, kind])
        sequenced = frame[kind].str.lower().isin(PROFILE_KINDS[kind])
    else:
        frame = read_table(path, [column])
        sequenced = pd.Series(True, frame.index)
    listed = frame[column][sequenced]
    if (listed == "").any():
        row = (listed == "").idxmax()
        raise DataError(f"{path}: column {column!r}, row {row}: found an empty cell")
    if not is_profiles and duplicates == ERROR:
        cure = "; --duplicates=mean takes each once"
        reject_repeats(listed, f"{path}: column {column!r}", cure)
    if not len(listed):
        raise DataError(f"{path}: expected sequenced samples, found none in {len(frame)} rows")
    samples = pd.Index(listed.map(shorten_barcode).unique(), dtype=object)
    record = {
        "recognised_as": "DepMap OmicsProfiles" if is_profiles else "list of samples",
        "rows": len(frame),
        "columns": len(header.fields),
        "sample_column": column,
        "samples": len(samples),
    }
    if is_profiles:
        record["rows_of_other_profiles"] = int((~sequenced).sum())
    return Sequenced(samples, Path(path)), record
