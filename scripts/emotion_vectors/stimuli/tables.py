"""Stimulus sets as typed tables, in an order that depends neither on file names nor on the order of lines."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from emotion_vectors.stimuli.files import (
    Document,
    PathLike,
    Problem,
    StimulusError,
    read_document,
    read_set,
    reject,
    reject_unknown,
    repetitions,
)
from emotion_vectors.stimuli.templates import Template

T = TypeVar("T")

CORPORA = ("scenes", "plain")
SECOND_HAND = "second"
"""Stories kept for tests across hands: they enter no vector."""
NORM_COLUMNS = ["emotion", "norm_lemma", "valence_1to9", "arousal_1to9"]


@dataclass(frozen=True)
class FeelsPrompt:
    """A user turn and the beginning of a reply whose next word would name an emotion."""

    prompt_id: str
    user: str
    prefill: str


@dataclass(frozen=True)
class Feels:
    """Prompts of the "feels" continuation test, and for each emotion the word that can follow "feels"."""

    words: dict[str, str]
    prompts: tuple[FeelsPrompt, ...]


def load_norms(norms_csv: PathLike) -> pd.DataFrame:
    """Affect norms of the emotions of the study: emotion, norm_lemma, valence_1to9, arousal_1to9.

    Raises:
        StimulusError: columns differ, an emotion occurs twice or a norm is not a number from 1 to 9.
    """
    name = Path(norms_csv).as_posix()
    norms = pd.read_csv(norms_csv)
    if list(norms.columns) != NORM_COLUMNS or norms.empty:
        raise StimulusError([Problem(name, 1, f"columns {list(norms.columns)}", f"use rows with {NORM_COLUMNS}")])
    scores = norms[["valence_1to9", "arousal_1to9"]].apply(pd.to_numeric, errors="coerce")
    bad = norms["emotion"].duplicated() | ~scores.apply(lambda column: column.between(1, 9)).all(axis=1)
    if bad.any():
        remedy = "give each emotion once, with norms from 1 to 9"
        rows = zip(np.flatnonzero(bad), norms["emotion"][bad], strict=True)
        raise StimulusError(
            [Problem(name, int(row) + 2, f"'{emotion}' repeated or without norms", remedy) for row, emotion in rows]
        )
    return norms


def load_emotions(norms_csv: PathLike) -> list[str]:
    """Emotions of the study in the order of the norms table, the order of emotions everywhere."""
    return [str(emotion) for emotion in load_norms(norms_csv)["emotion"]]


def load_stories(
    folder: PathLike,
    corpora: Sequence[str] = CORPORA,
    topics_per_corpus: Mapping[str, int] | None = None,
    *,
    emotions: Sequence[str],
) -> pd.DataFrame:
    """Stories, ordered by corpus (as asked), topic, and emotion (as in `emotions`).

    Args:
        folder: the folder `stories` with one folder of JSON Lines files for each corpus.
        corpora: names of the corpora.
        topics_per_corpus: keep only this many first topics of a corpus; None, or a corpus not named, keeps all.
        emotions: emotions of the study, from `load_emotions`.
    Returns:
        Tidy table: story_id ("t01-happy"), corpus, topic, emotion, person ("first" or "third"), text.
    Raises:
        StimulusError: a line is not readable, lacks a field, names an unknown emotion or repeats topic and emotion, or
            a corpus has fewer topics than asked for.
    """
    allowed = {"emotion": set(emotions), "person": {"first", "third"}}
    tables = []
    for corpus in corpora:
        records = read_set(Path(folder) / corpus, ("emotion", "topic", "person", "text"), allowed)
        rows = [{"story_id": f"{r.value['topic']}-{r.value['emotion']}", **r.value, "corpus": corpus} for r in records]
        reject(repetitions(records, [row["story_id"] for row in rows]))
        topics = sorted({str(row["topic"]) for row in rows}, key=_natural)
        limit = (topics_per_corpus or {}).get(corpus, len(topics))
        if not 1 <= limit <= len(topics):
            name = (Path(folder) / corpus).as_posix()
            reason = f"{limit} topics asked for, {len(topics)} there"
            raise StimulusError([Problem(name, None, reason, "change the number")])
        kept = [row for row in rows if row["topic"] in topics[:limit]]
        tables += sorted(kept, key=lambda row: (_natural(row["topic"]), emotions.index(row["emotion"])))
    return pd.DataFrame(tables, columns=["story_id", "corpus", "topic", "emotion", "person", "text"])


def load_second_hand(folder: PathLike, topics: int, *, emotions: Sequence[str]) -> pd.DataFrame:
    """Stories of the second hand on its first so many topics, as `load_stories` gives them; none where a study leaves it out."""
    return load_stories(folder, [SECOND_HAND] if topics else [], {SECOND_HAND: topics}, emotions=emotions)


def load_dialogues(folder: PathLike, limit_per_topic: int | None = None) -> pd.DataFrame:
    """Emotionally flat dialogues: dialogue_id, topic, turns (list of {"speaker", "text"}), by topic and id.

    Raises:
        StimulusError: a line is not readable, lacks a field, repeats an id or has an empty turn.
    """
    records = read_set(Path(folder), ("id", "topic", "turns"), {})
    reject(repetitions(records, [record.value["id"] for record in records]))
    rows = sorted((record.value for record in records), key=lambda row: (_natural(row["topic"]), _natural(row["id"])))
    table = pd.DataFrame(
        {
            "dialogue_id": [row["id"] for row in rows],
            "topic": [row["topic"] for row in rows],
            "turns": [[dict(turn) for turn in row["turns"]] for row in rows],
        }
    )
    if limit_per_topic is None:
        return table
    return table.groupby("topic", sort=False).head(limit_per_topic).reset_index(drop=True)


def load_messages(folder: PathLike, *, emotions: Sequence[str]) -> pd.DataFrame:
    """Messages of users who never name their emotion: message_id, emotion, writer, text, by emotion and id.

    Raises:
        StimulusError: a line is not readable, lacks a field, repeats an id or names an unknown emotion.
    """
    records = read_set(Path(folder), ("id", "emotion", "writer", "text"), {"emotion": set(emotions)})
    reject(repetitions(records, [record.value["id"] for record in records]))
    rows = sorted((r.value for r in records), key=lambda row: (emotions.index(row["emotion"]), _natural(row["id"])))
    table = pd.DataFrame(rows, columns=["id", "emotion", "writer", "text"])
    return table.rename(columns={"id": "message_id"})


def load_families(file: PathLike, *, emotions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Words of each emotion for the logit lens, in the order of `emotions`.

    Raises:
        StimulusError: the file is not a mapping from known emotions to lists of words.
    """
    document = read_document(file)
    families = _parse(document, lambda value: {str(k): tuple(str(w) for w in words) for k, words in value.items()})
    reject_unknown(document, [((emotion,), emotion) for emotion in families], emotions)
    return {emotion: families[emotion] for emotion in emotions if emotion in families}


def load_clusters(file: PathLike, *, emotions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Registered families of emotions, as in the file; members in the order of `emotions`."""
    document = read_document(file)
    clusters = _parse(document, lambda value: {str(k): tuple(str(e) for e in members) for k, members in value.items()})
    named = [((cluster, i), emotion) for cluster, members in clusters.items() for i, emotion in enumerate(members)]
    reject_unknown(document, named, emotions)
    return {cluster: tuple(sorted(members, key=list(emotions).index)) for cluster, members in clusters.items()}


def load_antonyms(file: PathLike, *, emotions: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of emotions that are opposite in feeling, as in the file."""
    document = read_document(file)
    pairs = _parse(document, lambda value: tuple((str(first), str(second)) for first, second in value))
    reject_unknown(document, [((i,), emotion) for i, pair in enumerate(pairs) for emotion in pair], emotions)
    return pairs


def load_feels(file: PathLike, *, emotions: Sequence[str]) -> Feels:
    """Prompts of the "feels" continuation test; words in the order of `emotions`, prompts as in the file."""
    document = read_document(file)
    words = _parse(document, lambda value: {str(emotion): str(word) for emotion, word in value["words"].items()})
    prompts = _parse(document, lambda value: [(p["id"], p["user"], p["prefill"]) for p in value["prompts"]])
    reject_unknown(document, [(("words", emotion), emotion) for emotion in words], emotions)
    ordered = {emotion: words[emotion] for emotion in emotions if emotion in words}
    return Feels(ordered, tuple(FeelsPrompt(*prompt) for prompt in prompts))


def load_templates(file: PathLike) -> tuple[Template, ...]:
    """Numeric templates of the intensity test, as in the file."""
    return _parse(read_document(file), lambda value: tuple(Template(**entry) for entry in value))


def _parse(document: Document, parse: Callable[[Any], T]) -> T:
    try:
        return parse(document.value)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"not in the form of its schema ({type(error).__name__}: {error})"
        raise StimulusError([document.problem((), reason, "compare with workflow/schemas")]) from error


def _natural(name: str) -> tuple[tuple[str, int], ...]:
    """Sort key that puts d2 before d10."""
    return tuple((letters, int(digits or -1)) for letters, digits in re.findall(r"(\D*)(\d*)", name))
