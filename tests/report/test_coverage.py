import numpy as np
import pytest

from drp.report import draw_coverage, save_figure
from drp.report.coverage import find_rows
from tests.report.made_up import make_coverage


def test_draws_every_drug_and_tissue(tmp_path):
    fig = draw_coverage(make_coverage())
    left, right = fig.axes
    assert len(left.lines[0].get_ydata()) == 265
    assert np.all(np.diff(left.lines[0].get_ydata()) >= 0)
    assert len(right.get_yticklabels()) == 26
    svg, png = save_figure(fig, tmp_path, "coverage")
    assert svg.stat().st_size > 0
    assert png.stat().st_size > 0


def test_says_what_was_asked_for_and_what_was_found():
    fig = draw_coverage(make_coverage())
    texts = [text.get_text() for text in fig.legends[0].get_texts()]
    assert texts == ["asked for: 90%", "all entries: 89.7%"]
    left, right = fig.axes
    assert [line.get_ydata()[0] for line in left.lines[-2:]] == [0.9, 0.897]
    assert [line.get_xdata()[0] for line in right.lines] == [0.9, 0.897]


def test_names_the_drugs_at_both_ends():
    coverage = make_coverage()
    names = find_rows(coverage, "drug")["group"]
    texts = [text.get_text() for text in draw_coverage(coverage).axes[0].texts]
    assert texts == [*names[:2], *names[-2:]]


def test_a_drug_without_measured_entries_is_left_out():
    coverage = make_coverage()
    coverage.loc[1, "coverage"] = np.nan
    assert draw_coverage(coverage).axes[0].get_title(loc="left") == "A   Per drug (264)"


@pytest.mark.parametrize(("n_drugs", "n_tissues"), [(0, 0), (1, 0), (3, 1), (0, 2)])
def test_draws_what_there_is(n_drugs, n_tissues):
    draw_coverage(make_coverage(n_drugs, n_tissues)).draw_without_rendering()


def test_needs_one_overall_row():
    with pytest.raises(ValueError, match="one overall row, found 0"):
        draw_coverage(make_coverage().tail(-1))
