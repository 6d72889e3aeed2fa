"""A run held against reference numbers: numbers within a share of their interval, texts beside them, verdicts judged anew.

A verdict is not believed because it is written down: the registered rule is applied to the numbers of the run, and what it says must
be both what the run states and what the reference states. Where a closed gate decides instead of a number, what it says is compared.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emotion_vectors.claims import closed_gates, nonmodels, printed_numbers
from emotion_vectors.claims.judging import (
    NOT_MEASURED,
    NOT_TESTABLE,
    Row,
    Verdict,
    combine,
    verdict_on,
)
from emotion_vectors.claims.records import nonmodel_rows, rows_of

SIGNED = ("estimate", "low", "high")
SCALED = (*SIGNED, "reference", "null_95")
"""Numbers in the unit of their claim, which may differ by a share of the width of its interval."""
EXACT = ("n", "unit", "of")
COMPARED = (*SCALED, "null_percentile", *EXACT)
TEXTS = ("guard", "unconfirmed", "beside")
"""Sentences of a part: which gate stopped it, why it is not confirmed, and what stands beside it."""
VERDICT_KEYS = ("verdict", "opposite", "guard")
"""What makes a verdict another one, or one that does not follow: from a gate that says something else nothing follows."""

SAME_PROCESSOR, ANY_PROCESSOR = 1e-3, 0.1
"""Share of the width of its interval by which a number may differ: in float32 on the processor of the reference, and elsewhere."""
LEAST_WIDTH = 1e-3
"""Width of an interval of no width, as a share of the estimate."""
PERCENTAGE_POINTS = 100 * LEAST_WIDTH, 1.0
"""By how much a percentile in the null may differ, on the processor of the reference and elsewhere."""


@dataclass(frozen=True)
class Difference:
    """One value that is not what the reference, or the registered rule, says."""

    model: str
    claim: str
    key: str
    reference: Any
    recomputed: Any
    tolerance: float | None = None
    """Allowed absolute difference; None where nothing but the same value will do."""
    reason: str = "must be the same"

    def __str__(self) -> str:
        allowed = self.reason if self.tolerance is None else f"tolerance {self.tolerance:.2g}"
        return f"{self.model} {self.claim} {self.key}: reference {_shown(self.reference)}, found {_shown(self.recomputed)}, {allowed}"


@dataclass(frozen=True)
class Verification:
    """What was compared, and every difference.

    numbers, texts: how many of the reference were compared; verdicts: how many by what they follow from, see `origin_of`; unknown: rows
    of the run that the reference does not have.
    """

    numbers: int
    texts: int
    verdicts: Mapping[str, int]
    differences: tuple[Difference, ...]
    unknown: int = 0

    @property
    def agrees(self) -> bool:
        return not self.differences

    def summary(self) -> str:
        """The first line of the report."""
        verdicts = sum(self.verdicts.values())
        origins = ", ".join(f"{self.verdicts.get(origin, 0)} {origin}" for origin in ORIGINS)
        beyond = f"; {self.unknown} claims and parts of this run are not in the reference" if self.unknown else ""
        return (
            f"{self.numbers - self._wrong(COMPARED)} of {self.numbers} reference numbers reproduced within tolerance; "
            f"{verdicts - self._wrong_verdicts()} of {verdicts} verdicts follow and are the same ({origins}); "
            f"{self.texts - self._wrong(TEXTS)} of {self.texts} texts of gates and beside numbers agree{beyond}"
        )

    def _wrong(self, keys: Sequence[str]) -> int:
        return len({(row.model, row.claim, row.key) for row in self.differences if row.key in keys})

    def _wrong_verdicts(self) -> int:
        return len({(row.model, row.claim) for row in self.differences if row.key in VERDICT_KEYS})

    def lines(self) -> list[str]:
        """The summary, then a line for each difference."""
        return [self.summary(), *map(str, self.differences)]


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def compare(reference: Row, results: Row, registered: Mapping[str, Row]) -> Verification:
    """Hold the claims of a run against a reference file.

    Models, claims and parts of the run that the reference does not know are counted and not compared: they were added after it was
    written.

    Args:
        reference: content of a reference file.
        results: content of the run's claims.json.
        registered: claims by id, with the rule of each part.
    Raises:
        ValueError: the reference holds no number.
    """
    alike = _same_processor(reference["environment"], results["environment"])
    numbers = texts = 0
    verdicts: Counter[str] = Counter()
    differences: list[Difference] = []
    of_run, known = (
        {(model, claim, part): row for rows in (rows_of, nonmodel_rows) for model, claim, part, row in rows(content)}
        for content in (results, reference)
    )
    for (model, claim, part), expected in known.items():
        name = f"{claim} {part}".strip()
        row = of_run.get((model, claim, part), {})
        keys = [key for key in COMPARED if expected.get(key) is not None]
        said = [key for key in TEXTS if expected.get(key) or row.get(key)]
        numbers, texts = numbers + len(keys), texts + len(said)
        verdicts[origin_of(expected["verdict"])] += 1
        for key in keys:
            differences += _number_faults(model, name, key, expected, row, alike)
        for key in said:
            differences += _text_faults(model, name, key, expected.get(key), row.get(key), alike)
        differences += _verdict_faults(model, name, expected, row, _judged(results, registered, model, claim, part))
    if not numbers:
        raise ValueError("the reference file holds no number; write it again from a complete run")
    return Verification(numbers, texts, verdicts, tuple(differences), len(of_run.keys() - known.keys()))


FROM_NUMBERS, FROM_GATES, UNMEASURED = ORIGINS = ("from numbers", "from closed gates", "not measured")
"""What a verdict follows from."""


def origin_of(verdict: str) -> str:
    """What a verdict follows from: numbers, closed gates, which leave none to judge, or neither, where nothing was measured."""
    return {NOT_TESTABLE: FROM_GATES, NOT_MEASURED: UNMEASURED}.get(verdict, FROM_NUMBERS)


def _same_processor(reference: Row, run: Row) -> bool:
    """Whether both ran in float32 on one kind of processor, so that their numbers should be equal but for rounding."""
    known = reference.get("processor"), reference.get("precision")
    return None not in known and known == (run.get("processor"), run.get("precision")) and known[1] == "float32"


def tolerance_of(key: str, expected: Row, *, same_processor: bool) -> float:
    """Allowed absolute difference of one number."""
    if key == "null_percentile":
        return PERCENTAGE_POINTS[0 if same_processor else 1]
    width = max(abs(float(expected["high"] - expected["low"])), LEAST_WIDTH * abs(float(expected["estimate"])))
    return width * (SAME_PROCESSOR if same_processor else ANY_PROCESSOR)


def _number_faults(model: str, name: str, key: str, expected: Row, row: Row, alike: bool) -> Iterator[Difference]:
    value, other = expected[key], row.get(key)
    if key in EXACT:
        if other != value:
            yield Difference(model, name, key, value, other)
        return
    allowed = tolerance_of(key, expected, same_processor=alike)
    if other is None or not math.isfinite(other) or abs(other - value) > allowed * (1 + 1e-9):
        yield Difference(model, name, key, value, other, allowed)
    elif key in SIGNED and _sign(value) != _sign(other):
        yield Difference(model, name, key, value, other, reason="the sign must be the same")
    elif key == "null_percentile" and not 0 <= other <= 100:
        yield Difference(model, name, key, value, other, reason="must lie between 0 and 100")


def _text_faults(
    model: str, name: str, key: str, expected: str | None, text: str | None, alike: bool
) -> Iterator[Difference]:
    if expected is None or text is None:
        yield Difference(model, name, key, expected, text)
        return
    for contrast in printed_numbers.contrasts(expected, text, same_processor=alike):
        yield Difference(
            model, name, key, _quoted(contrast.expected), _quoted(contrast.other), contrast.tolerance, SAME_WORDS
        )
    if key == "guard":
        for gate in closed_gates.kept_limits(text):
            yield Difference(model, name, key, _quoted(expected), _quoted(gate), reason="this gate keeps its limit")


SAME_WORDS = "the words must be the same"


def _quoted(text: str) -> str:
    return f"'{text}'" if text else "nothing"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _verdict_faults(model: str, name: str, expected: Row, row: Row, judged: Verdict) -> Iterator[Difference]:
    """What a run states must be what the reference states, and what the numbers of the run say by the registered rule."""
    stated = row.get("verdict")
    if stated != expected["verdict"]:
        yield Difference(model, name, "verdict", expected["verdict"], stated)
    if judged.verdict != expected["verdict"]:
        reason = f"as the registered rule judges the numbers of this run ({judged.why})"
        yield Difference(model, name, "verdict", expected["verdict"], judged.verdict, reason=reason)
    elif stated == expected["verdict"] and bool(row.get("opposite")) != judged.opposite and "opposite" in row:
        yield Difference(model, name, "opposite", judged.opposite, row["opposite"])


def _judged(results: Row, registered: Mapping[str, Row], model: str, claim: str, part: str) -> Verdict:
    """Verdict by the registered rule on the numbers of the run: of one part, or of the claim where `part` is empty."""
    nonmodel, _, of_nonmodel = part.partition(": ")
    entered = results.get("nonmodels", {}).get(model, {}).get(claim, {})
    if nonmodel in entered and claim in registered:
        return nonmodels.judged(registered[claim], of_nonmodel, entered[nonmodel].get(of_nonmodel, {}))
    rows = results["parts"].get(model, {}).get(claim)
    if not rows or claim not in registered or (part and part not in rows):
        return Verdict(NOT_MEASURED, "no numbers")
    verdicts = {
        rule["name"]: _judge_row(registered[claim], rule, rows[rule["name"]])
        for rule in registered[claim]["parts"]
        if rule["name"] in rows
    }
    if part:
        return verdicts.get(part, Verdict(NOT_MEASURED, "no rule"))
    return nonmodels.capped(combine(verdicts), nonmodels.passing(registered[claim], entered))


def _judge_row(claim: Row, rule: Row, row: Row) -> Verdict:
    if not row["guard"] and any(row[key] is None for key in (*SCALED, "null_percentile")):
        return Verdict(NOT_TESTABLE, "numbers are missing and no gate says why")
    return verdict_on(claim, rule, row)
