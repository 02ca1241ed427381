import pandas as pd
import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.annotation import read_annotation
from drp.data.readers.lines import make_line_names, match_lines, read_cosmic_id, strip_name

ANNOTATION = pd.DataFrame(
    {
        "COSMIC_ID": ["905933", "1299064", "930299", "909976", "1298167", "", "687983.0", ""],
        "SANGER_MODEL_ID": ["SIDM00105", "SIDM00408", "SIDM00409", "", "", "", "SIDM00837", ""],
        "CCLE_NAME": ["NIHOVCAR3_OVARY", "TT_OESOPHAGUS", "TT_THYROID", *3 * [""], "A549_LUNG", ""],
        "CELL_LINE_NAME": ["OVCAR-3", "T-T", "TT", "KM-H2", "KMH-2", "697", "", ""],
        "STRIPPED_NAME": ["OVCAR3", "TT", "TT", "KMH2", "KMH2", "", "A549", ""],
    },
    ["ACH-1", "ACH-2", "ACH-3", "ACH-4", "COSMIC:1298167", "ACH-6", "ACH-7", "ACH-000956"],
)
MODEL, SANGER, CCLE, NAME = "ModelID", "SANGER_MODEL_ID", "CCLE_NAME", "CELL_LINE_NAME"


def match(*ids, annotation=ANNOTATION, **options):
    names = make_line_names(annotation)
    return match_lines(pd.Index(ids, dtype=object), names, "response.csv", "models.csv", **options)


def make_annotation(**cosmic):
    return pd.DataFrame({"COSMIC_ID": list(cosmic.values())}, index=list(cosmic))


@pytest.mark.parametrize(
    ("identifier", "model", "kind"),
    [
        ("ACH-1", "ACH-1", MODEL),
        ("COSMIC:1298167", "COSMIC:1298167", MODEL),
        ("905933", "ACH-1", "COSMIC_ID"),
        ("905933.0", "ACH-1", "COSMIC_ID"),
        ("COSMIC_687983", "ACH-7", "COSMIC_ID"),
        ("COSMIC:687983", "ACH-7", "COSMIC_ID"),
        ("DATA.687983", "ACH-7", "COSMIC_ID"),
        ("DATA.687983.1", "ACH-7", "COSMIC_ID"),
        ("DATA.1298167", "COSMIC:1298167", "COSMIC_ID"),
        ("SIDM00105", "ACH-1", SANGER),
        ("NIHOVCAR3_OVARY", "ACH-1", CCLE),
        ("TT_OESOPHAGUS", "ACH-2", CCLE),
        ("OVCAR-3", "ACH-1", NAME),
        ("T-T", "ACH-2", NAME),
        ("TT", "ACH-3", NAME),
        ("KMH-2", "COSMIC:1298167", NAME),
        ("697", "ACH-6", NAME),
        ("Ovcar 3", "ACH-1", "stripped name"),
        ("NIHOVCAR3", "ACH-1", "stripped name"),
        ("A-549", "ACH-7", "stripped name"),
        ("22RV1_PROSTATE (ACH-000956)", "ACH-000956", MODEL),
    ],
)
def test_a_line_is_found_by_any_identifier(identifier, model, kind):
    models, record = match(identifier)
    assert list(models) == [model]
    assert record == {
        "matched": 1, "unmatched": 0, "unmatched_examples": [], "matched_by": {kind: 1},
        "ambiguous": 0,
    }  # fmt: skip


@pytest.mark.parametrize("identifier", ["T.T", "tt", "KMH2", "km h2"])
def test_a_name_of_two_lines_leads_nowhere_and_is_told(identifier):
    with pytest.warns(DataWarning, match=rf"1 lines of response.csv .* several .*: {identifier}"):
        models, record = match(identifier, "TT")
    assert list(models) == [identifier, "ACH-3"]
    assert (record["matched"], record["unmatched"], record["ambiguous"]) == (1, 1, 1)
    assert identifier not in make_line_names(ANNOTATION).known


def test_a_cosmic_id_of_two_lines_leads_nowhere():
    annotation = make_annotation(A="11", B="12.0", C="", D="12")
    with pytest.warns(DataWarning, match="several"):
        models, record = match("12", "11", annotation=annotation)
    assert list(models) == ["COSMIC:12", "A"]
    assert record["ambiguous"] == 1


def test_lines_without_a_match_keep_their_id_and_are_told():
    with pytest.warns(DataWarning, match="4 lines of response.csv are not in models.csv: 99, DAT"):
        models, record = match("99", "905933", "DATA.98", "HELA", "")
    assert list(models) == ["COSMIC:99", "ACH-1", "COSMIC:98", "HELA", ""]
    assert record == {
        "matched": 1, "unmatched": 4, "unmatched_examples": ["99", "DATA.98", "HELA", ""],
        "matched_by": {"COSMIC_ID": 1}, "ambiguous": 0,
    }  # fmt: skip


def test_two_ids_of_one_line_are_both_returned():
    models, record = match("DATA.687983", "DATA.687983.1", "ACH-1")
    assert list(models) == ["ACH-7", "ACH-7", "ACH-1"]
    assert record["matched_by"] == {"ModelID": 1, "COSMIC_ID": 2}


@pytest.mark.parametrize(
    ("ids", "annotation", "message"),
    [
        (["98", "99"], make_annotation(A="11"),
         r"no line of response.csv \(98, 99\) has its COSMIC_ID in models.csv \(11\)"),
        (["HELA"], ANNOTATION, r"no line of response.csv \(HELA\) is in models.csv \(ACH-1, ACH-2"),
        (["11"], pd.DataFrame({"tissue": ["skin"]}, index=["A"]),
         r"models.csv: expected a column 'COSMIC_ID' .* response.csv by, found ModelID"),
        ([], ANNOTATION, r"no line of response.csv \(\) is in"),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_matched_are_refused(ids, annotation, message):
    with pytest.raises(DataError, match=message):
        match(*ids, annotation=annotation)


def test_a_source_that_may_lack_all_lines_is_only_told_of():
    with pytest.warns(DataWarning, match="1 lines of response.csv are not in models.csv: HELA"):
        models, record = match("HELA", required=False)
    assert list(models) == ["HELA"]
    assert record["matched_by"] == {}


def test_known_holds_what_leads_to_a_line():
    known = make_line_names(ANNOTATION).known
    assert {"ACH-1", "905933", "687983", "TT", "T-T", "TT_THYROID", "NIHOVCAR3"} <= known
    assert not {"", "KMH2"} & known


@pytest.mark.parametrize(
    ("text", "number"),
    [("X12", ""), ("12.5", ""), ("²", ""), ("COSMIC_", ""), ("data.1", ""), ("COSMIC12", "12")],
)
def test_cosmic_ids_are_told_from_other_names(text, number):
    assert read_cosmic_id(text) == number


def test_stripped_names_are_capitals_and_digits():
    assert strip_name("NCI-H1299 (b)") == "NCIH1299B"


@pytest.mark.realdata
def test_real_response_lines_are_all_matched(real_data):
    annotation, _ = read_annotation(real_data / "cells" / "models.csv")
    names = make_line_names(annotation)
    responses = pd.read_csv(
        real_data / "cells" / "gdsc1_v17_dose_response.csv.gz",
        usecols=["COSMIC_ID", "CELL_LINE_NAME"], dtype=str,
    ).drop_duplicates()  # fmt: skip
    by_cosmic, record = match_lines(pd.Index(responses["COSMIC_ID"]), names, "gdsc1", "models")
    assert record["matched_by"] == {"COSMIC_ID": 930}
    assert by_cosmic.is_unique
    by_name, _ = match_lines(pd.Index(responses["CELL_LINE_NAME"]), names, "gdsc1", "models")
    assert list(by_name) == list(by_cosmic)


@pytest.mark.realdata
def test_real_ccle_names_of_two_sources_lead_to_one_line(real_data):
    samples = real_data / "raw_samples" / "cells"
    annotation, _ = read_annotation(samples / "Cell_lines_annotations_20181226.txt")
    names = make_line_names(annotation)
    toy, _ = read_annotation(samples / "CCLE_sample_info_file_2012-10-18_toy.txt")
    # Fibroblasts were called by their tissue in 2012: HS229T_LUNG, now HS229T_FIBROBLAST.
    with pytest.warns(DataWarning, match="10 lines of toy are not in annotations: HLFA_LUNG"):
        models, record = match_lines(toy.index, names, "toy", "annotations")
    assert record["matched_by"] == {"CCLE_NAME": len(toy) - 10}
    assert models.is_unique
    models, _ = match_lines(
        pd.Index(["TT_THYROID", "TT_OESOPHAGUS"]), names, "names", "annotations"
    )
    assert list(models) == ["ACH-001321", "ACH-000561"]
