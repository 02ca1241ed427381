"""Who was sequenced, from every list that the portals have."""

import pytest

from drp.data.errors import DataError
from drp.data.readers.sequenced import read_sequenced

PROFILES_24Q2 = "ProfileID,ModelCondition,ModelID,Datatype,Source,Product,Stranded,WESKit"
PROFILES_25Q2 = (
    "ModelID,StrippedCellLineName,DepMapCode,Lineage,ModelConditionID,SourceModelCondition,"
    "CellFormat,GrowthMedia,GrowthPattern,ProfileID,Product,SequencingID,DataType,Stranded,"
    "SharedToDbGaP,is_default_entry"
)
PROFILES_25Q3 = (
    "ModelID,IsDefaultEntryForModel,StrippedCellLineName,DepMapCode,Lineage,ModelConditionID,"
    "IsDefaultEntryForMC,SourceModelCondition,CellFormat,GrowthMedia,GrowthPattern,ProfileID,"
    "SequencingPlatform,SequencingID,DataType,Stranded,SharedToDbGaP,SequencingDate"
)
MODEL_24Q4 = (
    "ModelID,PatientID,CellLineName,StrippedCellLineName,DepmapModelType,OncotreeLineage,"
    "OncotreePrimaryDisease,OncotreeSubtype,OncotreeCode,PatientSubtypeFeatures,RRID,Age,"
    "AgeCategory,Sex,PatientRace,PrimaryOrMetastasis,SampleCollectionSite,SourceType,SourceDetail,"
    "CatalogNumber,ModelType,TissueOrigin,ModelDerivationMaterial,ModelTreatment,"
    "PatientTreatmentStatus,PatientTreatmentType,PatientTreatmentDetails,Stage,StagingSystem,"
    "PatientTumorGrade,PatientTreatmentResponse,GrowthPattern,OnboardedMedia,FormulationID,"
    "SerumFreeMedia,PlateCoating,EngineeredModel,EngineeredModelDetails,CulturedResistanceDrug,"
    "PublicComments,CCLEName,HCMIID,ModelAvailableInDbgap,ModelSubtypeFeatures,WTSIMasterCellID,"
    "SangerModelID,COSMICID"
)
SAMPLE_INFO = (
    "DepMap_ID,cell_line_name,stripped_cell_line_name,CCLE_Name,alias,COSMICID,sex,source,RRID,"
    "WTSI_Master_Cell_ID,sample_collection_site,primary_or_metastasis,primary_disease,Subtype,age,"
    "Sanger_Model_ID,depmap_public_comments,lineage,lineage_subtype,lineage_sub_subtype,"
    "lineage_molecular_subtype,default_growth_pattern,model_manipulation,"
    "model_manipulation_details,patient_id,parent_depmap_id,Cellosaurus_NCIt_disease,"
    "Cellosaurus_NCIt_id,Cellosaurus_issues"
)
KINDS = {"ACH-000001": "wes", "ACH-000002": "rna", "ACH-000003": "wgs", "ACH-000004": "SNParray"}


def write(path, header, rows):
    """Write rows that are given by the names of their columns."""
    names = header.split(",")
    lines = [",".join(row.get(name, "") for name in names) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


@pytest.mark.parametrize(
    ("header", "kind"),
    [(PROFILES_24Q2, "Datatype"), (PROFILES_25Q2, "DataType"), (PROFILES_25Q3, "DataType")],
)
def test_exomes_and_genomes_of_depmaps_profiles_count(tmp_path, header, kind):
    rows = [{"ModelID": model, kind: what} for model, what in [*KINDS.items(), *KINDS.items()]]
    (samples, _), record = read_sequenced(write(tmp_path / "OmicsProfiles.csv", header, rows))
    assert list(samples) == ["ACH-000001", "ACH-000003"]
    assert record == {
        "recognised_as": "DepMap OmicsProfiles",
        "rows": 8,
        "columns": len(header.split(",")),
        "sample_column": "ModelID",
        "samples": 2,
        "rows_of_other_profiles": 4,
    }


def test_default_profiles_tell_dna_from_rna(tmp_path):
    rows = [{"ModelID": "A", "ProfileType": "rna"}, {"ModelID": "B", "ProfileType": "dna"}]
    path = write(tmp_path / "OmicsDefaultModelProfiles.csv", "ModelID,ProfileID,ProfileType", rows)
    assert list(read_sequenced(path)[0].samples) == ["B"]


def test_profiles_without_any_exome_are_refused(tmp_path):
    path = write(tmp_path / "p.csv", PROFILES_24Q2, [{"ModelID": "A", "Datatype": "rna"}])
    with pytest.raises(DataError, match=r"p\.csv: expected sequenced samples, found none in 1"):
        read_sequenced(path)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        (MODEL_24Q4, "ModelID"), (SAMPLE_INFO, "DepMap_ID"), ("ModelID", "ModelID"),
        ("ModelID,COSMIC_ID", "ModelID"), ("sample,source", "sample"), ("SAMPLE_ID,x", "SAMPLE_ID"),
        ("Tumor_Sample_Barcode,patient,cancer_type,call_source", "Tumor_Sample_Barcode"),
        ("model_id,sample_id,patient_id,parent_id,model_name", "model_id"),
        ("Study ID,Patient ID,Sample ID,TMB (nonsynonymous)", "Sample ID"),
    ],
)  # fmt: skip
def test_every_portals_list_of_samples_is_read(tmp_path, header, column):
    path = write(tmp_path / "list.csv", header, [{column: "B"}, {column: "A"}])
    (samples, _), record = read_sequenced(path)
    assert list(samples) == ["B", "A"]
    assert record["sample_column"] == column
    assert record["recognised_as"] == "list of samples"


def test_two_vials_are_one_sample(tmp_path):
    rows = [{"sample": f"TCGA-02-0001-01{vial}-01D"} for vial in "AB"]
    sequenced, _ = read_sequenced(write(tmp_path / "x.csv", "sample", rows))
    assert list(sequenced.samples) == ["TCGA-02-0001-01"]


def test_a_name_that_stands_twice_is_refused_unless_told(tmp_path):
    path = write(tmp_path / "x.csv", "sample", [{"sample": "A"}] * 2)
    with pytest.raises(DataError, match=r"'sample': .* found repeats of A; --duplicates=mean"):
        read_sequenced(path)
    assert list(read_sequenced(path, "mean")[0].samples) == ["A"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("barcode,n\nA,1\n", "expected a column Tumor_Sample_Barcode or ModelID"),
        ("sample,n\n,1\n", "column 'sample', row 2: found an empty cell"),
        ("sample,n\n", "expected sequenced samples, found none in 0 rows"),
    ],
)
def test_bad_lists_are_refused(tmp_path, text, message):
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(DataError, match=rf"list\.csv: {message}"):
        read_sequenced(tmp_path / "list.csv")


@pytest.mark.realdata
def test_the_real_lists_are_read(real_data):
    assert len(read_sequenced(real_data / "cells" / "sequenced_models.csv")[0].samples) == 902
    assert len(read_sequenced(real_data / "tumors" / "sequenced_samples.csv")[0].samples) == 9021
