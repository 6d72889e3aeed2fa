"""Files of a finished study: tidy, with provenance, in both formats where they are figures; and a paper without holes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from emotion_vectors.artefacts import files

MOST_PAGES = 12
"""Of the body of the paper with its figures and tables; references and appendix come behind it."""


def test_tables_are_tidy_and_say_where_they_come_from(study):
    tables = [table for model in study.models for table in (study.results / model).rglob("*.parquet")]
    assert len(tables) > 20
    for path in tables:
        table = files.read_table(path)
        missing = [name for name in table.columns[table.isna().any()] if not name.endswith("_or_missing")]
        assert not missing, (path, missing)
        assert {"rule", "git_commit", "config_sha256", "libraries", "device", "seconds"} <= set(
            files.provenance_of(path)
        ), path


def test_vectors_keep_their_contract(study):
    for model in study.run:
        with files.open_tensors(study.results / model / "vectors.safetensors") as file:
            vectors, norms, emotions = file.tensor("vectors"), file.tensor("norms"), file.listed("emotions")
            assert vectors.shape[:2] == (len(emotions), len(norms))
            assert str(vectors.dtype) == "torch.float32"
            assert "hidden_states[l + 1]" in file.fact("layer_convention")
            for digest in ("model_sha256", "stories_sha256"):
                assert re.fullmatch(r"[0-9a-f]{64}", file.fact(digest))
            assert vectors.mean(0).abs().max() < 1e-3 * vectors.abs().max()


def test_every_figure_is_there_in_both_formats_and_listed(study):
    figures = {file.stem for file in study.figures.glob("*.pdf")}
    assert figures
    assert figures == {file.stem for file in study.figures.glob("*.png")}
    listed = (study.figures / "README.md").read_text()
    assert [name for name in figures if f"{name}.pdf" not in listed] == []


def test_the_paper_has_no_holes_and_holds_the_numbers_of_the_claims(study, judged):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    command = ["pdftotext", str(study.paper / "main.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "??" not in text
    for model in study.models:
        assert f"{judged['claims'][model]['A01']['estimate']:.2f}" in text


def page_of(label: str, labels: str) -> int:
    """Page of a label in the auxiliary file of LaTeX."""
    [page] = re.findall(rf"\\newlabel\{{{re.escape(label)}\}}\{{\{{[^{{}}]*\}}\{{(\d+)\}}", labels)
    return int(page)


def floats_of_the_body(sources: Path) -> list[str]:
    """Labels of the figures and of the tables of numbers that the text in front of the references prints."""
    body = (sources / "main.tex").read_text(encoding="utf-8").split(r"\label{end:body}")[0]
    sections = [sources / f"{name}.tex" for name in re.findall(r"\\input\{(sections/\w+)\}", body)]
    text = body + "".join(section.read_text(encoding="utf-8") for section in sections)
    figures = re.findall(r"\\figureof\{(\w+)\}", text)
    tables = re.findall(r"\\input\{generated/(numbers_\w+)\}", text)
    return [f"fig:{name}" for name in figures] + [f"tab:{name}" for name in tables]


def test_the_body_of_the_paper_is_short(study, judged):
    if judged["tier"] not in ("default", "quick"):
        pytest.skip("papers of other studies may have more models, and more pages")
    labels = (study.paper / "build/main.aux").read_text(encoding="utf-8")
    assert 1 < page_of("end:body", labels) <= MOST_PAGES
    printed = [label for label in floats_of_the_body(Path("paper")) if rf"\newlabel{{{label}}}" in labels]
    assert len(printed) > 10
    assert {label: page for label in printed if (page := page_of(label, labels)) > MOST_PAGES} == {}


@pytest.mark.parametrize(
    ("line", "page"),
    [
        (r"\newlabel{end:body}{{8}{12}{Availability}{section.8}{}}", 12),
        (r"\newlabel{end:body}{{}{9}{}{}{}}", 9),
        ("\\newlabel{sec:limits}{{7}{11}{Limits}{section.7}{}}\n\\newlabel{end:body}{{8}{13}{A}{section.8}{}}", 13),
    ],
)
def test_the_page_of_a_label_is_read(line, page):
    assert page_of("end:body", line) == page
