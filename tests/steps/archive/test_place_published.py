"""Published tables of a model are laid where its own run would have written them."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_vectors.archive.fetching import digest_of
from emotion_vectors.archive.publications import PublishedError
from emotion_vectors.artefacts import files
from steps.archive import place_published

NAME = "one/evidence/read_lens.parquet"


def placed(tmp_path: Path, digests: dict[str, str]) -> Path:
    results = tmp_path / "results"
    place_published.main(
        results / "published/one.json",
        [results / NAME],
        facts={"model": "one", "origin": {"commit": "abc"}},
        digests=digests,
        folder=str(tmp_path / "reference"),
        roots=[str(results)],
    )
    return results


def test_tables_are_laid_with_what_is_told_of_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    table = tmp_path / "reference" / NAME
    table.parent.mkdir(parents=True)
    table.write_bytes(b"rows")
    results = placed(tmp_path, {NAME: digest_of(table)})
    assert (results / NAME).read_bytes() == b"rows"
    assert files.read_json(results / "published/one.json")["origin"] == {"commit": "abc"}
    assert "one: 1 tables" in capsys.readouterr().out


def test_an_altered_table_stops_the_step(tmp_path: Path):
    (tmp_path / "reference" / NAME).parent.mkdir(parents=True)
    (tmp_path / "reference" / NAME).write_bytes(b"rows")
    with pytest.raises(PublishedError, match="is not as it was published"):
        placed(tmp_path, {NAME: "0" * 64})
    assert not (tmp_path / "results/published/one.json").exists()
