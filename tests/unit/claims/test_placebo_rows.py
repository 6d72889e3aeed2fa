"""Counted placebos of a study that has taken some of its models from published tables."""

from emotion_vectors.artefacts import files
from emotion_vectors.claims.reference import placebo_with


def test_placebos_keep_the_rows_of_models_that_were_not_run(tmp_path):
    file = tmp_path / "validity.json"
    old, new = ({"model": model, "share": share} for model, share in (("taken", 0.2), ("run", 0.1)))
    files.write_json(
        {"placebo": {"parts": [old, {"model": "run", "share": 0.9}], "claims": [], "above_bar": [old]}}, file
    )
    counts = {"seeds": 20, "parts": [new], "claims": [new], "above_bar": []}
    kept = placebo_with(file, counts, ["run"])
    assert kept == {**counts, "parts": [old, new], "above_bar": [old], "pooled_over": ["run"]}
    assert placebo_with(tmp_path / "absent.json", counts, ["run"]) == counts
