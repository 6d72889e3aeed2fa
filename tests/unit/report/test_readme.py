"""Generated parts of the README stay between their markers; the README of the configuration names every key."""

from pathlib import Path

import pytest
import yaml

from emotion_vectors.report import readme, study_facts
from emotion_vectors.report import results as reported

REPOSITORY = Path(__file__).resolve().parents[3]
TEXT = "# Title\n<!-- claims:begin -->\nold\n<!-- claims:end -->\nrest | of it\n"


def part(verdict="replicated", **changes):
    numbers = {
        "estimate": -0.31,
        "low": -0.47,
        "high": -0.12,
        "null_percentile": 97.2,
        "n": 1152,
        "unit": "r",
        "of": "stories",
        "step": "read_lens",
        "beside": "uncorrected percentile 99.1; without what tone explains −0.20",
    }
    return {**numbers, "verdict": verdict, "why": "", "opposite": False, **changes}


@pytest.fixture
def results():
    def entry(paper, *names):
        parts = [{"name": name} for name in names]
        return {"statement": "A | B", "original": "r = 0.81", "paper": paper, "parts": parts}

    registered = {
        "A01": entry("sofroniew2026emotion", "one", "two"),
        "A02": entry("sofroniew2026emotion", "one"),
        "W01": entry("wang2025circuits", "one"),
        "W02": entry("wang2025circuits", "one"),
    }
    judged = {"model_a": {"A01": {"verdict": "partial"}}, "b": {"A01": {"verdict": "not yet measured"}}}
    return reported.Results(registered, judged, {"model_a": {"A01": {"one": part(), "two": part("inconclusive")}}})


def test_only_what_stands_between_the_markers_changes():
    replaced = readme.replace_between(TEXT, "claims", "\nnew\n\n")
    assert replaced == TEXT.replace("old", "new")
    assert readme.replace_between(replaced, "claims", "new") == replaced


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Title\n", "holds '<!-- claims:begin -->' 0 times"),
        (TEXT.replace("<!-- claims:end -->", ""), "'<!-- claims:end -->' 0 times"),
        (TEXT + TEXT, "2 times"),
        ("<!-- claims:end -->\n<!-- claims:begin -->\n", "exchange them"),
    ],
)
def test_markers_that_are_missing_or_wrong_are_errors(text, message):
    with pytest.raises(readme.MarkerError, match=message):
        readme.replace_between(text, "claims", "new")


def test_times_name_study_minutes_and_machine():
    study = {
        "elapsed_minutes": 7.6,
        "processor_seconds": 780.0,
        "machine": {"cpu": "Some | CPU", "cores": 2},
        "precision": "float32",
    }
    lines = readme.time_table({"quick": study, "default": {**study, "elapsed_minutes": None}}).splitlines()
    assert lines[2] == "| quick | 8 | 13 | Some \\| CPU, 2 cores, float32 |"
    assert lines[3].startswith("| default | not yet measured | 13 |")
    (line,) = readme.time_table({"quick": {**study, "published": {"model-a": {}}}}).splitlines()[2:]
    assert line.endswith("float32; without model-a, of which published tables were taken |")


def leaf_keys(schema, prefix=""):
    """Dotted names of all keys that hold a value."""
    for name, entry in schema["properties"].items():
        if "properties" in entry:
            yield from leaf_keys(entry, f"{prefix}{name}.")
        else:
            yield prefix + name


def test_every_key_of_the_configuration_is_described():
    schema = yaml.safe_load((REPOSITORY / "workflow/schemas/config.schema.yaml").read_text())
    text = (REPOSITORY / "workflow/config/README.md").read_text()
    keys = list(leaf_keys(schema))
    assert len(keys) > 20
    assert [key for key in keys if f"| `{key}` |" not in text] == []
    named = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `") and "snakemake" not in line]
    assert [key for key in named if key not in [*keys, "seeds.<step>"]] == []


def test_the_summary_names_every_measured_claim_once(results):
    assert reported.summary(results) == "Partial at best: A01."
    results.judged["b"]["A01"] = {"verdict": "replicated"}
    results.judged["b"]["A02"] = {"verdict": "not replicated"}
    text = reported.summary(results)
    assert text == "Replicated on some models only: A01; neither replicated nor partial on any: A02."
    assert reported.summary_counts(results) == (
        "1 replicated on some models only, 1 neither replicated nor partial on any"
    )


@pytest.mark.parametrize(
    ("verdicts", "standing"),
    [
        (("replicated", "replicated"), "replicated on every model"),
        (("replicated", "not testable"), "replicated on some models only"),
        (("partial", "not replicated"), "partial at best"),
        (("not testable", "inconclusive"), "neither replicated nor partial on any"),
        (("not testable", "not testable"), "not testable on any"),
    ],
)
def test_a_claim_stands_by_its_verdicts_over_all_models(results, verdicts, standing):
    for model, verdict in zip(results.models, verdicts, strict=True):
        results.judged[model]["A01"] = {"verdict": verdict}
    assert reported.standings(results) == {standing: ["A01"]}


def test_effects_opposite_to_their_claim_are_listed_with_their_models(results):
    assert study_facts.opposites(results) == "none"
    results.parts["model_a"]["A01"]["two"]["opposite"] = True
    assert study_facts.opposites(results) == "A01 (two) on model_a, −0.31 [−0.47, −0.12] r"


def test_bare_estimates_follow_the_models(results):
    rows = [results.part("A01", "one", model) for model in results.models]
    assert reported.estimates(rows) == "−0.31 and no estimate"
