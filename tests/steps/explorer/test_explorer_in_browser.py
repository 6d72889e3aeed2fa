"""The explorer in a browser, from a file: filtered, clicked through and used with the keyboard, without a word in the console."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.steps.explorer.browser import Browser, missing
from tests.steps.explorer.conftest import HOSTILE

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "all there")


MOST_MILLISECONDS = 2000
"""Until the page is drawn, at the best of `LOADS`: what else a machine does at one moment says nothing about the page."""
LOADS = 3


def test_the_page_opens_on_the_verdicts_and_soon(browser: Browser, explorer: Path):
    assert browser.texts("h1") == ["Verdict on every claim, by model"]
    drawn = []
    for _ in range(LOADS):
        browser.open("about:blank")
        browser.open(explorer.as_uri())
        drawn.append(browser.run("return performance.getEntriesByType('navigation')[0].domComplete"))
    assert 0 < min(drawn) <= MOST_MILLISECONDS


def test_filters_leave_the_claims_that_fit(browser: Browser):
    every = len(browser.find("#matrix tbody tr"))
    browser.click("form label:nth-of-type(2) option[value='replicated']")
    verdicts = browser.texts("#matrix .verdict")
    assert {*verdicts} == {"replicated"}
    assert 0 < len(verdicts) < every
    browser.type("form input", "arousal")
    claims = browser.texts("#matrix tbody tr")
    assert 0 < len(claims) < len(verdicts)
    assert browser.run("return document.getElementById('status').textContent") == f"{len(claims)} of {every} claims"


def test_one_gets_from_a_claim_to_an_item_and_to_the_line_of_code(browser: Browser):
    browser.type("form input", "desperate vector makes blackmail")
    browser.click("#matrix tbody a")
    assert browser.texts("h1")[0].startswith("A19: ")
    browser.click("#items-of-claim a")
    (heading,) = browser.texts("h1")
    assert heading.startswith("Item b")
    assert "desperate" in " ".join(browser.texts("table tbody th"))
    browser.run("history.back()")
    browser.click("a[href^='#/code/']")
    assert browser.texts("h1") == ["Step evaluate_conduct"]
    assert browser.texts(".code .marked")[0].startswith("def main(")


def test_a_claim_opens_from_the_address_that_the_paper_gives(window: Browser, explorer: Path):
    window.open(f"{explorer.as_uri()}#/claims/A19b")
    assert window.texts("h1")[0].startswith("A19b: ")
    window.click("#items-of-claim a")
    assert window.texts("h1")[0].startswith("Item ab")
    assert window.said() == []


def test_a_claim_without_items_leads_to_what_it_is_measured_on(browser: Browser):
    measured = {"A06": "evidence", "O07": "workflow/claims/textual_overlap.tsv"}
    for claim, named in measured.items():
        browser.run("location.hash = arguments[0]", f"#/claims/{claim}")
        time.sleep(0.2)
        assert any(named in line for line in browser.texts("#sets-of-claim li")), claim


def test_an_item_of_an_act_shows_effects_of_emotions_and_whether_it_was_dosed(browser: Browser):
    browser.run("location.hash = '#/items/ab01'")
    time.sleep(0.2)
    captions = browser.texts("caption")
    assert captions[0].startswith("Effect of each emotion on the act at strength zero")
    assert len(browser.find(".wide:first-of-type tbody tr")) >= 48
    assert browser.texts(".dosed") == ["Dosed at finite strengths with calm, at \u22120.05 of the mean norm."]
    assert "nats per reply" in captions[1]
    browser.run("location.hash = '#/items/ab02'")
    time.sleep(0.2)
    assert browser.texts(".dosed")[0].startswith("Not dosed")


def test_rows_for_which_the_page_has_no_room_are_said_to_be_left_out(browser: Browser):
    browser.run(
        "DATA.readings_left_out = { doses: ['b01'], act_doses: [], acts: ['ab01'] }; location.hash = '#/items/b01'"
    )
    time.sleep(0.2)
    assert "their rows are left out" in browser.texts(".dosed")[0]
    browser.run("location.hash = '#/items/ab01'")
    time.sleep(0.2)
    assert any("Effects of emotions on this act are left out" in line for line in browser.texts("main .soft"))


def test_the_library_behind_a_step_is_named(browser: Browser):
    browser.run("location.hash = '#/claims/A04'")
    time.sleep(0.2)
    browser.click("#sources summary")
    assert any(
        line.startswith("evidence_on_signs scripts/emotion_vectors/meaning/intensity.py, line ")
        for line in browser.texts(".calls li")
    )


def test_replies_say_how_they_were_sampled(browser: Browser):
    browser.run("location.hash = '#/replies'")
    time.sleep(0.2)
    (said,) = browser.texts("#sampling")
    for part in ("temperature 1, top-p 0.95", "at most 96 new tokens", "at most 320", "sentence encoder"):
        assert part in said


def test_a_text_of_ones_own_is_read_word_by_word(browser: Browser):
    browser.run("location.hash = '#/plane'")
    time.sleep(0.2)
    said = " ".join(browser.texts("main .soft"))
    assert "No model reads what you type" in said
    assert "python -m emotion_vectors read" in said
    browser.type("#own-text", "The dark, dark evening <b>frightened</b> me: Don\u2019t!")
    (summary, unknown) = browser.texts("#own-reading p")
    # Of five known words: afraid 3 and 3, happy 1, calm -3, -3 and 2, angry -2, sad -1.
    assert summary == "5 of 9 words read, most of all afraid, least of all calm."
    assert unknown == "Not among the words that were read: b, frightened, me."
    strongest, weakest = (browser.texts(f"#own-reading .wide:nth-of-type({table}) tbody tr") for table in (1, 2))
    assert strongest[:2] == ["afraid 1.2", "happy 0.2"]
    assert weakest[:3] == ["calm \u22120.8", "angry \u22120.4", "sad \u22120.2"]
    assert browser.run("return document.getElementById('status').textContent") == summary
    browser.click("form label:first-of-type option")
    assert browser.texts("#own-reading p")[0] == summary


def test_texts_that_try_to_take_over_the_page_are_shown_as_texts(browser: Browser):
    browser.run("location.hash = '#/replies'")
    time.sleep(0.2)
    assert HOSTILE in browser.texts("#replies .text")
    assert browser.run("return document.title").startswith("Sampled replies")
    assert browser.find("#replies img, #replies script") == []


def test_what_is_not_there_is_said(browser: Browser):
    for address in ("#/claims/Z99", "#/items/%E0%A4", "#/nothing", "#/code/none", "#/constructor"):
        browser.run("location.hash = arguments[0]", address)
        time.sleep(0.1)
        assert browser.texts("h1")[0].startswith("There is no ")
