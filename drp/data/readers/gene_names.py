"""A gene's spellings in the portals' files. It refuses to know which gene is which: `gene_map`.

A name may hold a symbol, an Entrez id, an Ensembl id, or two of them: `TP53`, `TP53 (7157)`,
`TP53|7157`, `?|7157`, `ENSG00000141510.16`, `TP53 (ENSG00000141510)`, `7157_at`, `7157`.
"""

import re
from collections.abc import Sequence

import pandas as pd

from drp.data.readers.header import pick

SYMBOL_COLUMNS = (
    "Hugo_Symbol", "HugoSymbol", "GENE_SYMBOLS", "pr_gene_symbol", "gene_symbol", "gene_symbols",
    "Gene Symbol", "Gene_Symbol", "gene_name", "symbol", "Symbol", "SYMBOL", "feature_name",
    "Description",
)  # fmt: skip
ENTREZ_COLUMNS = (
    "Entrez_Gene_Id", "Entrez_Gene_ID", "EntrezGeneID", "ENTREZ_GENE_ID", "entrez_id", "Entrez",
    "entrez", "GeneID", "pr_gene_id",
)  # fmt: skip
# What else stands beside the genes of a matrix; it is not read.
OTHER_COLUMNS = (
    "GENE_title", "transcript_ids", "transcript_id(s)", "gene_type", "Cytoband", "chrom",
    "chromosome", "Chr", "strand", "gene_description", "pr_gene_title",
)  # fmt: skip
NAMELESS = ("", "?", "NA", "nan", "---", "Unknown", "unknown", "na")
# The second copy of a gene that X and Y share, as GENCODE writes it since release 25 and before;
# by convention it is left out.
SECOND_COPY = re.compile(r"_PAR_Y\)?$|^(.+ \()?ENSGR\d{10}", re.ASCII)
TELLING = (  # names that can only be a gene's
    r"(?P<symbol>.+) \((?P<entrez_id>\d+)\)",
    r"(?P<symbol>.+) \((?P<ensembl_id>ENSG\d{11})(\.\d+)?\)",
    r"(?P<symbol>.+) \((Unknown|\d+(&\d+)+)\)",  # no one id
    r"(?P<symbol>.+)\.\.(?P<entrez_id>\d+)\.",  # `TP53 (7157)` after R's make.names
    r"(?P<symbol>[^|]+)\|(?P<entrez_id>\d+)",
    r"(?P<entrez_id>\d+)_at",  # one probe set per Entrez gene, as CCLE 2012 has them
    r"(?P<ensembl_id>ENSG\d{11})(\.\d+)?",
    r"(ENSG\d{11}(\.\d+)?_PAR_Y|ENSGR\d{10}(\.\d+)?)",
)
OTHER = (r"(?P<entrez_id>\d+)", r"(?P<symbol>.+) \([^()]+\)", r"(?P<symbol>.*)")
TELLING_PATTERNS = [re.compile(pattern, re.ASCII) for pattern in TELLING]
PATTERNS = [*TELLING_PATTERNS, *(re.compile(pattern, re.ASCII | re.DOTALL) for pattern in OTHER)]
PARTS = ("symbol", "entrez_id", "ensembl_id")


def looks_like_gene(name: str) -> bool:
    """Tell whether a name can only be a gene's."""
    return any(pattern.fullmatch(name) for pattern in TELLING_PATTERNS)


def find_gene_columns(beside: pd.DataFrame) -> tuple[pd.Series | None, pd.Series | None]:
    """Return the symbols and the Entrez ids among the columns beside the genes, None if not there.

    The Description of a GCT may hold full names, which have spaces: these are no symbols.
    """
    columns = (pick(names, beside) for names in (SYMBOL_COLUMNS, ENTREZ_COLUMNS))
    symbols, entrez = (None if name is None else beside[name].astype(str) for name in columns)
    if symbols is not None and symbols.str.strip().str.contains(r"\w \w").mean() > 0.5:
        symbols = None
    return symbols, entrez


def parse_genes(
    names: Sequence[str], symbols: Sequence[str] | None = None, entrez: Sequence[str] | None = None
) -> pd.DataFrame:
    """Take the names of genes apart.

    Args:
      names: one per gene, in any of the spellings above.
      symbols: their symbols, where a column beside them gives these.
      entrez: their Entrez ids, likewise.

    Returns:
      One row per gene, columns symbol, entrez_id, ensembl_id, each "" where it is not known. A
      second copy on Y has no symbol and no id at all.
    """
    genes = pd.DataFrame([_parse(name.strip()) for name in names], columns=PARTS, dtype=object)
    if symbols is not None:
        given = pd.Series(symbols, dtype=object).str.strip()
        genes["symbol"] = genes["symbol"].mask(~given.isin(NAMELESS).to_numpy(), given.to_numpy())
    if entrez is not None:
        given = clean_entrez(pd.Series(entrez, dtype=object))
        genes["entrez_id"] = genes["entrez_id"].mask(given.to_numpy() != "", given.to_numpy())
    genes.loc[[bool(SECOND_COPY.search(name)) for name in names]] = ""
    return genes.mask(genes.isin(NAMELESS), "")


def clean_entrez(column: pd.Series) -> pd.Series:
    """Return ids as bare digits: `7157.0` and ` 7157` are 7157; 0 and all else stand for none."""
    ids = column.str.strip().str.removesuffix(".0")
    return ids.where(ids.str.fullmatch(r"[1-9]\d*"), "")


def _parse(name: str) -> list[str]:
    match = next(filter(None, (pattern.fullmatch(name) for pattern in PATTERNS)))
    parts = match.groupdict()
    return [parts.get(part, "") for part in PARTS]
