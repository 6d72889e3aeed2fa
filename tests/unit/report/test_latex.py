"""Numbers and text become LaTeX that says the same; what has no measurement says so."""

import re
import shutil
import subprocess

import pandas as pd
import pytest

from emotion_vectors.claims import evidence as evidence_rows
from emotion_vectors.claims import judging, records
from emotion_vectors.report import latex, macros, sentences
from emotion_vectors.report import results as reported
from emotion_vectors.report.tables import claims as paper_tables
from emotion_vectors.report.tables import numbers
from emotion_vectors.statistics import effects, wording

MODEL, OTHER = "small-model", "other_model"
STUDY = sentences.DescribedStudy("default", {"small": MODEL})


def entry(paper="sofroniew2026emotion", parts=("above chance",)):
    part = {"prediction": "positive", "at_least": 0, "smallest_effect": 0.05, "null_percentile": 95}
    return {
        "statement": "Adding 5 % of `calm` & more_of it",
        "original": "r = 0.81",
        "place": "§1",
        "paper": paper,
        "registered": "2026-11-21",
        "parts": [{"name": name, **part} for name in parts],
    }


def measured(estimate=0.31, percentile=97.2, guard=""):
    effect = effects.Effect(estimate, estimate - 0.19, estimate + 0.16, percentile, 0.2, 1152, "stories", "accuracy")
    return effect, guard


@pytest.fixture
def results():
    """A claim of two parts measured on one of two models, and one that nobody measured."""
    registered = {"A01": entry(parts=("above chance", "change at +0.1, own")), "W01": entry("wang2025circuits")}
    rows = [
        evidence_rows.evidence_row("A01", "above chance", measured()[0], beside="best component PC3, |r| 0.62"),
        evidence_rows.evidence_row("A01", "change at +0.1, own", measured(-0.02, 40.0)[0]),
    ]
    judged, parts = judging.judge(registered, pd.DataFrame(rows).assign(step="steer_feels"))
    empty = {name: {"verdict": judging.NOT_MEASURED} for name in registered}
    return reported.Results(
        registered, {MODEL: records.claim_records(judged), OTHER: empty}, {MODEL: records.part_records(parts)}
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b & 5 %", r"a\_b \& 5\,\%"),
        ("−0.31 × #2", r"$-$0.31 $\times$ \#2"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("after `feels`", "after ``feels''"),
        ('the "same"', "the ``same''"),
        ("§2.1, 1–2", r"\S{}2.1, 1--2"),
        ("|r| < 1 ~ $^", r"\textbar{}r\textbar{} \textless{} 1 \textasciitilde{} \$\textasciicircum{}"),
    ],
)
def test_escaping(text, expected):
    assert latex.escape(text) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(0.314, 2, "0.31"), (-0.314, 2, "−0.31"), (-0.001, 2, "0.00"), (1152, 0, "1,152"), (-1500.4, 0, "−1,500")],
)
def test_numbers(value, decimals, expected):
    assert wording.number(value, decimals) == expected


@pytest.mark.parametrize(
    ("values", "decimals"), [((0.5, 0.01), 2), ((0.09, 0.03), 3), ((0.004,), 4), ((22.0,), 1), ((212.0, -3.0), 0)]
)
def test_decimals_follow_the_largest_number(values, decimals):
    assert wording.decimals_for(*values) == decimals


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0.31, -0.004, 0.5), "0.31 [0.00, 0.50]"),
        ((0.00061693, 0.00060085, 0.0006337), "0.00062 [0.00060, 0.00063]"),
        ((0.19492, 0.19463, 0.19511), "0.1949 [0.1946, 0.1951]"),
        ((0.8222, 0.8167, 0.8222), "0.822 [0.817, 0.822]"),
        ((0.625, 0.625, 0.625), "0.62 [0.62, 0.62]"),
        ((0.5, 0.5 - 1e-12, 0.5 + 1e-12), "0.50 [0.50, 0.50]"),
        ((1200.0, 1180.2, 1221.4), "1,200 [1,180, 1,221]"),
    ],
)
def test_an_interval_has_the_decimals_that_tell_its_ends_apart(numbers, said):
    assert wording.interval(dict(zip(("estimate", "low", "high"), numbers, strict=True))) == said


@pytest.mark.parametrize(("value", "expected"), [(100.0, "100"), (99.96, "100.0"), (97.25, "97.2"), (0.0, "0")])
def test_percentiles(value, expected):
    assert wording.percentile({"null_percentile": value}) == expected


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["partial", "replicated"], "replicated on 1 of 2 models, partial on 1"),
        (["replicated", "replicated"], "replicated on both models"),
        (["not replicated", "not replicated"], "not replicated on either model"),
        (["not testable"] * 3, "not testable on any of 3 models"),
        (["partial"] * 3, "partial on all 3 models"),
        (["inconclusive"], "inconclusive"),
        (["not yet measured"] * 2, "not yet measured"),
        (["replicated", "not yet measured"], "replicated on 1 of 2 models, not yet measured on 1"),
    ],
)
def test_verdicts_over_models(verdicts, expected):
    assert reported.verdict_counts(verdicts) == expected


def test_a_failed_gate_is_named():
    row = {"verdict": "not testable", "why": "outside the coherent range"}
    assert reported.verdict_text(row) == "not testable: outside the coherent range"


def test_a_part_behind_a_closed_gate_shows_the_gate_and_no_number(results):
    registered = {"A19": entry(parts=("slope", "rate")), "A20": entry(parts=("rate",))}
    rows = [
        evidence_rows.evidence_row("A19", "slope", measured()[0]),
        evidence_rows.untested_row("A19", "rate", "blackmail in 0 of 24 replies"),
        evidence_rows.untested_row("A20", "rate", "blackmail in 0 of 24 replies"),
    ]
    judged, parts = judging.judge(registered, pd.DataFrame(rows).assign(step="evaluate_rates"))
    found = reported.Results(
        registered,
        {MODEL: records.claim_records(judged)},
        {MODEL: records.part_records(evidence_rows.mark_missing(parts))},
    )
    gate = "not testable: blackmail in 0 of 24 replies"
    assert reported.verdict_text(found.part("A19", "rate", MODEL)) == gate
    assert found.verdict("A19", MODEL) == "partial"
    table = paper_tables.claim_table(found)
    assert table.count("Not testable: blackmail in 0 of 24 replies") == 2
    assert r"\emph{on rate} & small-model" in table
    shown = table + "".join(numbers.number_tables(found).values()) + "\n".join(macros.claim_macros(found, STUDY))
    assert "nan" not in shown.lower()
    assert r"\csname ev@estimate@A20@small\endcsname{no estimate}" in shown


def test_every_registered_claim_and_part_has_its_macros(results):
    text = "\n".join(macros.claim_macros(results, STUDY))
    assert r"\csname ev@verdicts@A01\endcsname{partial on 1 of 2 models, not yet measured on 1}" in text
    assert r"\csname ev@verdicts@W01\endcsname{not yet measured}" in text
    assert r"\csname ev@interval@A01@small\endcsname{0.31 [0.12, 0.47]}" in text
    assert r"\csname ev@estimate@A01/change at +0.1, own@small\endcsname{$-$0.020}" in text
    assert r"\csname ev@beside@A01/above chance@small\endcsname{best component PC3, \textbar{}r\textbar{} 0.62}" in text
    assert r"\csname ev@interval@A01@other_model\endcsname{not yet measured}" in text
    assert r"\csname ev@estimate@W01/above chance@small\endcsname{not yet measured}" in text


def test_a_name_that_latex_cannot_look_up_is_refused():
    with pytest.raises(ValueError, match="5 % of it"):
        macros.definition("part", "5 % of it", text="1")


def test_no_cell_of_the_claim_table_is_blank_where_a_result_belongs(results):
    table = paper_tables.claim_table(results)
    assert table.count("not yet measured") == 4  # two parts and the verdict on the other model, and the other claim
    assert r"\emph{on above chance} & small-model & \multicolumn{4}" in table
    assert "Not judged: best component PC3" in table
    assert r"0.31 [0.12, 0.47] & 97.2 & 1,152 & replicated" in table
    assert r"$-$0.02 [$-$0.21, 0.14] & 40 & 1,152" in table.replace("40.0", "40")


def test_no_page_break_parts_a_claim_from_its_numbers_and_notes(results):
    lines = paper_tables.claim_table(results).splitlines()
    start = next(index for index, line in enumerate(lines) if r"\textbf{A01}" in line)
    end = next(index for index, line in enumerate(lines) if r"\textbf{W01}" in line) - 1
    assert all(line.endswith(r"\\*") for line in lines[start:end])
    assert lines[end].endswith(r"\\[2pt]")


def test_a_note_on_several_parts_stands_once_and_says_on_which(results):
    for part in results.parts[MODEL]["A01"].values():
        part["beside"] = "the same"
    table = paper_tables.claim_table(results)
    assert table.count("Not judged: the same") == 1
    assert r"\emph{on all parts}" in table


def test_the_gate_that_stopped_a_part_stands_beneath_it(results):
    part = results.parts[MODEL]["A01"]["above chance"]
    part |= {"verdict": "not testable", "why": "outside the coherent range"}
    table = paper_tables.claim_table(results)
    assert "1,152 & not testable" in table
    assert table.count("Not testable: outside the coherent range") == 1


def test_a_verdict_of_a_table_from_elsewhere_puts_no_markup_into_the_paper(results):
    strange = r"so_so \input{x}"
    results.judged[MODEL]["A01"]["verdict"] = strange
    for part in results.parts[MODEL]["A01"].values():
        part |= {"verdict": strange, "estimate": None}
    for table in (paper_tables.claim_table(results), *numbers.number_tables(results).values()):
        assert strange not in table
        assert "so_so" not in table
    assert rf"{MODEL} \emph{{so\_so \textbackslash{{}}input\{{x\}}}}" in paper_tables.claim_table(results)


def test_a_study_without_measurements_still_has_its_tables():
    none = reported.Results({"A01": entry()}, {MODEL: {}}, {})
    assert "not yet measured" in numbers.number_tables(none)["meaning"].lower()
    assert "not yet measured" in paper_tables.claim_table(none)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_macros_and_tables_are_latex(results, tmp_path):
    figures = {"accuracy_by_depth": macros.Figure("figures/x.pdf", "abc1234", "Decoding", "At 5 % of_depth.")}
    text = macros.macro_file(
        results, {"models": "a_b", "tier": "quick"}, figures, STUDY, held=True, explorer="../results/explorer.html"
    )
    latex.write(text, tmp_path / "macros.tex")
    body = [
        r"\ci{A01/change at +0.1, own}{small} \est{A01}{small} \beside{A01}{small} \verdicts{W01} \study{models}",
        rf"\ci{{A01}}{{{OTHER}}} \provenance{{accuracy_by_depth}} \figurecaption{{accuracy_by_depth}}",
        r"\typeout{AT \figurefile{accuracy_by_depth}}",
        r"\about{default}{small = small-model}\holds{A01: partial}{\typeout{SENTENCE}}{\nonsense}",
        paper_tables.claim_table(results),
        *numbers.number_tables(results).values(),
    ]
    packages = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{array,booktabs,tabularx,longtable}"
    source = "\n".join([packages, r"\input{macros}\begin{document}", *body, r"\end{document}"])
    (tmp_path / "main.tex").write_text(source)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout[-2000:]
    assert re.search(r"AT figures/x\.pdf", finished.stdout)
    assert "SENTENCE" in finished.stdout
    (tmp_path / "main.tex").write_text(source.replace(r"\study{models}", r"\study{nonsense}"))
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "study@nonsense" in refused.stdout
