"""Tables about conduct: every gate and number stands where it belongs, and replies cannot break the page."""

import pandas as pd
import pytest

from emotion_vectors.claims import judging
from emotion_vectors.conduct import gates
from emotion_vectors.report.tables import conduct, transcripts

MODELS = ("small-model", "other_model")


def gate(quantity, value, passed, readout=gates.CHOICE):
    return gates.Gate(
        "blackmail", readout, quantity, value, value - 0.1, value + 0.1, 48, "questions", "at least 0.8", passed
    )


def test_gates_stand_beside_each_other_and_failures_are_bold():
    first = gates.table([gate("answered rightly", 0.9, passed=True), gate("by the letter", 0.2, passed=True)])
    second = gates.table([gate("answered rightly", 0.6, passed=False)])
    table = conduct.gate_table(dict(zip(MODELS, (first, second), strict=True)))
    row = next(line for line in table.splitlines() if "answered rightly" in line)
    assert "at least 0.8 & 0.90 [0.80, 1.00], n = 48 questions & " in row
    assert r"\textbf{0.60 [0.50, 0.70], n = 48 questions}" in row
    assert judging.NOT_MEASURED in next(line for line in table.splitlines() if "by the letter" in line)


def test_names_of_sets_and_readouts_are_letters_and_no_markup():
    one = gate("answered_rightly", 0.9, passed=True, readout=r"by_letter\input{x}")
    lines = conduct.gate_table({"small_model": gates.table([one]).assign(behaviour="my_set")}).splitlines()
    assert any(line.endswith(r"{\emph{my\_set}} \\") for line in lines)
    (row,) = [line for line in lines if line.startswith(r"\enspace")]
    assert row.startswith(r"\enspace by\_letter\textbackslash{}input\{x\} & answered\_rightly & ")


def effects(estimate, emotion="calm", **columns):
    row = {
        "estimate": estimate,
        "low": estimate - 0.01,
        "high": estimate + 0.01,
        "null_percentile": 99.0,
        "null_95": 0.02,
        "n": 36,
        "of": "items",
        "unit": "nats",
        "reference": 0.0,
        "emotion": emotion,
        "p": 0.01,
        "experiment": "blackmail",
    }
    return pd.DataFrame([row | columns])


def test_choices_are_shown_for_named_emotions_of_models_that_passed():
    found = pd.concat([effects(-0.12), effects(0.3, "proud")])
    table = conduct.choice_table(
        {MODELS[0]: found, MODELS[1]: effects(0.1).iloc[:0]}, {"blackmail": ("calm",), "pleasing": ("happy",)}
    )
    assert r"small-model & blackmail & calm & $-$0.12 [$-$0.13, $-$0.11] & 99.0 & 36" in table
    assert "proud" not in table
    assert "other" not in table


def test_no_choices_at_all_are_said():
    nothing = {model: effects(0.1).iloc[:0] for model in MODELS}
    assert conduct.NO_CHOICES in conduct.choice_table(nothing, {"blackmail": ("calm",)})


def test_secondary_slopes_are_those_of_the_emotion():
    found = pd.concat(
        [effects(-0.12, measure="raw"), effects(-0.05, measure="adjusted"), effects(0.3, "sad", measure="raw")]
    )
    depths = pd.DataFrame({"experiment": "blackmail", "emotion": ["calm", "sad"], "band_slope_nats": [-0.03, 0.5]})
    table = conduct.secondary_table({MODELS[0]: found}, {MODELS[0]: depths}, {"blackmail": ("calm",)})
    assert r"$-$0.12 [$-$0.13, $-$0.11] & $-$0.050 [$-$0.060, $-$0.040] & $-$0.030" in table
    assert "sad" not in table


def test_every_control_shows_the_slope_of_its_own_tone():
    found = pd.concat(
        effects(0.1 + place / 100, emotion, measure=measure, experiment=tone)
        for tone, emotions in conduct.CONTROLS.items()
        for place, emotion in enumerate(emotions)
        for measure in ("raw", "adjusted")
    )
    table = conduct.control_table({MODELS[0]: found})
    assert r"tone\_warm & happy & small-model & 0.10 [0.09, 0.11] & 99.0 & 36" in table
    assert r"tone\_hostile & hostile & small-model & 0.11 [0.10, 0.12] & 99.0 & 36" in table


def test_spans_are_percentages():
    spans = pd.DataFrame(
        [{"experiment": "tone_warm", "share": 0.31, "shuffled_95": 0.2, "gaussian_95": 0.07, "dimensions": 47}]
    )
    assert r"tone\_warm & small-model & 31.0 & 20.0 & 7.0" in conduct.span_table({MODELS[0]: spans})


def transcript():
    rows = [
        (scenario, variant, direction, kind, strength, sample, f"{scenario} {variant} {direction} {sample}")
        for scenario in ("b01", "b02")
        for variant in ("none", "tonight")
        for direction, kind, strength in (
            ("-", "unsteered", 0.0),
            ("calm", "emotion", 0.05),
            ("Gaussian 0", "Gaussian", 0.05),
        )
        for sample in (0, 1)
    ]
    columns = ["scenario", "variant", "direction", "kind", "strength_norm_fraction", "sample", "text"]
    return pd.DataFrame(rows, columns=columns).assign(label="compliance")


def test_printed_replies_are_chosen_by_their_place():
    assert list(transcripts.chosen(transcript())["text"]) == ["b01 tonight - 0", "b01 tonight calm 0"]
    table = transcripts.transcript_table(pd.DataFrame(transcripts.shown_of(MODELS[0], "blackmail", transcript())))
    assert "blackmail b01, tonight & unsteered & compliance & b01 tonight - 0" in table
    assert "calm +0.05" in table
    assert "Gaussian" not in table
    tried = transcript().assign(attempts=[[{}, {}]] * len(transcript()))
    assert {row["class"] for row in transcripts.shown_of(MODELS[0], "blackmail", tried)} == {"compliance, attempt 2"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\n b", "a b"),
        (r"\input{x} 5% & _", r"\textbackslash{}input\{x\} 5\% \& \_"),
        ("好 café", "? caf?"),
        ("", r"\emph{nothing}"),
    ],
)
def test_replies_cannot_break_the_page(text, expected):
    assert transcripts.printable(text) == expected


def test_a_long_reply_is_cut():
    assert transcripts.printable("x" * 1000) == "x" * transcripts.SHOWN + r"\dots{}"


def test_validation_names_what_is_taken_for_what():
    facts = {
        "replies": 30,
        "situations": 12,
        "accuracy": 0.8,
        "kappa": 0.7,
        "kappa_interval": [0.5, 0.9],
        "classes": ["blackmail", "refusal"],
        "confusion_label_by_predicted": [[12, 3], [0, 15]],
    }
    table = transcripts.validation_table({"blackmail": facts}, "Classes.", "validation")
    assert r"\label{tab:validation}" in table
    assert "30 replies in 12 situations, accuracy 0.80, kappa 0.70 [0.50, 0.90]" in table
    assert "blackmail & 12 of 15 & refusal 3" in table
    assert "refusal & 15 of 15 & none" in table
