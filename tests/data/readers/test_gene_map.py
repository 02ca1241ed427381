"""Every gene to its one name, with and without HGNC's table."""

import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.gene_map import GeneMap, name_genes, read_gene_map
from drp.data.readers.gene_names import parse_genes

# The columns of hgnc_complete_set.txt that count, in its order.
HGNC_COLUMNS = (
    "hgnc_id", "symbol", "name", "locus_group", "locus_type", "status", "location", "alias_symbol",
    "alias_name", "prev_symbol", "prev_name", "gene_group", "gene_group_id", "entrez_id",
    "ensembl_gene_id",
)  # fmt: skip
HGNC = [  # symbol, alias_symbol, prev_symbol, entrez_id, ensembl_gene_id
    ("A4GALT", '"A14GALT|Gb3S|P(k)|P1"', "", "53947", "ENSG00000128274"),
    ("RBFOX1", '"FOX-1|FOX1|HRNBP1"', "A2BP1", "54715", "ENSG00000078328"),
    ("TP53", '"p53|LFS1"', "", "7157", "ENSG00000141510"),
    ("TP53BP1", '"53BP1|p202|TDRD30"', "", "7158", "ENSG00000067369"),
    ("TP63", '"p51|SHFM4|p63"', '"TP53L|TP53CP|TP73L"', "8626", "ENSG00000073282"),
    ("TP73", "p53", "", "7161", "ENSG00000078900"),  # p53 can mean two genes
    ("MTCP1", '"P13MTCP1|p8MTCP1"', "", "4515", "ENSG00000214827"),
    ("CMC4", "C6.1B", "MTCP1NB", "100272147", "ENSG00000182712"),
    ("NEW1", "OLD", "", "11", ""),
    ("NEW2", "", "OLD", "12", ""),  # a former symbol goes before an alias
    ("NEW3", "TP63", "", "", ""),  # an approved symbol is no alias
]


@pytest.fixture
def hgnc(write):
    lines = ["\t".join(HGNC_COLUMNS)]
    for symbol, alias, previous, entrez, ensembl in HGNC:
        row = dict.fromkeys(HGNC_COLUMNS, "")
        row |= {"symbol": symbol, "alias_symbol": alias, "prev_symbol": previous}
        row |= {"entrez_id": entrez, "ensembl_gene_id": ensembl, "status": "Approved"}
        lines.append("\t".join(row.values()))
    return read_gene_map(write("\n".join(lines) + "\n", "hgnc_complete_set.txt"))[0]


def name(names, gene_map=None):
    return name_genes(parse_genes(names), gene_map, "file.csv")


def test_the_table_of_hgnc_is_read(hgnc):
    assert hgnc.entrez["TP53"] == "7157" and hgnc.entrez["NEW3"] == ""
    assert hgnc.by_entrez["53947"] == "A4GALT"
    assert hgnc.by_ensembl["ENSG00000141510"] == "TP53"
    assert "" not in {*hgnc.by_entrez, *hgnc.by_ensembl, *hgnc.by_synonym}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A14GALT", "A4GALT"), ("P1", "A4GALT"), ("P(k)", "A4GALT"), ("A2BP1", "RBFOX1"),
        ("TP53L", "TP63"), ("TP73L", "TP63"), ("OLD", "NEW2"), ("p53", None), ("TP63", None),
        ("TP53", None), ("P(k", None),
    ],
)  # fmt: skip
def test_a_synonym_leads_to_the_one_gene_it_can_mean(hgnc, old, new):
    assert hgnc.by_synonym.get(old) == new


@pytest.mark.parametrize(
    ("found", "expected", "entrez", "way"),
    [
        ("TP53 (7157)", "TP53", "7157", "entrez_id"),
        ("A2BP1|54715", "RBFOX1", "54715", "entrez_id"),
        ("?|53947", "A4GALT", "53947", "entrez_id"),
        ("7157_at", "TP53", "7157", "entrez_id"),
        ("TP53|8626", "TP63", "8626", "entrez_id"),
        ("ENSG00000141510.16", "TP53", "7157", "ensembl_id"),
        ("OTHER (ENSG00000141510)", "TP53", "7157", "ensembl_id"),
        ("TP53", "TP53", "7157", "symbol"),
        ("NEW3", "NEW3", "", "symbol"),
        ("TP53|999999999", "TP53", "999999999", "symbol"),
        ("A2BP1", "RBFOX1", "54715", "synonym"),
        ("p53", "p53", "", None),
        ("NOVEL", "NOVEL", "", None),
        ("?|100130426", "100130426", "100130426", None),
    ],
)
def test_a_gene_is_named_by_the_surest_way(hgnc, found, expected, entrez, way):
    names, record = name([found], hgnc)
    assert names.iloc[0].tolist() == [expected, entrez]
    assert record == {
        f"genes_named_by_{each}": int(each == way)
        for each in ("entrez_id", "ensembl_id", "symbol", "synonym")
    }


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["A2BP1", "RBFOX1"], ["A2BP1", "RBFOX1"]),
        (["A2BP1", "RBFOX1|54715"], ["A2BP1", "RBFOX1"]),
        (["A2BP1", "ENSG00000078328"], ["A2BP1", "RBFOX1"]),
        (["A2BP1", "FOX1"], ["A2BP1", "FOX1"]),
        (["A2BP1", "A2BP1"], ["RBFOX1", "RBFOX1"]),
        (["A2BP1", "TP53L"], ["RBFOX1", "TP63"]),
    ],
)
def test_genes_that_a_file_keeps_apart_stay_apart(hgnc, found, expected):
    assert name(found, hgnc)[0]["name"].tolist() == expected


def test_without_a_map_a_gene_keeps_its_symbol_or_its_entrez_id():
    names, record = name(["TP53 (7157)", "?|100130426", "EGFR", "1956"])
    assert names["name"].tolist() == ["TP53", "100130426", "EGFR", "1956"]
    assert names["entrez_id"].tolist() == ["7157", "100130426", "", "1956"]
    assert record == {}


def test_ensembl_ids_need_a_map():
    with pytest.raises(DataError, match=r"^file\.csv: .*ENSG00000000003.*--gene_map=hgnc"):
        name(["ENSG00000000003.10", "ENSG00000000005.5", "TP53"])


def test_genes_that_cannot_be_named_are_counted_and_listed(hgnc):
    found = ["TP53", "EGFR", "ENSG00000288724.1", "ENSG00000182162.10_PAR_Y"]
    for gene_map in (None, hgnc):
        with pytest.warns(DataWarning, match=r"file\.csv: 1 genes .*: ENSG00000288724$"):
            names, record = name(found, gene_map)
        assert names["name"].tolist() == ["TP53", "EGFR", "", ""]
        assert record["genes_without_a_name"] == 2


@pytest.mark.parametrize("found", [[], ["?"], ["ENSG00000182162.10_PAR_Y"]])
def test_a_file_whose_genes_have_no_name_is_refused(hgnc, found):
    for gene_map in (None, hgnc):
        with pytest.raises(DataError, match=r"none of its \d genes can be named"):
            name(found, gene_map)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hgnc_id\tname\nHGNC:1\tx\n", "expected a column symbol, found hgnc_id, name"),
        ("symbol\tentrez_id\nA\t1\nA\t2\n", "column 'symbol': repeats of A"),
        ("symbol\tentrez_id\nA\t1\n\t2\n", "column 'symbol', row 3: found an empty cell"),
    ],
)
def test_a_bad_map_is_told(write, content, message):
    with pytest.raises(DataError, match=message):
        read_gene_map(write(content))


def test_a_map_needs_no_more_than_symbols(write):
    with pytest.raises(DataError, match="expected a row per gene, found none"):
        read_gene_map(write("symbol\n"))
    gene_map, record = read_gene_map(write("symbol\nTP53\nEGFR\n"))
    assert gene_map == GeneMap({"TP53": "", "EGFR": ""})
    assert (record["rows"], record["columns"], record["synonyms"]) == (2, 1, 0)
    quoted, _ = read_gene_map(write('"symbol","entrez_id","prev_symbol"\n"A","1","X|Y"\n'))
    assert quoted.by_synonym == {"X": "A", "Y": "A"}
