"""Vectors of two speakers: planted families are told apart or found alike, and dialogues without emotion close the gate."""

import numpy as np
import pytest

from emotion_vectors.claims import judging, registry
from emotion_vectors.context import two_speakers
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.function.speakers import SpeakerDialogue

CLAIM = registry.load(["workflow/claims/anthropic-2026.yaml"], "workflow/schemas/claim.schema.yaml")["A14"]
EMOTIONS = ("proud", "calm", "angry", "sad", "bored", "guilty")
WIDTH = 40
DRAWS = Draws(bootstraps=120, shuffles=120, seed=2)
GRID = [
    SpeakerDialogue(f"{a}_{b}_{number}", (a, b), ("one", "two", "three", "four"))
    for a in EMOTIONS
    for b in EMOTIONS
    for number in (1, 2)
]


def dialogues_of(present: float, other: float, alike: float, seed: int = 0, placebo: int | None = None):
    """Dialogues of speakers whose own emotion adds `present`, the other's `other`; alike is the share that both families have in common."""
    generator = np.random.default_rng(seed)
    own, unlike = generator.normal(size=(2, len(EMOTIONS), WIDTH))
    others = alike * own + np.sqrt(1 - alike**2) * unlike
    states = generator.normal(size=(2, len(GRID), 2, WIDTH))
    for at, dialogue in enumerate(GRID):
        first, second = (EMOTIONS.index(name) for name in dialogue.emotions)
        states[:, at, 0] += present * own[first] + other * others[second]
        states[:, at, 1] += present * own[second] + other * others[first] + 3.0
    return two_speakers.dialogues_of(GRID, states, placebo)


def judged(*strengths, **changes):
    dialogues = dialogues_of(*strengths, **changes)
    measured = two_speakers.comparisons(dialogues, DRAWS)
    row = two_speakers.evidence_on_speakers(dialogues, measured, DRAWS)
    return row, judging.verdict_on(CLAIM, CLAIM["parts"][0], row).verdict, measured


def test_perpendicular_families_are_replicated():
    row, verdict, measured = judged(0.8, 0.8, 0.0)
    assert verdict == judging.REPLICATED
    assert abs(row["estimate"]) < 0.35
    assert (row["reference"], row["n"]) == (1.0, len(GRID))
    labels = [effect.estimate for name, effect in measured.items() if name != two_speakers.BETWEEN]
    assert labels == pytest.approx([1, 1], abs=0.15)


def test_one_family_is_not():
    row, verdict, _ = judged(0.8, 0.8, 1.0)
    assert row["estimate"] == pytest.approx(1, abs=0.15)
    assert verdict == judging.NOT_REPLICATED


def test_families_turned_round_are_called_opposed():
    row, verdict, _ = judged(0.8, 0.8, -0.7)
    assert row["estimate"] < -0.5
    assert row["unconfirmed"].startswith("vectors of both families are opposed")
    assert "the corrected cosine is negative" in row["beside"]
    assert verdict != judging.REPLICATED
    # Wherever the null is exceeded, the sign is what withdraws the verdict.
    exceeded = row | {"null_percentile": 100.0}
    assert judging.verdict_on(CLAIM, CLAIM["parts"][0], exceeded).verdict == judging.PARTIAL
    assert judging.verdict_on(CLAIM, CLAIM["parts"][0], exceeded | {"unconfirmed": ""}).verdict == judging.REPLICATED


@pytest.mark.parametrize(("present", "other", "closed"), [(0.8, 0.0, "other"), (0.0, 0.8, "present")])
def test_a_family_that_states_do_not_hold_closes_the_gate(present, other, closed):
    """One gate in twenty opens by chance."""
    rows = [judged(present, other, 0.0, seed=seed) for seed in (1, 2, 3)]
    assert judging.REPLICATED not in {verdict for _, verdict, _ in rows}
    guards = [row["guard"] for row, verdict, _ in rows if verdict == judging.NOT_TESTABLE]
    assert len(guards) >= 2
    assert all(guard.startswith(f"vectors of emotions of the {closed} speaker name them in") for guard in guards)


def test_permuted_emotions_close_the_gate():
    verdicts = [judged(0.8, 0.8, 0.0, placebo=seed)[1] for seed in (1, 2, 3)]
    assert judging.REPLICATED not in verdicts


def test_weak_signals_are_corrected_for_noise():
    strong, weak = (
        np.mean(
            [
                two_speakers.corrected_cosine(
                    *(
                        two_speakers.family_of(dialogues_of(size, size, 0.6, seed=seed).labelled(), kind)
                        for kind in two_speakers.NAMES
                    )
                )
                for seed in range(8)
            ]
        )
        for size in (2.0, 0.5)
    )
    assert strong == pytest.approx(0.6, abs=0.12)
    assert weak == pytest.approx(strong, abs=0.12)


def test_labels_of_the_two_families_are_those_of_who_speaks():
    labelled = dialogues_of(1, 1, 0).labelled()
    at = next(number for number, dialogue in enumerate(GRID) if dialogue.emotions == ("calm", "bored"))
    names = two_speakers.dialogues_of(GRID, np.zeros((2, len(GRID), 2, 1)), None).emotions
    present, other, speaker = labelled.labels[:, [2 * at, 2 * at + 1]]
    assert [names[number] for number in present] == ["calm", "bored"]
    assert [names[number] for number in other] == ["bored", "calm"]
    assert speaker.tolist() == [0, 1]


def test_blocks_hold_every_pair_and_their_diagonal_the_same_emotion():
    dialogues = dialogues_of(2, 2, 0.0)
    table = two_speakers.cosine_blocks(dialogues)
    assert len(table) == (2 * len(EMOTIONS)) ** 2
    same = table[table["emotion"] == table["other_emotion"]].groupby(["family", "other_family"])["cosine"].mean()
    assert same["present speaker", "present speaker"] > 0.8
    assert same["other speaker", "other speaker"] > 0.8
    assert abs(same["present speaker", "other speaker"]) < 0.3
