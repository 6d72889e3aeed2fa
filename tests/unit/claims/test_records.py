"""Claims and parts in the forms in which they are written: tables that say what is missing, and JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.artefacts.files import write_table
from emotion_vectors.claims import judging, records
from emotion_vectors.claims.evidence import evidence_row, mark_missing
from emotion_vectors.claims.judging import NOT_MEASURED, NOT_TESTABLE, PARTIAL
from tests.unit.claims.entries import EFFECT, claim


@pytest.fixture
def measured_and_missing() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Claims and parts of a model: two parts of A01 measured, one of them stopped by a guard, and A02 not measured."""
    registered = {"A01": claim("A01", "first", "second"), "A02": claim("A02")}
    second = replace(EFFECT, estimate=-0.6, low=-0.9, high=-0.3, n=7, of="prompts")
    evidence = [evidence_row("A01", "first", EFFECT), evidence_row("A01", "second", second, guard="incoherent")]
    return judging.judge(registered, pd.DataFrame(evidence).assign(step="steer_feels"))


def test_every_column_with_a_missing_value_says_so(measured_and_missing: tuple[pd.DataFrame, pd.DataFrame]):
    judged, judged_parts = measured_and_missing
    marked = mark_missing(judged)
    holding = set(marked.columns[marked.isna().any()])
    assert {"estimate_or_missing", "n_or_missing", "null_percentile_or_missing"} <= holding
    assert {name for name in holding if not name.endswith("_or_missing")} == set()
    assert [name.removesuffix("_or_missing") for name in marked.columns] == list(judged.columns)
    assert not judged_parts.isna().any(axis=None)


def test_claims_not_measured_can_be_written_as_a_table(
    measured_and_missing: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
):
    judged, judged_parts = measured_and_missing
    write_table(mark_missing(judged).assign(model="tiny"), tmp_path / "claims.parquet")
    write_table(mark_missing(judged_parts).assign(model="tiny"), tmp_path / "parts.parquet")
    read = pd.read_parquet(tmp_path / "claims.parquet")
    assert records.claim_records(read) == records.claim_records(judged)
    assert records.part_records(pd.read_parquet(tmp_path / "parts.parquet")) == records.part_records(judged_parts)


@pytest.mark.parametrize("marked", [False, True])
def test_reference_form_holds_numbers_of_measured_claims_and_null_for_the_rest(
    measured_and_missing: tuple[pd.DataFrame, pd.DataFrame], marked: bool
):
    judged = measured_and_missing[0]
    found = records.claim_records(mark_missing(judged) if marked else judged)
    assert list(found) == ["A01", "A02"]
    assert all(tuple(row) == records.CLAIM_KEYS for row in found.values())
    why = found["A01"].pop("why")
    assert why.startswith("first: replicated, ")
    assert why.endswith("; second: not testable, incoherent")
    numbers = {"estimate": 0.6, "low": 0.3, "high": 0.9, "null_percentile": 99.0, "n": 20, "unit": "nats"}
    assert found["A01"] == {**numbers, "verdict": PARTIAL}
    assert type(found["A01"]["n"]) is int, "a column with missing values holds floats; a count stays a count"
    assert {key for key, value in found["A02"].items() if value is not None} == {"verdict", "why"}
    assert found["A02"]["verdict"] == NOT_MEASURED
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_parts_come_under_their_claim_with_everything_that_judges_them(
    measured_and_missing: tuple[pd.DataFrame, pd.DataFrame],
):
    found = records.part_records(measured_and_missing[1])
    assert list(found) == ["A01"]
    assert list(found["A01"]) == ["first", "second"]
    second = found["A01"]["second"]
    assert second == {
        "estimate": -0.6,
        "low": -0.9,
        "high": -0.3,
        "null_percentile": 99.0,
        "null_95": 0.1,
        "reference": 0.0,
        "n": 7,
        "of": "prompts",
        "unit": "nats",
        "verdict": NOT_TESTABLE,
        "why": "incoherent",
        "guard": "incoherent",
        "unconfirmed": "",
        "beside": "",
        "step": "steer_feels",
        "opposite": False,
    }
    assert type(second["n"]) is int
    assert json.loads(json.dumps(found, allow_nan=False)) == found
