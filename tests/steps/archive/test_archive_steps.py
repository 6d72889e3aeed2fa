"""A study becomes one file, and the file its tables again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from rocrate.rocrate import ROCrate

from emotion_vectors.archive import publications
from emotion_vectors.archive.manifest import ArchiveError
from steps.archive import archive, unpack_archive

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = ROOT / "workflow/reference/quick/results"
MODEL = "smollm2-135m-instruct"
TABLES = sorted((PUBLISHED / MODEL / "geometry").glob("*.parquet"))


def pack(tmp_path: Path, largest_megabytes: float = 15) -> Path:
    """An archive of some tables of the quick study and a figure."""
    figure = tmp_path / "plane.png"
    figure.write_bytes(b"PNG")
    packed = tmp_path / "archive.tar.gz"
    archive.main(
        results=PUBLISHED / "claims.json",
        tables=[PUBLISHED / "claims.json", *TABLES],
        tensors=[],
        figures=[figure],
        pages=[],
        times=PUBLISHED / "run_times.json",
        citation=ROOT / "CITATION.cff",
        archive=packed,
        reference=[str(ROOT / "workflow/reference/quick.json")],
        roots=[str(PUBLISHED)],
        tier="quick",
        models=[MODEL],
        basis=publications.load(PUBLISHED.parent / "published.json").basis,
        largest_megabytes=largest_megabytes,
    )
    return packed


@pytest.fixture
def archived(tmp_path: Path) -> Path:
    return pack(tmp_path)


def restored(archived: Path, folder: Path, tables: list[str], tier: str = "quick") -> None:
    unpack_archive.main(
        archive=[archived],
        tables=[folder / "tables" / table for table in tables],
        source=str(archived),
        folder=str(folder),
        tier=tier,
        models=[MODEL],
        largest_megabytes=15,
    )


def test_tables_come_back_as_they_were(archived: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "results/restored"
    restored(archived, folder, ["claims.json"])
    for table in [PUBLISHED / "claims.json", *TABLES]:
        assert (folder / "tables" / table.relative_to(PUBLISHED)).read_bytes() == table.read_bytes()
    assert (folder / "figures/plane.png").read_bytes() == b"PNG"
    assert (folder / "reference/quick.json").is_file()
    assert re.search(
        r"\d+ files, [\d.]+ MB, all as the manifest says; results of commit [0-9a-f]{40}", capsys.readouterr().out
    )


def test_what_is_restored_is_a_research_object_crate(archived: Path, tmp_path: Path):
    folder = tmp_path / "restored"
    restored(archived, folder, [])
    crate = ROCrate(folder)
    laid = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert {entity.id for entity in crate.get_by_type("File")} == laid - {"manifest.json", "ro-crate-metadata.json"}
    assert "quick" in crate.name
    (run,) = crate.get_by_type("CreateAction")
    taken = {entity["name"]: entity for entity in run["object"]}
    assert {"workflow/stimuli/stories", "workflow/norms/warriner2013.csv", f"weights of {MODEL}"} < {*taken}
    assert all(len(entity["sha256"]) == 64 for name, entity in taken.items() if name.startswith("workflow/"))


def test_a_checker_finds_the_files_that_a_check_makes_again(archived: Path, tmp_path: Path):
    folder = tmp_path / "restored"
    restored(archived, folder, [])
    content = yaml.safe_load((folder / "codecheck.yml").read_text(encoding="utf-8"))
    assert content["version"] == "https://codecheck.org.uk/spec/config/1.0/"
    assert [entry["file"] for entry in content["manifest"]] == ["figures/plane.png"]
    assert all((folder / entry["file"]).is_file() and entry["comment"] for entry in content["manifest"])
    assert {"codechecker", "report", "certificate"} & {*content} == set()


def test_size_and_digest_of_an_archive_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    archived = pack(tmp_path)
    said = capsys.readouterr().out
    assert re.search(rf"{archived}: \d+ files, [\d.]+ MB, [\d.]+ MB compressed, SHA-256 [0-9a-f]{{64}}", said)


@pytest.mark.parametrize(
    ("tables", "tier", "why"), [(["facts.json"], "quick", "lacks tables/facts.json"), ([], "default", "tier")]
)
def test_an_archive_that_does_not_serve_leaves_nothing(
    archived: Path, tmp_path: Path, tables: list[str], tier: str, why: str
):
    """Snakemake has made the folders of the tables before the step starts."""
    folder = tmp_path / "results/restored"
    (folder / "tables" / MODEL).mkdir(parents=True)
    with pytest.raises(ArchiveError, match=why):
        restored(archived, folder, tables, tier)
    assert [*folder.parent.iterdir()] == []


def test_an_archive_that_bears_the_name_of_a_download_is_kept(archived: Path, tmp_path: Path):
    named = archived.rename(tmp_path / "archive.download")
    restored(named, tmp_path / "restored", ["claims.json"])
    assert named.is_file()


def test_what_is_too_large_for_an_archive_is_said_with_the_key(tmp_path: Path):
    with pytest.raises(ArchiveError, match=r"at most 0\.001 MB may be archived; .*\. Raise archive_megabytes"):
        pack(tmp_path, largest_megabytes=0.001)
    assert not (tmp_path / "archive.tar.gz").exists()
