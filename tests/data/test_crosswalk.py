import numpy as np
import pandas as pd

from drp.data.crosswalk import match_genes


def make_genes(**entrez):
    return pd.DataFrame({"entrez_id": list(entrez.values())}, index=list(entrez), dtype=object)


def test_genes_are_paired_by_entrez_id_then_by_symbol():
    first = make_genes(ZETA="1", OLD="2", SAME="", CLASH="4", ALONE="5", TWICE="7", TWIN="7")
    second = make_genes(NEW="2", SAME="3", CLASH="40", ZETA="1", OTHER="6", TWICE="7")
    shared, counts = match_genes(first, second)
    assert shared["second"].to_dict() == {
        "ZETA": "ZETA", "OLD": "NEW", "SAME": "SAME", "TWICE": "TWICE",
    }  # fmt: skip
    assert list(shared.index) == ["ZETA", "OLD", "SAME", "TWICE"]
    assert list(shared["entrez_id"]) == ["1", "2", "3", "7"]
    assert counts == {
        "matched_by_entrez_id": 2,
        "matched_by_symbol": 2,
        "same_symbol_but_another_entrez_id": 1,
        "only_in_first": 3,
        "only_in_second": 2,
    }


def test_a_symbol_taken_by_id_is_not_paired_again():
    # B of the second source is A by its id, so the first source's B stays alone.
    shared, _ = match_genes(make_genes(A="1", B=""), make_genes(B="1", C=""))
    assert shared["second"].to_dict() == {"A": "B"}


def test_sources_without_a_shared_gene_give_an_empty_table():
    shared, counts = match_genes(make_genes(A="1"), make_genes(B="2"))
    assert not len(shared)
    assert list(shared.columns) == ["second", "entrez_id"]
    assert counts["only_in_first"] == counts["only_in_second"] == 1


def test_pairing_is_one_to_one_on_random_genes():
    rng = np.random.default_rng(0)
    for _ in range(20):
        sides = []
        for _ in range(2):
            symbols = [f"G{i}" for i in rng.permutation(30)[:20]]
            ids = rng.choice(["", *map(str, range(15))], 20)
            sides.append(pd.DataFrame({"entrez_id": ids}, index=symbols))
        shared, counts = match_genes(*sides)
        assert shared.index.is_unique
        assert shared["second"].is_unique
        assert len(shared) == counts["matched_by_entrez_id"] + counts["matched_by_symbol"]
