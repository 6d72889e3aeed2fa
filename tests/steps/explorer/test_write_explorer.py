"""The explorer as a file: what it holds, what it may do, and where it leads."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from emotion_vectors.artefacts import files
from tests.steps.explorer.conftest import HOSTILE, MODEL, PUBLISHED, ROOT


class Elements(HTMLParser):
    """Start tags with their attributes, and the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts.append(data)


@pytest.fixture(scope="module")
def text(explorer: Path) -> str:
    return explorer.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(text: str) -> dict[str, Any]:
    return json.loads(Elements(text).scripts[0])


def test_the_page_is_one_small_file_that_fetches_nothing(text: str):
    assert len(text.encode()) < 5e6
    elements = Elements(text).tags
    assert [name for name, attributes in elements if {"src", "srcset"} & {*attributes}] == []
    assert {name for name, _ in elements} & {"link", "img", "iframe", "object", "embed"} == set()
    assert not re.search(
        r"url\(|@import|fetch\(|XMLHttpRequest|WebSocket|innerHTML|outerHTML|insertAdjacentHTML|eval\(", text
    )
    assert "default-src 'none'" in text


def test_texts_stay_data(text: str, data: dict[str, Any]):
    assert HOSTILE in [reply["text"] for reply in data["replies"]]
    assert "taken'</script>" not in text
    assert [attributes.get("type") for name, attributes in Elements(text).tags if name == "script"] == [
        "application/json",
        None,
    ]


def test_every_claim_has_its_registered_text_and_its_verdict(data: dict[str, Any]):
    judged = files.read_json(ROOT / PUBLISHED / "claims.json")
    shown = {claim["id"]: claim for claim in data["claims"]}
    for claim, row in judged["claims"][MODEL].items():
        assert shown[claim]["verdicts"] == [row["verdict"]]
        assert shown[claim]["statement"]
        for part in shown[claim]["parts"]:
            kept = judged["parts"][MODEL].get(claim, {}).get(part["name"])
            assert [numbers["verdict"] for numbers in part["rows"]] == [kept["verdict"] if kept else "not yet measured"]


def test_sources_of_a_claim_lie_where_it_says(data: dict[str, Any]):
    for claim in data["claims"]:
        for source in claim["sources"]:
            if source["what"] == "evidence":
                continue
            file = ROOT / source["file"]
            assert file.exists(), source
            if source["line"]:
                line = file.read_text(encoding="utf-8").splitlines()[source["line"] - 1]
                heading = r"\\(sub)*section|\\paragraph" if source["what"] == "part of the paper" else "$^"
                said = rf"{claim['id']}|rule {source.get('code')}:|def (main|judge_part)\(|{heading}"
                assert re.search(said, line), (source, line)
    (rule,) = [source for source in claim_of(data, "A19")["sources"] if source["what"] == "rule"]
    assert rule["file"] == "workflow/rules/conduct.smk"
    assert rule["line"] > 0


def test_every_measured_claim_has_a_line_of_the_paper(data: dict[str, Any]):
    measured = {
        claim for of_model in files.read_json(ROOT / PUBLISHED / "claims.json")["claims"].values() for claim in of_model
    }
    assert len(measured) > 50
    for claim in measured:
        kept = [source for source in claim_of(data, claim)["sources"] if source["what"] == "evidence, published"]
        assert len(kept) == 1, claim
        (spoken,) = [each for each in claim_of(data, claim)["sources"] if each["what"].endswith("of the paper")]
        assert spoken["line"] > 0, claim
        assert spoken["file"].startswith("paper/sections/"), (claim, spoken)


def test_slopes_of_an_item_are_those_of_the_table(data: dict[str, Any]):
    table = files.read_table(ROOT / PUBLISHED / MODEL / "slopes/by_item.parquet")
    slopes = data["readings"][0]["slopes"]
    row = table.sample(random_state=1).iloc[0]
    variant = "" if row["variant"] == "-" else row["variant"]
    (shown,) = [
        each["slopes"]
        for each in slopes["rows"][row["scenario"]]
        if (each["experiment"], each["variant"]) == (row["experiment"], variant)
    ]
    assert shown[slopes["emotions"].index(row["emotion"])] == pytest.approx(row["slope_nats"], abs=5e-5)
    assert {*table["scenario"]} <= {item["id"] for item in data["items"]}


def test_finite_strengths_are_those_of_emotions(data: dict[str, Any]):
    table = files.read_table(ROOT / PUBLISHED / MODEL / "steered/blackmail.parquet")
    of_emotions = table[table["kind"] == "emotion"]
    shown = [row for scenario in {*of_emotions["scenario"]} for row in data["readings"][0]["doses"][scenario]]
    assert len(shown) == len(of_emotions)
    assert {row[2] for row in shown} == {*of_emotions["direction"]}


def test_effects_on_acts_are_those_of_the_table(data: dict[str, Any]):
    table = files.read_table(ROOT / PUBLISHED / MODEL / "acts/by_scenario.parquet")
    acts = data["readings"][0]["acts"]
    for _, row in table.sample(20, random_state=1).iterrows():
        (shown,) = [each for each in acts["rows"][row["scenario"]] if each["experiment"] == row["experiment"]]
        assert shown["slopes"][acts["emotions"].index(row["direction"])] == pytest.approx(row["slope_nats"], abs=5e-5)
    measured = sum(slope is not None for rows in acts["rows"].values() for row in rows for slope in row["slopes"])
    assert measured == len(table)
    assert data["readings"][0]["act_doses"] == {"ab01": [["act_blackmail", "tonight", "calm", -0.05, 0.25]]}


def test_a_step_names_what_it_calls_of_the_library_with_its_lines(data: dict[str, Any]):
    for name, step in data["steps"].items():
        assert step["calls"], name
        for call in step["calls"]:
            line = (ROOT / call["file"]).read_text(encoding="utf-8").splitlines()[call["line"] - 1]
            assert re.match(rf"(def|class) {call['name']}\b", line), (name, call)
    called = {
        (call["file"].removeprefix("scripts/emotion_vectors/"), call["name"])
        for call in data["steps"]["read_intensity"]["calls"]
    }
    assert {("meaning/intensity.py", "evidence_on_signs"), ("models/layers.py", "main_layer")} <= called
    assert not [file for file, _ in called if file.startswith("artefacts/")]


def test_a_claim_without_items_names_sets_or_tables(data: dict[str, Any]):
    (table,) = [source for source in claim_of(data, "O07")["sources"] if source["what"] == "table"]
    assert table["file"] == "workflow/claims/textual_overlap.tsv"


def test_steps_behind_claims_can_be_read_on_the_page(data: dict[str, Any]):
    step = data["steps"]["evaluate_conduct"]
    assert step["text"] == (ROOT / step["file"]).read_text(encoding="utf-8")


def claim_of(data: dict[str, Any], name: str) -> dict[str, Any]:
    return next(claim for claim in data["claims"] if claim["id"] == name)
