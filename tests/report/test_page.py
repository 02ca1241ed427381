import base64
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from drp.report import Section, write_report
from drp.report.page import MAX_SVG_BYTES, encode_figure, format_value, render_table

EVIL = "<script>alert('x')</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


class Links(HTMLParser):
    """Collects what a page points to and which tags it has."""

    def __init__(self):
        super().__init__()
        self.links, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]


@pytest.fixture
def page(tmp_path):
    figure = tmp_path / "figure2.svg"
    figure.write_bytes(SVG)
    table = pd.DataFrame({"design": [EVIL, "pca"], EVIL: [1.23456, np.nan]})
    sections = [
        Section(f"Table {EVIL}", f"First {EVIL}.\n\nSecond.", table=table, table_caption=EVIL),
        Section("Figure", "", figure=figure, figure_caption=f'A "caption" {EVIL}'),
        Section("Empty", "", table=table.head(0)),
    ]
    path = write_report(
        tmp_path / "out" / "report.html", EVIL, {"lines": 1234, EVIL: EVIL}, sections
    )
    return path.read_text(encoding="utf-8")


def test_points_to_nothing_outside(page):
    parser = Links()
    parser.feed(page)
    assert parser.links
    assert all(link.startswith(("#", "data:image/")) for link in parser.links)
    assert not re.search(r"https?://|url\(|@import", page)


def test_escapes_what_others_wrote(page):
    parser = Links()
    parser.feed(page)
    assert "script" not in parser.tags
    assert "&lt;script&gt;" in page


def test_shows_facts_cells_and_figure(page):
    assert "<dt>lines</dt><dd>1,234</dd>" in page
    assert '<td class="number">1.235</td>' in page
    assert '<td class="number">-</td>' in page
    assert base64.b64encode(SVG).decode() in page


def test_leaves_nothing_half_written(tmp_path):
    path = tmp_path / "report.html"
    write_report(path, "Title", {}, [])
    before = path.read_bytes()
    with pytest.raises(FileNotFoundError):
        write_report(path, "Other", {}, [Section("s", "", figure=tmp_path / "none.svg")])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_refuses_other_kinds_of_figure(tmp_path):
    with pytest.raises(ValueError, match=r"expected a figure in .svg or .png, got '.pdf'"):
        encode_figure(tmp_path / "figure.pdf")


def test_a_large_svg_gives_way_to_a_smaller_png(tmp_path):
    (tmp_path / "f.svg").write_bytes(b" " * (MAX_SVG_BYTES + 1))
    assert encode_figure(tmp_path / "f.svg").startswith("data:image/svg+xml")
    (tmp_path / "f.png").write_bytes(b"png")
    assert encode_figure(tmp_path / "f.svg") == "data:image/png;base64,cG5n"


def test_a_long_table_says_what_it_leaves_out():
    table = render_table(pd.DataFrame({"n": range(1000)}))
    assert (len(table["rows"]), table["n_left_out"]) == (200, 800)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.3e-14, "2.3e-14"),
        (np.float32(1.5), "1.5"),
        (np.int64(15363), "15,363"),
        (True, "True"),
        (None, "-"),
        (pd.NA, "-"),
        (["paper", "modern"], "paper, modern"),
    ],
)
def test_values_read_well(value, expected):
    assert format_value(value) == expected
