"""Genes of one source -> those of another. It refuses to guess: what has no match is counted."""

import numpy as np
import pandas as pd


def match_genes(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    """Pair the genes of two sources: by Entrez id where both give one, then by symbol.

    Args:
      first: genes, index = symbol, column `entrez_id` ("" where unknown).
      second: the same for the other source.

    Returns:
      One row per shared gene in the order of `first`: index = the first source's symbol, columns
      `second` (its symbol there) and `entrez_id`; and the counts, matched and unmatched.
    """
    by_id = _pairs(first, second)
    rest = second.index[~second.index.isin(by_id)]
    same = first.index[first.index.isin(rest) & ~first.index.isin(by_id.index)]
    conflicting = same[_conflicts(first.loc[same, "entrez_id"], second.loc[same, "entrez_id"])]
    same = same.drop(conflicting)
    pairs = pd.concat([by_id, pd.Series(same, index=same)])
    pairs = pairs.reindex(first.index[first.index.isin(pairs.index)])
    entrez = first.loc[pairs.index, "entrez_id"].to_numpy()
    other = second.loc[pairs.to_numpy(), "entrez_id"].to_numpy()
    shared = pd.DataFrame({"second": pairs, "entrez_id": np.where(entrez == "", other, entrez)})
    counts = {
        "matched_by_entrez_id": len(by_id),
        "matched_by_symbol": len(same),
        "same_symbol_but_another_entrez_id": len(conflicting),
        "only_in_first": len(first) - len(shared),
        "only_in_second": len(second) - len(shared),
    }
    return shared, counts


def _pairs(first: pd.DataFrame, second: pd.DataFrame) -> pd.Series:
    """Return second's symbol by first's symbol, for Entrez ids that occur once on each side."""
    sides = [
        genes["entrez_id"][genes["entrez_id"] != ""].drop_duplicates(keep=False)
        for genes in (first, second)
    ]
    symbols = [pd.Series(side.index, index=side.to_numpy(), dtype=object) for side in sides]
    shared = symbols[0].index.intersection(symbols[1].index)
    return pd.Series(
        symbols[1][shared].to_numpy(), index=symbols[0][shared].to_numpy(), dtype=object
    )


def _conflicts(first: pd.Series, second: pd.Series) -> np.ndarray:
    one, other = first.to_numpy(), second.to_numpy()
    return (one != "") & (other != "") & (one != other)
