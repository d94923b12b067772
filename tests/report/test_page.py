import html.parser

import numpy as np
from PIL import Image

from keras_gans.report import page

NASTY = "<script>alert(1)</script> & \"x\" 'y'"


def read(text):
    """(tags, attributes' values, text) of HTML."""
    tags, values, inside = [], [], []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attributes: (tags.append(tag), values.extend(value for _, value in attributes))
    parser.handle_data = inside.append
    parser.feed(text)
    return tags, values, "".join(inside)


def test_whatever_goes_in_comes_out_as_text(tmp_path):
    picture = tmp_path / "a.png"
    Image.fromarray(np.zeros((2, 3), "uint8")).save(picture)
    for part in (
        page.paragraph(NASTY),
        page.section(NASTY, page.paragraph("x")),
        page.table([NASTY], [[NASTY, NASTY]]),
        page.pairs({NASTY: NASTY}),
        page.commands(NASTY),
        page.figure(picture, NASTY),
        page.table(["x"], [[page.number(NASTY, 1.5, NASTY)]]),
        page.page(NASTY, [page.paragraph("x")]),
    ):
        tags, _, text = read(part)
        assert "script" not in tags and NASTY in text


def test_numbers_keep_every_digit():
    assert 'value="0.1234567890123456"' in page.number("fid", 0.1234567890123456, "0.1235")


def test_what_is_empty_is_left_out():
    assert page.section("Alarms", "", "") == page.table(["a"], []) == page.pairs({}) == ""


def test_a_page_fetches_nothing_and_runs_nothing(tmp_path):
    picture = tmp_path / "a.png"
    Image.fromarray(np.zeros((2, 3), "uint8")).save(picture)
    tags, values, _ = read(page.page("x", [page.figure(picture, "a picture", picture)]))
    assert {"picture", "source", "img"} <= set(tags) and not {"script", "iframe", "object"} & set(tags)
    assert (
        not [value for value in values if value and "://" in value]
        and "url(" not in page.STYLE
        and "@import" not in page.STYLE
    )
