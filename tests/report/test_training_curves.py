import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from drp.report import draw_training_curves, save_figure


def make_history(n_epochs=20):
    return pd.DataFrame(
        [
            {"modality": modality, "epoch": epoch, "loss": scale / epoch}
            for modality, scale in (("expression", 2.0), ("mutation", 0.02))
            for epoch in range(1, n_epochs + 1)
        ]
    )


def find_lines(ax):
    return {line.get_label(): line for line in ax.lines}


def test_a_panel_per_modality_with_its_baselines():
    baselines = {"expression": {"gene means": 0.9, "64 components": 0.4}, "mutation": {}}
    fig = draw_training_curves(make_history(), baselines)
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["expression", "mutation"]
    expression, mutation = map(find_lines, fig.axes)
    assert list(expression) == ["training", "gene means", "64 components"]
    assert list(mutation) == ["training"]
    assert expression["gene means"].get_ydata()[0] == 0.9
    assert expression["64 components"].get_ydata()[0] == 0.4


def test_a_baseline_looks_the_same_in_all_panels():
    baselines = {"expression": {"a": 0.9, "b": 0.4}, "mutation": {"b": 0.01}}
    expression, mutation = map(find_lines, draw_training_curves(make_history(), baselines).axes)
    looks = [(line.get_color(), line.get_linestyle()) for line in (expression["b"], mutation["b"])]
    assert looks[0] == looks[1]
    assert expression["a"].get_color() != expression["b"].get_color()


def test_held_out_losses_are_drawn_where_measured():
    history = make_history()
    is_measured = (history["modality"] == "expression") & (history["epoch"] % 5 == 0)
    history["held_out_loss"] = (1.1 * history["loss"]).where(is_measured)
    fig = draw_training_curves(history, {})
    expression, mutation = map(find_lines, fig.axes)
    assert list(expression["held-out tumours"].get_xdata()) == [5, 10, 15, 20]
    assert list(mutation) == ["training"]
    assert [text.get_text() for text in fig.legends[0].get_texts()] == [
        "training", "held-out tumours",
    ]  # fmt: skip


def test_saves_a_whole_svg_and_png(tmp_path):
    fig = draw_training_curves(make_history(1), {})
    svg, png = save_figure(fig, tmp_path / "new", "history")
    assert ET.parse(svg).getroot().tag.endswith("svg")
    assert b"<dc:date>" not in svg.read_bytes()
    assert png.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in svg.parent.iterdir()) == ["history.png", "history.svg"]


def test_refuses_an_empty_history():
    with pytest.raises(ValueError, match="at least one epoch"):
        draw_training_curves(make_history(0), {})
