"""Macros of the paper from the reference numbers: the sentences of the study that they are about, or a stop that names one."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml

from emotion_vectors.artefacts import files, provenance
from emotion_vectors.claims import registry
from emotion_vectors.multiverse import comparing
from emotion_vectors.report import placebo
from emotion_vectors.report.sentences import SentenceError
from steps.report import write_macros

ROOT = Path(__file__).resolve().parents[3]
CLAIM_FILES = sorted(ROOT.glob("workflow/claims/*.yaml"))
SCHEMA = ROOT / "workflow/schemas/claim.schema.yaml"
PLACEBO = ROOT / "workflow/reference/placebo.json"
SOURCES = sorted([ROOT / "paper/main.tex", *(ROOT / "paper/sections").glob("*.tex")])


def written(tmp_path, tier, spoil=lambda content: None, validity=()):
    """Macros of a study whose results are the reference numbers of its tier."""
    content = json.loads((ROOT / f"workflow/reference/{tier}.json").read_text())
    spoil(content)
    content |= {"tier": tier, "provenance": {"git_commit": "0123456789"}}
    (tmp_path / "claims.json").write_text(json.dumps(content))
    (tmp_path / "facts.json").write_text(
        json.dumps({"study": {"stories": "1,152"}, "reply_words": {"blackmail": 40.0}})
    )
    registered = registry.load(CLAIM_FILES, SCHEMA)
    files.write_table(comparing.compare(registered, content, {}, {}), tmp_path / "multiverse.parquet")
    run = provenance.Run(rule="write_macros", config_sha256="0" * 64, seed=None, threads=1)
    with provenance.running(run):
        write_macros.main(
            tmp_path / "claims.json",
            CLAIM_FILES,
            SCHEMA,
            tmp_path / "facts.json",
            [PLACEBO],
            validity,
            tmp_path / "multiverse.parquet",
            SOURCES,
            [],
            ROOT / "CITATION.cff",
            tmp_path / "macros.tex",
            tier=tier,
            sources_folder="paper",
            explorer="../results/explorer.html",
            texts={},
        )
    return (tmp_path / "macros.tex").read_text()


def test_the_default_study_prints_the_sentences_that_are_about_it(tmp_path):
    text = written(tmp_path, "default")
    assert r"\newcommand{\holds}[3]{#2}" in text
    assert r"\csname ev@estimate@A05@135M\endcsname{" in text
    assert r"\csname ev@study@stories\endcsname{1,152}" in text
    whose = placebo.whose(json.loads((tmp_path / "claims.json").read_text()), str(PLACEBO))
    assert rf"\csname ev@study@placebowhose\endcsname{{{whose}}}" in text
    assert (
        r"\csname ev@study@blackmailreplynats\endcsname{1.20}" in text
    )  # 40 words of 0.03 nats per token at the least


def test_the_title_names_version_commit_and_digest_of_the_table_of_results(tmp_path):
    text = written(tmp_path, "quick")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    digest = hashlib.sha256((tmp_path / "claims.json").read_bytes()).hexdigest()
    facts = {"version": cited["version"], "commit": "0123456", "resultsdigest": digest}
    for key, value in facts.items():
        assert rf"\csname ev@study@{key}\endcsname{{{value}}}" in text
    title = (ROOT / "paper/main.tex").read_text(encoding="utf-8").partition(r"\date{")[2].partition("\n\n")[0]
    assert all(rf"\study{{{key}}}" in title for key in facts)


def test_another_study_prints_neutral_forms_and_says_whose_placebo_it_quotes(tmp_path):
    text = written(tmp_path, "quick")
    assert r"\newcommand{\holds}[3]{#3}" in text
    assert "placebo of the default study" in text


def test_placebos_over_many_seeds_are_said_where_they_are_counted(tmp_path):
    assert r"\csname ev@study@placeboseeds\endcsname{not run over several seeds yet}" in written(tmp_path, "quick")
    pooled = {"replicated": 2, "testable": 80, "share": 0.025, "low": 0.003, "high": 0.09}
    counts = {
        "seeds": 20,
        "pooled": dict.fromkeys(("parts", "parts_in_force", "claims"), pooled),
        "bars": {"part": 0.15},
        "above_bar": [],
    }
    validity = tmp_path / "validity.json"
    validity.write_text(json.dumps({"placebo": counts, "planted": {}}))
    text = written(tmp_path, "quick", validity=[validity])
    assert r"\csname ev@study@placeboseeds\endcsname{over 20 seeds 2 of 80 verdicts on parts" in text


def test_what_other_choices_leave_is_counted_and_what_was_not_run_is_said(tmp_path):
    text = written(tmp_path, "quick")
    whole = comparing.whole_claims(files.read_table(tmp_path / "multiverse.parquet"))
    (half, could_half), (twice, could_twice) = list(comparing.shares(whole, "choice").values())[:2]
    assert f"{{{half} of {could_half} (half the size), {twice} of {could_twice} (twice the size), " in text
    assert "not run yet: shallower layer, deeper layer, whole text, unprojected and float32" in text
    assert r"\csname ev@study@changedbysize\endcsname{A03b and A04}" in text
    assert r"\csname ev@study@plantedfound\endcsname{not counted for the default study yet}" in text


def test_planted_effects_are_said_with_their_sizes_and_shams(tmp_path):
    sizes = {"found_share": {"0.5": 0.3, "2": 0.96}, "found_interval": {"0.5": [0.2, 0.4], "2": [0.9, 0.99]}}
    shams = {"sham_share": 0.031, "sham_interval": [0.02, 0.05], "plants_of_a_size": 70, "shams": 210}
    validity = tmp_path / "validity.json"
    validity.write_text(json.dumps({"planted": sizes | shams}))
    said = r"30\,\% [20, 40] of 0.5 times and 96\,\% [90, 99] of 2 times the smallest effect, 70 plants of a size, and 3.1\,\%"
    assert said in written(tmp_path, "quick", validity=[validity])


def test_a_sentence_that_no_longer_holds_stops_the_paper_by_name(tmp_path):
    def spoil(content):
        content["claims"]["smollm2-135m-instruct"]["A06"]["verdict"] = "replicated"

    with pytest.raises(
        SentenceError, match=r"first_registration\.tex line \d+: 'A06: not replicated', but on 135M it is replicated"
    ):
        written(tmp_path, "default", spoil)
    assert not (tmp_path / "macros.tex").exists()
