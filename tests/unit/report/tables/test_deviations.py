"""Deviations name registered claims, their dates and what had been seen; what is wrong in their file is said in a line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from emotion_vectors.claims import registry
from emotion_vectors.claims.registry import ClaimError
from emotion_vectors.report.tables.claims import deviation_table, load_deviations

WORKFLOW = Path("workflow")
FILE = WORKFLOW / "report/deviations.yaml"
CLAIMS = registry.load(sorted(WORKFLOW.glob("claims/*.yaml")), WORKFLOW / "schemas/claim.schema.yaml")
ENTRY = {
    "date": "2026-11-30",
    "claims": ["A01"],
    "registered": "one thing at first",
    "done": "another thing",
    "seen": "nothing",
    "why": "since the first was wrong",
    "effect": "withdraws",
}


def written(folder: Path, *entries: dict) -> Path:
    file = folder / "deviations.yaml"
    file.write_text(yaml.safe_dump(list(entries)))
    return file


def test_the_file_of_the_study_holds_every_claim_that_takes_the_place_of_another():
    entries = load_deviations(FILE, CLAIMS)
    named = {claim for entry in entries if entry["effect"] == "replaced" for claim in entry["claims"]}
    superseded = {entry["supersedes"] for entry in CLAIMS.values() if "supersedes" in entry}
    assert superseded <= named
    assert max(entry["date"] for entry in entries) >= max(str(claim["registered"]) for claim in CLAIMS.values())


def test_every_claim_whose_note_was_changed_after_a_look_is_named():
    entries = load_deviations(FILE, CLAIMS)
    named = {claim for entry in entries for claim in entry["claims"]}
    said = ("added on 2026", "Added on 2026", "Changed on 2026", "changed on 2026", "after review")
    changed = {name for name, claim in CLAIMS.items() if any(words in claim.get("note", "") for words in said)}
    assert changed
    assert changed <= named


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"claims": ["A99"]}, "entry 1: A99 not registered; correct the ids"),
        ({"seen": ""}, "0.seen: '' is too short"),
        ({"date": "30 November"}, "0.date: '30 November' does not match"),
        ({"effect": "none"}, "0.effect: 'none' is not one of"),
        ({"more": "x"}, "file: |0: Additional properties are not allowed"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changes, fault, tmp_path):
    file = written(tmp_path, ENTRY | changes)
    with pytest.raises(ClaimError) as error:
        load_deviations(file, CLAIMS)
    assert any(part in str(error.value) for part in fault.split("|"))


def test_entries_stand_in_the_order_of_their_dates(tmp_path):
    file = written(tmp_path, ENTRY, ENTRY | {"date": "2026-11-29"})
    with pytest.raises(ClaimError, match="entry 2: 2026-11-29 stands behind 2026-11-30"):
        load_deviations(file, CLAIMS)


def test_the_table_says_what_was_seen_and_what_a_deviation_can_do(tmp_path):
    text = deviation_table(written(tmp_path, ENTRY | {"seen": "50% of it"}), CLAIMS)
    assert r"A01; 2026-11-30 & one thing at first & another thing & 50\% of it &" in text
    assert "since the first was wrong; can only withdraw a verdict" in text
