"""The explorer for readers with a keyboard, a reader of screens or a printer, in a browser."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.steps.explorer.browser import Browser, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "all there")


def test_the_keyboard_alone_opens_a_page_and_reaches_its_content(browser: Browser):
    browser.press("Tab")
    assert browser.run("return document.activeElement.textContent") == "Skip to content"
    browser.press(*["Tab"] * 5, "Enter")  # title, claims, items, replies, emotions
    assert browser.texts("h1") == ["Emotions on the plane"]
    assert browser.run("return document.activeElement.id") == "main"
    assert browser.texts("nav [aria-current]") == ["Emotions"]
    assert len(browser.find(".plane circle")) == len(browser.find("tbody tr")) == 48


def test_the_keyboard_alone_filters_claims_and_opens_one(browser: Browser):
    browser.press(*["Tab"] * 7)  # skip, title, four pages, the first filter
    label = "return document.activeElement.closest('label')?.firstChild.textContent"
    assert browser.run(label) == "Claim of"
    browser.press("Tab", "Tab")
    assert browser.run(label) == "Words in the claim"
    browser.type("form input", "desperate vector makes blackmail")
    browser.press("Tab")
    assert browser.run("return document.activeElement.getAttribute('aria-label')") == "Verdicts"
    browser.press("Tab", "Enter")
    assert browser.texts("h1")[0].startswith("A19: ")
    assert browser.run("return document.activeElement.id") == "main"


ADDRESSES = (
    "#/",
    "#/claims/A19",
    "#/claims/A06",
    "#/items",
    "#/items/b01",
    "#/items/ab01",
    "#/replies",
    "#/plane",
    "#/code/read_lens/1",
)


def test_headings_go_down_one_step_at_a_time(browser: Browser):
    for address in ADDRESSES:
        browser.run("location.hash = arguments[0]", address)
        time.sleep(0.1)
        levels = browser.run(
            "return [...document.querySelectorAll('h1, h2, h3, h4')].map((node) => Number(node.tagName[1]))"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), (address, levels)


def test_parts_of_the_page_are_what_they_look_like_to_those_who_hear_it(browser: Browser):
    browser.run("location.hash = '#/plane'")
    time.sleep(0.2)
    browser.type("#own-text", "dark")
    roles = {
        "nav": ("navigation", "Pages"),
        "main": ("main", ""),
        "#own-text": ("textbox", "Text in English"),
        "form select": ("combobox", "Model"),
        ".plane": ("image", "Emotions by first component"),
        "#own-reading .wide": ("region", "Strongest emotions"),
        "#own-reading table": ("table", "Strongest emotions"),
        "#own-reading thead th": ("columnheader", "Emotion"),
        "#own-reading tbody th": ("rowheader", "afraid"),
        "#status": ("status", ""),
    }
    for selector, (role, name) in roles.items():
        element = browser.find(selector)[0]
        assert browser.role(element) == role, selector
        assert browser.name(element).startswith(name), selector
    browser.run("location.hash = '#/'")
    time.sleep(0.2)
    assert browser.role(browser.find("form")[0]) == "search"
    assert browser.role(browser.find("form input")[0]) == "searchbox"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_printed_tables_keep_their_last_column_on_the_paper(browser: Browser, tmp_path: Path):
    for address in ("#/claims/A19", "#/claims/A01b", "#/items/b01", "#/"):
        browser.run("location.hash = arguments[0]", address)
        time.sleep(0.2)
        last = browser.run(
            "return [...document.querySelectorAll('tr')].map((row) => row.lastElementChild.textContent.trim()).filter(Boolean)"
        )
        browser.printed(tmp_path / "page.pdf")
        words = printed_words(tmp_path / "page.pdf")
        assert max(right for _, right, _ in words) <= A4_POINTS
        assert min(left for left, _, _ in words) >= 0
        text = "".join(word for _, _, word in words)
        assert last
        for cell in last:
            for word in re.findall(r"\w+", cell):
                assert word in text, (address, cell)


A4_POINTS = 595.3


def printed_words(pdf: Path) -> list[tuple[float, float, str]]:
    """Words of a PDF with their left and right edges, in points."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.findall(r'<word xMin="([-\d.]+)".*? xMax="([-\d.]+)".*?>(.*?)</word>', boxes)
    return [(float(left), float(right), html.unescape(word)) for left, right, word in found]


def test_every_form_element_and_table_has_a_name(browser: Browser):
    for address in ADDRESSES:
        browser.run("location.hash = arguments[0]", address)
        time.sleep(0.1)
        nameless = browser.run(
            "return [...document.querySelectorAll('select, input, textarea, .wide, svg[role]')]"
            ".filter((node) => !node.closest('label')?.firstChild.textContent && !node.getAttribute('aria-label'))"
            ".map((node) => node.outerHTML)"
        )
        assert nameless == []
        assert len(browser.find("h1")) == 1
