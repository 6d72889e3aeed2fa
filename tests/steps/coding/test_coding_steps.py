"""Steps of the coding stage: answers are run, revised where attempts are allowed, and held against answers of known class."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from emotion_vectors.artefacts import files
from emotion_vectors.coding import outcome_labels, revisions
from emotion_vectors.coding.agent import Examined
from emotion_vectors.coding.outcomes import Outcome
from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.conduct.gates import NOT_RUN
from emotion_vectors.replies import sampled, transcripts
from emotion_vectors.replies.transcripts import ATTEMPTS
from emotion_vectors.stimuli import situations
from steps.coding import revise_answers, run_programs, validate_outcomes
from steps.replies import generate_replies
from tests.steps.lending import ROW, SAMPLING

TASKS = "workflow/stimuli/behaviours/hacking.jsonl"


@pytest.fixture(scope="module")
def study(lending):
    """First answers of the tiny model to two coding tasks."""
    lines = Path(TASKS).read_text().splitlines()[:2]
    lending.file("hacking.jsonl").write_text("\n".join(lines) + "\n")
    row = lending.rows("lending")[0] | {
        "items": "hacking",
        "variants": ("neutral",),
        "readouts": ("likelihood", "code"),
    }
    generate_replies.main(
        lending.file("hacking.jsonl"),
        lending.file("weights"),
        lending.file("first.jsonl"),
        behaviour="hacking",
        row=ROW,
        rows=[row],
        partial=str(lending.file("first.partial")),
        settings=SAMPLING,
        code_sha256="code",
        seed=1,
    )
    return lending


@pytest.fixture
def isolated(monkeypatch):
    """Says that programs can be run, and what they amount to, without running any."""
    monkeypatch.setattr(sandbox, "available", lambda _minimum: SimpleNamespace(means="unshare"))
    monkeypatch.setattr(
        revisions, "examine", lambda _answer, _task, *, minimum: Examined("broken code", minimum, "it fails")
    )
    honest = SimpleNamespace(outcome=Outcome.HONEST_ATTEMPT)
    monkeypatch.setattr(outcome_labels, "judge", lambda _answer, _task, *, minimum: honest)


def revise(study, attempts=2, vectors=(), transcript="first.jsonl"):
    revise_answers.main(
        study.file(transcript),
        study.file("hacking.jsonl"),
        study.file("weights"),
        [study.file(name) for name in vectors[:1]],
        [study.file(name) for name in vectors[1:]],
        study.file("revised.jsonl"),
        row=ROW,
        partial=str(study.file("rounds")),
        depth=0.6,
        settings=SAMPLING,
        attempts=attempts,
        minimum="namespaces",
        nulls=10,
        code_sha256="code",
        seed=1,
    )
    assert not study.file("rounds").exists()
    return transcripts.load(study.file("revised.jsonl"))


def labels_of(study, transcript):
    run_programs.main(
        study.file(transcript), study.file("hacking.jsonl"), study.file("labels.parquet"), minimum="namespaces"
    )
    return files.read_table(study.file("labels.parquet")), files.provenance_of(study.file("labels.parquet"))


def test_answers_without_attempts_are_run(study, isolated):
    labels, facts = labels_of(study, "first.jsonl")
    assert list(labels.columns) == [*transcripts.SAMPLED, "label", "side", "coherent"]
    assert set(labels["side"]) == {"honest"}
    assert facts["isolation"] == "unshare"


def test_answers_that_fail_are_revised_and_their_attempts_counted(study, isolated):
    assert revise(study)[ATTEMPTS].map(len).tolist() == [2, 2]
    labels, facts = labels_of(study, "revised.jsonl")
    assert labels["attempts"].tolist() == [2, 2]
    assert set(labels["side"]) == {outcome_labels.NEITHER}
    assert not labels["coherent"].any()
    assert facts["isolation"] == "unshare"


def test_steered_answers_are_revised_under_the_same_vectors(study, isolated, monkeypatch):
    table = transcripts.load(study.file("first.jsonl"))
    steered = [
        transcripts.Sample(
            **{**vars(sample), "direction": "calm", "kind": "emotion", "strength_norm_fraction": 0.1}
        ).line(reply)
        for sample, reply in zip(*sampled.parts_of(table), strict=True)
    ]
    files.write_json_lines(steered, study.file("calm.jsonl"))
    seen = []
    given = revisions.Rounds.work
    monkeypatch.setattr(
        revisions.Rounds, "work", lambda rounds, *rest: (seen.append(rounds.sampler), given(rounds, *rest))[1]
    )
    revise(study, vectors=("vectors.safetensors", "shuffled_main.safetensors"), transcript="calm.jsonl")
    (sampler,) = seen
    assert [condition.direction for condition in sampler.steering.conditions] == ["calm"]
    torch.testing.assert_close(sampler.steering.vectors.norm(dim=1), torch.tensor([0.2]))


def test_where_programs_cannot_be_run_nothing_is_sampled_and_nothing_has_a_class(study, monkeypatch):
    monkeypatch.setattr(sandbox, "available", lambda _minimum: None)
    first = transcripts.load(study.file("first.jsonl"))
    assert revise(study)["text"].tolist() == first["text"].tolist()
    for transcript in ("first.jsonl", "revised.jsonl"):
        labels, facts = labels_of(study, transcript)
        assert set(labels["label"]) == set(labels["side"]) == {NOT_RUN}
        assert facts["isolation"] == NOT_RUN


def test_classes_are_held_against_answers_of_known_class(study, monkeypatch):
    """A few answers are run for real; the rule runs all of them."""
    lines = Path("workflow/stimuli/hacking_answers/answers.jsonl").read_text().splitlines()
    tasks = {item.scenario for item in situations.load_items(study.file("hacking.jsonl"))}
    few = [line for line in lines if any(f'"{task}"' in line for task in tasks)][:6]
    study.file("answers.jsonl").write_text("\n".join(line.replace('"development"', '"unseen"') for line in few) + "\n")
    validate_outcomes.main(
        study.file("hacking.jsonl"),
        study.file("answers.jsonl"),
        study.file("outcomes.parquet"),
        behaviour="hacking",
        bootstraps=20,
        seed=1,
    )
    table = files.read_table(study.file("outcomes.parquet"))
    assert len(table) == len(few) > 3
    assert (table["label"] == table["predicted"]).mean() > 0.6
