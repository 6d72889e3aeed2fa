"""Pages of studies of many models: what is left out of them so that they stay small enough to be opened."""

from __future__ import annotations

import copy
import logging
from typing import Any

import numpy as np
import pytest

from emotion_vectors.explorer import room

MODELS, SITUATIONS, EMOTIONS = 7, 400, 48


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """Readings of seven models on hundreds of items: more than a page holds even without replies."""
    drawn = np.random.default_rng(0)
    scenarios = [f"i{number:03d}" for number in range(SITUATIONS)]

    def slopes() -> list[float]:
        return drawn.normal(size=EMOTIONS).round(4).tolist()

    def doses() -> list[list[Any]]:
        return [
            ["blackmail", "tonight", "desperate", 0.05 * row, *drawn.normal(size=1).round(4).tolist()]
            for row in range(6)
        ]

    readings = [
        {
            "slopes": {"emotions": [], "rows": {scenario: [{"slopes": slopes()}] for scenario in scenarios}},
            "doses": {scenario: doses() for scenario in scenarios},
            "changes": {},
            "acts": {"emotions": ["calm"], "rows": {scenario: [{"slopes": slopes()}] for scenario in scenarios[::2]}},
            "act_doses": {scenario: doses() for scenario in scenarios[: 50 + model]},
            "plane": [],
        }
        for model in range(MODELS)
    ]
    return {"readings": readings, "replies": [{"text": "a reply"}] * 9}


def whole(data: dict[str, Any]) -> int:
    return room.size_of(
        {**data, "replies": [], "replies_left_out": 9, "readings_left_out": {table: [] for table in room.SPARED}}
    )


def test_what_fits_stays_whole(data, caplog):
    shown = room.with_fitting_items(data, whole(data))
    assert shown["readings"] == data["readings"]
    assert not any(shown["readings_left_out"].values())
    assert caplog.text == ""


@pytest.mark.parametrize("share", [0.95, 0.8, 0.6, 0.55])
def test_situations_are_left_out_evenly_and_named_until_the_page_fits(data, share, caplog):
    kept, most = copy.deepcopy(data), int(share * whole(data))
    with caplog.at_level(logging.WARNING):
        shown = room.with_fitting_items(data, most)
    assert data == kept
    size = room.size_of({**shown, "replies": [], "replies_left_out": 9})
    assert size <= most
    left_out = shown["readings_left_out"]
    assert left_out["doses"]
    for before, after in zip(data["readings"], shown["readings"], strict=True):
        assert after["slopes"] == before["slopes"]
        assert after["acts"]["emotions"] == ["calm"]
        for table in ("doses", "act_doses"):
            assert after[table] == {name: rows for name, rows in before[table].items() if name not in left_out[table]}
        assert {*after["acts"]["rows"]} == {*before["acts"]["rows"]} - {*left_out["acts"]}
    assert f"{len(left_out['doses'])} of {SITUATIONS} situations are left out" in caplog.text


def test_no_more_is_left_out_than_has_to_be(data):
    most = int(0.95 * whole(data))
    shown = room.with_fitting_items(data, most)
    assert not shown["readings_left_out"]["act_doses"]
    assert room.size_of({**shown, "replies": []}) > 0.97 * most
    kept = [int(name[1:]) for name in shown["readings"][0]["doses"]]
    assert max(np.diff(kept)) <= 2 * min(np.diff(kept)) + 1


def test_effects_on_acts_go_last(data):
    shown = room.with_fitting_items(data, int(0.55 * whole(data)))
    assert [len(shown["readings"][0][table]) for table in ("doses", "act_doses")] == [0, 0]
    assert 0 < len(shown["readings"][0]["acts"]["rows"]) < SITUATIONS // 2
