"""Rules of the two-choice items: balance of letters and kinds, answers of equal length, sums and programs that are computed."""

from __future__ import annotations

import ast
import json
import operator
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.files import Problem, Record, reject
from emotion_vectors.stimuli.function.lines import read_lines
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import reject_in_order
from emotion_vectors.stimuli.rules.function import texts

LEAST_OF_A_KIND = 48
KINDS_WITH_TEXT = ("grammar", "reading", "code")
GAP = "___"
MOST_UNEVEN_LETTERS = 1
"""By how many items of a kind one letter may be right more often than the other."""
LONGER_SHARE = (0.4, 0.6)
"""Of the items whose answers differ in length, share in which the right one is the longer."""
MOST_SHARED_BY_QUESTIONS = 0.5
"""Jaccard overlap of four-word runs: short questions share their form."""
SECONDS = 60
"""For all programs together."""
OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def check_capability(folder: Path, words: WordList) -> dict[str, Any]:
    """Check the items and describe them.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    file = folder / "items.jsonl"
    records = read_lines(file, "capability")
    reject(_fields(records))
    asked = [(record, _asked(record)) for record in records if record.value["kind"] != "code"]
    problems = [
        *_counts(records),
        *texts.plain([(record, _all_text(record)) for record in records], words),
        *texts.as_long([(record, *_answers(record)) for record in records], 0),
        *_sums(records),
        *_programs(records),
        *_longer(records),
        *texts.distinct([(record, text) for record, text in asked if "text" in record.value]),
        *texts.distinct(
            [(record, text) for record, text in asked if "text" not in record.value], most=MOST_SHARED_BY_QUESTIONS
        ),
    ]
    reject_in_order(problems)
    kinds = Counter((record.value["kind"], record.value["level"]) for record in records)
    return texts.described(file, [(record, _asked(record)) for record in records]) | {
        "levels": {f"{kind} {level}": number for (kind, level), number in sorted(kinds.items())}
    }


def _answers(record: Record) -> tuple[str, str]:
    """The right answer and the wrong one."""
    options, letter = record.value["options"], record.value["answer"]
    return options[letter], next(text for other, text in options.items() if other != letter)


def _asked(record: Record) -> str:
    """What tells an item from others: its text, or its question where there is none."""
    return str(record.value.get("text", record.value["question"]))


def _all_text(record: Record) -> str:
    return " ".join([_asked(record), record.value["question"], *_answers(record)])


def _fields(records: Sequence[Record]) -> list[Problem]:
    """Kinds have the fields that they need, and no others; answers differ."""
    problems = []
    for record in records:
        value, kind = record.value, record.value["kind"]
        for field, kinds in (("text", KINDS_WITH_TEXT), ("check", ("arithmetic",))):
            if (field in value) != (kind in kinds):
                problems.append(record.problem(f"'{field}' of an item on {kind}", f"only {', '.join(kinds)} have it"))
        if not value["id"].startswith(kind[0]):
            problems.append(record.problem(f"id '{value['id']}' of an item on {kind}", f"begin it with '{kind[0]}'"))
        if value["options"]["A"] == value["options"]["B"]:
            problems.append(record.problem("both answers are the same", "correct the wrong one"))
        if kind == "grammar" and value.get("text", "").count(GAP) != 1:
            problems.append(record.problem("the sentence has not exactly one gap", f"write {GAP} once"))
    return problems


def _counts(records: Sequence[Record]) -> list[Problem]:
    """Enough items of every kind, and both letters right as often."""
    problems, file = [], records[0].file
    kinds = Counter(record.value["kind"] for record in records)
    for kind in ("facts", *KINDS_WITH_TEXT, "arithmetic"):
        if kinds[kind] < LEAST_OF_A_KIND:
            problems.append(Problem(file, None, f"{kinds[kind]} items on {kind}", f"write at least {LEAST_OF_A_KIND}"))
        letters = Counter(record.value["answer"] for record in records if record.value["kind"] == kind)
        if abs(letters["A"] - letters["B"]) > MOST_UNEVEN_LETTERS:
            reason = f"of the items on {kind}, {letters['A']} are answered by A and {letters['B']} by B"
            problems.append(Problem(file, None, reason, "exchange the options of some"))
    return problems


def _longer(records: Sequence[Record]) -> list[Problem]:
    """Length does not tell the right answer."""
    differences = [len(right) - len(wrong) for right, wrong in map(_answers, records) if len(right) != len(wrong)]
    share = sum(difference > 0 for difference in differences) / max(1, len(differences))
    if LONGER_SHARE[0] <= share <= LONGER_SHARE[1]:
        return []
    reason = f"the right answer is the longer one in {share:.0%} of the items whose answers differ in letters"
    low, high = LONGER_SHARE
    return [Problem(records[0].file, None, reason, f"bring it between {low:.0%} and {high:.0%}")]


def _sums(records: Sequence[Record]) -> list[Problem]:
    """The right answer of an item on arithmetic begins with the value of its sum, the wrong one does not."""
    problems = []
    for record in records:
        if record.value["kind"] != "arithmetic":
            continue
        right, wrong = (_number(text) for text in _answers(record))
        value = value_of(record.value["check"])
        if value is None or right != value or wrong == value:
            reason = f"'{record.value['check']}' is {value}, the answers are {' and '.join(_answers(record))}"
            problems.append(record.problem(reason, "correct the sum or the answers"))
    return problems


def _number(text: str) -> Fraction | None:
    first = text.split()[0]
    return Fraction(first) if first.isdecimal() else None


def value_of(expression: str) -> Fraction | None:
    """Exact value of a sum of whole numbers; None where it is none."""
    try:
        return _value(ast.parse(expression, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError):
        return None


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return Fraction(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    raise ValueError(ast.unparse(node))


def _programs(records: Sequence[Record]) -> list[Problem]:
    """Programs print the right answers."""
    of_code = [record for record in records if record.value["kind"] == "code"]
    printed = printed_by([record.value["text"] for record in of_code])
    return [
        record.problem(
            f"the program prints '{output}', the right answer is '{_answers(record)[0]}'",
            "correct the program or the answer",
        )
        for record, output in zip(of_code, printed, strict=True)
        if output != _answers(record)[0]
    ]


RUNNER = """
import contextlib, io, json, sys

def printed(program):
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            exec(program, {})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return output.getvalue().removesuffix("\\n")

json.dump([printed(program) for program in json.load(sys.stdin)], sys.stdout)
"""
"""Runs the programs of the set, which are the study's own, one after the other in names of their own."""


def printed_by(programs: Sequence[str]) -> list[str]:
    """What each program prints, the last line end left out, or its fault.

    Raises:
        subprocess.TimeoutExpired: one of them does not end.
    """
    command = [sys.executable, "-I", "-c", RUNNER]
    done = subprocess.run(
        command, input=json.dumps(programs), capture_output=True, text=True, timeout=SECONDS, check=True
    )
    return [str(output) for output in json.loads(done.stdout)]
