"""Reference numbers: a run that differs in any number or verdict is found out, and no reference is never a success."""

import copy
import json

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims import reference as verification
from emotion_vectors.report import placebo
from steps.claims import verify_reference, write_reference


def claim(**changes):
    found = {"estimate": 0.31, "low": 0.12, "high": 0.47, "null_percentile": 97.2, "n": 48, "unit": "|r|"}
    return {**found, "verdict": "partial", "why": "small", **changes}


def missing():
    return dict.fromkeys(claim(), None) | {"verdict": "not yet measured", "why": "no evidence"}


@pytest.fixture
def results(tmp_path):
    """claims.json of a run of one model."""
    content = {
        "tier": "quick",
        "claims": {"model-a": {"A01": claim(), "A11": missing()}},
        "parts": {"model-a": {"A01": {"one": claim(), "two": claim(estimate=0.2)}, "A02": {"only": claim()}}},
        "measured": 1,
        "replicated": 0,
    }
    path = tmp_path / "claims.json"
    files.write_json(content, path)
    return path


@pytest.fixture
def reference(results, tmp_path):
    """A reference file written from that run."""
    path, engine = tmp_path / "quick.json", tmp_path / "engine.json"
    files.write_json({"ratios": {"extraction_vs_bare_forward": 0.95}}, engine)
    write_reference.main(results, engine, path, [tmp_path / "engine_reference.json"])
    return path


def changed(results, **changes):
    content = json.loads(results.read_text())
    content["claims"]["model-a"]["A01"].update(changes)
    results.write_text(json.dumps(content))


def test_a_run_agrees_with_the_reference_written_from_it(results, reference, tmp_path, capsys):
    verify_reference.main(results, reference, tmp_path / "verification.json")
    assert "18 of 18 reference numbers reproduced within tolerance; 4 of 4 verdicts the same" in capsys.readouterr().out
    written = json.loads((tmp_path / "verification.json").read_text())
    assert written["agrees"]
    assert written["differences"] == []


def test_the_reference_has_the_form_that_others_rely_on(reference, tmp_path):
    content = json.loads(reference.read_text())
    assert content["claims"]["model-a"]["A01"] == claim()
    assert set(content["environment"]) >= {"python", "libraries", "device", "threads"}
    assert "placebo" not in content
    engine = json.loads((tmp_path / "engine_reference.json").read_text())
    assert engine["ratios"] == {"extraction_vs_bare_forward": 0.95}


@pytest.mark.parametrize(
    "change", [{"estimate": 0.329}, {"null_percentile": 94.3}, {"high": 0.49}, {"why": "other words"}]
)
def test_small_differences_are_within_tolerance(results, reference, tmp_path, change):
    changed(results, **change)
    verify_reference.main(results, reference, tmp_path / "verification.json")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"estimate": 0.34}, "model-a A01 estimate: reference 0.31, found 0.34, tolerance 0.02"),
        ({"null_percentile": 94.1}, "model-a A01 null_percentile: reference 97.2, found 94.1, tolerance 3"),
        ({"verdict": "replicated"}, "model-a A01 verdict: reference partial, found replicated, must be the same"),
        ({"n": 47}, "model-a A01 n: reference 48, found 47, must be the same"),
        ({"low": None}, "model-a A01 low: reference 0.12, found none"),
        ({"low": float("nan")}, "model-a A01 low: reference 0.12, found nan"),
    ],
)
def test_every_other_difference_is_listed_and_fails(results, reference, tmp_path, capsys, change, named):
    changed(results, **change)
    with pytest.raises(verify_reference.VerificationError) as error:
        verify_reference.main(results, reference, tmp_path / "verification.json")
    assert named in str(error.value)
    assert named in capsys.readouterr().out
    assert not (tmp_path / "verification.json").exists()


def test_a_model_that_was_not_run_is_a_difference(results, reference, tmp_path):
    content = json.loads(results.read_text())
    content["claims"] = {"model-b": content["claims"]["model-a"]}
    results.write_text(json.dumps(content))
    with pytest.raises(verify_reference.VerificationError, match="12 of 18 reference numbers"):
        verify_reference.main(results, reference, tmp_path / "verification.json")


def test_a_model_added_after_the_reference_is_no_difference(results, reference, tmp_path):
    content = json.loads(results.read_text())
    content["claims"]["model-b"] = copy.deepcopy(content["claims"]["model-a"])
    results.write_text(json.dumps(content))
    verify_reference.main(results, reference, tmp_path / "verification.json")


def test_without_a_reference_the_file_and_the_command_that_writes_it_are_named(results, tmp_path):
    with pytest.raises(verify_reference.VerificationError, match=r"absent\.json.*snakemake .*reference"):
        verify_reference.main(results, tmp_path / "absent.json", tmp_path / "verification.json")


def test_a_reference_without_numbers_verifies_nothing():
    empty = {"claims": {"model-a": {"A01": missing()}}, "parts": {}, "tolerances": verification.TOLERANCES}
    with pytest.raises(ValueError, match="holds no number"):
        verification.compare(empty, empty)


def test_parts_of_a_claim_are_verified_too(results, reference, tmp_path):
    content = json.loads(results.read_text())
    content["parts"]["model-a"]["A01"]["two"]["estimate"] = 0.9
    content["parts"]["model-a"]["A02"]["only"]["estimate"] = 0.9  # the claim itself, already compared as such
    results.write_text(json.dumps(content))
    with pytest.raises(
        verify_reference.VerificationError, match=r"model-a A01 two estimate: reference 0\.2, found 0\.9"
    ) as error:
        verify_reference.main(results, reference, tmp_path / "verification.json")
    assert "A02" not in str(error.value)


def test_a_large_number_may_differ_by_its_share_and_a_unit_may_have_a_tolerance_of_its_own():
    assert verification.tolerance_of(verification.TOLERANCES, "estimate", "Elo", -200.0) == pytest.approx(10.0)
    tolerances = {**verification.TOLERANCES, "Elo": {"absolute": 1.0, "relative": 0.0}}
    assert verification.tolerance_of(tolerances, "estimate", "Elo", -200.0) == 1.0


def test_the_placebo_keeps_its_share(results):
    content = json.loads(results.read_text()) | {"tier": "placebo", "measured": 22, "replicated": 1}
    shares = {"replicated": 1, "measured": 22, "share": 1 / 22, "parts_replicated": 0, "parts_measured": 3}
    assert verification.reference_of(content)["placebo"] == shares


def test_the_paper_prints_the_placebo_of_its_own_or_of_the_reference(results, tmp_path):
    content = json.loads(results.read_text()) | {"tier": "placebo", "measured": 22, "replicated": 1}
    file = tmp_path / "placebo.json"
    file.write_text(json.dumps(verification.reference_of(content)))
    share = "1 of 22 verdicts on claims, 0 of 3 on their parts"
    assert placebo.share(content, []) == share
    assert placebo.share(content | {"tier": "default"}, str(file)) == share
    assert (
        placebo.share(content | {"tier": "default"}, [])
        == placebo.found(content | {"tier": "default"}, [])
        == "not yet measured"
    )
    [(model, judged), *_] = content["claims"].items()
    further = {"tier": "default", "claims": {model: {**judged, "Z99": {"verdict": "partial"}}}}
    assert placebo.share(content | further, str(file)) == f"{share} (not in it yet: Z99)"


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
