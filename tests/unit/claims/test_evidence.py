"""Evidence must fit the registered claims, and a placebo closes what no emotion label enters."""

from __future__ import annotations

import pandas as pd
import pytest

from emotion_vectors.claims import judging
from emotion_vectors.claims.evidence import close_unlabelled, evidence_row, untested_row
from emotion_vectors.claims.judging import NOT_TESTABLE, REPLICATED
from emotion_vectors.claims.registry import ClaimError
from tests.unit.claims.entries import EFFECT, claim


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("A09", "slope")], "A09, which is not registered"),
        ([("A01", "first"), ("A01", "third")], "A01 is registered with parts .*'second'.* measured as .*'third'"),
        ([("A01", "first")], "A01 is registered with parts .* measured as"),
        ([("A01", "first"), ("A01", "first"), ("A01", "second")], "A01 is registered with parts .* measured as"),
    ],
    ids=["unknown claim", "unknown part", "some parts only", "part twice"],
)
def test_evidence_must_fit_the_claims(rows: list[tuple[str, str]], message: str):
    table = pd.DataFrame([evidence_row(name, part, EFFECT) for name, part in rows])
    with pytest.raises(ClaimError, match=message):
        judging.judge({"A01": claim("A01", "first", "second")}, table)


def test_missing_numbers_need_a_gate():
    row = untested_row("A01", "slope", "gate closed")
    with pytest.raises(ClaimError, match="missing values"):
        judging.judge({"A01": claim("A01")}, pd.DataFrame([row | {"guard": ""}]).assign(step="steer_feels"))


def test_the_placebo_leaves_claims_out_that_no_label_enters():
    registered = {"A01": claim("A01"), "S04": {**claim("S04"), "unlabelled": True}}
    rows = pd.DataFrame([evidence_row(name, "slope", EFFECT) for name in registered])
    closed = close_unlabelled(registered, rows)
    judged, parts = judging.judge(registered, closed.assign(step="evaluate_conduct"))
    assert judged.set_index("claim")["verdict"].to_dict() == {"A01": REPLICATED, "S04": NOT_TESTABLE}
    assert judging.measured_share_replicated(judged, parts) == (1, 1)


def test_a_claim_with_a_part_that_could_not_be_judged_is_not_counted():
    registered = {"A24b": claim("A24b", "reading", "threat")}
    registered["A24b"]["parts"][1]["unlabelled"] = True
    rows = pd.DataFrame([evidence_row("A24b", part, EFFECT) for part in ("reading", "threat")])
    judged, parts = judging.judge(registered, close_unlabelled(registered, rows).assign(step="evaluate_acts"))
    assert parts.set_index("part")["verdict"].to_dict() == {"reading": REPLICATED, "threat": NOT_TESTABLE}
    assert judging.measured_share_replicated(judged, parts) == (0, 0)
