"""The reference of a study that has taken some of its models from published tables, and what others can take from it."""

from emotion_vectors.archive import publications
from emotion_vectors.artefacts import files
from tests.unit.claims.finished_run import BASIS, written


def test_published_tables_are_listed_with_their_digests_and_the_run_that_measured_each_model(reference, tmp_path):
    publication = publications.load(tmp_path / "published.json")
    assert publication.basis == BASIS
    assert publication.origins["model-a"].precision == "float32"
    publications.check_files(publication.digests, tmp_path / "published", ["claims.json"])


def test_what_was_taken_is_published_again_as_of_the_run_that_measured_it(results, claims, tmp_path):
    origin = {"commit": "abc", "config_sha256": "1" * 64, "precision": "bfloat16"}
    files.write_json({"model": "model-a", "origin": origin}, tmp_path / "told.json")
    written(results, claims, tmp_path, told=[tmp_path / "told.json"])
    assert publications.load(tmp_path / "published.json").origins == {"model-a": publications.Origin(**origin)}
