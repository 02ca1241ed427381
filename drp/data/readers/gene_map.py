"""Every gene to its one name, with HGNC's table if it is given. It refuses to know measurements."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first
from drp.data.readers.gene_names import clean_entrez
from drp.data.readers.tables import read_header, read_table

OLD_NAMES = ("prev_symbol", "alias_symbol")  # in this order: a former symbol goes before an alias


@dataclass(frozen=True)
class GeneMap:
    """HGNC's approved symbols, and what leads to them.

    Attributes:
      entrez: approved symbol -> Entrez id, "" where HGNC gives none.
      by_entrez: Entrez id -> approved symbol.
      by_ensembl: Ensembl id without version -> approved symbol.
      by_synonym: former symbol or alias -> the one approved symbol that it can mean. What can mean
        two genes, or is itself an approved symbol, is not in it.
    """

    entrez: Mapping[str, str] = field(default_factory=dict)
    by_entrez: Mapping[str, str] = field(default_factory=dict)
    by_ensembl: Mapping[str, str] = field(default_factory=dict)
    by_synonym: Mapping[str, str] = field(default_factory=dict)


def read_gene_map(path: str | Path) -> tuple[GeneMap, dict]:
    """Read HGNC's `hgnc_complete_set.txt`, or any table with its columns.

    Args:
      path: table with `symbol`, and, if there, `entrez_id`, `ensembl_gene_id`, `prev_symbol` and
        `alias_symbol` (several parted by `|`).

    Returns:
      The map, and the record of what was read.

    Raises:
      DataError: no column `symbol`, no row, or a symbol that stands twice.
    """
    columns = ("entrez_id", "ensembl_gene_id", *OLD_NAMES)
    frame = read_table(path, ["symbol"], optional=columns, keys=["symbol"])
    frame = frame.reindex(columns=["symbol", *columns], fill_value="")
    if not len(frame):
        raise DataError(f"{path}: expected a row per gene, found none")
    repeated = frame["symbol"][frame["symbol"].duplicated()]
    if len(repeated):
        raise DataError(f"{path}: column 'symbol': repeats of {name_first(repeated.unique())}")
    frame["entrez_id"] = clean_entrez(frame["entrez_id"])
    gene_map = GeneMap(
        entrez=dict(zip(frame["symbol"], frame["entrez_id"], strict=True)),
        by_entrez=_lead(frame["entrez_id"], frame["symbol"]),
        by_ensembl=_lead(frame["ensembl_gene_id"], frame["symbol"]),
        by_synonym=_collect_synonyms(frame),
    )
    record = {
        "recognised_as": "HGNC's names of genes",
        "rows": len(frame),
        "columns": len(read_header(path).fields),
        "synonyms": len(gene_map.by_synonym),
    }
    return gene_map, record


def name_genes(
    genes: pd.DataFrame, gene_map: GeneMap | None, path: str | Path
) -> tuple[pd.DataFrame, dict]:
    """Give each gene the name by which it is matched.

    With a map, that is HGNC's approved symbol: by Entrez id, else by Ensembl id, else by symbol,
    else by a former symbol or an alias, as long as no other gene of the same file has the symbol
    already. Without one, the file's symbol, or its Entrez id where there is no symbol.

    Args:
      genes: what `parse_genes` gives: columns symbol, entrez_id, ensembl_id.
      gene_map: HGNC's names, or None.
      path: the genes' file, for messages.

    Returns:
      One row per gene, columns name ("" for a gene that cannot be named) and entrez_id; and the
      counts of genes by what named them.

    Raises:
      DataError: most of the genes have nothing but an Ensembl id and there is no map, or none of
        them can be named.
    """
    if gene_map is None:
        _reject_ensembl_ids(genes, path)
        names, record = pd.Series("", genes.index, dtype=object), {}
    else:
        names, record = _look_up(genes, gene_map)
    own = genes["symbol"].where(genes["symbol"] != "", genes["entrez_id"])
    names = names.mask(names == "", own)
    nameless = names == ""
    if nameless.all():
        hint = "; --gene_map knows none of them" if gene_map else ""
        raise DataError(f"{path}: none of its {len(genes)} genes can be named{hint}")
    if nameless.any():
        record["genes_without_a_name"] = int(nameless.sum())
    lost = genes["ensembl_id"][nameless & (genes["ensembl_id"] != "")]
    if len(lost):
        warnings.warn(
            f"{path}: {len(lost)} genes are in no gene map and are left out: {name_first(lost)}",
            DataWarning, stacklevel=3,
        )  # fmt: skip
    known = _translate(names, gene_map.entrez if gene_map else {})
    entrez = genes["entrez_id"].where(genes["entrez_id"] != "", known)
    return pd.DataFrame({"name": names, "entrez_id": entrez}), record


def _reject_ensembl_ids(genes: pd.DataFrame, path: str | Path) -> None:
    bare = (genes["symbol"] == "") & (genes["entrez_id"] == "") & (genes["ensembl_id"] != "")
    if bare.sum() > len(genes) / 2:
        raise DataError(
            f"{path}: its genes are Ensembl ids ({name_first(genes['ensembl_id'][bare], 3)}); give "
            "--gene_map=hgnc_complete_set.txt, which has their symbols"
        )


def _look_up(genes: pd.DataFrame, gene_map: GeneMap) -> tuple[pd.Series, dict[str, int]]:
    """Return the name that the map gives each gene, "" where none; and the counts by way."""
    symbols = genes["symbol"]
    ways = {
        "entrez_id": _translate(genes["entrez_id"], gene_map.by_entrez),
        "ensembl_id": _translate(genes["ensembl_id"], gene_map.by_ensembl),
        "symbol": symbols.where(symbols.isin(gene_map.entrez), ""),
        "synonym": _translate(symbols, gene_map.by_synonym),
    }
    names, record = pd.Series("", genes.index, dtype=object), {}
    for way, found in ways.items():
        named = (names == "") & (found != "")
        if way == "synonym":  # genes that the file keeps apart are not merged by it
            leads = pd.DataFrame({"old": symbols, "new": found})[named].drop_duplicates()
            contested = leads["new"][leads["new"].duplicated()]
            named &= ~(found.isin(names) | found.isin(symbols) | found.isin(contested))
        names = names.mask(named, found)
        record[f"genes_named_by_{way}"] = int(named.sum())
    return names, record


def _translate(names: pd.Series, leads: Mapping[str, str]) -> pd.Series:
    return names.map(lambda name: leads.get(name, ""))


def _lead(keys: pd.Series, symbols: pd.Series) -> dict[str, str]:
    """Return key -> symbol for keys that lead to one symbol only."""
    once = (keys != "") & ~keys.duplicated(keep=False)
    return dict(zip(keys[once], symbols[once], strict=True))


def _collect_synonyms(frame: pd.DataFrame) -> dict[str, str]:
    leads: dict[str, str] = {}
    approved = {*frame["symbol"]}
    for column in OLD_NAMES:
        pairs = frame[["symbol"]].assign(old=frame[column].str.split("|")).explode("old")
        pairs["old"] = pairs["old"].str.strip()
        pairs = pairs[~pairs["old"].isin(approved)].drop_duplicates()
        fresh = _lead(pairs["old"], pairs["symbol"])
        leads |= {old: symbol for old, symbol in fresh.items() if old not in leads}
        approved |= {*pairs["old"]}  # an alias never overrules a former symbol, nor settles it
    return leads
