"""Rules against marks of an emotion: a word or a habit of style that gives it away to a reader who understands nothing."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from emotion_vectors.stimuli.files import Problem, Record
from emotion_vectors.stimuli.sets import StimulusSets
from emotion_vectors.stimuli.word_statistics import content_words

# The scenes and plain stories were written before these rules and break them.
CORPORA_WITHOUT_MARKS = ("second",)
# A word marks an emotion when it is in more than this share of the emotion's stories, and in at least two: with so few
# stories an emotion one alone is above any share, and one says nothing.
MAX_WORD_SHARE = 0.2
MIN_MARKED_STORIES = 2
# ... and at least this many times as often as in the stories of all other emotions.
MARKING_RATIO = 4

_NEGATION = re.compile(
    r"\b(?:no|not|nor|none|never|neither|nothing|nobody|nowhere|without|cannot)\b|n['\u2019]t\b", re.IGNORECASE
)
_SPEECH = re.compile(r'"[^"]*"|\u201c[^\u201d]*\u201d')


@dataclass(frozen=True)
class StyleBounds:
    """How much of a habit of style the stories of every emotion show.

    `share`: lowest and highest fraction of an emotion's stories that show it at all; `mean`: how often, per story.
    """

    name: str
    count: Callable[[str], int]
    share: tuple[float, float]
    mean: tuple[float, float]


STYLE_BOUNDS = (
    StyleBounds("question marks", lambda text: text.count("?"), (0.25, 0.75), (0.25, 1.0)),
    StyleBounds("exclamation marks", lambda text: text.count("!"), (0.0, 0.25), (0.0, 0.25)),
    StyleBounds("passages of speech", lambda text: len(_SPEECH.findall(text)), (0.25, 0.75), (0.25, 2.0)),
    StyleBounds("negations", lambda text: len(_NEGATION.findall(text)), (0.5, 1.0), (1.0, 3.0)),
)


def marking_words(sets: StimulusSets) -> list[Problem]:
    """No content word is much more frequent in the stories of one emotion than in those of all others."""
    problems = []
    for corpus in CORPORA_WITHOUT_MARKS:
        words = {emotion: _word_counts(records) for emotion, records in _by_emotion(sets, corpus).items()}
        sizes = Counter(record.value["emotion"] for record in sets.stories[corpus])
        anywhere = _word_counts(sets.stories[corpus])
        for emotion, counts in words.items():
            others = max(1, sizes.total() - sizes[emotion])
            for word, count in sorted(counts.items()):
                share, elsewhere = count / sizes[emotion], (anywhere[word] - count) / others
                if count < MIN_MARKED_STORIES or share <= MAX_WORD_SHARE or share < MARKING_RATIO * elsewhere:
                    continue
                where = f"in {count} of {sizes[emotion]} stories of '{emotion}' and in {elsewhere:.1%} of the others"
                reason = f"'{word}' is {where}"
                problems.append(Problem(sets.name(corpus), None, reason, "use other words in some of them"))
    return problems


def marking_style(sets: StimulusSets) -> list[Problem]:
    """Question and exclamation marks, speech and negation are spread over the stories of every emotion."""
    return [
        Problem(sets.name(corpus), None, f"'{emotion}' has {reason}", "rewrite some of its stories")
        for corpus in CORPORA_WITHOUT_MARKS
        for emotion, records in _by_emotion(sets, corpus).items()
        for bounds in STYLE_BOUNDS
        for reason in _outside(bounds, [bounds.count(record.text) for record in records])
    ]


def _by_emotion(sets: StimulusSets, corpus: str) -> dict[str, list[Record]]:
    stories: dict[str, list[Record]] = {}
    for record in sets.stories[corpus]:
        stories.setdefault(record.value["emotion"], []).append(record)
    return stories


def _word_counts(records: Sequence[Record]) -> Counter[str]:
    """In how many of the records each content word is."""
    return Counter(word for record in records for word in content_words(record.text))


def _outside(bounds: StyleBounds, counts: Sequence[int]) -> list[str]:
    """What is wrong with the counts of a habit in an emotion's stories."""
    share, mean = sum(count > 0 for count in counts) / len(counts), sum(counts) / len(counts)
    (low, high), (least, most) = bounds.share, bounds.mean
    reasons = []
    if not low <= share <= high:
        reasons.append(f"{bounds.name} in {share:.0%} of its stories, outside {low:.0%} to {high:.0%}")
    if not least <= mean <= most:
        reasons.append(f"{mean:.2f} {bounds.name} a story, outside {least:g} to {most:g}")
    return reasons
