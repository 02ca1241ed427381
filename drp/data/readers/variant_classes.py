"""The classes of a variant and all their spellings. It refuses to know files and genes.

A class is named as the GDC's MAF does, https://docs.gdc.cancer.gov/Data/File_Formats/MAF_Format.
"""

import difflib
import re
from collections.abc import Sequence

from drp.data.errors import DataError

PAPER_CLASSES = ("Missense_Mutation", "Nonsense_Mutation", "Frame_Shift_Ins", "Frame_Shift_Del")
VARIANT_CLASSES = {
    "paper": PAPER_CLASSES,
    "nonsilent": (
        *PAPER_CLASSES, "In_Frame_Ins", "In_Frame_Del", "Splice_Site", "Nonstop_Mutation",
        "Translation_Start_Site",
    ),
}  # fmt: skip
MAF_CLASSES = (
    *VARIANT_CLASSES["nonsilent"], "Silent", "Splice_Region", "Intron", "RNA", "lincRNA", "3'UTR",
    "5'UTR", "3'Flank", "5'Flank", "IGR", "Targeted_Region", "De_novo_Start_InFrame",
    "De_novo_Start_OutOfFrame", "Fusion", "Indel", "COULD_NOT_DETERMINE",
)  # fmt: skip
FRAME_SHIFTS = ("Frame_Shift_Ins", "Frame_Shift_Del")
IN_FRAME = ("In_Frame_Ins", "In_Frame_Del")

# Spellings other than the class's own, in lower case with underscores: of Oncotator (CCLE 2012,
# DepMap until 22Q2), of Funcotator (DepMap 22Q4 to 23Q4), and what cBioPortal's pages show.
SPELLINGS = {
    ("Missense_Mutation",): "missense",
    ("Nonsense_Mutation",): "nonsense",
    ("Frame_Shift_Ins",): "fs_ins",
    ("Frame_Shift_Del",): "fs_del",
    FRAME_SHIFTS: "frame_shift_sub",  # as long a piece in as out does not say which it was
    ("In_Frame_Ins",): "if_ins",
    ("In_Frame_Del",): "if_del",
    ("Splice_Site",): (
        "splice splice_site_snp splice_site_dnp splice_site_tnp splice_site_onp splice_site_ins "
        "splice_site_del splice_site_indel"
    ),
    ("Nonstop_Mutation",): (
        "nonstop read_through readthrough stop_codon_snp stop_codon_dnp stop_codon_tnp "
        "stop_codon_onp stop_codon_ins stop_codon_del"
    ),
    ("Translation_Start_Site",): (
        "nonstart start_codon_snp start_codon_dnp start_codon_tnp start_codon_onp start_codon_ins "
        "start_codon_del"
    ),
    ("Silent",): "synonymous",
    ("5'UTR",): "five_prime_utr",
    ("3'UTR",): "three_prime_utr",
    ("5'Flank",): "five_prime_flank",
    ("3'Flank",): "three_prime_flank",
    ("De_novo_Start_InFrame",): "de_novo_start_in_frame",
    ("De_novo_Start_OutOfFrame",): "de_novo_start_out_frame de_novo_start_outframe",
}
# Terms of the Sequence Ontology, the most severe first by Ensembl's estimate
# (ensembl.org/info/genome/variation/prediction/predicted_data.html), with the class that vcf2maf
# 1.6.21 gives (github.com/mskcc/vcf2maf, GetEffectPriority and GetVariantClassification). It asks
# the alleles whether a frameshift is an insertion or a deletion; a term alone stands for both.
# Newer than it are the three terms of the splice region; start_retained_variant it leaves open.
TERMS = (
    ("transcript_ablation", ("Splice_Site",)),
    ("exon_loss_variant", ("Splice_Site",)),
    ("splice_acceptor_variant", ("Splice_Site",)),
    ("splice_donor_variant", ("Splice_Site",)),
    ("stop_gained", ("Nonsense_Mutation",)),
    ("frameshift_variant", FRAME_SHIFTS),
    ("stop_lost", ("Nonstop_Mutation",)),
    ("start_lost", ("Translation_Start_Site",)),
    ("initiator_codon_variant", ("Translation_Start_Site",)),
    ("disruptive_inframe_insertion", ("In_Frame_Ins",)),
    ("disruptive_inframe_deletion", ("In_Frame_Del",)),
    ("conservative_inframe_insertion", ("In_Frame_Ins",)),
    ("conservative_inframe_deletion", ("In_Frame_Del",)),
    ("inframe_insertion", ("In_Frame_Ins",)),
    ("inframe_deletion", ("In_Frame_Del",)),
    ("protein_altering_variant", IN_FRAME),
    ("missense_variant", ("Missense_Mutation",)),
    ("conservative_missense_variant", ("Missense_Mutation",)),
    ("rare_amino_acid_variant", ("Missense_Mutation",)),
    ("transcript_amplification", ("Intron",)),
    ("splice_donor_5th_base_variant", ("Splice_Region",)),
    ("splice_region_variant", ("Splice_Region",)),
    ("splice_donor_region_variant", ("Splice_Region",)),
    ("splice_polypyrimidine_tract_variant", ("Splice_Region",)),
    ("start_retained_variant", ("Silent",)),
    ("stop_retained_variant", ("Silent",)),
    ("synonymous_variant", ("Silent",)),
    ("incomplete_terminal_codon_variant", ("Silent",)),
    ("coding_sequence_variant", ("Missense_Mutation",)),
    ("mature_mirna_variant", ("RNA",)),
    ("exon_variant", ("RNA",)),
    ("5_prime_utr_variant", ("5'UTR",)),
    ("5_prime_utr_premature_start_codon_gain_variant", ("5'UTR",)),
    ("3_prime_utr_variant", ("3'UTR",)),
    ("non_coding_exon_variant", ("RNA",)),
    ("non_coding_transcript_exon_variant", ("RNA",)),
    ("non_coding_transcript_variant", ("RNA",)),
    ("nc_transcript_variant", ("RNA",)),
    ("intron_variant", ("Intron",)),
    ("intragenic_variant", ("Intron",)),
    ("intragenic", ("Intron",)),
    ("nmd_transcript_variant", ("Silent",)),
    ("coding_transcript_variant", ("Targeted_Region",)),
    ("upstream_gene_variant", ("5'Flank",)),
    ("downstream_gene_variant", ("3'Flank",)),
    ("tfbs_ablation", ("Targeted_Region",)),
    ("tfbs_amplification", ("Targeted_Region",)),
    ("tf_binding_site_variant", ("IGR",)),
    ("regulatory_region_ablation", ("Targeted_Region",)),
    ("regulatory_region_amplification", ("Targeted_Region",)),
    ("regulatory_region_variant", ("IGR",)),
    ("regulatory_region", ("IGR",)),
    ("feature_elongation", ("Targeted_Region",)),
    ("feature_truncation", ("Targeted_Region",)),
    ("intergenic_variant", ("IGR",)),
    ("intergenic_region", ("IGR",)),
    ("sequence_variant", ("Targeted_Region",)),
)
SEVERITY = {term: place for place, (term, _) in enumerate(TERMS)}
KNOWN = {
    **{name.lower(): (name,) for name in MAF_CLASSES},
    **{word: names for names, words in SPELLINGS.items() for word in words.split()},
    **dict(TERMS),
}


def expand_classes(variant_classes: Sequence[str]) -> frozenset[str]:
    """Return the MAF classes that count.

    Args:
      variant_classes: what `--variant_classes` holds: paper, nonsilent, or spellings of classes.

    Raises:
      DataError: one of them is unknown, or there is none.
    """
    wanted: set[str] = set()
    for name in variant_classes:
        found = VARIANT_CLASSES.get(name) or classify(name)
        if not found:
            choices = {choice.lower(): choice for choice in (*VARIANT_CLASSES, *MAF_CLASSES)}
            near = difflib.get_close_matches(name.lower(), choices, 1, 0.0)
            raise DataError(
                f"--variant_classes: unknown class {name!r}; the nearest known is "
                f"{choices[near[0]]!r}"
            )
        wanted |= {*found}
    if not wanted:
        raise DataError("--variant_classes: expected paper, nonsilent or MAF classes, found none")
    return frozenset(wanted)


def classify(spelling: str) -> frozenset[str]:
    """Return the MAF classes that a cell stands for, none if it is unknown.

    Several terms joined by `&` count as the most severe of them. A term that does not tell an
    insertion from a deletion stands for both classes.
    """
    words = [_normalise(word) for word in spelling.split("&")]
    if not KNOWN.keys() >= {*words} or (len(words) > 1 and not SEVERITY.keys() >= {*words}):
        return frozenset()
    return frozenset(KNOWN[min(words, key=lambda word: SEVERITY.get(word, 0))])


def _normalise(word: str) -> str:
    return re.sub(r"[\s-]+", "_", word.strip()).lower()
