"""The claim page and the findings of the README, from the committed reference alone: they say what was found and link to what exists."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml

from emotion_vectors.artefacts import files
from emotion_vectors.overlap import texts
from emotion_vectors.report import claim_pages, readme
from emotion_vectors.report import results as reported
from emotion_vectors.report.sentences import SentenceError

REPOSITORY = Path(__file__).parents[3]
WORKFLOW = REPOSITORY / "workflow"
FINDINGS = WORKFLOW / "report/findings.yaml"
STEPS = {path.stem: path.parent.name for path in (REPOSITORY / "scripts/steps").glob("*/*.py")}


def load(tier: str) -> reported.Results:
    claim_files = sorted(WORKFLOW.glob("claims/*.yaml"))
    return reported.load(claim_files, WORKFLOW / "schemas/claim.schema.yaml", WORKFLOW / f"reference/{tier}.json")


@pytest.fixture(scope="module")
def results() -> reported.Results:
    return load("default")


@pytest.fixture(scope="module")
def page(results: reported.Results) -> str:
    register = yaml.safe_load((WORKFLOW / "report/figures.yaml").read_text())
    sections = [file.relative_to(REPOSITORY) for file in sorted(REPOSITORY.glob("paper/sections/*.tex"))]
    sources = claim_pages.Sources(
        stages=STEPS,
        stimuli={"analyze_components": ["stories"]},
        figures=claim_pages.figures_of(register),
        paragraphs=claim_pages.paragraphs_of(sections, list(results.registered)),
        folder="results",
    )
    permuted = claim_pages.permuted_replications(files.read_json(WORKFLOW / "reference/placebo.json"))
    return claim_pages.page(results, sources, permuted, texts.load(WORKFLOW / "claims/textual_overlap.tsv"))


def section(page: str, claim: str) -> str:
    return page.split(f"\n## {claim}\n")[1].split("\n## ")[0]


def test_every_registered_claim_has_a_section(page, results):
    assert re.findall(r"^## ([A-Z]\d\d)$", page, flags=re.MULTILINE) == list(results.registered)


def test_a_section_holds_every_part_on_every_model_and_where_it_comes_from(page, results):
    text = section(page, "A06")
    assert text.count("| PC1 and valence |") == len(results.models)
    assert "[rule analyze_components](../rules/geometry.smk)" in text
    assert "[stimuli: stories](../stimuli/stories)" in text
    assert "results/MODEL/evidence/analyze_components.parquet" in text
    assert "**not yet measured**" in section(page, "A11")


def test_a_percentile_before_correction_has_its_own_column(page):
    [row, *_] = [line for line in section(page, "A20").splitlines() if line.startswith("| calm, slope |")]
    assert row.split(" | ")[3:5] == ["0", "56.9"]
    assert "uncorrected percentile" not in section(page, "A20")


def test_what_permuted_labels_replicate_is_marked(page):
    assert "not specific to emotion" in section(page, "W05")
    assert "not specific to emotion" not in section(page, "A06")


def test_every_link_of_the_page_leads_somewhere(page):
    figures = yaml.safe_load((WORKFLOW / "report/figures.yaml").read_text())
    for target in set(re.findall(r"\]\(([^)#]+)\)", page)):
        drawn_later = target.startswith("../../figures/") and Path(target).stem in figures
        assert (WORKFLOW / "claims" / target).exists() or drawn_later, target


def test_every_row_has_as_many_cells_as_its_head(page):
    for line in page.split("## What the two texts share")[0].splitlines():
        if line.startswith("| "):
            assert line.replace("\\|", "").count("|") == len(claim_pages.COLUMNS) + 1, line


def test_findings_say_what_was_found(results):
    text = readme.findings_table(FINDINGS, results, "default", load("placebo"))
    assert "0.78 and 0.67 right" in text
    assert not re.search(r"\{[A-Z]\d\d", text)


@pytest.mark.parametrize("claim", ["A02", "A06", "A19", "W05", "O03"])
def test_a_finding_that_no_longer_holds_is_named(results, claim):
    changed = copy.deepcopy(results)
    for model in changed.models:
        changed.judged[model][claim]["verdict"] = "partial"
    with pytest.raises(SentenceError, match=rf"'{claim}: "):
        readme.findings_table(FINDINGS, changed, "default", load("placebo"))


def test_a_study_of_other_models_prints_verdicts(results):
    text = readme.findings_table(FINDINGS, results, "another", load("placebo"))
    assert "A02 replicated on both models" in text
    assert "Yes." not in text


def test_the_readme_is_a_door():
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert len(text.encode()) <= 10 * 1024
    assert text.splitlines().index("## Run it") < 40
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (REPOSITORY / target).exists() or target.startswith("figures/"), target


def test_the_readme_holds_the_findings_of_the_committed_reference(results):
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    table = readme.findings_table(FINDINGS, results, "default", load("placebo"))
    assert readme.replace_between(text, "findings", table) == text
