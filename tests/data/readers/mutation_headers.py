"""The exact headers of the portals' long tables of variants, and rows below them."""

START = (
    "Hugo_Symbol Entrez_Gene_Id Center NCBI_Build Chromosome Start_Position End_Position Strand "
    "Variant_Classification Variant_Type Reference_Allele Tumor_Seq_Allele1 Tumor_Seq_Allele2 "
    "dbSNP_RS dbSNP_Val_Status Tumor_Sample_Barcode Matched_Norm_Sample_Barcode "
    "Match_Norm_Seq_Allele1 Match_Norm_Seq_Allele2 Tumor_Validation_Allele1 "
    "Tumor_Validation_Allele2 Match_Norm_Validation_Allele1 Match_Norm_Validation_Allele2 "
    "Verification_Status Validation_Status Mutation_Status Sequencing_Phase Sequence_Source "
    "Validation_Method Score BAM_File Sequencer "
)
MIDDLE = (
    "Tumor_Sample_UUID Matched_Norm_Sample_UUID HGVSc HGVSp HGVSp_Short Transcript_ID Exon_Number "
    "t_depth t_ref_count t_alt_count n_depth n_ref_count n_alt_count all_effects Allele Gene "
    "Feature Feature_type {} cDNA_position CDS_position Protein_position Amino_acids Codons "
    "Existing_variation ALLELE_NUM DISTANCE {} SYMBOL SYMBOL_SOURCE HGNC_ID BIOTYPE CANONICAL CCDS "
    "ENSP SWISSPROT TREMBL UNIPARC RefSeq SIFT PolyPhen EXON INTRON DOMAINS GMAF AFR_MAF AMR_MAF "
    "ASN_MAF EAS_MAF EUR_MAF SAS_MAF AA_MAF EA_MAF CLIN_SIG SOMATIC PUBMED MOTIF_NAME MOTIF_POS "
    "HIGH_INF_POS MOTIF_SCORE_CHANGE IMPACT PICK VARIANT_CLASS TSL HGVS_OFFSET PHENO MINIMISED "
    "ExAC_AF {}ExAC_AF_AFR ExAC_AF_AMR ExAC_AF_EAS ExAC_AF_FIN ExAC_AF_NFE ExAC_AF_OTH ExAC_AF_SAS "
    "GENE_PHENO FILTER "
)
GDC = (
    START
    + MIDDLE.format("One_Consequence Consequence", "TRANSCRIPT_STRAND", "ExAC_AF_Adj ")
    + "CONTEXT src_vcf_id tumor_bam_uuid normal_bam_uuid case_id GDC_FILTER COSMIC MC3_Overlap "
    "GDC_Validation_Status"
)
MC3 = START + MIDDLE.format("Consequence", "STRAND", "") + "COSMIC CENTERS CONTEXT DBVS NCALLERS"
FIREHOSE = (
    "Hugo_Symbol Chromosome Start_Position End_Position Reference_Allele Tumor_Seq_Allele2 "
    "Variant_Classification Variant_Type Tumor_Sample_Barcode Center NCBI_Build Protein_Change "
    "t_depth t_vaf"
)
LAML = (
    "Hugo_Symbol Entrez_Gene_Id Center NCBI_Build Chromosome Start_Position End_position Strand "
    "Variant_Classification Variant_Type Reference_Allele Tumor_Seq_Allele1 Tumor_Seq_Allele2 "
    "Tumor_Sample_Barcode Protein_Change i_TumorVAF_WU i_transcript_name"
)
MAFTOOLS = (
    "Hugo_Symbol Chromosome Start_Position End_Position Reference_Allele Tumor_Seq_Allele2 "
    "Variant_Classification Variant_Type Tumor_Sample_Barcode"
)
EXCERPT = (
    "Hugo_Symbol Chromosome Start_Position End_Position Variant_Classification Variant_Type "
    "Reference_Allele Tumor_Seq_Allele2 Tumor_Sample_Barcode Matched_Norm_Sample_Barcode HGVSc "
    "HGVSp_Short Transcript_ID Exon_Number t_ref_count t_alt_count n_ref_count n_alt_count IMPACT "
    "ExAC_AF IMPACT FILTER Tumor_Sample_Barcode_min"
)
CCLE_2012 = (
    START.replace("Start_Position", "Start_position").replace("BAM_File", "BAM_file")
    + "Genome_Change Annotation_Transcript Transcript_Strand cDNA_Change Codon_Change "
    "Protein_Change Other_Transcripts Refseq_mRNA_Id Refseq_prot_Id SwissProt_acc_Id "
    "SwissProt_entry_Id Description UniProt_AApos UniProt_Region UniProt_Site "
    "Alternative_allele_reads_count Reference_allele_reads_count "
    "X46vertebrates_AA_alignment_column Method"
)
CALLS = (
    "Hugo_Symbol Entrez_Gene_Id NCBI_Build Chromosome Start_position End_position Strand "
    "Variant_Classification Variant_Type Reference_Allele {} dbSNP_RS dbSNP_Val_Status "
    "Genome_Change Annotation_Transcript {} cDNA_Change Codon_Change Protein_Change isDeleterious "
    "isTCGAhotspot TCGAhsCnt isCOSMIChotspot COSMIChsCnt ExAC_AF "
)
OLD = CALLS.format("Tumor_Seq_Allele1", "Tumor_Sample_Barcode")
CCLE_2018 = OLD + "WES_AC SangerWES_AC SangerRecalibWES_AC RNAseq_AC HC_AC RD_AC WGS_AC Broad_ID"
DEPMAP_19Q1 = OLD + (
    "VA_WES_AC CGA_WES_AC SangerWES_AC SangerRecalibWES_AC RNAseq_AC HC_AC RD_AC WGS_AC "
    "Variant_annotation DepMap_ID"
)
DEPMAP_20Q2 = DEPMAP_19Q1.replace("VA_WES_AC ", "")
DEPMAP_22Q2 = CALLS.format("Alternate_Allele", "DepMap_ID") + (
    "Variant_annotation CGA_WES_AC HC_AC RD_AC RNAseq_AC SangerWES_AC WGS_AC"
)
OMICS = (
    "Chrom Pos Ref Alt AF {}RefCount AltCount GT PS VariantType VariantInfo DNAChange "
    "ProteinChange HugoSymbol {}HgncName HgncFamily "
)
OMICS_22Q4 = OMICS.format("", "") + (
    "Transcript TranscriptExon TranscriptStrand UniprotID DbsnpID DbsnpFilter Issues GcContent "
    "LineageAssociation CancerMolecularGenetics CCLEDeleterious StructuralRelation CosmicHotspot "
    "CosmicOverlappingMutations AssociatedWith LoF Driver LikelyDriver TranscriptLikelyLoF CivicID "
    "CivicDescription CivicScore Popaf LikelyGoF LikelyLoF HessDriver HessSignature CscapeScore "
    "DannScore RevelScore Funseq2Score PharmgkbID DidaID DidaName GwasDisease GwasPmID GTexGene "
    "EntrezGeneID Str ModelID"
)
OMICS_24Q2 = OMICS.format("DP ", "EnsemblGeneID EnsemblFeatureID ") + (
    "UniprotID DbsnpRsID GcContent LofGeneName LofGeneId LofNumberOfTranscriptsInGene "
    "LofPercentOfTranscriptsAffected NMD MolecularConsequence VepImpact VepBiotype VepHgncID "
    "VepExistingVariation VepManeSelect VepENSP VepSwissprot Sift Polyphen GnomadeAF GnomadgAF "
    "VepClinSig VepSomatic VepPliGeneValue VepLofTool OncogeneHighImpact TumorSuppressorHighImpact "
    "TranscriptLikelyLof Brca1FuncScore CivicID CivicDescription CivicScore LikelyLoF HessDriver "
    "HessSignature RevelScore PharmgkbId DidaID DidaName GwasDisease GwasPmID GtexGene "
    "ProveanPrediction AMClass AMPathogenicity Hotspot Rescue EntrezGeneID ModelID"
)
OMICS_25Q3 = (
    ".blank "
    + OMICS_24Q2
    + " ModelConditionID SequencingID IsDefaultEntryForModel IsDefaultEntryForMC"
)
PORTAL = (
    "Gene|Study of Origin|Sample ID|Cancer Type|Cancer Type Detailed|Protein Change|Annotation|"
    "Custom Driver|Custom Driver Tiers|Functional Impact|Mutation Type|Variant Type|Copy #|MS|VS|"
    "Center|Chromosome|Start Pos|End Pos|Ref|Var|HGVSg|HGVSc|Allele Freq (T)|Allele Freq (N)|"
    "Variant Reads|Ref Reads|Variant Reads (Normal)|Ref Reads (Normal)|# Mut in Sample|Exon|gnomAD|"
    "ClinVar|dbSNP|SIGNAL"
)
ONCOTATOR = ("Missense_Mutation", "Silent", "Frame_Shift_Del")
FUNCOTATOR = ("MISSENSE", "SILENT", "FRAME_SHIFT_DEL")
VEP = ("missense_variant&splice_region_variant", "synonymous_variant", "frameshift_variant")
HUGO, BARCODE = ("Hugo_Symbol", "Variant_Classification"), "Tumor_Sample_Barcode"
OMICS_NAMES = ("HugoSymbol", "VariantInfo", "ModelID")
# header, delimiter, columns of gene, class and sample, words for missense, silent, frameshift,
# what it is recognised as
FORMATS = {
    "GDC": (GDC, "\t", (*HUGO, BARCODE), ONCOTATOR, "GDC MAF"),
    "MC3": (MC3, "\t", (*HUGO, BARCODE), ONCOTATOR, "MC3 MAF"),
    "MC3 excerpt": (EXCERPT, "\t", (*HUGO, BARCODE), ONCOTATOR, "MAF"),
    "Firehose": (FIREHOSE, "\t", (*HUGO, BARCODE), ONCOTATOR, "MAF"),
    "LAML": (LAML, "\t", (*HUGO, BARCODE), ONCOTATOR, "MAF"),
    "maftools": (MAFTOOLS, "\t", (*HUGO, BARCODE), ONCOTATOR, "MAF"),
    "cBioPortal": (START + "HGVSc HGVSp", "\t", (*HUGO, BARCODE), ONCOTATOR, "MAF"),
    "CCLE 2012": (CCLE_2012, "\t", (*HUGO, BARCODE), ONCOTATOR, "MAF"),
    "CCLE 2018": (CCLE_2018, "\t", (*HUGO, "Broad_ID"), ONCOTATOR, "CCLE 2018 MAF"),
    "19Q1": (DEPMAP_19Q1, ",", (*HUGO, "DepMap_ID"), ONCOTATOR, "DepMap CCLE_mutations"),
    "20Q2": (DEPMAP_20Q2, "\t", (*HUGO, "DepMap_ID"), ONCOTATOR, "DepMap CCLE_mutations"),
    "22Q2": (DEPMAP_22Q2, ",", (*HUGO, "DepMap_ID"), ONCOTATOR, "DepMap CCLE_mutations"),
    "22Q4": (OMICS_22Q4, ",", OMICS_NAMES, FUNCOTATOR, "DepMap OmicsSomaticMutations"),
    "24Q2": (OMICS_24Q2, ",", OMICS_NAMES, VEP, "DepMap OmicsSomaticMutations"),
    "25Q3": (OMICS_25Q3, ",", OMICS_NAMES, VEP, "DepMap OmicsSomaticMutations"),
    "portal": (
        PORTAL, "\t", ("Gene", "Mutation Type", "Sample ID"), ONCOTATOR,
        "cBioPortal table of mutations",
    ),
}  # fmt: skip
LINES = ("ACH-000001", "ACH-000002")


def split_header(name):
    header = FORMATS[name][0]
    return [
        field.replace(".blank", "")
        for field in header.split("|" if "|" in header else " ")
        if field
    ]


def write(path, name, rows, **always):
    """Write rows of gene, place of the class, sample and further cells; all others hold a dot."""
    _, delimiter, columns, words, _ = FORMATS[name]
    fields = split_header(name)
    lines = [delimiter.join(fields)]
    for gene, kind, sample, *more in rows:
        word = words[kind] if isinstance(kind, int) else kind
        cells = dict(zip(columns, (gene, word, sample), strict=True)) | always
        cells |= more[0] if more else {}
        lines.append(delimiter.join(cells.get(field, ".") for field in fields))
    text = "\n".join(lines) + "\n"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    return path


ROWS = [
    ("TP53", 0, LINES[0]), ("KRAS", 1, LINES[0]), ("TP53", 1, LINES[1]), ("EGFR", 2, LINES[1]),
]  # fmt: skip
