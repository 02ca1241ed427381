"""Strategies beside each other: the figures by hand, and one real search of each at a tiny size."""

import pytest

from drp.settings import BenchmarkSettings, PretrainSettings
from experiments.benchmarks import searches, strategy
from experiments.benchmarks.cases import SearchSpec
from experiments.benchmarks.random_tumors import write_tumors
from experiments.benchmarks.table import format_markdown
from experiments.pretraining.search_space import list_settings, plan_rungs
from tests.experiments.benchmarks.made_up_searches import FOUND, make_found

SPACE = {
    "search_first": (6,), "search_second": (3,), "search_third": (2,), "search_batch": (32, 16, 8),
    "search_epochs": 4,
}  # fmt: skip


def test_figures_by_hand():
    table = searches.tabulate_searches("expression", FOUND).set_index("strategy")
    assert table["widths"].tolist() == ["1024-256-64", "1024-128-64"]
    assert table["share_of_grid_epochs"].tolist() == pytest.approx([1, 244 / 1080])
    assert table["excess_percent"].tolist() == pytest.approx([0, 0.4])
    assert table.loc["halving", ["n_settings", "epochs", "seconds"]].tolist() == [54, 20, 110.0]


@pytest.mark.parametrize(
    ("spent", "loss", "verdict"),
    [(244, 0.502, "yes"), (244, 0.51, "no"), (280, 0.5, "no"), (270, 0.49, "yes")],
)
def test_the_verdict_asks_for_both(spent, loss, verdict):
    found = FOUND | {"halving": make_found(spent, 1.0, (4, 2, 1), loss)}
    (sentence,) = searches.conclude_searches(searches.tabulate_searches("mutation", found))
    assert sentence.endswith(f": {verdict}")
    assert f"{spent / 1080:.1%}" in sentence


@pytest.fixture(scope="module")
def small_tumors(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "tumors.h5mu"
    write_tumors(path, 80, 10, seed=0)
    return path


def test_each_strategy_says_what_it_spent(small_tumors, tmp_path, monkeypatch, quick_compilation):
    monkeypatch.setitem(strategy.SPACES, "reduced", SPACE)
    grid, halving = (
        strategy.measure(
            SearchSpec("strategy", name, "reduced", str(small_tumors), str(tmp_path / name),
                       "expression", 0)
        )
        for name in searches.STRATEGIES
    )  # fmt: skip
    assert (grid.n_tumors, grid.n_settings, grid.epochs_spent) == (72, 3, 12)
    rungs = plan_rungs(3, SPACE["search_epochs"])
    assert halving.epochs_spent == sum(count * epochs for count, epochs in rungs)
    assert grid.held_out_loss <= halving.held_out_loss
    assert min(grid.seconds, halving.seconds) > 0
    curves = {path.name for path in (tmp_path / "grid").iterdir()}
    assert len(curves) == 3  # what a stopped search goes on from
    assert halving.epochs == SPACE["search_epochs"]


def test_the_reduced_space_lets_halving_keep_its_promise():
    settings = PretrainSettings(**strategy.SPACES["reduced"])
    n_settings = len(list_settings(settings))
    spent = sum(count * epochs for count, epochs in plan_rungs(n_settings, settings.search_epochs))
    assert spent <= searches.FEW_EPOCHS * n_settings * settings.search_epochs


@pytest.mark.parametrize("given", [True, False])
def test_strategies_share_tumours_and_no_folder(small_tumors, tmp_path, monkeypatch, given):
    asked = []

    def run_worker(spec, hear):
        asked.append(spec)
        return FOUND[spec.strategy]

    monkeypatch.setattr(searches, "run_worker", run_worker)
    tumors = str(small_tumors) if given else ""
    study = searches.compare_searches(BenchmarkSettings(out=str(tmp_path), tumors=tumors))
    grid, halving = asked
    assert grid.tumors == halving.tumors
    assert grid.folder != halving.folder
    assert grid.space == ("published" if given else "reduced")
    assert not list(tmp_path.iterdir())
    assert small_tumors.is_file()
    assert len(format_markdown(study.table, study.printed).splitlines()) == 2 + 2
