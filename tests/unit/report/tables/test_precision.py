"""The table of both precisions prints what was compared, and says so where nothing was."""

from emotion_vectors.artefacts.precision import IN_FLOAT32
from emotion_vectors.report.tables.precision import precision_table

STEP = {
    "parts": 5,
    "measured": 4,
    "within_tolerance": 3,
    "same_verdict": 5,
    "median_share": 0.0123,
    "largest_share": 0.3,
}
GATED = {
    "parts": 2,
    "measured": 0,
    "within_tolerance": 0,
    "same_verdict": 2,
    "median_share": None,
    "largest_share": None,
}
COMPARED = {
    "studies": {
        "float32": {"processor": "Some Processor", "precision": "float32"},
        "bfloat16": {"processor": None, "precision": "bfloat16 and float32"},
    },
    "models": {"a_model": {"read_lens": STEP, "steer_items": GATED}},
    "summary": "40 of 41 reference numbers reproduced",
}


def test_counts_and_shares_of_every_step_are_printed():
    table = precision_table(COMPARED)
    assert r"read\_\allowbreak{}lens} & 4 of 5 & 3 of 4 & 5 of 5 & 0.012 & 0.300 \\" in table
    assert r"steer\_\allowbreak{}items} & 0 of 2 & 0 of 0 & 2 of 2 &  &  \\" in table
    assert r"a\_model" in table
    assert "40 of 41 reference numbers" in table
    assert "in float32 on Some Processor and in bfloat16 and float32 on a processor not told" in table


def test_where_nothing_was_compared_that_is_said():
    said = precision_table({})
    assert said.startswith("The study has not yet been run in both precisions.")
    assert "tabular" not in said


def test_every_step_that_never_rounds_is_named_with_its_reason():
    for compared in ({}, COMPARED):
        text = precision_table(compared).replace(r"\_\allowbreak{}", "_")
        assert all(f"{step}}}: {reason}" in text for step, reason in IN_FLOAT32.items())
