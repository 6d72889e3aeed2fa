"""The claim page and the findings of the README, from the committed reference alone: they say what was found and link to what exists."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml

from emotion_vectors.claims.permuted import unspecific
from emotion_vectors.figures import register
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
    figures = register.load(results.registered)
    sections = [file.relative_to(REPOSITORY) for file in sorted(REPOSITORY.glob("paper/sections/*.tex"))]
    sources = claim_pages.Sources(
        stages=STEPS,
        stimuli={"analyze_components": ["stories"]},
        figures=claim_pages.figures_of(figures),
        paragraphs=claim_pages.paragraphs_of(sections, list(results.registered)),
        folder="results",
    )
    placebo = load("placebo")
    remarks = claim_pages.Remarks(
        unspecific=unspecific(results.content, placebo.content),
        readings=readme.readings(FINDINGS, results, "default", placebo),
    )
    return claim_pages.page(results, sources, remarks, texts.load(WORKFLOW / "claims/textual_overlap.tsv"))


def section(page: str, claim: str) -> str:
    return page.split(f"\n## {claim}\n")[1].split("\n## ")[0]


def test_every_registered_claim_has_a_section(page, results):
    assert re.findall(r"^## ([A-Z]\d\db?)$", page, flags=re.MULTILINE) == list(results.registered)


def test_a_section_holds_every_part_on_every_model_and_where_it_comes_from(page, results):
    text = section(page, "A06")
    assert text.count("| PC1 and valence |") == len(results.models)
    assert "[rule analyze_components](../rules/geometry.smk)" in text
    assert "[stimuli: stories](../stimuli/stories)" in text
    assert "results/MODEL/evidence/analyze_components.parquet" in text
    assert "**not testable**" in section(page, "A16")


def test_where_the_paper_speaks_of_a_claim_is_no_comment(tmp_path):
    texts = {
        "main.tex": "% One claim: \\begin{claim}{A01}{title}\n\\section{Of A02 % A03\n}\n",
        "measures.tex": "50\\,\\% of it\n\\begin{claim}{A01}{Title}\n\\end{claim}\n\\begin{claim}{A04}{Other}\n",
        "results.tex": "A05\n\\section*{First} A01b\n\\subsection{Second}\n\\holds{A01b/part@135M}{\\est{A01b}{135M}}{XA03}\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    claims = ["A01", "A01b", "A02", "A03", "A04b", "A05"]
    spoken = claim_pages.paragraphs_of([tmp_path / name for name in texts], claims)
    assert {claim: (Path(of.file).name, of.line, of.is_own) for claim, of in spoken.items()} == {
        "A01": ("measures.tex", 2, True),
        "A01b": ("results.tex", 3, False),
        "A02": ("main.tex", 2, False),
        "A04b": ("measures.tex", 4, True),
    }


def rows_of(page: str, claim: str, part: str) -> list[list[str]]:
    """Cells of the rows of a part, one row for each model."""
    lines = [line for line in section(page, claim).splitlines() if line.startswith(f"| {part} |")]
    return [line.strip("|").split(" | ") for line in lines]


def test_a_corrected_p_is_no_percentile(page):
    assert rows_of(page, "A19", "desperate, slope")[0][3:5] == ["43.1", "1.00"]
    assert rows_of(page, "A26", "calm, slope")[0][4] != ""
    assert "uncorrected percentile" not in page
    assert rows_of(page, "A01", "above chance")[0][3:5] == ["100", ""]


def test_what_holds_no_less_with_permuted_labels_is_marked_and_nothing_else(page, results):
    told = unspecific(results.content, load("placebo").content)
    marked = 0
    for claim in ("W04", "W05", "W06", "W07", "W09", "A01", "A06", "S05"):
        for part in results.part_names(claim):
            for model, row in zip(results.models, rows_of(page, claim, part), strict=True):
                expected = (model, claim, part) in told.parts
                assert (claim_pages.UNSPECIFIC in row[6]) == expected, (model, claim, part)
                marked += expected
    assert marked > 3
    for claim in ("A01", "A06", "W01", "W10", "S05"):
        assert "not specific to emotion" not in section(page, claim)


def test_a_replicated_part_below_the_smallest_effect_of_interest_says_so(page, results):
    """Among them one that is predicted to be far below a reference of one, and is not small."""
    small = {}
    for claim in results.measured():
        for part in results.part_names(claim):
            if rows := rows_of(page, claim, part):
                small[claim, part] = [reported.SMALL in row[6] for row in rows]
                assert small[claim, part] == [results.is_small(claim, part, model) for model in results.models]
    assert any(map(any, small.values()))
    assert not any(small["W06", "random heads"])


def test_readings_stand_below_the_numbers(page):
    assert "How to read it: the null of permuted labels tests whether the arrangement is reliable" in section(
        page, "A10"
    )
    assert "times as often: more than chance" in section(page, "W09")
    assert "it is the judge of replies that closes the gate" in section(page, "A19")


def test_readings_that_rest_on_results_are_left_out_of_other_studies(results):
    readings = readme.readings(FINDINGS, results, "another", None)
    assert {"A10", "W01"} <= set(readings)
    assert not {"A19", "W06", "W09"} & set(readings)


def test_a_reading_that_no_longer_holds_is_named(results):
    changed = copy.deepcopy(results)
    for model in changed.models:
        changed.parts[model]["A19"]["desperate, rate at +0.05"]["why"] = "no reply makes sense"
    with pytest.raises(
        SentenceError, match=r"A19: '.* because mirrored replies told apart', but on 135M it says: no reply"
    ):
        readme.readings(FINDINGS, changed, "default", load("placebo"))


def test_every_link_of_the_page_leads_somewhere(page):
    figures = yaml.safe_load((WORKFLOW / "report/figures.yaml").read_text())
    for target in set(re.findall(r"\]\(([^)#]+)(?:#L\d+)?\)", page)):
        drawn_later = target.startswith("../../figures/") and Path(target).stem in figures
        assert (WORKFLOW / "claims" / target).exists() or drawn_later, target


def test_every_row_has_as_many_cells_as_its_head(page):
    for line in page.split("## What the two texts share")[0].splitlines():
        if line.startswith("| "):
            assert line.replace("\\|", "").count("|") == len(claim_pages.COLUMNS) + 1, line


def test_findings_say_what_was_found(results):
    text = readme.findings_table(FINDINGS, results, "default", load("placebo"))
    rows = [results.part("A01", "above chance", model) for model in results.models]
    assert f"{reported.estimates(rows)} right" in text
    assert not re.search(r"[{}]", text)


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ("{count A19/desperate, rate at +0.05: replies that make sense}", "no gate of .* stopped that part"),
        ("{count A01/above chance: replies that make sense}", "no gate of"),
        ("{beside A01/above chance: times chance}", "has no number of 'times chance'"),
    ],
)
def test_numbers_that_are_not_there_are_named(results, tmp_path, finding, said):
    content = yaml.safe_load(FINDINGS.read_text())
    content["findings"] = [{"question": "Is it?", "finding": finding, "holds": ["A02: replicated"]}]
    (tmp_path / "findings.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(SentenceError, match=said):
        readme.findings_table(tmp_path / "findings.yaml", results, "default", load("placebo"))


def test_a_count_with_permuted_labels_needs_the_placebo(results, tmp_path):
    content = yaml.safe_load(FINDINGS.read_text())
    content["findings"] = [{"question": "Is it?", "finding": "{both W04 W05}", "holds": ["A02: replicated"]}]
    (tmp_path / "findings.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(SentenceError, match="no reference of the placebo"):
        readme.findings_table(tmp_path / "findings.yaml", results, "default", None)


def test_a_finding_about_permuted_labels_is_held_against_the_placebo(results, tmp_path):
    content = yaml.safe_load(FINDINGS.read_text())
    content["findings"] = [{"question": "Is it?", "finding": "It is.", "holds": ["placebo W05: replicated"]}]
    (tmp_path / "findings.yaml").write_text(yaml.safe_dump(content))
    placebo = load("placebo")
    assert "It is." in readme.findings_table(tmp_path / "findings.yaml", results, "default", placebo)
    for model in placebo.models:
        placebo.judged[model]["W05"]["verdict"] = "not replicated"
    with pytest.raises(SentenceError, match="placebo 'W05: "):
        readme.findings_table(tmp_path / "findings.yaml", results, "default", placebo)


@pytest.mark.parametrize("claim", ["A04", "A05", "A06b", "A14", "A16"])
def test_a_finding_that_no_longer_holds_is_named(results, claim):
    changed = copy.deepcopy(results)
    for model in changed.models:
        changed.judged[model][claim]["verdict"] = "partial"
    with pytest.raises(SentenceError, match=rf"'{claim}: "):
        readme.findings_table(FINDINGS, changed, "default", load("placebo"))


def test_a_study_of_other_models_prints_verdicts(results):
    text = readme.findings_table(FINDINGS, results, "another", load("placebo"))
    assert "A05 replicated" in text
    assert "chance 0.02" not in text


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
