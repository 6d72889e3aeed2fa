"""Rules for the word lists, prompts and templates of the study, and for its list of emotions."""

from itertools import pairwise

from emotion_vectors.stimuli.files import Problem
from emotion_vectors.stimuli.sets import StimulusSets
from emotion_vectors.stimuli.word_statistics import letter_words

MIN_FAMILY_WORDS = 4
MIN_MAGNITUDES = 8
MAX_VALENCE_IMBALANCE = 0.2
NEUTRAL_VALENCE = 5.0


def valence_balance(sets: StimulusSets) -> list[Problem]:
    """About as many emotions above as below neutral valence: otherwise the grand mean that is subtracted leans."""
    above = sum(valence > NEUTRAL_VALENCE for valence in sets.valence.values())
    below = sum(valence < NEUTRAL_VALENCE for valence in sets.valence.values())
    imbalance = abs(above - below) / len(sets.valence)
    if imbalance <= MAX_VALENCE_IMBALANCE:
        return []
    reason = f"{above} emotions above and {below} below valence {NEUTRAL_VALENCE:g}: imbalance {imbalance:.2f}"
    return [Problem(sets.norms_file, None, reason, f"choose emotions so that it is at most {MAX_VALENCE_IMBALANCE}")]


def families(sets: StimulusSets) -> list[Problem]:
    """Each emotion has a family of words that contains it; no word is in two families."""
    document = sets.documents.get("families")
    if document is None:
        return []
    problems = _coverage(sets, "families", ())
    home: dict[str, str] = {}
    for emotion, family in document.value.items():
        if len(set(family)) < MIN_FAMILY_WORDS:
            reason = f"'{emotion}' has {len(set(family))} words, fewer than {MIN_FAMILY_WORDS}"
            problems.append(document.problem((emotion,), reason, "add words"))
        if emotion not in family:
            problems.append(document.problem((emotion,), f"'{emotion}' is not in its own family", "add it"))
        for position, word in enumerate(family):
            if word in home:
                reason = f"'{word}' of '{emotion}' is already in '{home[word]}'"
                problems.append(document.problem((emotion, position), reason, "keep it in one family"))
            home.setdefault(word, emotion)
    return problems


def clusters(sets: StimulusSets) -> list[Problem]:
    """Each emotion is in exactly one cluster."""
    document = sets.documents.get("clusters")
    if document is None:
        return []
    problems = []
    home: dict[str, str] = {}
    for cluster, members in document.value.items():
        for position, emotion in enumerate(members):
            path = (cluster, position)
            if emotion not in sets.emotions:
                problems.append(document.problem(path, f"unknown emotion '{emotion}'", "correct or remove it"))
            if emotion in home:
                reason = f"'{emotion}' of '{cluster}' is already in '{home[emotion]}'"
                problems.append(document.problem(path, reason, "keep it in one cluster"))
            home.setdefault(emotion, cluster)
    missing = [emotion for emotion in sets.emotions if emotion not in home]
    return problems + [document.problem((), f"'{emotion}' is in no cluster", "add it to one") for emotion in missing]


def antonyms(sets: StimulusSets) -> list[Problem]:
    """Pairs are of two different emotions of the study, and no pair occurs twice."""
    document = sets.documents.get("antonyms")
    if document is None:
        return []
    problems = []
    seen: set[frozenset[str]] = set()
    for position, pair in enumerate(document.value):
        for emotion in pair:
            if emotion not in sets.emotions:
                problems.append(document.problem((position,), f"unknown emotion '{emotion}'", "correct or remove it"))
        if pair[0] == pair[1] or frozenset(pair) in seen:
            reason = f"the pair {' - '.join(pair)} is one emotion or a repetition"
            problems.append(document.problem((position,), reason, "replace or remove it"))
        seen.add(frozenset(pair))
    return problems


def feels(sets: StimulusSets) -> list[Problem]:
    """Every emotion has a word after "feels"; no prompt names an emotion, ends in a space or repeats an id."""
    document = sets.documents.get("feels")
    if document is None:
        return []
    problems = _coverage(sets, "feels", ("words",))
    naming = set(sets.emotions) | set(document.value["words"].values())
    seen: set[str] = set()
    for position, prompt in enumerate(document.value["prompts"]):
        path = ("prompts", position)
        for word in sorted(naming & set(letter_words(f"{prompt['user']} {prompt['prefill']}"))):
            problems.append(document.problem(path, f"'{prompt['id']}' names the emotion '{word}'", "use another word"))
        if prompt["prefill"] != prompt["prefill"].rstrip():
            reason = f"the prefill of '{prompt['id']}' ends in white space"
            problems.append(document.problem(path, reason, "remove it: the next token brings its own space"))
        if prompt["id"] in seen:
            problems.append(document.problem(path, f"id '{prompt['id']}' occurs again", "rename one of the two"))
        seen.add(prompt["id"])
    return problems


def templates(sets: StimulusSets) -> list[Problem]:
    """Templates have one place for the number, enough increasing magnitudes, and name no emotion."""
    document = sets.documents.get("templates")
    if document is None:
        return []
    problems = []
    seen: set[str] = set()
    for position, entry in enumerate(document.value):
        name, text, magnitudes = entry["id"], entry["text"], entry["magnitudes"]
        faults = [
            (f"'{name}' names the emotion '{word}'", "use another word")
            for word in sorted(set(letter_words(text)) & set(sets.emotions))
        ]
        if text.count("{x}") != 1 or text.count("{") != 1 or text.count("}") != 1:
            faults.append((f"'{name}' has not exactly one {{x}}, or other braces", "write {x} once, for the number"))
        if len(magnitudes) < MIN_MAGNITUDES:
            faults.append((f"'{name}' has {len(magnitudes)} magnitudes, fewer than {MIN_MAGNITUDES}", "add some"))
        if any(later <= earlier for earlier, later in pairwise(magnitudes)):
            faults.append((f"the magnitudes of '{name}' do not increase strictly", "sort them and remove repetitions"))
        if name in seen:
            faults.append((f"id '{name}' occurs again", "rename one of the two"))
        seen.add(name)
        problems += [document.problem((position,), reason, remedy) for reason, remedy in faults]
    return problems


def stems(sets: StimulusSets) -> list[Problem]:
    """Every emotion has banned stems, of lower-case letters only, as words are split at everything else."""
    document = sets.documents.get("banned_stems")
    if document is None:
        return []
    problems = _coverage(sets, "banned_stems", ())
    for emotion, banned in document.value.items():
        for position, stem in enumerate(banned):
            if letter_words(stem) != [stem]:
                reason = f"the stem '{stem}' of '{emotion}' is not lower-case letters only and can never match"
                problems.append(document.problem((emotion, position), reason, "shorten or remove it"))
    return problems


def _coverage(sets: StimulusSets, name: str, path: tuple[str, ...]) -> list[Problem]:
    """Keys of a mapping are exactly the emotions of the study."""
    document = sets.documents.get(name)
    if document is None:
        return []
    keys = document.value
    for step in path:
        keys = keys[step]
    unknown = [
        document.problem((*path, key), f"unknown emotion '{key}'", "correct or remove it")
        for key in keys
        if key not in sets.emotions
    ]
    missing = [emotion for emotion in sets.emotions if emotion not in keys]
    return unknown + [document.problem(path, f"'{emotion}' is missing", "add it") for emotion in missing]
