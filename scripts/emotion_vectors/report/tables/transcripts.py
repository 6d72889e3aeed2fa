"""Tables of the paper about sampled replies: a few of them word by word, and how far their classes can be trusted."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts import files
from emotion_vectors.judges.validation import BOTH, EACH_OTHER, OF_HANDS, SENSE, both_say, labelled_as
from emotion_vectors.replies import transcripts
from emotion_vectors.report import latex
from emotion_vectors.statistics.wording import number
from emotion_vectors.stimuli.reply_classes import NONE

SHOWN = 420
"""Characters of a reply that are printed."""


def shown_replies(
    transcript_files: Sequence[Path], label_files: Sequence[Path], models: Sequence[str], sets: Sequence[str]
) -> pd.DataFrame:
    """The replies that the paper prints, with what is said of each.

    Args:
        transcript_files, label_files: by model, then by set, each with its unsteered replies before its steered ones.
    Returns:
        Tidy table: model, behaviour, situation, variant, steering, class, text.
    """
    labelled = [
        transcripts.load(replies).assign(label=files.read_table(labels)["label"])
        for replies, labels in zip(transcript_files, label_files, strict=True)
    ]
    pairs = iter(zip(labelled[::2], labelled[1::2], strict=True))
    rows = [
        row
        for model in models
        for name in sets
        for row in shown_of(model, name, pd.concat(next(pairs), ignore_index=True))
    ]
    columns = ["model", "behaviour", "situation", "variant", "steering", "class", "text"]
    return pd.DataFrame(rows, columns=columns)


def shown_of(model: str, behaviour: str, transcript: pd.DataFrame) -> list[dict[str, str]]:
    """Rows of `shown_replies` for one model and set.

    Args:
        transcript: all its replies, with the column `label`.
    """
    return [
        {
            "model": model,
            "behaviour": behaviour,
            "situation": str(row["scenario"]),
            "variant": str(row["variant"]),
            "steering": steering_of(row),
            "class": class_of(row),
            "text": str(row["text"]),
        }
        for row in chosen(transcript).to_dict("records")
    ]


def agreement_of(validation_files: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Facts about the agreement of classes with hand labels, by behaviour set, from beside the tables of validation.

    A set is named with the model that judged it where one did, so that judges of the same replies stand beside each other.
    """
    return {
        f"{name}, judged by {record['judge']}" if "judge" in record else name: facts
        for record in map(files.provenance_of, validation_files)
        for name, facts in record["agreement"].items()
    }


def chosen(transcript: pd.DataFrame) -> pd.DataFrame:
    """The replies that are printed: of the first situation in its last variant, the first sample under no null direction."""
    first = transcript["scenario"].iloc[0]
    last = transcript.loc[transcript["scenario"] == first, "variant"].iloc[-1]
    of_situation = (transcript["scenario"] == first) & (transcript["variant"] == last) & (transcript["sample"] == 0)
    kept: pd.DataFrame = transcript[of_situation & transcript["kind"].isin(["unsteered", "emotion"])]
    return kept


def printable(text: str) -> str:
    """A reply on one line, cut after `SHOWN` characters; what the fonts of the paper lack is a question mark."""
    line = " ".join(text.split())
    shown = f"{line[:SHOWN]}…" if len(line) > SHOWN else line
    kept = "".join(letter if letter.isascii() or letter in latex.ESCAPES else "?" for letter in shown)
    return latex.escape(kept) or latex.emphasised("nothing")


def steering_of(row: Mapping[Hashable, Any]) -> str:
    """For instance "calm +0.05"."""
    return "unsteered" if row["kind"] == "unsteered" else f"{row['direction']} {row['strength_norm_fraction']:+g}"


def class_of(row: Mapping[Hashable, Any]) -> str:
    """Class of a reply; where a model could try again, with the number of the attempt, the last, whose class it is."""
    attempts = row.get(transcripts.ATTEMPTS)
    return f"{row['label']}, attempt {len(attempts)}" if attempts else str(row["label"])


def transcript_table(shown: pd.DataFrame) -> str:
    """Replies of each model to the first situation of each set.

    Args:
        shown: as `shown_replies` made it.
    """
    body = []
    for row in shown.to_dict("records"):
        situation = f"{row['behaviour']} {row['situation']}, {row['variant']}"
        facts = [row["model"], situation, row["steering"], row["class"]]
        body.append(latex.row([*map(latex.escape, facts), printable(row["text"])]))
    columns = "@{}" + "".join(rf"{latex.LEFT}p{{{width}\textwidth}}" for width in (0.13, 0.12, 0.1, 0.1, 0.47)) + "@{}"
    head = ["Model", "Situation", "Steering", "Class", "Reply"]
    caption = (
        "Replies word by word: the first situation of each set in its last variant, first sample. Line breaks are spaces, long replies "
        "are cut. All replies are in the transcripts of the study."
    )
    return latex.longtable(columns, head, body, caption=caption, label="transcripts")


REPLIES_JUDGED = (
    "Classes of replies against hand labels, each reply classed without any reply to its situation being seen."
)
HANDS_JUDGED = (
    "Emotions of sampled replies of models that were asked to voice one, as two hands, language models, read them independently: those "
    "of the first beside those of the second, and those of each, and of both where they are alike, beside the verdicts of a judge. "
    "Rates of voiced emotions count the six-way choice. Intervals resample scenarios."
)
EMOTIONS_JUDGED = "Emotions of replies against the labels of their writer; the judge was fitted on other texts."


def judge_tables(validation_file: Path, by_models: Sequence[Path], hand_files: Sequence[Path]) -> dict[str, str]:
    """Tables on the judge of emotions by name: its agreement with labels of written replies, and with two hands on sampled ones."""
    return {"emotion_judge": emotion_table(validation_file, by_models), "sampled_judge": hands_table(hand_files)}


def emotion_table(validation_file: Path, by_models: Sequence[Path]) -> str:
    """How far the judge of emotions agrees with labels, and the one that was fitted without written replies.

    Args:
        by_models: tables of a second judge, a language model: on labelled replies, and on those of a model against the first judge.
    """
    facts = files.provenance_of(validation_file)
    agreement = {
        **facts["agreement"],
        "six or none, fitted without written replies": facts["agreement_stories_only"]["six or none"],
    }
    for record in map(files.provenance_of, by_models):
        agreement |= {f"{name}, by {record['judge']}": row for name, row in record["agreement"].items()}
    return validation_table(agreement, EMOTIONS_JUDGED, "emotionjudge")


def hands_table(validation_files: Sequence[Path]) -> str:
    """How far two hands agree on sampled replies, and each judge of emotions with them.

    Args:
        validation_files: of the fitted judge, then of a second one, a language model, where the study has it.
    """
    agreement: dict[str, Any] = {}
    for record in map(files.provenance_of, validation_files):
        judge = f", by {record['judge']}" if "judge" in record else ""
        of_judge = {f"{name}{judge}": row for name, row in record["agreement"].items() if name not in OF_HANDS}
        agreement |= {name: record["agreement"][name] for name in OF_HANDS} | of_judge
    return validation_table(agreement, f"{HANDS_JUDGED} {few_voices(agreement)}", "sampledjudge")


def few_voices(agreement: Mapping[str, Mapping[str, Any]]) -> str:
    """How little of what two hands read in sampled replies is an emotion, in words."""
    alike, none = agreement[BOTH]["replies"], labelled_as(agreement[BOTH], NONE)
    senseless, replies = both_say(agreement[SENSE], "no"), agreement[EACH_OTHER]["replies"]
    return (
        f"Both hands label {number(alike, 0)} replies alike, {number(none, 0)} of them none, and {number(senseless, 0)} of "
        f"{number(replies, 0)} make sense to neither: how judges do on replies of models that voice an emotion rests on "
        f"{number(alike - none, 0)}."
    )


def validation_table(
    agreement: Mapping[str, Mapping[str, Any]], caption: str = REPLIES_JUDGED, label: str = "validation"
) -> str:
    """How far the classes of replies agree with hand labels, and which are taken for which.

    Args:
        agreement: behaviour set, or other name -> facts as `agreement.summarise` gives them.
    """
    body = []
    for name, facts in agreement.items():
        low, high = (number(end, 2) for end in facts["kappa_interval"])
        total = (
            f"{name}: {number(facts['replies'], 0)} replies in {number(facts['situations'], 0)} situations, accuracy "
            f"{number(facts['accuracy'], 2)}, kappa {number(facts['kappa'], 2)} [{low}, {high}]"
        )
        body.append(rf"\multicolumn{{3}}{{@{{}}l@{{}}}}{{{latex.emphasised(latex.escape(total))}}} \\")
        body += _confusions(facts["classes"], facts["confusion_label_by_predicted"])
    columns = rf"@{{}}ll{latex.LEFT}X@{{}}"
    table = latex.tabular(
        columns, ["Hand label", "Given the same class", "Other classes given"], body, width=r"\textwidth"
    )
    return latex.floating(table, caption=caption, label=label, wide=True, position="htbp", size="scriptsize")


def _confusions(classes: Sequence[str], counts_by_label: Sequence[Sequence[int]]) -> list[str]:
    """Rows of a table: hand label, how many replies were given it, and what the others were taken for."""
    rows = []
    for given, counts in zip(classes, counts_by_label, strict=True):
        others = [f"{other} {count}" for other, count in zip(classes, counts, strict=True) if count and other != given]
        right = f"{counts[classes.index(given)]} of {sum(counts)}"
        rows.append(latex.row([rf"\enspace {latex.escape(given)}", right, latex.escape(", ".join(others)) or "none"]))
    return rows
