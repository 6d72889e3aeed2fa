"""Verdicts that are none, and verdicts that say what they are about."""

from __future__ import annotations

import pandas as pd
import pytest

from emotion_vectors.claims import judging
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.judging import REPLICATED
from tests.unit.claims.test_judging import EFFECT, claim


def judged_once(entry: dict, ignored_orders: str = "") -> tuple[dict, dict]:
    rows = pd.DataFrame([evidence_row("A01", part["name"], EFFECT) for part in entry["parts"]])
    verdicts, parts = judging.judge({"A01": entry}, rows.assign(step="one"), ignored_orders)
    return verdicts.iloc[0].to_dict(), parts.iloc[0].to_dict()


def test_a_claim_that_is_described_is_not_judged_whatever_its_numbers():
    verdict, part = judged_once(claim() | {"descriptive": True})
    assert verdict["verdict"] == part["verdict"] == judging.DESCRIPTIVE
    assert judging.measured_share_replicated(pd.DataFrame([verdict]), pd.DataFrame([part])) == (0, 0)


@pytest.mark.parametrize("parts", [("slope",), ("one", "two")], ids=len)
def test_a_verdict_on_directions_of_orders_says_so_where_the_model_follows_none(parts: tuple[str, ...]):
    entry = claim("A01", *parts) | {"directions_of_orders": True}
    for row in judged_once(entry, "own replies 0.2 nats"):
        assert row["verdict"] == REPLICATED
        assert row["why"].startswith("directions of the order (own replies 0.2 nats): ")
    for row in (*judged_once(entry), *judged_once(claim("A01", *parts), "own replies 0.2 nats")):
        assert judging.OF_ORDERS not in row["why"]
