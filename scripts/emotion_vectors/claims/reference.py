"""Reference numbers: written from a full run, and held against another run within stated tolerances."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from emotion_vectors.claims.judging import NOT_TESTABLE

Row = Mapping[str, Any]

NUMBERS = ("estimate", "low", "high", "null_percentile")
EXACT = ("n", "unit")
TOLERANCES: dict[str, dict[str, float]] = {
    "default": {"absolute": 0.02, "relative": 0.05},
    "null_percentile": {"absolute": 3.0, "relative": 0.0},
}
"""Allowed differences: of percentiles in a null, and of all other numbers unless their unit has an entry of its own. A number
agrees when its difference is within the absolute or the relative one."""


@dataclass(frozen=True)
class Difference:
    """One value that is not what the reference says."""

    model: str
    claim: str
    key: str
    reference: Any
    found: Any
    tolerance: float | None

    def __str__(self) -> str:
        allowed = "must be the same" if self.tolerance is None else f"tolerance {self.tolerance:g}"
        return f"{self.model} {self.claim} {self.key}: reference {_shown(self.reference)}, found {_shown(self.found)}, {allowed}"


@dataclass(frozen=True)
class Comparison:
    """What was compared, and every difference."""

    numbers: int
    verdicts: int
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        return not self.differences

    def summary(self) -> str:
        """The first line of the report."""
        wrong_verdicts = sum(one.key == "verdict" for one in self.differences)
        reproduced = self.numbers - (len(self.differences) - wrong_verdicts)
        return (
            f"{reproduced} of {self.numbers} reference numbers reproduced within tolerance; "
            f"{self.verdicts - wrong_verdicts} of {self.verdicts} verdicts the same"
        )

    def lines(self) -> list[str]:
        return [self.summary(), *map(str, self.differences)]

    def to_json(self) -> dict[str, Any]:
        return {
            "agrees": self.agrees,
            "summary": self.summary(),
            "numbers": self.numbers,
            "verdicts": self.verdicts,
            "differences": [asdict(one) for one in self.differences],
        }


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def tolerance_of(tolerances: Mapping[str, Row], key: str, unit: str, reference: float) -> float:
    """Allowed absolute difference of one number."""
    entry = tolerances.get(key) or tolerances.get(unit) or tolerances["default"]
    return max(float(entry["absolute"]), float(entry["relative"]) * abs(reference))


def entries(content: Row) -> Iterator[tuple[str, str, Row]]:
    """Model, name and numbers of every claim and of every part of a claim of several parts."""
    for model, claims in content["claims"].items():
        for claim, row in claims.items():
            yield model, claim, row
    for model, claims in content["parts"].items():
        for claim, parts in claims.items():
            for part, row in parts.items() if len(parts) > 1 else ():
                yield model, f"{claim} {part}", row


def compare(reference: Row, found: Row) -> Comparison:
    """Hold the claims of a run against a reference file.

    Models, claims and parts of the run that the reference does not know are not compared: they were added after it was written.

    Args:
        reference: content of a reference file.
        found: content of the run's claims.json.
    Raises:
        ValueError: the reference holds no number.
    """
    numbers = verdicts = 0
    differences: list[Difference] = []
    known = {(model, name): row for model, name, row in entries(found)}
    for model, name, expected in entries(reference):
        here = known.get((model, name), {})
        verdicts += 1
        if here.get("verdict") != expected["verdict"]:
            differences.append(Difference(model, name, "verdict", expected["verdict"], here.get("verdict"), None))
        keys = [key for key in (*NUMBERS, *EXACT) if expected[key] is not None]
        numbers += len(keys)
        differences += _differences(model, name, {key: expected[key] for key in keys}, here, reference["tolerances"])
    if not numbers:
        raise ValueError("the reference file holds no number; write it again from a complete run")
    return Comparison(numbers, verdicts, tuple(differences))


def _differences(
    model: str, claim: str, expected: Row, here: Row, tolerances: Mapping[str, Row]
) -> Iterator[Difference]:
    for key, value in expected.items():
        other = here.get(key)
        if key in EXACT:
            if other != value:
                yield Difference(model, claim, key, value, other, None)
            continue
        allowed = tolerance_of(tolerances, key, expected["unit"], value)
        if other is None or not math.isfinite(other) or abs(other - value) > allowed * (1 + 1e-9):
            yield Difference(model, claim, key, value, other, allowed)


def reference_of(results: Row) -> dict[str, Any]:
    """Content of a reference file from claims.json of a complete run.

    Args:
        results: `tier`, `claims` (model -> claim -> numbers), `parts` (model -> claim -> part -> numbers), `measured`,
            `replicated`, `provenance`.
    """
    origin = results["provenance"]
    environment = {
        key: origin[key] for key in ("python", "libraries", "device", "threads", "git_commit", "config_sha256")
    }
    content = {
        "claims": results["claims"],
        "parts": results["parts"],
        "environment": environment,
        "tolerances": TOLERANCES,
    }
    return content | ({"placebo": placebo_share(results)} if results["tier"] == "placebo" else {})


def placebo_share(results: Row) -> dict[str, float]:
    """How many claims, and how many of their parts, are judged replicated under permuted labels."""
    replicated, measured = results["replicated"], results["measured"]
    judged = [row["verdict"] for parts in results["parts"].values() for each in parts.values() for row in each.values()]
    verdicts = [verdict for verdict in judged if verdict != NOT_TESTABLE]
    return {
        "replicated": replicated,
        "measured": measured,
        "share": replicated / max(1, measured),
        "parts_replicated": verdicts.count("replicated"),
        "parts_measured": len(verdicts),
    }
