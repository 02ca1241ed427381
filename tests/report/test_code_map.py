import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from numpy.testing import assert_allclose, assert_array_equal

from drp.report import CodePanel, draw_code_map, save_figure
from drp.report.code_map import COLOURS, MOST_DOTS, deal_colours, find_medians, push_apart

TYPES = [f"TYPE{i}" for i in range(33)]


def make_panel(title="expression", n=400, spread=4.0):
    rng = np.random.default_rng(0)
    place_T = np.arange(n) % len(TYPES)
    xy_T2 = spread * rng.normal(size=(len(TYPES), 2))[place_T] + rng.normal(size=(n, 2))
    return CodePanel(title, xy_T2, np.array(TYPES)[place_T], "UMAP")


def find_dots(ax):
    (dots,) = (part for part in ax.collections if isinstance(part, PathCollection))
    return dots


def get_names(ax):
    return [text for text in ax.texts if text.get_text()]  # leaders have no text


def test_a_panel_per_modality_with_every_type_named():
    fig = draw_code_map([make_panel(), make_panel("mutation")._replace(method="component")])
    titles = [ax.get_title(loc="left") for ax in fig.axes]
    assert titles == ["A   expression (400 tumours)", "B   mutation (400 tumours)"]
    assert [ax.get_xlabel() for ax in fig.axes] == ["UMAP 1", "component 1"]
    for ax in fig.axes:
        assert sorted(text.get_text() for text in get_names(ax)) == sorted(TYPES)
        assert len(find_dots(ax).get_offsets()) == 400 and find_dots(ax).get_rasterized()


def test_the_names_do_not_overlap_even_in_one_cloud():
    (ax,) = draw_code_map([make_panel(spread=0.1)]).axes
    boxes = [text.get_window_extent() for text in get_names(ax)]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_type_has_one_colour_in_all_panels():
    fig = draw_code_map([make_panel(), make_panel("mutation", 330, 1.0)])
    first, second = ({t.get_text(): t.get_color() for t in get_names(ax)} for ax in fig.axes)
    assert first == second and len(set(first.values())) == len(COLOURS)


def test_colours_repeat_only_far_away():
    line = {f"T{i}": np.array([float(i), 0.0]) for i in range(2 * len(COLOURS))}
    colours = [*deal_colours([line]).values()]
    assert colours == [*COLOURS, *COLOURS]  # each again where its first bearer is farthest


def test_a_large_panel_draws_some_tumours_and_says_so():
    panel = make_panel(n=MOST_DOTS + 7)
    first, second = (draw_code_map([panel]).axes[0] for _ in range(2))
    assert first.get_title(loc="left").endswith("(5,000 of 5,007 tumours)")
    assert len(find_dots(first).get_offsets()) == MOST_DOTS
    assert_array_equal(find_dots(first).get_offsets(), find_dots(second).get_offsets())


def test_medians_of_the_most_frequent_type_first():
    xy_T2 = np.array([[0.0, 0], [9, 9], [1, 2], [5, 1]])
    medians = find_medians(CodePanel("", xy_T2, np.array(["B", "A", "B", "B"]), ""))
    assert list(medians) == ["B", "A"]
    assert_array_equal(medians["B"], [1, 1])


def test_boxes_are_pushed_along_the_shorter_way():
    apart = push_apart(np.array([[0.0, 0], [1, 3], [50, 50]]), np.array([[20.0, 4]] * 3))
    assert_allclose(apart, [[0, -0.5], [1, 3.5], [50, 50]])


def test_boxes_on_one_place_are_parted():
    apart = push_apart(np.zeros((4, 2)), np.full((4, 2), [10.0, 4.0]))
    away = np.abs(apart[:, None] - apart)[np.triu_indices(4, 1)]
    assert ((away[:, 0] > 10 - 1e-5) | (away[:, 1] > 4 - 1e-5)).all()


def test_a_panel_without_tumours_says_so():
    empty = CodePanel("mutation", np.zeros((0, 2)), np.zeros(0, str), "UMAP")
    fig = draw_code_map([make_panel(), empty])
    assert fig.axes[1].texts[0].get_text() == "no tumours"


def test_saves_a_small_svg_and_the_same_again(tmp_path):
    paths = [save_figure(draw_code_map([make_panel()]), tmp_path / part, "map") for part in "ab"]
    (svg, png), (again, _) = paths
    assert ET.parse(svg).getroot().tag.endswith("svg") and svg.stat().st_size < 500_000
    assert svg.read_bytes() == again.read_bytes()
    assert png.read_bytes().startswith(b"\x89PNG")


def test_refuses_nothing_and_what_does_not_fit():
    with pytest.raises(ValueError, match="panels: expected at least one"):
        draw_code_map([])
    panel = make_panel()
    with pytest.raises(ValueError, match=r"expression: expected positions \(399, 2\)"):
        draw_code_map([panel._replace(cancer_type_T=panel.cancer_type_T[1:])])
