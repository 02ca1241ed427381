"""Which spelling is of which class, and what a user may ask for."""

import pytest

from drp.data.errors import DataError
from drp.data.readers.variant_classes import (
    MAF_CLASSES,
    PAPER_CLASSES,
    TERMS,
    VARIANT_CLASSES,
    classify,
    expand_classes,
)

SHIFTS = {"Frame_Shift_Ins", "Frame_Shift_Del"}


def test_the_papers_classes_are_the_four_of_its_methods():
    assert expand_classes(("paper",)) == {*PAPER_CLASSES}
    assert len(PAPER_CLASSES) == 4
    assert expand_classes(["nonsilent"]) == {*VARIANT_CLASSES["nonsilent"]}
    assert "Silent" not in expand_classes(["nonsilent"])


def test_a_list_of_classes_is_taken_as_it_is_and_adds_up():
    assert expand_classes(["Nonsense_Mutation"]) == {"Nonsense_Mutation"}
    assert expand_classes(["paper", "Splice_Site"]) == {*PAPER_CLASSES, "Splice_Site"}
    assert expand_classes(["frameshift_variant"]) == SHIFTS


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("Misense_Mutation", "Missense_Mutation"), ("papers", "paper"), ("silence", "Silent"),
        ("Frame_Shift", "Frame_Shift_"), ("", ""),
    ],
)  # fmt: skip
def test_an_unknown_class_is_refused_with_the_nearest_known(asked, nearest):
    with pytest.raises(DataError, match=rf"--variant_classes: unknown .*nearest .* '{nearest}"):
        expand_classes([asked])


def test_no_class_at_all_is_refused():
    with pytest.raises(DataError, match=r"--variant_classes: expected .* found none"):
        expand_classes([])


@pytest.mark.parametrize("name", MAF_CLASSES)
def test_every_maf_class_means_itself_in_any_case(name):
    assert classify(name) == classify(name.upper()) == classify(f" {name.lower()}") == {name}


@pytest.mark.parametrize(
    ("spelling", "classes"),
    [
        # Oncotator, as in CCLE 2012 and DepMap until 22Q2
        ("Splice_Site_SNP", "Splice_Site"), ("Splice_Site_Del", "Splice_Site"),
        ("Splice_Site_Ins", "Splice_Site"), ("Start_Codon_SNP", "Translation_Start_Site"),
        ("Start_Codon_Del", "Translation_Start_Site"), ("Stop_Codon_Del", "Nonstop_Mutation"),
        ("Start_Codon_Ins", "Translation_Start_Site"), ("Stop_Codon_Ins", "Nonstop_Mutation"),
        ("De_novo_Start_OutOfFrame", "De_novo_Start_OutOfFrame"),
        ("De_novo_Start_InFrame", "De_novo_Start_InFrame"), ("Read-through", "Nonstop_Mutation"),
        ("Frame_Shift_Sub", "Frame_Shift_Ins Frame_Shift_Del"), ("Fusion", "Fusion"),
        ("Targeted_Region", "Targeted_Region"), ("lincRNA", "lincRNA"),
        # Funcotator, as in DepMap 22Q4 to 23Q4
        ("MISSENSE", "Missense_Mutation"), ("NONSENSE", "Nonsense_Mutation"),
        ("NONSTOP", "Nonstop_Mutation"), ("SILENT", "Silent"), ("SPLICE_SITE", "Splice_Site"),
        ("FRAME_SHIFT_DEL", "Frame_Shift_Del"), ("FRAME_SHIFT_INS", "Frame_Shift_Ins"),
        ("IN_FRAME_DEL", "In_Frame_Del"), ("IN_FRAME_INS", "In_Frame_Ins"),
        ("START_CODON_SNP", "Translation_Start_Site"), ("FIVE_PRIME_UTR", "5'UTR"),
        ("DE_NOVO_START_IN_FRAME", "De_novo_Start_InFrame"), ("THREE_PRIME_UTR", "3'UTR"),
        ("DE_NOVO_START_OUT_FRAME", "De_novo_Start_OutOfFrame"), ("FIVE_PRIME_FLANK", "5'Flank"),
        ("INTRON", "Intron"), ("IGR", "IGR"), ("RNA", "RNA"), ("LINCRNA", "lincRNA"),
        ("COULD_NOT_DETERMINE", "COULD_NOT_DETERMINE"),
        # Ensembl VEP, as in DepMap from 24Q2 on
        ("missense_variant", "Missense_Mutation"), ("stop_gained", "Nonsense_Mutation"),
        ("frameshift_variant", "Frame_Shift_Ins Frame_Shift_Del"),
        ("start_lost", "Translation_Start_Site"),
        ("inframe_insertion", "In_Frame_Ins"), ("inframe_deletion", "In_Frame_Del"),
        ("protein_altering_variant", "In_Frame_Ins In_Frame_Del"),
        ("stop_lost", "Nonstop_Mutation"),
        ("splice_acceptor_variant", "Splice_Site"), ("splice_donor_variant", "Splice_Site"),
        ("splice_polypyrimidine_tract_variant", "Splice_Region"),
        ("stop_retained_variant", "Silent"),
        ("synonymous_variant", "Silent"), ("5_prime_UTR_variant", "5'UTR"),
        ("intron_variant", "Intron"),
        ("upstream_gene_variant", "5'Flank"), ("mature_miRNA_variant", "RNA"),
        ("intergenic_variant", "IGR"), ("TFBS_ablation", "Targeted_Region"),
        # cBioPortal's pages
        ("FS del", "Frame_Shift_Del"), ("IF ins", "In_Frame_Ins"),
        ("missense", "Missense_Mutation"),
    ],
)  # fmt: skip
def test_every_portals_spelling_is_known(spelling, classes):
    assert classify(spelling) == {*classes.split()}


@pytest.mark.parametrize(
    ("cell", "classes"),
    [
        ("missense_variant&splice_region_variant", {"Missense_Mutation"}),
        ("splice_region_variant&synonymous_variant", {"Splice_Region"}),
        ("splice_region_variant&intron_variant", {"Splice_Region"}),
        ("frameshift_variant&stop_gained", {"Nonsense_Mutation"}),
        ("frameshift_variant&splice_region_variant", SHIFTS),
        ("splice_donor_variant&frameshift_variant", {"Splice_Site"}),
        ("coding_sequence_variant&5_prime_UTR_variant", {"Missense_Mutation"}),
        ("inframe_deletion&NMD_transcript_variant", {"In_Frame_Del"}),
        ("start_lost&start_retained_variant", {"Translation_Start_Site"}),
    ],
)  # fmt: skip
def test_of_several_terms_the_most_severe_decides_in_either_order(cell, classes):
    assert classify(cell) == classes
    assert classify("&".join(reversed(cell.split("&")))) == classes


@pytest.mark.parametrize(
    "cell", ["", "&", "missense_variant&", "missense_variant&odd", "Silent&stop_gained", "SNP", "²"]
)
def test_what_is_no_class_is_unknown(cell):
    assert classify(cell) == frozenset()


def test_every_term_leads_to_maf_classes():
    assert {name for _, names in TERMS for name in names} <= {*MAF_CLASSES}
    assert len(dict(TERMS)) == len(TERMS)
