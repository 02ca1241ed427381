"""What the rows of `pretrain` say: whether memory grows with the tumours, and the disk slows."""

from collections.abc import Iterator

import pandas as pd

from experiments.benchmarks.cases import STREAM_CASES

LEAST_SHARE = 0.8  # of the throughput in memory
FLAT = 1.1  # times the memory of the fewest tumours; a hundred times as many are the question
THOUSAND = 1_000


def conclude_pretraining(table: pd.DataFrame) -> list[str]:
    """Return sentences on memory and throughput, for each modality.

    Args:
      table: from `tabulate`; each case's rows with the fewest tumours first.
    """
    measured = table[(table["part"] == "pretrain") & table["seconds"].notna()]
    cases = {name: measured[measured["case"] == name] for name in STREAM_CASES}
    sentences = []
    for modality in dict.fromkeys(case.modality for case in STREAM_CASES.values()):
        backed, in_memory = cases[f"backed_{modality}"], cases[f"in_memory_{modality}"]
        sentences += [
            f"{modality}: {words}"
            for words in (*compare_memory(backed), *compare_speed(backed, in_memory))
        ]
    return sentences


def compare_memory(backed: pd.DataFrame) -> Iterator[str]:
    """Yield how the memory at the most tumours compares with that at the fewest."""
    if len(backed) < 2:
        return
    few, many = (backed.iloc[place] for place in (0, -1))
    ratio = many["peak_memory_mb"] / few["peak_memory_mb"]
    verdict = "flat" if ratio <= FLAT else "it grows"
    yield (
        f"from disk, {many['size']} tumours take {ratio:.2f} times the memory of {few['size']} "
        f"({many['peak_memory_mb']:,.0f} and {few['peak_memory_mb']:,.0f} MB at their peaks): "
        f"{verdict}"
    )


def compare_speed(backed: pd.DataFrame, in_memory: pd.DataFrame) -> Iterator[str]:
    """Yield for every count how fast it goes from disk, beside the same tumours in memory.

    Tumours that do not fit in memory stand beside the most that do: their number has no part in
    what a step costs.
    """
    for place, row in backed.iterrows():
        same = in_memory[in_memory["size"] == row["size"]]
        fitting = in_memory[in_memory.index < place]
        other = same if len(same) else fitting.tail(1)
        if len(other):
            yield describe_speed(row, other.iloc[0])


def describe_speed(row: pd.Series, other: pd.Series) -> str:
    """Return a comparison of two rows in words."""
    share = other["seconds"] / row["seconds"]
    verdict = "within 20%" if share >= LEAST_SHARE else "not within 20%"
    return (
        f"{row['size']} from disk reach {share:.0%} of the throughput of {other['size']} in memory "
        f"({THOUSAND / row['seconds']:,.0f} and {THOUSAND / other['seconds']:,.0f} tumours/s): "
        f"{verdict}"
    )
