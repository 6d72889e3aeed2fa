"""A run of one small model, and the reference that is written from it."""

from pathlib import Path

from emotion_vectors.archive import publications
from emotion_vectors.artefacts import files
from steps.claims import reference as reference_step

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


BASIS = publications.Basis(
    {"statistics": {"bootstraps": 50}}, {"norms.csv": "0" * 64}, {"model-a": {"dtype": "float32"}}
)
STEPS = {
    "read_lens": {"model-a": {"wall_seconds": 90.0}, "model-b": {"wall_seconds": 30.0}},
    "capture_stories": {"model-a": {"wall_seconds": 33.0}},
    "judge_claims": {"study": {"wall_seconds": 500.0}},
}


def written(results, claims, tmp_path, told=()):
    path, engine, times = tmp_path / "quick.json", tmp_path / "engine.json", tmp_path / "times.json"
    files.write_json({"tier": "quick", "elapsed_minutes": 7.5, "steps": STEPS}, times)
    (tmp_path / "run_times.json").write_text('{"studies": {"default": {"elapsed_minutes": 200}}}')
    files.write_json({"ratios": {"extraction_vs_bare_forward": 0.95}}, engine)
    files.write_json({"placebo": {"seeds": 20}}, tmp_path / "validity.json")
    reference_step.main(
        results,
        times,
        [engine],
        [tmp_path / "validity.json"],
        [results],
        told,
        claims,
        SCHEMA,
        [],
        path,
        tmp_path / "run_times.json",
        [tmp_path / "engine_reference.json"],
        [],
        [tmp_path / "validity_reference.json"],
        tmp_path / "published",
        tmp_path / "published.json",
        models=["model-a"],
        roots=[str(tmp_path)],
        largest_megabytes=1,
        basis=BASIS,
        precision="float32",
    )
    return path
