"""Rules against marks of an emotion: a word or a habit of style that gives it away to a reader who understands nothing."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from emotion_vectors.stimuli.files import Problem, Record
from emotion_vectors.stimuli.sets import StimulusSets
from emotion_vectors.stimuli.word_statistics import content_words, word_stems

# Each set is judged by itself, and so are the two sets of the first hand together, since vectors are made of both.
JUDGED_SETS = (("scenes",), ("plain",), ("second",), ("scenes", "plain"))
# A word marks an emotion when it is in more than this share of the emotion's stories ...
MAX_WORD_SHARE = 0.2
# ... and at least this many times as often as in the stories of all other emotions.
MARKING_RATIO = 4

_NEGATION = re.compile(
    r"\b(?:no|not|nor|none|never|neither|nothing|nobody|nowhere|without|cannot)\b|n['\u2019]t\b", re.IGNORECASE
)
# Single quotation marks also stand in words, as apostrophes.
_SPEECH = re.compile(r'"[^"]*"|\u201c[^\u201d]*\u201d' + r"|(?<!\w)'(?=\w)(?:[^']|(?<=\w)'(?=\w))*'(?!\w)")
_DASH = re.compile(r"[\u2013\u2014]|--")
_ELLIPSIS = re.compile(r"\u2026|\.\.\.")


@dataclass(frozen=True)
class Vocabulary:
    """What is counted in stories: words as they stand, or their stems.

    `fewest`: by set, stories of an emotion that must share one before it can mark the emotion. Two of an emotion's few
    stories share many by chance; only the words of the second set were chosen so that no two do.
    """

    name: str
    of_text: Callable[[str], Collection[str]]
    fewest: Mapping[str, int]

    def fewest_of(self, judged: Sequence[str]) -> int:
        """Of sets that are judged together."""
        return max(self.fewest[corpus] for corpus in judged)


VOCABULARIES = (
    Vocabulary("word", content_words, {"scenes": 3, "plain": 3, "second": 2}),
    Vocabulary("stem", lambda text: word_stems([text]), {"scenes": 3, "plain": 3, "second": 3}),
)


@dataclass(frozen=True)
class Bounds:
    """How much of a habit of style the stories of every emotion show.

    `share`: lowest and highest fraction of an emotion's stories that show it at all; `mean`: how often, per story.
    """

    share: tuple[float, float]
    mean: tuple[float, float]


HABITS: dict[str, Callable[[str], int]] = {
    "question marks": lambda text: text.count("?"),
    "exclamation marks": lambda text: text.count("!"),
    "dashes": lambda text: len(_DASH.findall(text)),
    "ellipses": lambda text: len(_ELLIPSIS.findall(text)),
    "passages of speech": lambda text: len(_SPEECH.findall(text)),
    "negations": lambda text: len(_NEGATION.findall(text)),
}
RARELY = Bounds(share=(0.0, 0.125), mean=(0.0, 0.125))
# Nearly every plain story has someone speak: there, how often is bounded, and not whether.
STYLE_BOUNDS = {
    "scenes": {
        "question marks": Bounds(share=(0.125, 0.75), mean=(0.125, 1.25)),
        "exclamation marks": Bounds(share=(0.0, 0.25), mean=(0.0, 0.25)),
        "dashes": RARELY,
        "ellipses": RARELY,
        "passages of speech": Bounds(share=(0.25, 0.95), mean=(0.5, 3.0)),
        "negations": Bounds(share=(0.5, 1.0), mean=(0.65, 3.25)),
    },
    "plain": {
        "question marks": Bounds(share=(0.125, 0.75), mean=(0.125, 1.25)),
        "exclamation marks": RARELY,
        "dashes": RARELY,
        "ellipses": RARELY,
        "passages of speech": Bounds(share=(0.5, 1.0), mean=(0.5, 2.75)),
        "negations": Bounds(share=(0.5, 1.0), mean=(0.65, 3.25)),
    },
    "second": {
        "question marks": Bounds(share=(0.25, 0.75), mean=(0.25, 1.0)),
        "exclamation marks": Bounds(share=(0.0, 0.25), mean=(0.0, 0.25)),
        "dashes": RARELY,
        "ellipses": RARELY,
        "passages of speech": Bounds(share=(0.25, 0.75), mean=(0.25, 2.0)),
        "negations": Bounds(share=(0.5, 1.0), mean=(1.0, 3.0)),
    },
}


def marking_words(sets: StimulusSets) -> list[Problem]:
    """No content word, nor its stem, is much more frequent in the stories of one emotion than in those of all others."""
    problems = []
    for vocabulary in VOCABULARIES:
        told = {corpus: [_told(record, vocabulary) for record in records] for corpus, records in sets.stories.items()}
        for judged in JUDGED_SETS:
            for mark in _marks([story for corpus in judged for story in told[corpus]], vocabulary.fewest_of(judged)):
                reason = f"the {vocabulary.name} {mark}, over {' and '.join(judged)}"
                problems.append(Problem(sets.name(judged[0]), None, reason, "use other words in some of them"))
    return problems


def marking_style(sets: StimulusSets) -> list[Problem]:
    """Punctuation, speech and negation are spread over the stories of every emotion."""
    return [
        Problem(sets.name(corpus), None, f"'{emotion}' has {reason}", "rewrite some of its stories")
        for corpus, bounds_of in STYLE_BOUNDS.items()
        for emotion, records in _by_emotion(sets.stories[corpus]).items()
        for habit, bounds in bounds_of.items()
        for reason in _outside(habit, bounds, [HABITS[habit](record.text) for record in records])
    ]


def _told(record: Record, vocabulary: Vocabulary) -> tuple[str, Collection[str]]:
    """Emotion of a story, and its words or stems."""
    return record.value["emotion"], vocabulary.of_text(record.text)


def _marks(stories: Sequence[tuple[str, Collection[str]]], fewest: int) -> Iterator[str]:
    """Each word or stem that marks an emotion, with its counts."""
    sizes = Counter(emotion for emotion, _ in stories)
    counts: dict[str, Counter[str]] = {emotion: Counter() for emotion in sizes}
    for emotion, words in stories:
        counts[emotion].update(words)
    anywhere = sum(counts.values(), Counter())
    for emotion, size in sizes.items():
        for word, count in sorted(counts[emotion].items()):
            share, elsewhere = count / size, (anywhere[word] - count) / max(1, len(stories) - size)
            if count >= fewest and share > MAX_WORD_SHARE and share >= MARKING_RATIO * elsewhere:
                yield f"'{word}' is in {count} of {size} stories of '{emotion}' and in {elsewhere:.1%} of the others"


def _by_emotion(stories: Sequence[Record]) -> dict[str, list[Record]]:
    by_emotion: dict[str, list[Record]] = {}
    for record in stories:
        by_emotion.setdefault(record.value["emotion"], []).append(record)
    return by_emotion


def _outside(habit: str, bounds: Bounds, counts: Sequence[int]) -> list[str]:
    """What is wrong with the counts of a habit in an emotion's stories."""
    share, mean = sum(count > 0 for count in counts) / len(counts), sum(counts) / len(counts)
    (low, high), (least, most) = bounds.share, bounds.mean
    reasons = []
    if not low <= share <= high:
        reasons.append(f"{habit} in {share:.1%} of its stories, outside {low:.1%} to {high:.1%}")
    if not least <= mean <= most:
        reasons.append(f"{mean:.2f} {habit} a story, outside {least:g} to {most:g}")
    return reasons
