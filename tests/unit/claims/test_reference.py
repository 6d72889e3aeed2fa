"""Reference files: written from a complete run, and what a verification says to its user."""

import json
from pathlib import Path

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims.reference import reference_of
from emotion_vectors.report import placebo
from steps.claims import reference as reference_step
from steps.claims import verify as verify_step

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/claim.schema.yaml"
RULE = {"prediction": "positive", "at_least": 0.4, "smallest_effect": 0.2, "null_percentile": 95}


def claim(**changes):
    numbers = {"estimate": 0.31, "low": 0.12, "high": 0.47, "null_percentile": 97.2, "n": 48, "unit": "|r|"}
    return {**numbers, "verdict": "partial", "why": "small", **changes}


def part(**changes):
    judged_from = {
        "reference": 0.0,
        "null_95": 0.2,
        "of": "emotions",
        "guard": "",
        "unconfirmed": "",
        "opposite": False,
    }
    return claim(**judged_from, beside="", step="read_lens", **changes)


def missing():
    return dict.fromkeys(claim(), None) | {"verdict": "not yet measured", "why": "no evidence"}


STEPS = {
    "read_lens": {"model-a": {"wall_seconds": 90.0}, "model-b": {"wall_seconds": 30.0}},
    "capture_stories": {"model-a": {"wall_seconds": 33.0}},
    "judge_claims": {"study": {"wall_seconds": 500.0}},
}


@pytest.fixture
def claims(tmp_path):
    """Files of registered claims: A01 of two parts, A02 of one, A11 not measured."""
    names = {"A01": ["one", "two"], "A02": ["only"], "A11": ["slope"]}
    entries = [
        {
            "id": name, "paper": "someone2026", "place": "section 1", "statement": f"Steering changes reading {name}.",
            "original": "qualitative", "metric": "Slope of the reading", "readout": "reading", "tier": "default",
            "parts": [{"name": part, **RULE} for part in parts], "registered": "2026-11-21",
        }
        for name, parts in names.items()
    ]  # fmt: skip
    file = tmp_path / "claims.yaml"
    file.write_text(json.dumps(entries))
    return [file]


@pytest.fixture
def results(tmp_path):
    """claims.json of a run of one model."""
    content = {
        "tier": "quick",
        "claims": {"model-a": {"A01": claim(), "A02": claim(), "A11": missing()}},
        "parts": {"model-a": {"A01": {"one": part(), "two": part(estimate=0.2)}, "A02": {"only": part()}}},
        "measured": 1,
        "replicated": 0,
        "environment": {"processor": "one processor", "precision": "float32"},
    }
    path = tmp_path / "claims.json"
    files.write_json(content, path)
    return path


@pytest.fixture
def reference(results, claims, tmp_path):
    """A reference file written from that run."""
    path, engine, times = tmp_path / "quick.json", tmp_path / "engine.json", tmp_path / "times.json"
    files.write_json({"tier": "quick", "elapsed_minutes": 7.5, "steps": STEPS}, times)
    (tmp_path / "run_times.json").write_text('{"studies": {"default": {"elapsed_minutes": 200}}}')
    files.write_json({"ratios": {"extraction_vs_bare_forward": 0.95}}, engine)
    reference_step.main(
        results, times, [engine], [results], claims, SCHEMA, [], path, tmp_path / "run_times.json",
        [tmp_path / "engine_reference.json"], [], tmp_path / "published", roots=[str(tmp_path)], largest_megabytes=1,
    )  # fmt: skip
    return path


@pytest.fixture
def verify(results, claims, reference):
    """Holds the run, as it is by then, against the reference."""

    def run(reference=reference):
        verify_step.main(results, claims, SCHEMA, reference=str(reference))

    return run


def change(results, **changes):
    content = json.loads(results.read_text())
    content["parts"]["model-a"]["A01"]["one"].update(changes)
    results.write_text(json.dumps(content))


def test_a_run_agrees_with_the_reference_written_from_it(verify, capsys):
    verify()
    first_line = (
        "39 of 39 reference numbers reproduced within tolerance; 6 of 6 verdicts follow and are the same "
        "(5 from numbers, 0 from closed gates, 1 not measured)"
    )
    assert first_line in capsys.readouterr().out


def test_the_reference_has_the_form_that_others_rely_on(reference, tmp_path):
    content = json.loads(reference.read_text())
    assert content["claims"]["model-a"]["A01"] == claim()
    assert set(content["environment"]) >= {"python", "libraries", "device", "threads", "processor", "precision"}
    assert "placebo" not in content
    engine = json.loads((tmp_path / "engine_reference.json").read_text())
    assert engine["ratios"] == {"extraction_vs_bare_forward": 0.95}
    assert engine["study"] == {"model-a": 2.0, "model-b": 0.5}
    studies = json.loads((tmp_path / "run_times.json").read_text())["studies"]
    assert studies == {"default": {"elapsed_minutes": 200}, "quick": {"elapsed_minutes": 7.5, "steps": STEPS}}
    assert (tmp_path / "published/claims.json").is_file()


@pytest.mark.parametrize("changes", [{"estimate": 0.3102}, {"null_percentile": 97.25}, {"why": "other words"}])
def test_small_differences_are_within_tolerance(results, verify, capsys, changes):
    change(results, **changes)
    verify()
    assert "39 of 39" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimate": 0.32}, "model-a A01 one estimate: reference 0.31, found 0.32, tolerance 0.00035"),
        ({"null_percentile": 94.1}, "model-a A01 one null_percentile: reference 97.2, found 94.1, tolerance 0.1"),
        (
            {"null_percentile": 94.1},
            "model-a A01 one verdict: reference partial, found inconclusive, as the registered rule",
        ),
        ({"verdict": "replicated"}, "model-a A01 one verdict: reference partial, found replicated, must be the same"),
        ({"n": 47}, "model-a A01 one n: reference 48, found 47, must be the same"),
        ({"low": None}, "model-a A01 one low: reference 0.12, found none"),
    ],
)
def test_every_other_difference_is_listed_and_fails(results, verify, capsys, changes, message):
    change(results, **changes)
    with pytest.raises(verify_step.VerificationError) as error:
        verify()
    assert message in str(error.value)
    assert message in capsys.readouterr().out


def test_without_a_reference_the_file_and_the_command_that_writes_it_are_named(verify, tmp_path):
    with pytest.raises(verify_step.VerificationError, match=r"absent\.json.*snakemake .*reference"):
        verify(tmp_path / "absent.json")


def test_the_placebo_keeps_its_share(results):
    content = json.loads(results.read_text()) | {"tier": "placebo", "measured": 22, "replicated": 1}
    shares = {"replicated": 1, "measured": 22, "share": 1 / 22, "parts_replicated": 0, "parts_measured": 3}
    assert reference_of(content)["placebo"] == shares


def test_the_paper_prints_the_placebo_of_its_own_or_of_the_reference(results, tmp_path):
    content = json.loads(results.read_text()) | {"tier": "placebo", "measured": 22, "replicated": 1}
    file = tmp_path / "placebo.json"
    file.write_text(json.dumps(reference_of(content)))
    share = "1 of 22 verdicts on claims, 0 of 3 on their parts"
    assert placebo.replicated_share(content, []) == share
    assert placebo.replicated_share(content | {"tier": "default"}, str(file)) == share
    assert (
        placebo.replicated_share(content | {"tier": "default"}, [])
        == placebo.found(content | {"tier": "default"}, [])
        == "not yet measured"
    )
    [(model, judged), *_] = content["claims"].items()
    further = {"tier": "default", "claims": {model: {**judged, "Z99": {"verdict": "partial"}}}}
    assert placebo.replicated_share(content | further, str(file)) == f"{share} (not in it yet: Z99)"


def test_what_the_placebo_replicates_is_named():
    def study(**verdicts):
        parts = {
            claim: {part: {"verdict": verdict} for part, verdict in of.items()} for claim, (_, of) in verdicts.items()
        }
        return {claim: {"verdict": whole} for claim, (whole, _) in verdicts.items()}, parts

    one = study(W05=("replicated", {"few": "replicated"}), W04=("partial", {"few": "replicated", "most": "partial"}))
    other = study(
        W05=("replicated", {"few": "replicated"}), W04=("not replicated", {"few": "inconclusive", "most": "partial"})
    )
    content = {"tier": "placebo", "claims": {"a": one[0], "b": other[0]}, "parts": {"a": one[1], "b": other[1]}}
    assert placebo.found(content, []) == "whole W05 on 2 of 2 models; in part W04 (few) on 1 of 2 models"
    nothing = {"tier": "placebo", "claims": {"b": {"W04": other[0]["W04"]}}, "parts": {"b": {"W04": other[1]["W04"]}}}
    assert placebo.found(nothing, []) == "none"


def test_the_study_in_float32_is_compared_with_the_one_that_rounds(results, claims, reference, tmp_path):
    content = json.loads(results.read_text())
    content["environment"]["precision"] = "bfloat16 and float32"
    content["parts"]["model-a"]["A01"]["two"]["estimate"] += 0.07
    rounded, compared = tmp_path / "default.json", tmp_path / "precision.json"
    rounded.write_text(json.dumps(content))
    reference_step.main(
        results, tmp_path / "times.json", [], [results], claims, SCHEMA, [rounded], reference, tmp_path / "run_times.json",
        [], [compared], tmp_path / "published", roots=[str(tmp_path)], largest_megabytes=1,
    )  # fmt: skip
    step = files.read_json(compared)["models"]["model-a"]["read_lens"]
    assert (step["parts"], step["within_tolerance"]) == (3, 2)
    assert step["largest_share"] == pytest.approx(0.2)
