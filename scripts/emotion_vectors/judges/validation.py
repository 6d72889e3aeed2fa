"""How far judges can be trusted: what they say of labelled replies, and of prepared ones that mirror each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from emotion_vectors.judges.verdicts import Judge
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli.files import PathLike, read_json_lines
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES, EmotionReply, facts_of
from emotion_vectors.stimuli.reply_classes import ReplyClasses


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


def of_emotions(judge: Judge, labelled: Sequence[EmotionReply]) -> pd.DataFrame:
    """What a judge of emotions says of labelled replies, none of which it was fitted on: id, situation, label, and its verdicts."""
    return pd.concat([facts_of(labelled), judge.classify([reply.text for reply in labelled])], axis=1)


def agreement_of_model(table: pd.DataFrame, resamples: int, seed: int) -> dict[str, dict[str, Any]]:
    """Agreement of a language model with the labels of `of_emotions`; it chooses among the six and none at once."""
    return {"six or none": agreement.summarise(table, EMOTION_CLASSES, resamples, seed)}
