"""A sentence of the paper that does not say what was found stops the paper, and is named."""

import copy
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from emotion_vectors.report import results as reported
from emotion_vectors.report import sentences
from emotion_vectors.report.sentences import DescribedStudy, SentenceError

ROOT = Path(__file__).resolve().parents[3]
CLAIM_FILES = sorted(ROOT.glob("workflow/claims/*.yaml"))
SCHEMA = ROOT / "workflow/schemas/claim.schema.yaml"
SOURCES = sorted([ROOT / "paper/main.tex", *(ROOT / "paper/sections").glob("*.tex")])
SMALL, LARGE = "small-model", "large-model"
STUDY = DescribedStudy("default", {"S": SMALL, "L": LARGE})


def row(verdict="replicated", estimate=0.5, opposite=False, why=""):
    return {
        "verdict": verdict,
        "estimate": estimate,
        "reference": 0.0,
        "opposite": opposite,
        "why": why,
        "beside": "11.7 times chance",
    }


@pytest.fixture
def found():
    """A claim of two parts on two models: the second part fails on the large one, with an effect against the claim."""
    registered = {"A01": {"parts": [{"name": "rate at +0.1"}, {"name": "stories: above words"}]}}
    parts = {
        SMALL: {
            "A01": {"rate at +0.1": row(estimate=0.4, why="large enough"), "stories: above words": row(estimate=0.2)}
        },
        LARGE: {
            "A01": {
                "rate at +0.1": row(estimate=0.6, why="large, too"),
                "stories: above words": row("not replicated", -0.1, True),
            }
        },
    }
    judged = {SMALL: {"A01": {"verdict": "replicated"}}, LARGE: {"A01": {"verdict": "partial"}}}
    return reported.Results(registered, judged, parts)


def check(found, *conditions, study=STUDY, tier="default", placebo=None):
    sentences.check(study, [sentences.Sentence("results.tex line 7", conditions)], found, tier, placebo)


@pytest.mark.parametrize(
    "condition",
    [
        "A01@S: replicated",
        "A01@L: partial",
        "A01/rate at +0.1: replicated, positive",
        "A01/stories: above words@L: not replicated, negative, opposite",
        "A01/rate at +0.1@L > A01/rate at +0.1@S",
        "A01/stories: above words < A01/rate at +0.1",
        "A01/stories: above words < 0.3",
        "A01/stories: above words@L > -0.2",
        "A01/rate at +0.1 because large",
        "A01/rate at +0.1@S because large enough",
        "A01/stories: above words beside 11.7 times chance",
    ],
)
def test_conditions_that_hold(found, condition):
    check(found, condition)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("A01: replicated", "'A01: replicated', but on L it is partial, positive"),
        ("A01/stories: above words: positive", "but on L it is not replicated, negative, opposite"),
        ("A01/rate at +0.1: opposite", "but on S it is replicated, positive"),
        ("A01/rate at +0.1@L < A01/rate at +0.1@S", "but on L the estimate is 0.6, against 0.4"),
        ("A01/rate at +0.1 because large enough", "but on L it says: large, too"),
        ("A01/rate at +0.1@S because large en", "but on S it says: large enough"),
        ("A01/stories: above words@S because large", "but on S it says: nothing"),
        ("A01/rate at +0.1@S beside 1.7 times chance", "but on S it says: 11.7 times chance"),
        ("A01/rate at +0.1 < 0.5", "but on L the estimate is 0.6, against 0.5"),
    ],
)
def test_conditions_that_do_not_hold_are_named_with_what_was_found(found, condition, said):
    with pytest.raises(SentenceError) as error:
        check(found, "A01@S: replicated", condition)
    assert f"results.tex line 7: '{condition}'" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("A99: replicated", "claim A99 is not registered"),
        ("A01/rate: replicated", r"A01 has the parts \['rate at \+0.1'"),
        ("A01@XL: replicated", "names the models S, L"),
        ("A99 because large", "claim A99 is not registered"),
        ("A01: rejected", "cannot be read"),
        ("A01", "cannot be read"),
    ],
)
@pytest.mark.parametrize("tier", ["default", "quick"])
def test_conditions_that_cannot_be_read_are_named_in_every_study(found, condition, said, tier):
    with pytest.raises(SentenceError, match=said):
        check(found, condition, tier=tier)


def test_sentences_are_held_only_against_the_study_that_they_are_about(found):
    for study in (DescribedStudy("quick", STUDY.models), DescribedStudy("default", {"S": SMALL})):
        check(found, "A01@S: not replicated", study=study)
    assert STUDY.is_that_of(found, "default")
    assert not STUDY.is_that_of(found, "placebo")


def test_what_is_said_of_the_placebo_is_held_against_the_placebo(found):
    permuted = copy.deepcopy(found)
    permuted.judged[SMALL]["A01"] = {"verdict": "not replicated"}
    check(found, "placebo A01@S: not replicated", placebo=permuted)
    with pytest.raises(SentenceError, match=r"placebo 'A01@S: not replicated', but on S it is not yet measured"):
        check(found, "placebo A01@S: not replicated")


def test_sources_are_read_with_their_lines_and_without_comments(tmp_path):
    lines = [
        r"\about{default}{S = small-model;",
        " L = large-model}",
        r"% \holds{A09: replicated}{}{}",
        r"\holds{A01: replicated;",
        "  A01@S:",
        " positive}{a}{b}",
    ]
    (tmp_path / "a.tex").write_text("\n".join(lines))
    study, guarded = sentences.read_sentences([tmp_path / "a.tex"])
    assert study == STUDY
    assert guarded == [sentences.Sentence("a.tex line 4", ("A01: replicated", "A01@S: positive"))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0 times"),
        (r"\about{a}{S = x}\about{b}{S = x}", "2 times"),
        (r"\about{default}{S, L}", "SHORT NAME = MODEL"),
        (r"\about{default}{S = x}\holds{ }{a}{b}", "line 1: .*no condition"),
    ],
)
def test_sources_that_cannot_be_read_are_refused(tmp_path, text, said):
    (tmp_path / "a.tex").write_text(text)
    with pytest.raises(SentenceError, match=said):
        sentences.read_sentences([tmp_path / "a.tex"])


# The sentences of the paper, against the reference numbers of the study that they are about --------------------------


def reference(name):
    return reported.load(CLAIM_FILES, SCHEMA, ROOT / f"workflow/reference/{name}.json")


@pytest.fixture(scope="module")
def paper():
    return sentences.read_sentences(SOURCES)


@pytest.fixture(scope="module")
def default():
    return reference("default")


@pytest.fixture(scope="module")
def permuted():
    return reference("placebo")


def test_the_sentences_of_the_paper_say_what_the_reference_numbers_say(paper, default, permuted):
    study, guarded = paper
    assert len(guarded) > 20
    assert study.is_that_of(default, "default"), "the reference is of other models; revise the sentences and \\about"
    sentences.check(study, guarded, default, "default", permuted)


def test_the_sentences_are_about_the_models_of_the_default_study(paper):
    config = yaml.safe_load((ROOT / "workflow/config/config.yaml").read_text())
    study, _ = paper
    assert study.tier == config["tier"]
    assert sorted(study.models.values()) == sorted(config["models"])


@contextmanager
def changed(row, **values):
    """A row of results with other values, until the block ends."""
    before = dict(row)
    row.update(values)
    try:
        yield
    finally:
        row.update(before)


def stated(paper, words):
    """Conditions of the paper that use one of these words, with the claim, part and model that each is about."""
    study, guarded = paper
    for condition in sorted({one for sentence in guarded for one in sentence.conditions}):
        name, _, said = condition.rpartition(": ")
        if set(said.split(", ")) & set(words) and not condition.startswith("placebo "):
            whole, _, short = name.partition("@")
            claim, _, part = whole.partition("/")
            yield condition, claim, part, study.models[short or min(study.models)]


def stopped_by(condition, paper, results, permuted):
    with pytest.raises(SentenceError) as error:
        sentences.check(*paper, results, "default", permuted)
    return f"'{condition}'" in str(error.value)


def test_every_verdict_that_the_paper_states_is_bound(paper, default, permuted):
    """Another verdict on any claim or part that a sentence names stops the paper."""
    count = 0
    for condition, claim, part, model in stated(paper, sentences.VERDICTS):
        row = default.parts[model][claim][part] if part else default.judged[model][claim]
        with changed(row, verdict="partial" if row["verdict"] != "partial" else "replicated"):
            assert stopped_by(condition, paper, default, permuted)
        count += 1
    assert count > 60


def test_every_sign_that_the_paper_states_is_bound(paper, default, permuted):
    count = 0
    for condition, claim, part, model in stated(paper, ("positive", "negative", "opposite")):
        row = default.parts[model][claim][part or default.part_names(claim)[0]]
        with changed(row, estimate=-row["estimate"], opposite=False):
            assert stopped_by(condition, paper, default, permuted)
        count += 1
    assert count > 8


def test_other_studies_print_neutral_forms(paper):
    study, guarded = paper
    for tier, name in (("quick", "quick"), ("placebo", "placebo")):
        found = reference(name)
        assert not study.is_that_of(found, tier)
        sentences.check(study, guarded, found, tier)
