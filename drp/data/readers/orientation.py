"""Which side of a matrix holds the samples. It refuses to know any value in it."""

import re
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from drp.data.errors import DataWarning
from drp.data.readers.gene_names import looks_like_gene

TISSUES = (  # at the end of CCLE's names of cell lines
    "ADRENAL_CORTEX", "AUTONOMIC_GANGLIA", "BILIARY_TRACT", "BONE", "BREAST",
    "CENTRAL_NERVOUS_SYSTEM", "CERVIX", "ENDOMETRIUM", "EYE", "FIBROBLAST",
    "GASTROINTESTINAL_TRACT", "HAEMATOPOIETIC_AND_LYMPHOID_TISSUE", "KIDNEY", "LARGE_INTESTINE",
    "LIVER", "LUNG", "OESOPHAGUS", "OVARY", "PANCREAS", "PLACENTA", "PLEURA", "PROSTATE",
    "SALIVARY_GLAND", "SKIN", "SMALL_INTESTINE", "SOFT_TISSUE", "STOMACH", "TESTIS", "THYROID",
    "UPPER_AERODIGESTIVE_TRACT", "URINARY_TRACT", "UTERUS", "UVEA",
)  # fmt: skip
SAMPLE = re.compile(
    r"(TCGA|GTEX|TARGET)[-.][A-Z0-9]{2,}[-.]|ACH-\d{6}|SIDM\d{5}|DATA\.\d+|COSMIC[_.:]\d+|PR-\w{6}"
    rf"|CDS-\w{{6}}|[A-Z0-9]+_({'|'.join(TISSUES)})( \(ACH-\d{{6}}\))?$"
)
WELL_KNOWN_GENES = frozenset((
    "ABL1", "ACTB", "AKT1", "ALK", "APC", "AR", "ARID1A", "ATM", "B2M", "BCL2", "BRAF", "BRCA1",
    "BRCA2", "CCND1", "CDK4", "CDK6", "CDKN2A", "CTNNB1", "EGFR", "ERBB2", "ESR1", "FGFR1", "FGFR3",
    "GAPDH", "IDH1", "JAK2", "KIT", "KRAS", "MDM2", "MET", "MGMT", "MKI67", "MTOR", "MYC", "NF1",
    "NOTCH1", "NRAS", "PIK3CA", "PTEN", "RB1", "SMAD4", "STK11", "TP53", "TTN", "VHL",
))  # fmt: skip
GENE_CORNERS = frozenset((
    "gene", "genes", "gene_id", "geneid", "gene_name", "gene_symbol", "gene_symbols", "symbol",
    "hugo_symbol", "ensembl_id", "ensembl", "entrez",
))  # fmt: skip
SAMPLE_CORNERS = frozenset((
    "modelid", "depmap_id", "model_id", "cell_line", "cell_line_name", "patient", "patient_id",
    "sample_id", "cosmic_id", "case_id", "barcode",
))  # fmt: skip
ENOUGH = 2000  # names looked at on each side


class Orientation(NamedTuple):
    """Which side holds the samples, and whether that was told or guessed."""

    samples_in_rows: bool
    is_told: bool

    def __str__(self) -> str:
        side = "samples in rows" if self.samples_in_rows else "samples in columns"
        return side if self.is_told else f"{side} (guessed: the longer side holds the genes)"


def find_orientation(
    rows: Sequence[str], columns: Sequence[str], corner: str, known_samples: Collection[str]
) -> Orientation:
    """Tell by the names which side of a matrix holds the samples and which the genes.

    Args:
      rows: names of the rows.
      columns: names of the columns.
      corner: what stands above the rows' names.
      known_samples: names that are known to be samples, from the sample table.

    Returns:
      The orientation; where no name tells, genes are taken to be the longer side.
    """
    known_samples = frozenset(known_samples)
    evidence = _weigh(rows, known_samples) - _weigh(columns, known_samples)
    word = corner.strip().lower().replace(" ", "_")
    evidence += 0.5 * ((word in SAMPLE_CORNERS) - (word in GENE_CORNERS))
    if evidence:
        return Orientation(evidence > 0, True)
    return Orientation(len(rows) < len(columns), False)


def warn_of_guess(orientation: Orientation, path: str | Path) -> None:
    """Warn of a side that no name tells."""
    if not orientation.is_told:
        warnings.warn(
            f"{path}: no name tells genes from samples: {orientation}", DataWarning, stacklevel=3
        )


def _weigh(names: Sequence[str], known_samples: Collection[str]) -> float:
    """Return how far names look like samples (up to 1) rather than like genes (down to -1)."""
    some = list(names[:ENOUGH])
    samples = sum(name in known_samples or bool(SAMPLE.match(name)) for name in some)
    genes = sum(looks_like_gene(name) for name in some)
    known = 0.5 * bool(WELL_KNOWN_GENES.intersection(names))
    return (samples - genes) / max(len(some), 1) - known
