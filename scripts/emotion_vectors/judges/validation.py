"""How far judges can be trusted: what they say of labelled replies, written and sampled, and of prepared ones that mirror each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from emotion_vectors.judges.verdicts import Judge
from emotion_vectors.statistics import agreement
from emotion_vectors.statistics.wording import number
from emotion_vectors.stimuli.files import PathLike, read_json_lines
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES, HANDS, EmotionReply, SampledReply, facts_of
from emotion_vectors.stimuli.reply_classes import NONE, ReplyClasses

EACH_OTHER = "both hands, with each other"
SENSE = "whether replies make sense, both hands with each other"
BOTH = "judge with what both hands say"
SIX_WAY = "six-way choice on replies to which both hands give the same emotion"
"""What rates of voiced emotions count: the emotion that is chosen where none is no choice."""
OF_HANDS = (EACH_OTHER, SENSE)
"""Agreement that no judge enters."""


def counts_by_side(judge: Judge, items_file: PathLike) -> dict[str, dict[str, int]]:
    """Classes given to prepared replies that mirror each other and differ in the act alone: side -> class -> count.

    Args:
        items_file: behaviour set whose sides hold the replies.
    """
    items = read_json_lines(items_file)
    pairs = [(side, text) for item in items for side, texts in item.value["continuations"].items() for text in texts]
    sides = pd.Series([side for side, _ in pairs], name="side")
    predicted = judge.classify([text for _, text in pairs])["predicted"]
    return {
        str(side): {str(name): int(count) for name, count in classes.value_counts().items()}
        for side, classes in predicted.groupby(sides)
    }


def agreement_by_set(
    tables: Mapping[str, pd.DataFrame], sets: Sequence[ReplyClasses], resamples: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Agreement of predictions with labels, by the name of the set."""
    return {classes.name: agreement.summarise(tables[classes.name], classes.names, resamples, seed) for classes in sets}


def joined(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Predictions for all sets, one below the other; a class that a set does not have is not possible there."""
    table = pd.concat(tables.values(), ignore_index=True)
    chances = [column for column in table.columns if column.startswith("p_")]
    table[chances] = table[chances].fillna(0.0)
    return table


def of_emotions(judge: Judge, labelled: Sequence[EmotionReply] | Sequence[SampledReply]) -> pd.DataFrame:
    """What a judge of emotions says of labelled replies, none of which it was fitted on: id, situation, labels, and its verdicts."""
    return pd.concat([facts_of(labelled), judge.classify([reply.text for reply in labelled])], axis=1)


def agreement_of_model(table: pd.DataFrame, resamples: int, seed: int) -> dict[str, dict[str, Any]]:
    """Agreement of a language model with the labels of `of_emotions`; it chooses among the six and none at once."""
    return {"six or none": agreement.summarise(table, EMOTION_CLASSES, resamples, seed)}


def agreement_with_hands(table: pd.DataFrame, resamples: int, seed: int) -> dict[str, dict[str, Any]]:
    """Agreement of two hands with each other, and of a judge with each of them and with what both say alike.

    The verdict of the judge is compared, none included; and beside it what rates count, the emotion that it chooses, on the replies to
    which both hands give the same one. A language model chooses among the six and none at once, so that none can stand there too.
    Intervals resample scenarios, which the replies of all models share.

    Args:
        table: of sampled replies, as `of_emotions` makes it.
    Returns:
        What is compared -> facts as `agreement.summarise` gives them; rows of the confusion are the first hand's, or those of the labels.
    Raises:
        ValueError: the hands gave no reply the same emotion.
    """

    def compared(part: pd.DataFrame, label: str, said: str, classes: Sequence[str]) -> dict[str, Any]:
        both = part.assign(label=part[label], predicted=part[said], verdict=part[said])
        summary = agreement.summarise(both, classes, resamples, seed)
        return {key: value for key, value in summary.items() if not key.startswith("clear_")}

    alike = table[table["first"] == table["second"]]
    voiced = alike[alike["first"] != NONE]
    if voiced.empty:
        raise ValueError("the two hands gave no sampled reply the same emotion; see workflow/stimuli/sampled_replies")
    chosen = [name for name in EMOTION_CLASSES if name != NONE or (voiced["predicted"] == NONE).any()]
    sense = table.assign(**{hand: table[f"{hand}_sense"].map({True: "yes", False: "no"}) for hand in HANDS})
    return {
        EACH_OTHER: compared(table, *HANDS, EMOTION_CLASSES),
        SENSE: compared(sense, *HANDS, ("yes", "no")),
        **{f"judge with the {hand} hand": compared(table, hand, "verdict", EMOTION_CLASSES) for hand in HANDS},
        BOTH: compared(alike, "first", "verdict", EMOTION_CLASSES),
        SIX_WAY: compared(voiced, "first", "predicted", chosen),
    }


def labelled_as(facts: Mapping[str, Any], label: str) -> int:
    """How many replies bear a label, whatever is said of them: of the first hand where two are compared."""
    return int(sum(facts["confusion_label_by_predicted"][facts["classes"].index(label)]))


def both_say(facts: Mapping[str, Any], label: str) -> int:
    """How many replies bear a label and are given it."""
    number_of = facts["classes"].index(label)
    return int(facts["confusion_label_by_predicted"][number_of][number_of])


def hands_in_words(agreed: Mapping[str, Mapping[str, Any]]) -> str:
    """What `agreement_with_hands` says of the judge, to stand beside what it judged."""
    judge, hands = agreed[BOTH], agreed[EACH_OTHER]
    return (
        f"on {judge['replies']} of {hands['replies']} sampled replies that two hands label alike the judge agrees with kappa "
        f"{kappa_in_words(judge)}, the hands with each other on all with {kappa_in_words(hands)}"
    )


def kappa_in_words(facts: Mapping[str, Any]) -> str:
    """For instance "0.62 [0.55, 0.70]"."""
    low, high = (number(end, 2) for end in facts["kappa_interval"])
    return f"{number(facts['kappa'], 2)} [{low}, {high}]"
