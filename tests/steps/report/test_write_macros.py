"""Macros of the paper from the reference numbers: the sentences of the study that they are about, or a stop that names one."""

import json
from pathlib import Path

import pytest

from emotion_vectors.artefacts import provenance
from emotion_vectors.report.sentences import SentenceError
from steps.report import write_macros

ROOT = Path(__file__).resolve().parents[3]
CLAIM_FILES = sorted(ROOT.glob("workflow/claims/*.yaml"))
SCHEMA = ROOT / "workflow/schemas/claim.schema.yaml"
PLACEBO = ROOT / "workflow/reference/placebo.json"
SOURCES = sorted([ROOT / "paper/main.tex", *(ROOT / "paper/sections").glob("*.tex")])


def written(tmp_path, tier, spoil=lambda content: None):
    """Macros of a study whose results are the reference numbers of its tier."""
    content = json.loads((ROOT / f"workflow/reference/{tier}.json").read_text())
    spoil(content)
    content |= {"tier": tier, "provenance": {"git_commit": "0123456789"}}
    (tmp_path / "claims.json").write_text(json.dumps(content))
    (tmp_path / "facts.json").write_text(
        json.dumps({"study": {"stories": "1,152"}, "reply_words": {"blackmail": 40.0}})
    )
    run = provenance.Run(rule="write_macros", config_sha256="0" * 64, seed=None, threads=1)
    with provenance.running(run):
        write_macros.main(
            tmp_path / "claims.json", CLAIM_FILES, SCHEMA, tmp_path / "facts.json", [PLACEBO], SOURCES, [],
            tmp_path / "macros.tex", tier=tier, sources_folder="paper", texts={},
        )  # fmt: skip
    return (tmp_path / "macros.tex").read_text()


def test_the_default_study_prints_the_sentences_that_are_about_it(tmp_path):
    text = written(tmp_path, "default")
    assert r"\newcommand{\holds}[3]{#2}" in text
    assert r"\csname ev@estimate@A05@135M\endcsname{" in text
    assert r"\csname ev@study@stories\endcsname{1,152}" in text
    assert r"\csname ev@study@placebowhose\endcsname{}" in text
    assert (
        r"\csname ev@study@blackmailreplynats\endcsname{1.20}" in text
    )  # 40 words of 0.03 nats per token at the least


def test_another_study_prints_neutral_forms_and_says_whose_placebo_it_quotes(tmp_path):
    text = written(tmp_path, "quick")
    assert r"\newcommand{\holds}[3]{#3}" in text
    assert "placebo of the default study" in text


def test_a_sentence_that_no_longer_holds_stops_the_paper_by_name(tmp_path):
    def spoil(content):
        content["claims"]["smollm2-135m-instruct"]["A06"]["verdict"] = "replicated"

    with pytest.raises(
        SentenceError, match=r"results\.tex line \d+: 'A06: not replicated', but on 135M it is replicated"
    ):
        written(tmp_path, "default", spoil)
    assert not (tmp_path / "macros.tex").exists()
