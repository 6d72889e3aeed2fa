"""How the table of claims tells of closed gates: the first in full, the others by their number."""

from dataclasses import asdict

from emotion_vectors.conduct.gates import Gate, closed
from emotion_vectors.report.tables.claims import first_gate


def gate(quantity: str, *, passed: bool = False) -> Gate:
    return Gate("blackmail", "acts", quantity, 0.1, 0.0, 0.2, 24, "scenarios", "at least 1", passed)


def told(*gates: Gate) -> str:
    return closed([asdict(one) for one in gates])


def test_of_several_closed_gates_the_first_is_told_in_full():
    first, second, third = gate("order"), gate("mention"), gate("ceiling")
    assert first_gate(told(first, second, third)) == f"{told(first)} (2 more closed in the table of gates)"


def test_one_closed_gate_and_other_reasons_stay_as_they_are():
    assert first_gate(told(gate("order"), gate("mention", passed=True))) == told(gate("order"))
    assert first_gate("too few emotions; too few events") == "too few emotions; too few events"
    mixed = f"{told(gate('order'))}; directions of the order; {told(gate('mention'))}"
    assert first_gate(mixed) == f"{told(gate('order'))}; directions of the order (1 more closed in the table of gates)"
