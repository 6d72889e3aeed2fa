"""Every rule that runs a model asks for the precision of its own step, which is declared once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emotion_vectors.artefacts import precision
from emotion_vectors.artefacts.precision import BFLOAT16, FLOAT32
from emotion_vectors.benchmarks import costs

ROOT = Path(__file__).resolve().parents[2]
TEXT = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
RULES = dict(re.findall(r"^ *rule (\w+):\n(.*?)(?=^\S|^ *rule |\Z)", TEXT, flags=re.MULTILINE | re.DOTALL))
WITH_A_ROW = [name for name, text in RULES.items() if re.search(r"^ +row=", text, re.MULTILINE)]


def test_rules_were_read():
    assert len(RULES) > 50
    assert len(WITH_A_ROW) > 20


@pytest.mark.parametrize("name", WITH_A_ROW)
def test_a_rule_asks_for_the_precision_of_its_own_step(name: str):
    (asked,) = re.findall(r"^ +row=.*\"(\w+)\"\),$", RULES[name], flags=re.MULTILINE)
    assert asked == name


def test_steps_that_run_a_model_are_declared_and_no_others():
    assert {*WITH_A_ROW} == precision.MAY_ROUND | {*precision.IN_FLOAT32}


def test_steps_that_run_a_judge_are_declared_and_no_others():
    """The time of these does not grow with the model under study."""
    judging = {
        name for name in WITH_A_ROW if re.search(r"^ +row=.*(judge_row|wildcards\.judge)", RULES[name], re.MULTILINE)
    }
    assert judging == costs.JUDGING


MODEL = "smollm2-135m-instruct"


@pytest.mark.parametrize(("fast", "rounding"), [(FLOAT32, FLOAT32), (BFLOAT16, BFLOAT16)])
def test_the_setting_reaches_the_steps_that_bear_it(common, fast, rounding):
    common["FAST"] = fast
    assert common["used_of"](MODEL, "capture_stories")["dtype"] == rounding
    assert common["used_of"](MODEL, "steer_items")["dtype"] == FLOAT32
    assert common["used_of"]("qwen3-8b", "capture_stories")["dtype"] == BFLOAT16
    assert common["used_of"]("qwen3-8b", "steer_items")["dtype"] == BFLOAT16
