"""Check of all stimulus sets against all their rules, and the report of what they contain."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from emotion_vectors.stimuli.files import PathLike, Problem, Record, StimulusError, file_digests, set_digest
from emotion_vectors.stimuli.rules import markers, words
from emotion_vectors.stimuli.rules import texts as stimulus_text_rules
from emotion_vectors.stimuli.sets import (
    StimulusSets,
    data_files,
    encoding_problems,
    escaped_characters,
    read_sets,
)
from emotion_vectors.stimuli.word_statistics import (
    moving_type_token_ratio,
    phrase_shares,
    shared_openings,
    similarities,
    word_count,
)

Rule = Callable[[StimulusSets], list[Problem]]

RULES: tuple[Rule, ...] = (
    escaped_characters,
    stimulus_text_rules.known_names,
    stimulus_text_rules.story_counts,
    stimulus_text_rules.dialogue_counts,
    stimulus_text_rules.message_counts,
    stimulus_text_rules.lengths,
    stimulus_text_rules.banned_stems,
    stimulus_text_rules.flat_dialogues,
    stimulus_text_rules.alternation,
    stimulus_text_rules.duplicates,
    stimulus_text_rules.openings,
    stimulus_text_rules.lexical_variety,
    stimulus_text_rules.stock_phrases,
    stimulus_text_rules.person_balance,
    markers.marking_words,
    markers.marking_style,
    words.valence_balance,
    words.stems,
    words.families,
    words.clusters,
    words.antonyms,
    words.feels,
    words.templates,
)

DIGEST_SETS = (
    "stories",
    "stories/scenes",
    "stories/plain",
    "stories/second",
    "dialogues",
    "messages",
    "words",
    "continuations",
    "intensity",
)

DOCUMENTS_IN_PARTS = ("topics", "feels")


def find_problems(folder: PathLike, norms_file: PathLike) -> tuple[StimulusSets, list[Problem]]:
    """Read all sets and apply every rule; each problem once, by file and line.

    What cannot be read or breaks its schema is reported alone: counts and balance without it would only repeat the fault.
    """
    sets, problems = read_sets(folder, norms_file)
    problems += encoding_problems(folder)
    for rule in () if problems else RULES:
        problems += rule(sets)
    return sets, sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0))


def check_all(folder: PathLike, norms_file: PathLike) -> dict[str, Any]:
    """Check all stimulus sets and describe them.

    Args:
        folder: folder of the stimulus sets (workflow/stimuli).
        norms_file: affect norms of the emotions of the study.
    Returns:
        Report for JSON: `emotions`; `sets` (items, and for texts words and lexical statistics); `documents` (entries);
        `digests` with SHA-256 of each file, and of each set (of its sorted lines "name digest").
    Raises:
        StimulusError: rules are broken; all problems are listed, one on each line.
    """
    sets, problems = find_problems(folder, norms_file)
    if problems:
        raise StimulusError(problems)
    return {
        "emotions": sets.emotions,
        "sets": {name: describe_texts(records) for name, records in sets.texts().items()},
        "documents": {
            name: {"file": document.file, "entries": _entries(name, document.value)}
            for name, document in sets.documents.items()
        },
        "digests": digests(folder, norms_file),
    }


def describe_texts(records: tuple[Record, ...]) -> dict[str, Any]:
    """Number, lengths and lexical statistics of a set of texts."""
    texts = [record.text for record in records]
    counts = [word_count(text) for text in texts]
    phrase, share = phrase_shares(texts)[0]
    return {
        "items": len(texts),
        "words": {"mean": round(float(np.mean(counts)), 2), "min": min(counts), "max": max(counts)},
        "moving_type_token_ratio_window_50": round(moving_type_token_ratio(texts), 4),
        "most_common_four_words": {"phrase": phrase, "fraction_of_texts": round(share, 4)},
        "fraction_sharing_first_three_words": round(sum(map(len, shared_openings(texts))) / len(texts), 4),
        "largest_jaccard_of_five_word_sequences": round(max((s for _, _, s in similarities(texts)), default=0.0), 4),
    }


def digests(folder: PathLike, norms_file: PathLike) -> dict[str, dict[str, str]]:
    """SHA-256 of each data file and of each set; names are relative to the folder of the stimuli."""
    root = Path(folder)
    norms = Path(norms_file)
    by_set = {name: set_digest(data_files(root / name), root) for name in DIGEST_SETS}
    return {
        "files": file_digests(data_files(root), root) | file_digests([norms], norms.parent),
        "sets": by_set | {"norms": set_digest([norms], norms.parent)},
    }


def _entries(name: str, value: Any) -> dict[str, int] | int:
    """Number of entries of a document; of each part, for documents that have parts."""
    return {part: len(entries) for part, entries in value.items()} if name in DOCUMENTS_IN_PARTS else len(value)
