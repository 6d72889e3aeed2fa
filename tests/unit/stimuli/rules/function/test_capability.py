"""Sums and programs of the two-choice items are computed: exactly, and in names of their own."""

from fractions import Fraction

import pytest

from emotion_vectors.stimuli.rules.function.capability import printed_by, value_of


@pytest.mark.parametrize(
    ("expression", "value"),
    [("2 + 3", 5), ("6 / 4 * 10", 15), ("2 * (7 + 9)", 32), ("1 / 3", Fraction(1, 3)), ("3 + 4 * 5", 23)],
)
def test_sums_are_exact(expression, value):
    assert value_of(expression) == value


@pytest.mark.parametrize("expression", ["2 +", "2 / 0", "__import__('os')", "2 ** 9", "-3"])
def test_what_is_no_sum_has_no_value(expression):
    assert value_of(expression) is None


def test_programs_do_not_see_each_other_and_faults_are_said():
    programs = ["x = 1\nprint(x)", "print('x' in dir())", "print(1 / 0)", "print(1)\nprint(2)"]
    assert printed_by(programs) == ["1", "False", "ZeroDivisionError: division by zero", "1\n2"]
