"""Published tables are taken into a study whose settings, inputs and models they share, unaltered, or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_vectors.archive import publications, taken
from emotion_vectors.archive.manifest import Member
from emotion_vectors.archive.publications import Basis, Origin, Publication, PublishedError
from emotion_vectors.artefacts import files

SOURCE = Path("published.json")
REFERENCE = Path(__file__).resolve().parents[3] / "workflow/reference"
MOST_MEGABYTES = 15
"""Of what full runs leave in the repository, all studies together."""
ROW = {"format": "gguf", "sha256": "-", "dtype": "float32", "template": "chat", "sources": ["hub:a/b@1"]}
SETTINGS = {"tier": "mine", "statistics": {"bootstraps": 400}, "acts": {"strengths": [0.1, 0.3]}}
BASIS = Basis(SETTINGS, {"workflow/stimuli/stories": "a" * 64}, {"one": ROW})
TABLES = {"one/evidence/read_lens.parquet": b"rows", "one/gates.parquet": b"more rows"}
TIMES = {"machine": {"cpu": "a processor", "cores": 2}, "precision": "float32"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Published tables of one model, and what is told of their study."""
    folder = tmp_path / "published"
    for name, content in TABLES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    files.write_json({"models": [{"name": "one", "shape": "2 × 8"}]}, folder / "facts.json")
    steps = {"fit": {"one": {"jobs": 1}}, "capture": {"one": {"jobs": 1}, "study": {"jobs": 2}}}
    files.write_json({**TIMES, "steps": steps}, folder / "run_times.json")
    return folder


@pytest.fixture
def publication(folder: Path) -> Publication:
    members = tuple(
        Member.of_file(file.relative_to(folder).as_posix(), file) for file in folder.rglob("*") if file.is_file()
    )
    return Publication(BASIS, {"one": Origin("abc", "0" * 64, "float32")}, members)


def test_what_is_published_can_be_read_again(publication: Publication, tmp_path: Path):
    files.write_json(publication.content(), tmp_path / "published.json")
    assert publications.load(tmp_path / "published.json") == publication


def test_where_nothing_was_published_the_command_that_does_is_named(tmp_path: Path):
    with pytest.raises(PublishedError, match=r"no file .*published\.json: .*run the study .* and then `reference`$"):
        publications.load(tmp_path / "published.json")


def test_another_file_is_no_list_of_published_tables(publication: Publication, tmp_path: Path):
    files.write_json({**publication.content(), "layout": 0}, tmp_path / "published.json")
    with pytest.raises(PublishedError, match=r"is not as `reference` writes it \(\$\.layout\); restore it"):
        publications.load(tmp_path / "published.json")


def test_settings_of_names_machines_folders_and_models_may_differ():
    settings = {
        **SETTINGS,
        "models": ["one"],
        "published": [],
        "compute": {},
        "folders": {},
        "readme": True,
        "placebo": {},
    }
    assert publications.settings_compared(settings) == {key: value for key, value in SETTINGS.items() if key != "tier"}


def test_another_source_of_weights_with_a_digest_is_no_other_model():
    assert publications.row_compared({**ROW, "licence": "MIT"}) == ROW
    known = {**ROW, "sha256": "b" * 64, "licence": "MIT"}
    assert publications.row_compared(known) == publications.row_compared({**known, "sources": ["hub:c/d@2"]})


DIFFERING = {
    r"statistics\.bootstraps is 2000 in this study and 400 in the one of published\.json": replace(
        BASIS, settings={**SETTINGS, "statistics": {"bootstraps": 2000}}
    ),
    r"acts\.strengths is \[0\.1\] in this study and \[0\.1, 0\.3\] in": replace(
        BASIS, settings={**SETTINGS, "acts": {"strengths": [0.1]}}
    ),
    r"controls is 3 in this study and absent in": replace(BASIS, settings={**SETTINGS, "controls": 3}),
    r"workflow/stimuli/stories is not what it was in the study of .* \(SHA-256 bbbbbbbbbbbb, then aaaaaaaaaaaa\)": replace(
        BASIS, inputs={"workflow/stimuli/stories": "b" * 64}
    ),
    r"models\.tsv, row 'one', column dtype is bfloat16, and float32 in": replace(
        BASIS, rows={"one": {**ROW, "dtype": "bfloat16"}}
    ),
    r"published\.json lists no model 'two', only one; run it": replace(BASIS, rows={"two": ROW}),
}


@pytest.mark.parametrize(("message", "basis"), DIFFERING.items(), ids=DIFFERING)
def test_what_differs_is_named_in_a_line_with_a_remedy(publication: Publication, message: str, basis: Basis):
    publications.check_basis(publication, BASIS, SOURCE, "models.tsv")
    with pytest.raises(PublishedError, match=message) as refused:
        publications.check_basis(publication, basis, SOURCE, "models.tsv")
    assert re.fullmatch(
        r"published: [^\n]*; [^\n]*(`published`, so that it is run|correct the name)", str(refused.value)
    )


SPOILT: dict[str, Callable[[Path], object]] = {
    r"no file .*gates\.parquet; restore it": lambda file: file.unlink(),
    r"gates\.parquet is not as it was published \(another SHA-256\); restore it": lambda file: file.write_bytes(b"x"),
}


@pytest.mark.parametrize(("message", "spoil"), SPOILT.items(), ids=SPOILT)
def test_a_file_that_is_missing_or_altered_is_named_and_none_is_copied(
    publication: Publication, folder: Path, tmp_path: Path, message: str, spoil: Callable[[Path], object]
):
    publications.check_files(publication.digests, folder, TABLES)
    spoil(folder / "one/gates.parquet")
    copies = {name: tmp_path / "results" / name for name in TABLES}
    with pytest.raises(PublishedError, match=message):
        publications.copy_tables(publication.digests, folder, copies)
    assert not (tmp_path / "results").exists()


def test_a_file_that_is_not_listed_is_not_taken(publication: Publication, folder: Path):
    (folder / "one/new.parquet").write_bytes(b"x")
    with pytest.raises(
        PublishedError, match=r"new\.parquet was not published, and this commit reads it; use the commit"
    ):
        publications.check_files(publication.digests, folder, ["one/new.parquet"])


def test_tables_are_copied_as_they_are(publication: Publication, folder: Path, tmp_path: Path):
    publications.copy_tables(publication.digests, folder, {name: tmp_path / "results" / name for name in TABLES})
    assert {name: (tmp_path / "results" / name).read_bytes() for name in TABLES} == TABLES


def test_a_model_is_told_of_with_the_run_that_measured_it(publication: Publication, folder: Path):
    told = taken.told_of(publication, folder, "one")
    assert told["card"] == {"name": "one", "shape": "2 × 8", "published_commit": "abc"}
    assert (told["steps"], told["measured_on"]) == ({"capture": {"jobs": 1}, "fit": {"jobs": 1}}, TIMES)
    assert told["origin"] == {"commit": "abc", "config_sha256": "0" * 64, "precision": "float32"}


def test_what_was_taken_once_keeps_its_machine_when_it_is_taken_again(
    publication: Publication, folder: Path, tmp_path: Path
):
    told = taken.told_of(publication, folder, "one")
    files.write_json(told, tmp_path / "told.json")
    later = {
        "machine": {"cpu": "another", "cores": 64},
        "precision": "bfloat16",
        "steps": {"fit": {"two": {"jobs": 1}}},
    }
    files.write_json(taken.with_times(later, [tmp_path / "told.json"]), folder / "run_times.json")
    files.write_json({"models": [{"name": "two"}, told["card"]]}, folder / "facts.json")
    # Its text as well: by that, Snakemake tells whether anything has changed.
    assert json.dumps(taken.told_of(publication, folder, "one")) == json.dumps(told)
    assert taken.origins_of([tmp_path / "told.json"]) == publication.origins


def test_a_model_without_a_card_is_named(publication: Publication, folder: Path):
    files.write_json({"models": []}, folder / "facts.json")
    with pytest.raises(PublishedError, match=r"facts\.json tells nothing of one; take it out of `published`"):
        taken.told_of(publication, folder, "one")


def test_a_study_without_taken_models_keeps_its_times():
    assert taken.with_times({"steps": {}}, []) == {"steps": {}}


@pytest.mark.parametrize("tier", ["default", "quick"])
def test_committed_tables_are_those_that_were_published(tier: str):
    published = publications.load(REFERENCE / tier / "published.json").members
    folder = REFERENCE / tier / "results"
    laid = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if is_kept(file)}
    assert tuple(Member.of_file(name, laid[name]) for name in sorted(laid)) == tuple(
        sorted(published, key=lambda member: member.name)
    )


def test_what_is_committed_of_full_runs_stays_small():
    sizes = [file.stat().st_size for file in REFERENCE.rglob("*") if is_kept(file)]
    assert 0 < sum(sizes) < MOST_MEGABYTES * 1e6


def is_kept(file: Path) -> bool:
    """Whether this is a file that a run leaves, and no mark that Snakemake sets for itself."""
    return file.is_file() and file.name != ".snakemake_timestamp"
