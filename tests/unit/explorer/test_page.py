"""The page around the data: nothing in it can leave its block, and only the scripts of the page may run."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from emotion_vectors.explorer import page, room

TEMPLATE = """<title>{{ study.title }}</title><style>{{ style }}</style>{{ style_digest }} {{ script_digest }}
<script type="application/json">{{ data }}</script><script>{{ script }}</script>"""
TEXTS = ["</script>", "<!-- <script>", "a & b", "line\u2028separator", "\U0001f600 {{ 7 * 7 }}"]


@pytest.fixture
def assets(tmp_path: Path) -> tuple[Path, Path, Path]:
    for name, text in {
        "page.j2": TEMPLATE,
        "one.css": "p > a { margin: 0; }",
        "one.js": "if (1 < 2 && 3 > 2) f();",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path / "page.j2", tmp_path / "one.css", tmp_path / "one.js"


def test_no_text_ends_the_block_of_data(assets: tuple[Path, Path, Path]):
    template, style, script = assets
    data = {"study": {"title": "<b>bold</b>"}, "texts": TEXTS}
    text = page.page(data, template, [style], [script])
    (block,) = re.findall(r'<script type="application/json">(.*?)</script>', text, re.S)
    assert json.loads(block) == {**data, "replies": [], "replies_left_out": 0}
    assert not {*"<>&\u2028"} & {*block}
    assert "<title>&lt;b&gt;bold&lt;/b&gt;</title>" in text


def test_scripts_and_styles_are_named_by_their_digests_as_they_stand_in_the_page(assets: tuple[Path, Path, Path]):
    template, style, script = assets
    text = page.page({"study": {"title": "t"}}, template, [style], [script, script])
    for kind, count in (("style", 1), ("script", 2)):
        (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.S)
        assert inside.count("\n") == count - 1
        assert base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() in text


def shown_of(text: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/json">(.*?)</script>', text, re.S)
    return json.loads(block)


def test_replies_beyond_what_fits_are_left_out_evenly_and_counted(assets: tuple[Path, Path, Path], caplog):
    template, style, script = assets
    replies = [{"number": number, "text": "<" * 500} for number in range(4000)]
    with caplog.at_level(logging.WARNING):
        text = page.page({"study": {"title": "t"}, "replies": replies}, template, [style], [script])
    shown = shown_of(text)
    assert 0.8 * room.LARGEST_BYTES < len(text.encode()) < 5e6
    numbers = [reply["number"] for reply in shown["replies"]]
    assert (numbers[0], numbers[-1]) == (0, 3999)
    assert max(after - before for before, after in pairwise(numbers)) <= 4
    assert shown["replies_left_out"] == 4000 - len(numbers) > 0
    assert f"{shown['replies_left_out']} of 4000 replies are left out" in caplog.text


def test_replies_that_fit_are_all_there(assets: tuple[Path, Path, Path], caplog):
    template, style, script = assets
    text = page.page({"study": {"title": "t"}, "replies": [{"text": "a"}] * 3}, template, [style], [script])
    assert shown_of(text) == {"study": {"title": "t"}, "replies": [{"text": "a"}] * 3, "replies_left_out": 0}
    assert caplog.text == ""


def test_a_page_that_is_too_large_without_replies_is_still_written(assets: tuple[Path, Path, Path], caplog):
    template, style, script = assets
    data = {"study": {"title": "t"}, "texts": ["x" * 5_000_000], "replies": [{"text": "a"}]}
    with caplog.at_level(logging.WARNING):
        shown = shown_of(page.page(data, template, [style], [script]))
    assert (shown["texts"], shown["replies"], shown["replies_left_out"]) == (data["texts"], [], 1)
    assert "larger than 4.9 MB without any reply" in caplog.text
