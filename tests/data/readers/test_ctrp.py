"""CTRP's archive: curves that name their lines and drugs in other tables, by exact headers."""

import gzip

import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.response import read_response

CURVES = (
    "experiment_id\tconc_pts_fit\tfit_num_param\tp1_conf_int_high\tp1_conf_int_low\t"
    "p2_conf_int_high\tp2_conf_int_low\tp4_conf_int_high\tp4_conf_int_low\tp1_center\tp2_slope\t"
    "p3_total_decline\tp4_baseline\tapparent_ec50_umol\tpred_pv_high_conc\tarea_under_curve\t"
    "master_cpd_id"
)
META = {
    "per_experiment": (
        "experiment_id\trun_id\texperiment_date\tculture_media\tbaseline_signal\tcells_per_well\t"
        "growth_mode\tsnp_fp_status\tmaster_ccl_id",
        "1\tr\t20120501\tRPMI001\t1\t500\tadherent\tSNP-matched\t130",
        "1\tr\t20120502\tRPMI001\t1\t500\tadherent\tSNP-matched\t130",
        "2\tr\t20120501\tRPMI001\t1\t500\tadherent\tSNP-matched\t569",
    ),
    "per_cell_line": (
        "master_ccl_id\tccl_name\tccl_availability\tccle_primary_site\tccle_primary_hist\t"
        "ccle_hist_subtype_1",
        "130\tCAS1\tccle\tcns\tglioma\tNS",
        "569\tNCIH292\tccle;public\tlung\tcarcinoma\tNS",
    ),
    "per_compound": (
        "master_cpd_id\tcpd_name\tbroad_cpd_id\ttop_test_conc_umol\tcpd_status\t"
        "inclusion_rationale\tgene_symbol_of_protein_target\ttarget_or_activity_of_compound\t"
        "source_name\tsource_catalog_id\tcpd_smiles",
        "349006\tbortezomib\tBRD-K88510285\t66\tFDA\t\tPSMB5\tproteasome inhibitor\t\t\tC",
    ),
}


def write(folder, name, *lines):
    path = folder / name
    text = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def write_ctrp(folder, ending="", left_out=None, **changes):
    for table, lines in {**META, **changes}.items():
        if table != left_out:
            write(folder, f"v20.meta.{table}.txt{ending}", *lines)
    rows = ["\t".join([number, *["1"] * 14, area, "349006"])
            for number, area in (("1", "14.5"), ("2", "3.25"))]  # fmt: skip
    return write(folder, f"v20.data.curves_post_qc.txt{ending}", CURVES, *rows)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_ctrp_finds_its_names_in_the_archive(tmp_path, ending):
    with pytest.warns(DataWarning, match="area_under_curve: these are areas"):
        response, record = read_response(write_ctrp(tmp_path, ending), "ln_um", 1)
    assert response.to_df().to_dict() == {
        "bortezomib (349006)": {"CAS1": pytest.approx(14.5), "NCIH292": pytest.approx(3.25)}
    }
    assert response.var.iloc[0, 2:4].tolist() == ["PSMB5", "proteasome inhibitor"]
    assert (record["columns"], record["line_column"]) == (17, "ccl_name")
    assert record["auc_scale"] == "CTRP-like, summed over the doses"


@pytest.mark.parametrize("table", META)
def test_ctrp_without_a_table_of_the_archive_names_it(tmp_path, table):
    path = write_ctrp(tmp_path, left_out=table)
    with pytest.raises(DataError, match=rf"expected v20\.meta\.{table}\.txt .* beside the file"):
        read_response(path, "auc", 1)


def test_ctrp_s_curves_of_unknown_lines_are_left_out(tmp_path):
    path = write_ctrp(tmp_path, per_cell_line=META["per_cell_line"][:2])
    with pytest.warns(DataWarning, match="1 of 2 rows are left out: ccl_name is empty"):
        response, record = read_response(path, "auc", 1)
    assert (list(response.obs_names), record["rows_left_out"]) == (["CAS1"], 1)


def test_ctrp_s_experiment_of_two_lines_is_refused(tmp_path):
    lines = (*META["per_experiment"], META["per_experiment"][1].replace("\t130", "\t569"))
    with pytest.raises(DataError, match=r"per_experiment.txt: expected one master_ccl_id .* for 1"):
        read_response(write_ctrp(tmp_path, per_experiment=lines), "auc", 1)
