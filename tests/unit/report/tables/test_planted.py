"""The table of what is planted and of exchanged sides, and what stands there before anything was counted."""

import json

import pytest

from emotion_vectors.report.tables import planted


def share_of(share: float, stopped: int = 0) -> dict:
    counts = {"found": round(40 * share), "testable": 40, "stopped": stopped}
    return {"share": share, "interval": [share - 0.05, share + 0.05], **counts}


STOPPED = {"share": None, "interval": [0.0, 1.0], "found": 0, "testable": 0, "stopped": 8}


EXCHANGED = {
    "seeds": 20,
    "bars": {"part": 0.15, "pooled": 0.05},
    "pooled": {"replicated": 12, "testable": 400, "share": 0.03, "low": 0.01, "high": 0.05},
    "parts": [{"share": 0.2}, {"share": 0.05}],
}
STRUCTURES = {
    "draws": 10,
    "claims": {
        "W05b": {"sham": share_of(0.05), "2": share_of(0.95), "0.5": share_of(0.25), "10": share_of(0.9, 3)},
        "A06b": {"opposite": share_of(0.05), "sham": STOPPED, "2": share_of(0.9)},
    },
    "named": {"W05b": {"sham": share_of(0.0), "2": share_of(0.5), "10": share_of(0.8)}},
    "models": {"one": {}, "other": {}},
}


@pytest.mark.parametrize("content", [None, {"placebo": {}}])
def test_without_plants_a_sentence_says_so(content, tmp_path):
    file = tmp_path / "validity.json"
    if content is not None:
        file.write_text(json.dumps(content))
    assert planted.planted_table([] if content is None else [file]) == planted.NOT_PLANTED


def test_shares_stand_by_claim_and_size_with_what_must_not_be_found_before_them(tmp_path):
    file = tmp_path / "validity.json"
    file.write_text(json.dumps({"structures": STRUCTURES, "exchanged": EXCHANGED}))
    table = planted.planted_table([file])
    assert "Claim & opposite & sham & size 0.5 & size 2 & size 10 & all three named" in table
    assert r"A06b, pleasantness & 5 [0, 10] & -- & -- & 90 [85, 95] & -- & -- \\" in table
    assert r"found/testable/stopped & 2/40/0 & 0/0/8 & -- & 36/40/0 & -- & -- \\" in table
    assert r"W05b, three heads & -- & 5 [0, 10] & 25 [20, 30] & 95 [90, 100] & 90 [85, 95] & 80 [75, 85] \\" in table
    assert r"found/testable/stopped & -- & 2/40/0 & 10/40/0 & 38/40/0 & 36/40/3 & 32/40/0 \\" in table
    assert table.index("A06b") < table.index("W05b")
    # Upper end of the exact interval of none of ten.
    assert r"10 draws on each of 2 models" in table
    assert r"none of 10 leaves 31\,\% open" in table
    assert r"12 of 400 verdicts on parts are replicated over 20 seeds, 3.0\,\% [1.0, 5.0]" in table
    assert r"1 parts in more than 15\,\% of the seeds" in table
