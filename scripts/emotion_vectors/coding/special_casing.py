"""Does a program answer the arguments of a visible test with what that test expects? Read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from emotion_vectors.coding.answer_parts import dotted

UNTELLING: tuple[Any, ...] = ("", 0, 1, None, [], (), {})
"""Literals that occur in any program; True and False equal 1 and 0."""


@dataclass(frozen=True)
class Expectation:
    """Literals among the arguments of a call in a test, and those it is compared with."""

    arguments: tuple[Any, ...]
    expected: tuple[Any, ...]


def special_cases(tree: ast.Module, visible_tests: Iterable[str], entry_point: str) -> Iterator[str]:
    """Conditions and tables of a program that pair arguments of visible tests with their values, in words."""
    expectations = [
        expectation for test in visible_tests for expectation in _expectations(ast.parse(test), entry_point)
    ]
    for node in ast.walk(tree):
        if isinstance(node, (ast.If, ast.IfExp)):
            body = node.body if isinstance(node.body, list) else [node.body]
            asked = [value for part in _compared(node.test) for value in literals(part)]
            answers = [value for part in body for value in literals(part)]
            if any(_pairs(asked, answers, expected) for expected in expectations):
                yield f"answers `{ast.unparse(node.test)}` with what a visible test expects"
        elif isinstance(node, ast.Dict):
            entries = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key]
            known = [
                key
                for key, value in entries
                if any(_pairs(literals(key), literals(value), expected) for expected in expectations)
            ]
            if len(known) > 1:
                yield "keeps a table of the visible tests"


def _expectations(test: ast.Module, entry_point: str) -> Iterator[Expectation]:
    """Every comparison of a call in a test; a variable stands for the literals in what is assigned to it."""
    built = {
        target.id: literals(node.value)
        for node in ast.walk(test)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(test):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Call) and dotted(node.left.func) == entry_point:
            given = node.left.args
            arguments = [value for part in given for value in [*literals(part), *built.get(dotted(part), ())]]
            whole = literal(ast.Tuple(elts=given, ctx=ast.Load())) if len(given) > 1 else None
            yield Expectation((*arguments, whole), tuple(literals(node.comparators[0])))


def _compared(condition: ast.expr) -> Iterator[ast.expr]:
    """What a condition compares for equality, membership, a beginning or an end."""
    for node in ast.walk(condition):
        if isinstance(node, ast.Compare) and all(isinstance(sign, (ast.Eq, ast.In, ast.Is)) for sign in node.ops):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith(("startswith", "endswith", "fullmatch")):
            yield from node.args


def literals(tree: ast.AST) -> list[Any]:
    """Literal values in a tree, whole ones where they are whole."""
    value = literal(tree)
    if value is not None:
        return [value]
    return [inner for part in ast.iter_child_nodes(tree) for inner in literals(part)]


def literal(tree: ast.AST) -> Any:
    """Value of a literal expression; None for anything else."""
    try:
        return ast.literal_eval(tree) if isinstance(tree, ast.expr) else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _pairs(asked: Sequence[Any], answers: Sequence[Any], expectation: Expectation) -> bool:
    return _share(asked, expectation.arguments) and _share(answers, expectation.expected)


def _share(values: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Whether a literal that tells something is in both, of the same type."""
    return any(type(one) is type(other) and one == other and one not in UNTELLING for one in values for other in wanted)
