"""Rules for the texts of the study: stories, dialogues and messages."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from emotion_vectors.stimuli.files import Problem, Record, repetitions
from emotion_vectors.stimuli.sets import StimulusSets
from emotion_vectors.stimuli.word_statistics import (
    letter_words,
    moving_type_token_ratio,
    opening,
    phrase_shares,
    shared_openings,
    similarities,
    word_count,
)

WORD_BOUNDS = {
    "scenes": (90, 135),
    "plain": (75, 125),
    "second": (75, 125),
    "dialogues": (80, 130),
    "messages": (20, 45),
}
DIALOGUES_PER_TOPIC = 8
MESSAGE_EMOTIONS = 24
MESSAGES_PER_WRITER = 3
WRITERS = ("a", "b")
SPEAKER_LABELS = ("human:", "assistant:", "user:")
MAX_STORY_SIMILARITY = 0.2
MAX_SHARED_OPENINGS = 0.03
MAX_PHRASE_SHARE = 0.25
# Both story corpora were measured at 0.80. A text that circles around a few stock words falls well below; 0.75 leaves
# room for a plain style and stops a corpus padded with repetition.
MIN_TYPE_TOKEN_RATIO = 0.75
# Fraction of first-person stories of every emotion, and so of the corpus: person must not stand for emotion.
FIRST_PERSON_BOUNDS = {"scenes": (0.40, 0.60), "plain": (0.35, 0.65), "second": (0.25, 0.75)}


def known_names(sets: StimulusSets) -> list[Problem]:
    """Emotions are those of the study, topics those of topics.yaml."""
    problems = []
    for name, records in sets.texts().items():
        topics = sets.topics("scenes" if name == "dialogues" else name)
        for record in records:
            emotion, topic = record.value.get("emotion"), record.value.get("topic")
            if emotion is not None and emotion not in sets.emotions:
                reason = f"unknown emotion '{emotion}'"
                problems.append(record.problem(reason, "correct it, or add it to the norms table"))
            if topic is not None and topic not in topics:
                reason = f"topic '{topic}' is not in topics.yaml"
                problems.append(record.problem(reason, "correct it, or add the topic there"))
    return problems


def story_counts(sets: StimulusSets) -> list[Problem]:
    """Every topic has exactly one story of every emotion."""
    problems = []
    for corpus, records in sets.stories.items():
        cells = Counter((record.value["topic"], record.value["emotion"]) for record in records)
        missing = [(topic, e) for topic in sets.topics(corpus) for e in sets.emotions if not cells[topic, e]]
        problems += [
            Problem(sets.file_of(corpus, topic), None, f"{topic} has no story of '{emotion}'", "write one")
            for topic, emotion in missing
        ]
        problems += repetitions(records, [f"{r.value['topic']}-{r.value['emotion']}" for r in records])
    return problems


def dialogue_counts(sets: StimulusSets) -> list[Problem]:
    """Every topic of the scenes has the same number of dialogues, each with an id of its own."""
    counts = Counter(record.value["topic"] for record in sets.dialogues)
    problems = repetitions(sets.dialogues, [record.value["id"] for record in sets.dialogues])
    for topic in sets.topics("scenes"):
        if counts[topic] != DIALOGUES_PER_TOPIC:
            reason = f"{topic} has {counts[topic]} dialogues, not {DIALOGUES_PER_TOPIC}"
            problems.append(Problem(sets.file_of("dialogues", topic), None, reason, "write or remove the difference"))
    return problems


def message_counts(sets: StimulusSets) -> list[Problem]:
    """The messages cover a fixed number of emotions; every writer wrote the same number for each of them."""
    folder = sets.name("messages")
    emotions = {record.value["emotion"] for record in sets.messages}
    problems = repetitions(sets.messages, [record.value["id"] for record in sets.messages])
    if len(emotions) != MESSAGE_EMOTIONS:
        reason = f"messages for {len(emotions)} emotions, not {MESSAGE_EMOTIONS}"
        problems.append(Problem(folder, None, reason, "write the missing or remove the surplus ones"))
    counts = Counter((record.value["emotion"], record.value["writer"]) for record in sets.messages)
    cells = sorted(set(counts) | {(emotion, writer) for emotion in emotions for writer in WRITERS})
    for emotion, writer in cells:
        expected = MESSAGES_PER_WRITER if writer in WRITERS else 0
        if counts[emotion, writer] != expected:
            reason = f"writer {writer} has {counts[emotion, writer]} messages of '{emotion}', not {expected}"
            problems.append(Problem(folder, None, reason, "write or remove the difference"))
    return problems


def lengths(sets: StimulusSets) -> list[Problem]:
    """Texts of a set are about equally long."""
    problems = []
    for name, records in sets.texts().items():
        low, high = WORD_BOUNDS[name]
        for record in records:
            if not low <= (count := word_count(record.text)) <= high:
                reason = f"{count} words, outside {low} to {high}"
                problems.append(record.problem(reason, "lengthen or shorten the text"))
    return problems


def banned_stems(sets: StimulusSets) -> list[Problem]:
    """No word of a story or message begins with a stem that gives its emotion away."""
    problems = []
    for record in (*chain(*sets.stories.values()), *sets.messages):
        emotion = record.value["emotion"]
        stems = tuple(stem.casefold() for stem in sets.value("banned_stems", {}).get(emotion, ()))
        for word in dict.fromkeys(word for word in letter_words(record.text) if word.startswith(stems)):
            stem = next(stem for stem in stems if word.startswith(stem))
            reason = f"'{emotion}' contains '{word}' (banned stem '{stem}')"
            problems.append(record.problem(reason, "rewrite the sentence"))
    return problems


def flat_dialogues(sets: StimulusSets) -> list[Problem]:
    """Dialogues name none of the emotions and carry no speaker labels in their text; they define what is neutral."""
    problems = []
    for record in sets.dialogues:
        for word in sorted(set(letter_words(record.text)) & set(sets.emotions)):
            problems.append(record.problem(f"the emotion word '{word}' in a flat dialogue", "use another word"))
        if any(turn["text"].casefold().startswith(SPEAKER_LABELS) for turn in record.value["turns"]):
            problems.append(record.problem("a turn begins with a speaker label", "keep it in 'speaker' only"))
    return problems


def alternation(sets: StimulusSets) -> list[Problem]:
    """Turns alternate, from a human's to an assistant's."""
    problems = []
    for record in sets.dialogues:
        speakers = [turn["speaker"] for turn in record.value["turns"]]
        if len(speakers) % 2 or speakers != ["Human", "Assistant"] * (len(speakers) // 2):
            reason = f"speakers are {', '.join(speakers)}"
            problems.append(record.problem(reason, "alternate Human and Assistant, beginning with Human"))
    return problems


def duplicates(sets: StimulusSets) -> list[Problem]:
    """No two texts of a set share more than a fifth of their five-word sequences."""
    problems = []
    stories = tuple(chain(*sets.stories.values()))
    for records in (stories, sets.dialogues, sets.messages):
        for i, j, similarity in similarities([record.text for record in records]) if records else ():
            if similarity > MAX_STORY_SIMILARITY:
                what = "the same text" if similarity == 1 else f"{similarity:.0%} of the five-word sequences"
                reason = f"{what} as {records[i].file} line {records[i].line}"
                problems.append(records[j].problem(reason, "rewrite one of the two"))
    return problems


def openings(sets: StimulusSets) -> list[Problem]:
    """Hardly any stories of a corpus begin with the same three words as another."""
    problems = []
    for corpus, records in sets.stories.items():
        groups = shared_openings([record.text for record in records])
        share = sum(map(len, groups)) / max(1, len(records))
        if share > MAX_SHARED_OPENINGS:
            reason = f"{share:.1%} of the stories share their first three words, more than {MAX_SHARED_OPENINGS:.0%}"
            lines = "; ".join(_place([records[position] for position in group]) for group in groups)
            problems.append(Problem(sets.name(corpus), None, reason, f"vary the openings of {lines}"))
    return problems


def lexical_variety(sets: StimulusSets) -> list[Problem]:
    """A corpus is not built from a few words or stock phrases."""
    problems = []
    for corpus, records in sets.stories.items():
        texts = [record.text for record in records]
        if not texts:
            continue
        if (ratio := moving_type_token_ratio(texts)) < MIN_TYPE_TOKEN_RATIO:
            reason = f"moving type-token ratio {ratio:.3f}, below {MIN_TYPE_TOKEN_RATIO}"
            problems.append(Problem(sets.name(corpus), None, reason, "vary the words"))
    return problems


def stock_phrases(sets: StimulusSets) -> list[Problem]:
    """No phrase stands for an emotion. The premise of a topic may recur: all emotions share it, so it cancels."""
    problems = []
    for corpus, records in sets.stories.items():
        for emotion in sets.emotions:
            texts = [record.text for record in records if record.value["emotion"] == emotion]
            for phrase, share in phrase_shares(texts):
                if share <= max(MAX_PHRASE_SHARE, 1 / max(1, len(texts))):
                    break
                reason = (
                    f"'{phrase}' occurs in {share:.1%} of the stories of '{emotion}', more than {MAX_PHRASE_SHARE:.0%}"
                )
                problems.append(Problem(sets.name(corpus), None, reason, "reword some of them"))
    return problems


def person_balance(sets: StimulusSets) -> list[Problem]:
    """First and third person are balanced for every emotion of a corpus."""
    problems = []
    for corpus, (low, high) in FIRST_PERSON_BOUNDS.items():
        for emotion in sets.emotions:
            persons = [r.value["person"] for r in sets.stories[corpus] if r.value["emotion"] == emotion]
            share = persons.count("first") / max(1, len(persons))
            if persons and not low <= share <= high:
                reason = f"{share:.0%} of '{emotion}' in the first person, outside {low:.0%} to {high:.0%}"
                problems.append(Problem(sets.name(corpus), None, reason, "change the person of some of them"))
    return problems


def _place(records: Sequence[Record]) -> str:
    """Where records with the same opening are."""
    return f"'{opening(records[0].text)}' in " + ", ".join(f"{record.file} line {record.line}" for record in records)
