"""Reference files: written from a complete run, and what a verification says to its user."""

import json

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims.reference import reference_of
from emotion_vectors.claims.verification import compare
from steps.claims import reference as reference_step
from steps.claims import verify as verify_step
from tests.unit.claims.finished_run import BASIS, SCHEMA, STEPS, claim


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


def test_what_is_said_of_the_rules_is_kept_without_the_run_that_said_it(reference, tmp_path):
    assert json.loads((tmp_path / "validity_reference.json").read_text())["placebo"] == {"seeds": 20}


def test_the_study_in_float32_is_compared_with_the_one_that_rounds(results, claims, reference, tmp_path):
    content = json.loads(results.read_text())
    content["environment"]["precision"] = "bfloat16 and float32"
    content["parts"]["model-a"]["A01"]["two"]["estimate"] += 0.07
    rounded, compared = tmp_path / "default.json", tmp_path / "precision.json"
    rounded.write_text(json.dumps(content))
    reference_step.main(
        results,
        tmp_path / "times.json",
        *[[]] * 2,
        [results],
        [],
        claims,
        SCHEMA,
        [rounded],
        reference,
        tmp_path / "run_times.json",
        [],
        [compared],
        [],
        tmp_path / "published",
        tmp_path / "published.json",
        models=["model-a"],
        roots=[str(tmp_path)],
        largest_megabytes=1,
        basis=BASIS,
        precision="float32",
    )
    step = files.read_json(compared)["models"]["model-a"]["read_lens"]
    assert (step["parts"], step["within_tolerance"]) == (3, 2)
    assert step["largest_share"] == pytest.approx(0.2)


def test_a_reference_without_numbers_verifies_nothing():
    empty = {"claims": {}, "parts": {}, "environment": {}}
    with pytest.raises(ValueError, match="holds no number"):
        compare(empty, empty, {})
