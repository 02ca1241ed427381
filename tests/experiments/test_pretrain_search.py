"""The search: its plans on made-up losses, and on tumours what it trains, keeps and chooses."""

import math
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drp.settings import PretrainSettings
from experiments import pretrain
from experiments.flags import SettingsError
from experiments.pretraining import search
from experiments.pretraining.search_space import (
    SEARCHES,
    Setting,
    check_search,
    list_settings,
    plan_rungs,
)

PUBLISHED = PretrainSettings()


def made_up_loss(setting: Setting, epochs: int) -> float:
    """Large layers win in the end and are slow to begin with."""
    size = math.log2(setting.first * setting.second * setting.third)
    return 1 / size + size / epochs / 3000 + setting.batch_size / 1e5


class Recorder:
    def __init__(self, loss=made_up_loss):
        self.loss, self.spent, self.calls = loss, 0, []

    def __call__(self, settings, epochs):
        self.calls.append((len(settings), epochs))
        self.spent += len(settings) * epochs
        return {setting: self.loss(setting, epochs) for setting in settings}


def test_the_published_space():
    settings = list_settings(PUBLISHED)
    assert len(set(settings)) == 54
    assert Setting(1024, 256, 64, 64) in settings and Setting(4096, 512, 16, 128) in settings


def test_the_grid_trains_all_to_the_end():
    evaluate = Recorder()
    chosen = SEARCHES["grid"](evaluate, PUBLISHED)
    assert evaluate.calls == [(54, 20)] and chosen == Setting(4096, 512, 64, 64)


def test_halving_comes_near_for_less_than_a_quarter():
    evaluate = Recorder()
    chosen = SEARCHES["halving"](evaluate, PUBLISHED)
    assert evaluate.calls == [(54, 2), (18, 3), (6, 7), (2, 20)]
    assert evaluate.spent == 244 <= 54 * 20 / 4
    best = min(made_up_loss(setting, 20) for setting in list_settings(PUBLISHED))
    assert made_up_loss(chosen, 20) < 1.01 * best


@pytest.mark.parametrize("n_settings", [1, 2, 3, 8, 27, 100])
@pytest.mark.parametrize("epochs", [1, 5, 20])
def test_rungs_shrink_and_the_last_has_all_epochs(n_settings, epochs):
    rungs = plan_rungs(n_settings, epochs)
    assert rungs[0][0] == n_settings and rungs[-1][1] == epochs
    assert all(n >= 1 for n, _ in rungs)
    assert [n for n, _ in rungs] == sorted((n for n, _ in rungs), reverse=True)
    assert [e for _, e in rungs] == sorted(e for _, e in rungs)


@pytest.mark.parametrize("strategy", ["grid", "halving"])
def test_what_is_no_number_never_wins(strategy):
    broken = Recorder(lambda setting, _: math.nan if setting.first == 4096 else setting.first)
    assert SEARCHES[strategy](broken, PUBLISHED).first == 1024


@pytest.mark.skipif(find_spec("optuna") is None, reason="needs the extra `search`")
def test_tpe_is_seeded():
    first, second = Recorder(), Recorder()
    settings = replace(PUBLISHED, search_trials=20)
    chosen = SEARCHES["tpe"](first, settings)
    assert chosen == SEARCHES["tpe"](second, settings)
    assert first.calls == [(1, 20)] * 20
    found = {setting: made_up_loss(setting, 20) for setting in list_settings(PUBLISHED)}
    assert found[chosen] < np.median(list(found.values()))


def test_tpe_without_optuna_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("experiments.pretraining.search_space.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r'needs optuna: pip install -e "\.\[search\]"'):
        check_search(replace(PUBLISHED, search="tpe"))


SMALL = {
    "modalities": ("expression",), "search_first": (12, 8), "search_second": (6,),
    "search_third": (4, 3), "search_batch": (16, 8), "search_epochs": 4, "expression_epochs": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def searched(pretraining, tmp_path_factory) -> dict[str, Path]:
    """Folders of a grid and of a halving on the same tumours."""
    folders = {}
    for strategy in ("grid", "halving"):
        folders[strategy] = tmp_path_factory.mktemp(strategy) / "run"
        pretrain.run(replace(pretraining, out=str(folders[strategy]), search=strategy, **SMALL))
    return folders


def test_the_table_has_every_setting_and_what_knows_little(searched):
    table = pd.read_csv(searched["grid"] / "search.csv")
    by_method = table.groupby("method").size().to_dict()
    assert by_method == {"autoencoder": 8, "64 components": 1, "gene means": 1}
    tried = table[table["method"] == "autoencoder"]
    assert (tried["epochs"] == 4).all() and (tried["epochs_spent"] == 4).all()
    assert tried["held_out_loss"].is_monotonic_increasing and (tried["seconds"] > 0).all()
    assert tried["chosen"].tolist() == [True] + [False] * 7


def test_the_winner_is_what_is_trained(searched, pretraining):
    for folder in searched.values():
        table = pd.read_csv(folder / "search.csv").query("chosen == True").iloc[0]
        facts = pd.read_json(folder / "encoders/expression/encoder.json", typ="series")
        widths = [int(table[name]) for name in ("first", "second", "third")]
        assert facts["architecture"]["widths"] == widths
        assert facts["training"]["batch_size"] == table["batch_size"]
        assert facts["training"]["epochs"] == 2


def test_halving_sees_the_beginning_of_what_the_grid_sees(searched):
    """On a CPU a lane's numbers do not depend on its group, so the two are comparable exactly."""
    grid, halving = (
        {
            path.stem: pd.read_json(path, typ="series")
            for path in (folder / "search/expression").iterdir()
        }
        for folder in searched.values()
    )
    assert len(grid) == 8 and len(halving) > 8
    for name, curve in halving.items():
        setting = name.split("_")[0]
        whole = grid[f"{setting}_4_epochs"]["held_out_loss"]
        assert curve["held_out_loss"] == whole[: len(curve["held_out_loss"])]


def test_a_search_goes_on_from_what_it_has_trained(searched, pretraining, tmp_path, monkeypatch):
    trained = []
    train = search.SearchBench._train
    monkeypatch.setattr(
        search.SearchBench, "_train",
        lambda self, widths, settings, epochs: trained.extend(settings)
        or train(self, widths, settings, epochs),
    )  # fmt: skip
    settings = replace(pretraining, out=str(tmp_path / "run"), search="grid", **SMALL)
    kept = tmp_path / "run/search/expression"
    kept.mkdir(parents=True)
    for path in sorted((searched["grid"] / "search/expression").iterdir())[:5]:
        (kept / path.name).write_bytes(path.read_bytes())
    pretrain.run(settings)
    assert len(trained) == 3
    again, first = (
        pd.read_csv(folder / "search.csv").drop(columns="seconds")
        for folder in (tmp_path / "run", searched["grid"])
    )
    pd.testing.assert_frame_equal(again, first)
