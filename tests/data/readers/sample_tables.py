"""The exact headers of the portals' sample tables, each with the cells of one row."""

MODEL_22Q4 = "ModelID,PatientID,CellLineName,StrippedCellLineName,Age,SourceType,SangerModelID,RRID,DepmapModelType,GrowthPattern,MolecularSubtype,PrimaryOrMetastasis,SampleCollectionSite,Sex,SourceDetail,CatalogNumber,CCLEName,COSMICID,PublicComments,WTSIMasterCellID,OncotreeCode,OncotreeSubtype,OncotreePrimaryDisease,OncotreeLineage"  # noqa: E501
MODEL_24Q2 = "ModelID,PatientID,CellLineName,StrippedCellLineName,DepmapModelType,OncotreeLineage,OncotreePrimaryDisease,OncotreeSubtype,OncotreeCode,LegacyMolecularSubtype,LegacySubSubtype,PatientMolecularSubtype,RRID,Age,AgeCategory,Sex,PatientRace,PrimaryOrMetastasis,SampleCollectionSite,SourceType,SourceDetail,CatalogNumber,PatientTreatmentStatus,PatientTreatmentType,PatientTreatmentDetails,Stage,StagingSystem,PatientTumorGrade,PatientTreatmentResponse,GrowthPattern,OnboardedMedia,FormulationID,PlateCoating,EngineeredModel,TissueOrigin,ModelDerivationMaterial,PublicComments,CCLEName,HCMIID,WTSIMasterCellID,SangerModelID,COSMICID,DateSharedIndbGaP"  # noqa: E501
MODEL_24Q4 = "ModelID,PatientID,CellLineName,StrippedCellLineName,DepmapModelType,OncotreeLineage,OncotreePrimaryDisease,OncotreeSubtype,OncotreeCode,PatientSubtypeFeatures,RRID,Age,AgeCategory,Sex,PatientRace,PrimaryOrMetastasis,SampleCollectionSite,SourceType,SourceDetail,CatalogNumber,ModelType,TissueOrigin,ModelDerivationMaterial,ModelTreatment,PatientTreatmentStatus,PatientTreatmentType,PatientTreatmentDetails,Stage,StagingSystem,PatientTumorGrade,PatientTreatmentResponse,GrowthPattern,OnboardedMedia,FormulationID,SerumFreeMedia,PlateCoating,EngineeredModel,EngineeredModelDetails,CulturedResistanceDrug,PublicComments,CCLEName,HCMIID,ModelAvailableInDbgap,ModelSubtypeFeatures,WTSIMasterCellID,SangerModelID,COSMICID"  # noqa: E501
MODEL_25Q2 = MODEL_24Q4.replace("HCMIID", "HCMIID,PediatricModelType") + ",ModelIDAlias"
INFO_21Q4 = "DepMap_ID,cell_line_name,stripped_cell_line_name,CCLE_Name,alias,COSMICID,sex,source,RRID,WTSI_Master_Cell_ID,sample_collection_site,primary_or_metastasis,primary_disease,Subtype,age,Sanger_Model_ID,depmap_public_comments,lineage,lineage_subtype,lineage_sub_subtype,lineage_molecular_subtype,default_growth_pattern,model_manipulation,model_manipulation_details,patient_id,parent_depmap_id,Cellosaurus_NCIt_disease,Cellosaurus_NCIt_id,Cellosaurus_issues"  # noqa: E501
INFO_19Q4 = "DepMap_ID,stripped_cell_line_name,CCLE Name,alias,COSMIC_ID,lineage"
INFO_19Q1 = (
    "DepMap_ID,CCLE_Name,Aliases,COSMIC_ID,Sanger ID,Primary Disease,Subtype Disease,Gender,Source"
)
CCLE_2018 = "CCLE_ID,depMapID,Name,Pathology,Site_Primary,Site_Subtype1,Site_Subtype2,Site_Subtype3,Histology,Hist_Subtype1,Hist_Subtype2,Hist_Subtype3,Gender,Life_Stage,Age,Race,Geo_Loc,inferred_ethnicity,Site_Of_Finding,Disease,Annotation_Source,Original.Source.of.Cell.Line,Characteristics,Growth.Medium,Supplements,Freezing.Medium,Doubling.Time.from.Vendor,Doubling.Time.Calculated.hrs,type,type_refined,PATHOLOGIST_ANNOTATION,mutRate,tcga_code"  # noqa: E501
CCLE_2012 = "CCLE name,Cell line primary name,Cell line aliases,Gender,Site Primary,Histology,Hist Subtype1,Notes,Source,Expression arrays,SNP arrays,Oncomap,Hybrid Capture Sequencing"  # noqa: E501
PASSPORTS = "model_id,sample_id,patient_id,parent_id,model_name,synonyms,tissue,cancer_type,cancer_type_ncit_id,tissue_status,sample_site,cancer_type_detail,model_type,growth_properties,model_treatment,sampling_day,sampling_month,sampling_year,doi,pmed,msi_status,ploidy_snp6,ploidy_wes,ploidy_wgs,mutational_burden,model_comments,model_relations_comment,COSMIC_ID,BROAD_ID,CCLE_ID,RRID,HCMI,suppliers,supplier,cat_number,species,gender,ethnicity,age_at_sampling"  # noqa: E501
PASSPORTS_2020 = "model_id,model_name,synonyms,model_type,growth_properties,pmed,model_treatment,model_comments,msi_status,mutational_burden,ploidy,parent_id,mutation_data,methylation_data,expression_data,cnv_data,drug_data,sample_id,tissue,cancer_type,cancer_type_detail,age_at_sampling,sampling_day,sampling_month,sampling_year,sample_treatment,sample_treatment_details,sample_site,tnm_t,tnm_n,tnm_m,tnm_integrated,tumour_grade,patient_id,species,gender,ethnicity,smoking_status,model_relations_comment,COSMIC_ID,BROAD_ID,RRID,suppliers,CCLE_ID"  # noqa: E501
DETAILS = "Sample Name,COSMIC identifier,Whole Exome Sequencing (WES),Copy Number Alterations (CNA),Gene Expression,Methylation,Drug\nResponse,GDSC\nTissue descriptor 1,GDSC\nTissue\ndescriptor 2,Cancer Type\n(matching TCGA label),Microsatellite \ninstability Status (MSI),Screen Medium,Growth Properties"  # noqa: E501
CDR = ",bcr_patient_barcode,type,age_at_initial_pathologic_diagnosis,gender,race,ajcc_pathologic_tumor_stage,clinical_stage,histological_type,histological_grade,initial_pathologic_dx_year,menopause_status,birth_days_to,vital_status,tumor_status,last_contact_days_to,death_days_to,cause_of_death,new_tumor_event_type,new_tumor_event_site,new_tumor_event_site_other,new_tumor_event_dx_days_to,treatment_outcome_first_course,margin_status,residual_tumor,OS,OS.time,DSS,DSS.time,DFI,DFI.time,PFI,PFI.time,Redaction"  # noqa: E501
GDC = "case_id,case_submitter_id,project_id,age_at_index,gender,treatment_type"
GDC_2025 = "project.project_id,cases.case_id,cases.submitter_id,demographic.gender"
SURVIVAL = "sample,_PATIENT,cancer type abbreviation,age_at_initial_pathologic_diagnosis,gender,race,OS,OS.time,PFI,PFI.time"  # noqa: E501
TOIL = (
    "sample,detailed_category,primary disease or tissue,_primary_site,_sample_type,_gender,_study"
)
DENSE = "sample,sample_type_id,sample_type,_primary_disease"
CBIO_FILE = "PATIENT_ID,SAMPLE_ID,CANCER_TYPE,CANCER_TYPE_DETAILED,ONCOTREE_CODE"
CBIO_PAGE = "Study ID,Patient ID,Sample ID,Diagnosis Age,Cancer Type,TCGA PanCanAtlas Cancer Type Acronym,Cancer Type Detailed"  # noqa: E501
ACH, SIDM, PATIENT, SAMPLE = "ACH-000698", "SIDM00105", "TCGA-OR-A5J1", "TCGA-OR-A5J1-01"
LINE_IDS = {"COSMIC_ID": "908137", "SANGER_MODEL_ID": SIDM, "CCLE_NAME": "DMS53_LUNG",
            "CELL_LINE_NAME": "DMS 53", "STRIPPED_NAME": "DMS53"}  # fmt: skip
MODEL_CELLS = {
    "ModelID": ACH, "CellLineName": "DMS 53", "StrippedCellLineName": "DMS53", "Age": "54",
    "SangerModelID": SIDM, "CCLEName": "DMS53_LUNG", "COSMICID": "908137.0",
    "OncotreeLineage": "Lung", "OncotreePrimaryDisease": "Lung Neuroendocrine Tumor",
}  # fmt: skip
INFO_CELLS = {
    "DepMap_ID": ACH, "cell_line_name": "DMS 53", "stripped_cell_line_name": "DMS53",
    "CCLE_Name": "DMS53_LUNG", "CCLE Name": "DMS53_LUNG", "COSMICID": "908137.0",
    "COSMIC_ID": "908137", "Sanger_Model_ID": SIDM, "Sanger ID": SIDM, "age": "54",
    "lineage": "lung", "primary_disease": "Lung Cancer", "Primary Disease": "Lung Cancer",
}  # fmt: skip
PASSPORT_CELLS = {
    "model_id": SIDM, "model_name": "DMS 53", "tissue": "Lung", "cancer_type": "Small Cell",
    "COSMIC_ID": "908137.0", "BROAD_ID": ACH, "CCLE_ID": "DMS53_LUNG",
}  # fmt: skip
CDR_CELLS = {
    "": "1", "bcr_patient_barcode": PATIENT, "sample": SAMPLE, "type": "ACC",
    "cancer type abbreviation": "ACC", "age_at_initial_pathologic_diagnosis": "58",
    "OS": "1", "OS.time": "1355", "PFI": "#N/A", "PFI.time": "[Not Available]",
}  # fmt: skip
CBIO_CELLS = {
    "SAMPLE_ID": SAMPLE, "Sample ID": SAMPLE, "PATIENT_ID": PATIENT, "Patient ID": PATIENT,
    "CANCER_TYPE": "Adrenocortical Carcinoma", "Cancer Type": "Adrenocortical Carcinoma",
    "TCGA PanCanAtlas Cancer Type Acronym": "ACC",
}  # fmt: skip
DEPMAP, INFO, PASSPORT = "DepMap Model.csv", "DepMap sample_info.csv", "Cell Model Passports"
# header, cells of one row, recognised as, sample, cancer type, standard columns
SOURCES = {
    "Model 22Q4": (MODEL_22Q4, MODEL_CELLS, DEPMAP, ACH, "Lung", {**LINE_IDS, "age": 54}),
    "Model 24Q2": (MODEL_24Q2, MODEL_CELLS, DEPMAP, ACH, "Lung", LINE_IDS),
    "Model 24Q4": (MODEL_24Q4, MODEL_CELLS, DEPMAP, ACH, "Lung", LINE_IDS),
    "Model 25Q2": (MODEL_25Q2, MODEL_CELLS, DEPMAP, ACH, "Lung", LINE_IDS),
    "sample_info 21Q4": (INFO_21Q4, INFO_CELLS, INFO, ACH, "lung", LINE_IDS),
    "sample_info 19Q4": (
        INFO_19Q4, INFO_CELLS, INFO, ACH, "lung", {"CCLE_NAME": "DMS53_LUNG", "COSMIC_ID": "908137"}
    ),
    "sample_info 19Q1": (
        INFO_19Q1, INFO_CELLS, INFO, ACH, "Lung Cancer", {"SANGER_MODEL_ID": SIDM}
    ),
    "CCLE 2018": (
        CCLE_2018,
        {"CCLE_ID": "DMS53_LUNG", "depMapID": ACH, "Name": "DMS 53", "Site_Primary": "lung"},
        "CCLE Cell_lines_annotations", ACH, "lung",
        {"CCLE_NAME": "DMS53_LUNG", "CELL_LINE_NAME": "DMS 53"},
    ),
    "CCLE 2018 without DepMap id": (
        CCLE_2018, {"CCLE_ID": "WS1_SKIN", "depMapID": "NA", "Name": "NA", "Site_Primary": "NA"},
        "CCLE Cell_lines", "WS1_SKIN", "unknown", {"CCLE_NAME": "WS1_SKIN", "CELL_LINE_NAME": ""},
    ),
    "CCLE 2012": (
        CCLE_2012,
        {"CCLE name": "ABC1_LUNG", "Cell line primary name": "ABC-1", "Site Primary": "lung"},
        "CCLE sample info", "ABC1_LUNG", "lung",
        {"CCLE_NAME": "ABC1_LUNG", "CELL_LINE_NAME": "ABC-1"},
    ),
    "Passports": (
        PASSPORTS, PASSPORT_CELLS, PASSPORT, ACH, "Lung",
        {"SANGER_MODEL_ID": SIDM, "COSMIC_ID": "908137", "source_cancer_type": "Small Cell"},
    ),
    "Passports 2020": (PASSPORTS_2020, PASSPORT_CELLS, PASSPORT, ACH, "Lung", {}),
    "Passports, two Broad ids": (
        PASSPORTS, {**PASSPORT_CELLS, "BROAD_ID": "ACH-1;ACH-2"}, PASSPORT, SIDM, "Lung",
        {"SANGER_MODEL_ID": SIDM},
    ),
    "Passports, no Broad id": (
        PASSPORTS, {**PASSPORT_CELLS, "BROAD_ID": ""}, PASSPORT, SIDM, "Lung", {}
    ),
    "GDSC": (
        DETAILS, {"Sample Name": "SC-1", "COSMIC identifier": "1331030",
                  "GDSC\nTissue descriptor 1": "lymphoma"},
        "GDSC Cell_Lines_Details", "1331030", "lymphoma",
        {"COSMIC_ID": "1331030", "CELL_LINE_NAME": "SC-1"},
    ),
    "TCGA-CDR": (CDR, CDR_CELLS, "TCGA-CDR", PATIENT, "ACC", {"age": 58, "OS": 1, "OS.time": 1355}),
    "GDC": (
        GDC, {"case_submitter_id": PATIENT, "project_id": "TCGA-ACC"}, "GDC clinical", PATIENT,
        "ACC", {},
    ),
    "GDC 2025": (
        GDC_2025, {"cases.submitter_id": PATIENT, "project.project_id": "TCGA-ACC"}, "GDC clinical",
        PATIENT, "ACC", {},
    ),
    "Xena survival": (SURVIVAL, CDR_CELLS, "Xena", SAMPLE, "ACC", {"age": 58, "OS": 1}),
    "Xena Toil": (
        TOIL, {"sample": SAMPLE, "primary disease or tissue": "Uveal Melanoma",
               "_primary_site": "Eye"},
        "Xena", SAMPLE, "Uveal Melanoma", {"_primary_site": "Eye"},
    ),
    "Xena dense": (
        DENSE, {"sample": SAMPLE, "_primary_disease": "skin"}, "Xena", SAMPLE, "skin", {}
    ),
    "cBioPortal file": (CBIO_FILE, CBIO_CELLS, "cBio", SAMPLE, "Adrenocortical Carcinoma", {}),
    "cBioPortal page": (CBIO_PAGE, CBIO_CELLS, "cBio", SAMPLE, "ACC", {}),
}  # fmt: skip
