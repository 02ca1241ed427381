"""Identifiers of one source -> those of another. It refuses to guess: what has no match is told."""

import warnings

import numpy as np
import pandas as pd

from drp.data.errors import DataError, DataWarning, name_first


def match_lines(
    cosmic_ids: pd.Index,
    annotation: pd.DataFrame,
    responses: str = "the response table",
    samples: str = "the sample table",
) -> tuple[pd.Index, dict]:
    """Turn COSMIC ids into the ids of the annotation.

    Args:
      cosmic_ids: COSMIC ids as text.
      annotation: index = model id, column `COSMIC_ID`.
      responses: what the ids are from, for messages.
      samples: what the annotation is from, for messages.

    Returns:
      One model id per COSMIC id (`COSMIC:<id>` where there is none), and the counts.

    Raises:
      DataError: the annotation has no COSMIC_ID, or none of the ids is in it.
    """
    if "COSMIC_ID" not in annotation:
        raise DataError(
            f"{samples}: expected a column 'COSMIC_ID' to match the lines of {responses} by, found "
            f"{name_first(annotation.columns, 12)}"
        )
    known = annotation["COSMIC_ID"].str.removesuffix(".0")
    models = pd.Series(known.index, index=known.to_numpy()).drop("", errors="ignore")
    models = models[~models.index.duplicated()]
    matched = cosmic_ids.isin(models.index)
    if not matched.any():
        raise DataError(
            f"no line of {responses} ({name_first(cosmic_ids, 3)}) has its COSMIC_ID in {samples} "
            f"({name_first(models.index, 3)})"
        )
    if not matched.all():
        lost = name_first(cosmic_ids[~matched])
        warnings.warn(
            f"{(~matched).sum()} lines of {responses} are not in {samples}: {lost}",
            DataWarning, stacklevel=2,
        )  # fmt: skip
    names = np.where(matched, models.reindex(cosmic_ids).to_numpy(), "COSMIC:" + cosmic_ids)
    return pd.Index(names), {"matched": int(matched.sum()), "unmatched": int((~matched).sum())}


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
