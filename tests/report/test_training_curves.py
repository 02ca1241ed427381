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


def test_a_panel_per_modality_with_its_baseline():
    fig = draw_training_curves(make_history(), {"expression": 0.9})
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["expression", "mutation"]
    assert [len(ax.lines) for ax in fig.axes] == [2, 1]
    assert fig.axes[0].lines[1].get_ydata()[0] == 0.9


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
