"""A small valid study made of invented words, and edits that each make one fault in it."""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
EMOTIONS = ["happy", "calm", "afraid", "sad"] + [f"emo{a}{b}" for a in "abcdefghijk" for b in "abcd"]
TOPICS = {"scenes": ["t01", "t02"], "plain": ["p01", "p02"], "second": ["s01", "s02"]}
SCENE, SCENE_2 = "stories/scenes/t01.jsonl", "stories/scenes/t02.jsonl"
PLAIN, PLAIN_2 = "stories/plain/p01.jsonl", "stories/plain/p02.jsonl"
SECOND, SECOND_2 = "stories/second/s01.jsonl", "stories/second/s02.jsonl"
DIALOGUE, MESSAGES_A, MESSAGES_B = "dialogues/t01.jsonl", "messages/a.jsonl", "messages/b.jsonl"
FEELS, FAMILIES, TEMPLATES = "continuations/feels.yaml", "words/families.yaml", "intensity/templates.yaml"
CLUSTERS, ANTONYMS, STEMS = "words/clusters.yaml", "words/antonyms.yaml", "stories/banned_stems.json"

Edit = Callable[[Path], object]


def prose(seed: str, length: int, syllables: int = 3) -> str:
    """Made-up words, different for every seed."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(SYLLABLES, k=syllables)) for _ in range(length)) + "."


def story(topic: str, emotion: str) -> str:
    """Made-up words so long that no two stories share one, with a negation each, and speech that asks in those of first topics."""
    told, said = prose(f"{topic}{emotion}", 60, syllables=6), prose(f"{topic}{emotion}said", 39, syllables=6)
    speaks = topic in {topics[0] for topics in TOPICS.values()}
    return f'{told} "Not {said[:-1]}?"' if speaks else f"{told} Not {said}"


def write_lines(file: Path, rows: list[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def write_yaml(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def write_stories(folder: Path) -> None:
    for corpus, topics in TOPICS.items():
        for number, topic in enumerate(topics):
            person = ("first", "third")[number % 2]
            rows = [
                {"emotion": emotion, "topic": topic, "person": person, "text": story(topic, emotion)}
                for emotion in EMOTIONS
            ]
            write_lines(folder / "stories" / corpus / f"{topic}.jsonl", rows)
    write_yaml(folder / "stories/topics.yaml", {c: {t: f"topic {t}" for t in topics} for c, topics in TOPICS.items()})
    stems = {emotion: [emotion[:4] if len(emotion) < 7 else emotion, "glee"] for emotion in EMOTIONS}
    (folder / "stories/banned_stems.json").write_text(json.dumps(stems, indent=1), encoding="utf-8")


def write_exchanges(folder: Path) -> None:
    for topic in TOPICS["scenes"]:
        rows = []
        for number in range(1, 9):
            turns = [
                {"speaker": speaker, "text": prose(f"{topic}{number}{speaker}{turn}", 25)}
                for turn in range(2)
                for speaker in ("Human", "Assistant")
            ]
            rows.append({"id": f"{topic}-d{number}", "topic": topic, "turns": turns})
        write_lines(folder / "dialogues" / f"{topic}.jsonl", rows)
    for writer in "ab":
        rows = [
            {"id": f"{e}-{writer}-{n}", "emotion": e, "writer": writer, "text": prose(f"{e}{writer}{n}", 30)}
            for e in EMOTIONS[:24]
            for n in (1, 2, 3)
        ]
        write_lines(folder / "messages" / f"{writer}.jsonl", rows)


def write_words(folder: Path) -> None:
    write_yaml(folder / "words/families.yaml", {e: [e, f"{e}x", f"{e}y", f"{e}z"] for e in EMOTIONS})
    write_yaml(folder / "words/antonyms.yaml", [["happy", "sad"], ["calm", "afraid"]])
    write_yaml(folder / "words/clusters.yaml", {"warm": EMOTIONS[:20], "cold": EMOTIONS[20:]})
    prompts = [
        {"id": f"prompt_{n}", "user": "Describe a man at a desk.", "prefill": f"It is {n}. He feels"} for n in (1, 2)
    ]
    write_yaml(folder / "continuations/feels.yaml", {"words": {e: e for e in EMOTIONS}, "prompts": prompts})
    signs = {"afraid": 1, "calm": -1, "sad": 0, "happy": 0}
    template = {
        "id": "dose",
        "text": "I took {x} mg.",
        "unit": "mg",
        "magnitudes": [1, 2, 3, 4.5, 6, 7, 8, 9],
        "signs": signs,
        "from_paper": ["afraid"],
    }
    write_yaml(folder / "intensity/templates.yaml", [template])


def write_norms(file: Path, positive: int = 24) -> None:
    rows = [f"{e},{e},{7.5 if n < positive else 2.5},5.0" for n, e in enumerate(EMOTIONS)]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("emotion,norm_lemma,valence_1to9,arousal_1to9\n" + "\n".join(rows) + "\n", encoding="utf-8")


def write_study(root: Path) -> None:
    """Stimuli in root/stimuli, norms in root/norms.csv."""
    write_stories(root / "stimuli")
    write_exchanges(root / "stimuli")
    write_words(root / "stimuli")
    write_norms(root / "norms.csv")


def norms_of(folder: Path) -> Path:
    return folder.parent / "norms.csv"


# Edits: each makes one minimal fault.


def record(file: str, line: int, **changes: Any) -> Edit:
    """Change fields of a record; a function is applied to the old value, None removes the field."""

    def edit(folder: Path) -> None:
        rows = [json.loads(row) for row in (folder / file).read_text(encoding="utf-8").splitlines()]
        row = rows[line - 1]
        for name, change in changes.items():
            row[name] = change(row[name]) if callable(change) else change
        rows[line - 1] = {name: value for name, value in row.items() if value is not None}
        write_lines(folder / file, rows)

    return edit


def document(file: str, change: Callable[[Any], object]) -> Edit:
    """Change the content of a YAML or JSON file in place."""

    def edit(folder: Path) -> None:
        content = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
        change(content)
        write_yaml(folder / file, content)

    return edit


def raw(file: str, change: Callable[[bytes], bytes]) -> Edit:
    return lambda folder: (folder / file).write_bytes(change((folder / file).read_bytes())) and None


def drop_line(file: str, line: int) -> Edit:
    return raw(file, lambda content: b"".join(row for n, row in enumerate(content.splitlines(True), 1) if n != line))


def all_records(file: str, change: Callable[[int, dict[str, Any]], dict[str, Any]]) -> Edit:
    def edit(folder: Path) -> None:
        rows = [json.loads(row) for row in (folder / file).read_text(encoding="utf-8").splitlines()]
        write_lines(folder / file, [change(number, row) for number, row in enumerate(rows)])

    return edit


def word(text: str) -> Callable[[str], str]:
    """Put `text` in place of the third word."""
    return lambda old: " ".join([*old.split()[:2], text, *old.split()[3:]])


def turn(position: int, change: Callable[[str], str]) -> Callable[[list[dict[str, str]]], list[dict[str, str]]]:
    return lambda turns: [{**t, "text": change(t["text"])} if n == position else t for n, t in enumerate(turns)]


def shared_phrase(number: int, row: dict[str, Any]) -> dict[str, Any]:
    before = row["text"].split()
    return row if number >= 1 else {**row, "text": " ".join([*before[:9], "mi ro ta zu", *before[13:]])}


def same_opening(number: int, row: dict[str, Any]) -> dict[str, Any]:
    return row if number >= 4 else {**row, "text": " ".join(["Once", "upon,", "a", *row["text"].split()[3:]])}


def few_words(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """Few words in place of many, none of them a negation; capitals and marks stay."""
    chance = random.Random(f"{row['topic']}{number}")
    few = [syllable for syllable in SYLLABLES if syllable != "no"]
    return {**row, "text": re.sub(r"\b[a-z]+", lambda _: chance.choice(few), row["text"])}
