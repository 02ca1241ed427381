"""Encoders on disk: what comes back, for which genes, and what is refused."""

import json
import re
import shutil
from pathlib import Path

import jax
import numpy as np
import orbax.checkpoint as ocp
import pandas as pd
import pytest

from drp.data import DataError, DataWarning
from experiments.encoders import Preprocessing, find_encoders, read_encoder, write_encoder
from tests.experiments.encode_on_devices import N_GENES as N_ON_DEVICES
from tests.experiments.made_up_encoders import (
    FACTS,
    WIDTHS,
    draw_params,
    draw_preprocessing,
    draw_profiles,
    encode,
    make_genes,
    read_as_is,
)
from tests.processes import start, wait_for_success

G = 30
GENES, PARAMS, PREPROCESSING = make_genes(G), draw_params(G), draw_preprocessing(G)
X_BG = draw_profiles(G)
CODES = encode(PARAMS, (X_BG - PREPROCESSING.mean) / PREPROCESSING.scale)


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    """An encoder that reads scaled values."""
    folder = tmp_path_factory.mktemp("stored") / "expression"
    write_encoder(folder, PARAMS, GENES, PREPROCESSING, FACTS)
    return folder


@pytest.fixture(scope="module")
def first_format(tmp_path_factory) -> Path:
    """An encoder as format 1 had it: symbols, and no preprocessing."""
    folder = tmp_path_factory.mktemp("first") / "expression"
    folder.mkdir()
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(folder / "checkpoint", PARAMS)
    facts = {"format": 1, "widths": WIDTHS, "epochs": 3, "genes": GENES.index.tolist()}
    (folder / "encoder.json").write_text(json.dumps(facts))
    return folder


def read(folder: Path, genes: pd.DataFrame, **changes):
    return read_encoder(folder, genes, [WIDTHS], **changes)


def describe(folder: Path, out: Path, **changes) -> Path:
    """Copy an encoder, and say other things of it."""
    shutil.copytree(folder, out)
    facts = json.loads((out / "encoder.json").read_text()) | changes
    (out / "encoder.json").write_text(json.dumps(facts))
    return out


def test_an_encoder_of_raw_values_comes_back_to_the_bit(tmp_path):
    write_encoder(tmp_path / "it", PARAMS, GENES, read_as_is(G), FACTS)
    found = read(tmp_path / "it", GENES)
    jax.tree.map(np.testing.assert_array_equal, found.params, PARAMS)
    assert all(type(x) is np.ndarray for x in jax.tree.leaves(found.params))
    assert found.genes.equals(GENES.index)
    assert found.facts == {"format": 2, **FACTS}


def test_raw_values_give_the_codes_of_scaled_ones(stored):
    found = read(stored, GENES).params
    np.testing.assert_allclose(encode(found, X_BG), CODES, atol=1e-5)
    assert (CODES > 0.1).any()
    assert {x.dtype for x in jax.tree.leaves(found)} == {np.dtype(np.float32)}


def test_what_is_written_again_replaces_the_first(stored, tmp_path):
    folder = tmp_path / "it"
    for seed in (1, 2):
        write_encoder(folder, draw_params(G, seed), GENES, read_as_is(G), FACTS)
    jax.tree.map(np.testing.assert_array_equal, read(folder, GENES).params, draw_params(G, 2))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["it"]


def test_genes_in_another_order_give_the_same_codes(stored):
    order = np.random.default_rng(0).permutation(G)
    found = read(stored, GENES.iloc[order])
    np.testing.assert_allclose(encode(found.params, X_BG[:, order]), CODES, atol=1e-5)
    assert found.genes.equals(GENES.index[order])


def test_a_missing_gene_stands_at_its_mean_over_the_tumours(stored):
    at_fill_BG = X_BG.copy()
    at_fill_BG[:, [4, 9]] = PREPROCESSING.fill[[4, 9]]
    expected = encode(PARAMS, (at_fill_BG - PREPROCESSING.mean) / PREPROCESSING.scale)
    kept = np.delete(np.arange(G), [4, 9])
    said = r"expression: the cohort lacks 2 of its 30 genes, .* mean over the training.*: G4, G9$"
    with pytest.warns(DataWarning, match=said):
        found = read(stored, GENES.iloc[kept])
    np.testing.assert_allclose(encode(found.params, X_BG[:, kept]), expected, atol=1e-5)
    assert np.abs(expected - CODES).max() > 1e-3


def test_too_few_genes_are_refused_by_name(stored):
    said = (
        r"expression: trained on 30 genes, of which the cohort has 76\.7%, expected 80\.0% "
        r"\(--min_gene_share\); it lacks 7: G0, G1, G2, G3, G4 and 2 more$"
    )
    with pytest.raises(DataError, match=said):
        read(stored, GENES.iloc[7:])
    with pytest.warns(DataWarning, match="lacks 6 of its 30 genes"):
        read(stored, GENES.iloc[6:])  # 80% are enough
    with pytest.warns(DataWarning, match="lacks 7 of its 30 genes"):
        read(stored, GENES.iloc[7:], min_gene_share=0.7)


def test_no_gene_at_all_is_refused_whatever_is_asked(stored):
    with pytest.raises(DataError, match=r"has 0\.0%"):
        read(stored, make_genes(G, first=100), min_gene_share=0)


def test_genes_that_only_the_lines_have_start_at_random(stored):
    more = pd.concat([GENES.iloc[::-1], make_genes(2, first=50)])
    kernel = read(stored, GENES).params["dense_0"]["kernel"]
    found, same, other = (
        read(stored, more, seed=seed, further_genes=True).params["dense_0"] for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(found["kernel"][:-2], kernel[::-1])
    drawn = found["kernel"][-2:]
    assert drawn.shape == (2, WIDTHS[0])
    assert 0 < np.abs(drawn).max() < (6 / len(more)) ** 0.5  # He-uniform
    np.testing.assert_array_equal(same["kernel"], found["kernel"])
    assert (other["kernel"][-2:] != drawn).all()


def test_new_genes_are_told_of_where_none_were_asked_for(stored):
    more = pd.concat([GENES, make_genes(2, first=50)])
    said = "it lacks 2 of the cohort's genes, which start from random weights: G50, G51"
    with pytest.warns(DataWarning, match=said):
        read(stored, more)


def test_genes_are_the_same_by_entrez_id_before_symbol(stored):
    """G1 was renamed; G2 is another gene of the same symbol; G3, without id, goes by its symbol."""
    others = GENES.rename({"G1": "NEW"})
    others.loc["G2", "entrez_id"] = "77"
    others.loc["G3", "entrez_id"] = "78"
    kernel = read(stored, GENES).params["dense_0"]["kernel"]
    with pytest.warns(DataWarning, match="lacks 1 of its 30 genes.*: G2$"):
        found = read(stored, others, further_genes=True).params["dense_0"]["kernel"]
    np.testing.assert_array_equal(np.delete(found, 2, 0), np.delete(kernel, 2, 0))
    assert (found[2] != kernel[2]).all()


def test_without_entrez_ids_genes_go_by_symbol(stored):
    found = read(stored, GENES[[]]).params
    jax.tree.map(np.testing.assert_array_equal, found, read(stored, GENES).params)
    unknown = GENES.assign(entrez_id=GENES["entrez_id"].where(GENES["entrez_id"] != ""))
    jax.tree.map(np.testing.assert_array_equal, read(stored, unknown).params, found)


def test_an_encoder_serves_recipes_with_fewer_layers(stored):
    read_encoder(stored, GENES, [WIDTHS[:1], WIDTHS, ()])
    said = r"expected layers \(8, 5\), found \(8, 6, 4\); give --encoder_widths=8,6,4"
    with pytest.raises(DataError, match=said):
        read_encoder(stored, GENES, [WIDTHS[:1], (8, 5)])


def test_format_1_is_read_as_raw_values(first_format):
    found = read(first_format, GENES.iloc[::-1])
    expected = encode(PARAMS, X_BG)
    np.testing.assert_allclose(encode(found.params, X_BG[:, ::-1]), expected, atol=1e-6)
    assert found.facts["epochs"] == 3
    with pytest.raises(DataError, match=r"lacks 1 of its genes \(G0\).* train it again with"):
        read(first_format, GENES.iloc[1:])


def test_another_format_is_refused(stored, tmp_path):
    with pytest.raises(DataError, match=r"encoder\.json: expected format 1 or 2, found 3"):
        read(describe(stored, tmp_path / "it", format=3), GENES)


def test_no_encoder_is_named(tmp_path):
    said = rf"{re.escape(str(tmp_path))}/it/encoder\.json: no such file; .*experiments\.pretrain"
    with pytest.raises(DataError, match=said):
        read(tmp_path / "it", GENES)


@pytest.mark.parametrize("what", ["stored", "first_format"])
def test_a_cut_checkpoint_is_named(request, tmp_path, what):
    folder = describe(request.getfixturevalue(what), tmp_path / "it")
    for path in (folder / "checkpoint").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DataError, match="it: not a complete encoder"):
        read(folder, GENES)


def test_another_encoder_s_checkpoint_is_refused(stored, tmp_path):
    folder = tmp_path / "it"
    write_encoder(folder, draw_params(G, 5), GENES, PREPROCESSING, FACTS)
    shutil.copy(stored / "encoder.json", folder)
    with pytest.raises(DataError, match="its checkpoint is not the one that"):
        read(folder, GENES)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"genes": GENES.index[:9].tolist(), "entrez_ids": [""] * 9}, "9 genes, found 30"),
        ({"genes": ["G0"] * G}, "1 genes, found 30"),
        ({"entrez_ids": ["", ""]}, "not a complete encoder"),
    ],
)
def test_genes_that_do_not_fit_the_weights_are_refused(stored, tmp_path, changes, said):
    with pytest.raises(DataError, match=said):
        read(describe(stored, tmp_path / "it", **changes), GENES)


def test_statistics_must_be_those_of_the_genes(tmp_path):
    short = Preprocessing(*(x[1:] for x in PREPROCESSING))
    for bad in (short, PREPROCESSING._replace(scale=np.zeros(G))):
        with pytest.raises(AssertionError):
            write_encoder(tmp_path / "it", PARAMS, GENES, bad, FACTS)
    assert not (tmp_path / "it").exists()


def test_the_folder_of_a_pre_training_stands_for_its_encoders(tmp_path):
    assert find_encoders(tmp_path) == tmp_path
    (tmp_path / "encoders" / "expression").mkdir(parents=True)
    assert find_encoders(tmp_path) == tmp_path / "encoders"
    assert find_encoders(tmp_path / "encoders") == tmp_path / "encoders"


def test_what_eight_devices_wrote_one_reads(tmp_path):
    process = start("tests.experiments.encode_on_devices", str(tmp_path / "it"), num_cpu_devices=8)
    wait_for_success(process, seconds=120)
    assert len(jax.devices()) == 1
    found = read(tmp_path / "it", make_genes(N_ON_DEVICES)).params
    assert all(type(x) is np.ndarray for x in jax.tree.leaves(found))
    preprocessing, x_BG = draw_preprocessing(N_ON_DEVICES), draw_profiles(N_ON_DEVICES)
    expected = encode(draw_params(N_ON_DEVICES), (x_BG - preprocessing.mean) / preprocessing.scale)
    np.testing.assert_allclose(encode(found, x_BG), expected, atol=1e-5)
