"""Lists of drugs by id, in the portals' spellings."""

import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.drug_list import read_drug_list

SCREENED = "DRUG_ID,SCREENING_SITE,DRUG_NAME,SYNONYMS,TARGET,TARGET_PATHWAY\r\n"


@pytest.fixture
def write(tmp_path):
    def write_text(text):
        path = tmp_path / "drugs.csv"
        path.write_bytes(text.encode())
        return path

    return write_text


def test_an_id_may_stand_at_several_sites(write):
    path = write(
        SCREENED + '1,MGH,Erlotinib,"Tarceva, RG-1415",EGFR,EGFR \r\n'
        "3,MGH,Rapamycin,,,\r\n3,SANGER,Rapamycin,,MTORC1,PI3K/MTOR signaling\r\n"
    )
    drugs, _ = read_drug_list(path)
    assert drugs.index.name == "drug_id"
    assert drugs.to_dict("index") == {
        "1": {"drug_name": "Erlotinib", "target": "EGFR", "pathway": "EGFR"},
        "3": {"drug_name": "Rapamycin", "target": "MTORC1", "pathway": "PI3K/MTOR signaling"},
    }


def test_the_website_s_list(write):
    path = write(
        "drug_id,Name,Synonyms,Targets,Target pathway,PubCHEM,Sample Size,Count\n"
        "179,5-Fluorouracil,5-FU,Antimetabolite (DNA & RNA),Other,3385,968,266\n"
    )
    assert read_drug_list(path)[0].loc["179"].tolist() == [
        "5-Fluorouracil", "Antimetabolite (DNA & RNA)", "Other",
    ]  # fmt: skip


def test_ctrp_s_compounds_are_a_list_too(write):
    path = write(
        "master_cpd_id\tcpd_name\tgene_symbol_of_protein_target\n1788\tCIL55\t\n3588\tBRD4132\tX\n"
    )
    assert read_drug_list(path)[0]["drug_name"].to_dict() == {"1788": "CIL55", "3588": "BRD4132"}


def test_an_id_with_two_names_is_told(write):
    path = write(SCREENED + "1,MGH,Erlotinib,,,\r\n1,SANGER,Gefitinib,,,\r\n")
    with pytest.warns(DataWarning, match="1 ids stand with several names.*: 1"):
        assert read_drug_list(path)[0]["drug_name"].tolist() == ["Erlotinib"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("DRUG_NAME,TARGET\nErlotinib,EGFR\n", "expected a column DRUG_ID or .*, found DRUG_NAME"),
        ("DRUG_ID,TARGET\n1,EGFR\n", "expected a column DRUG_NAME or .*, found DRUG_ID, TARGET"),
        (SCREENED, "expected one row per drug, found none"),
        (SCREENED + ",MGH,Erlotinib,,,\r\n", "row 2: expected an id of a drug, found none"),
        ("DRUG_ID;DRUG_NAME\n1;A\n", "expected tabs or commas"),
    ],
)
def test_bad_lists_are_refused(write, text, message):
    with pytest.raises(DataError, match=message):
        read_drug_list(write(text))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "n_drugs", "key", "row"),
    [
        ("screened_compunds_rel_8.2.csv", 518, "1", ["Erlotinib", "EGFR", "EGFR"]),
        ("1.Drug_listMon_Jun_24_09_00_55_2019.csv", 266, "1242",
         ["(5Z)-7-Oxozeaenol", "TAK1", "Other, kinases"]),
    ],
)  # fmt: skip
def test_real_lists(real_data, name, n_drugs, key, row):
    drugs, _ = read_drug_list(real_data / "raw_samples/cells" / name)
    assert len(drugs) == n_drugs
    assert drugs.loc[key].tolist() == row
