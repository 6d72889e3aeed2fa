"""Does a program define comparisons that hold whatever they are asked? Methods are read as for an object of a foreign class."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emotion_vectors.coding.answer_parts import dotted

AGREEING = {"__eq__": True, "__ne__": False, "__le__": True, "__ge__": True, "__contains__": True}
"""What each comparison says to agree; `<` and `>` that always hold are how equal entries of a heap are ordered."""
EQUALITY = ("__eq__", "__ne__")


def loose_comparisons(program: ast.AST) -> Iterator[str]:
    """Comparisons of a program that agree with any object, or whose equality fits several values, in words."""
    functions = {node.name: node for node in ast.walk(program) if isinstance(node, ast.FunctionDef)}
    for name, value in _comparisons(program):
        function = functions.get(value.id) if isinstance(value, ast.Name) else value
        if not isinstance(function, (ast.FunctionDef, ast.Lambda)):
            continue
        if _agrees(function, AGREEING[name]):
            yield f"defines {name} so that it agrees with anything"
        elif name in EQUALITY and _fits_several(function):
            yield f"defines {name} so that several values fit"


def _comparisons(program: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Names of comparisons with what is bound to them: by definition, assignment, as an entry of a dictionary or an argument."""
    for node in ast.walk(program):
        pairs: list[tuple[str, ast.AST]] = []
        if isinstance(node, ast.FunctionDef):
            pairs = [(node.name, node)]
        elif isinstance(node, ast.Assign):
            pairs = [(dotted(target).rpartition(".")[2], node.value) for target in node.targets]
        elif isinstance(node, ast.Dict):
            entries = zip(node.keys, node.values, strict=True)
            pairs = [(str(key.value), value) for key, value in entries if isinstance(key, ast.Constant)]
        elif isinstance(node, ast.Call):
            pairs = [(keyword.arg or "", keyword.value) for keyword in node.keywords]
            if dotted(node.func) == "setattr" and len(node.args) == 3 and isinstance(node.args[1], ast.Constant):
                pairs.append((str(node.args[1].value), node.args[2]))
        yield from ((name, value) for name, value in pairs if name in AGREEING)


def _agrees(function: ast.FunctionDef | ast.Lambda, answer: bool) -> bool:
    reader = _Reader(*_operands(function))
    body = [ast.Return(function.body)] if isinstance(function, ast.Lambda) else function.body
    answers = reader.answers(body)
    return bool(answers) and all(given is answer for given in answers)


def _operands(function: ast.FunctionDef | ast.Lambda) -> tuple[str, str]:
    """Names of the object and of what it is compared with; empty where they have none."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    first, second, *_ = [*names, "", ""]
    return first, second


def _fits_several(function: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether what an object is compared with is held against literals, or against several values of which one will do."""
    _, other = _operands(function)
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and other in map(dotted, [node.left, *node.comparators]):
            one_of_several = isinstance(node.ops[0], ast.In) and dotted(node.left) == other
            if one_of_several or any(map(_is_telling, [node.left, *node.comparators])):
                return True
    return False


def _is_telling(node: ast.expr) -> bool:
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return any(map(_is_telling, node.elts))
    return isinstance(node, ast.Constant) and node.value is not None


@dataclass(frozen=True)
class _Reader:
    """Reads a method of `this` for an `other` of a foreign class: True, False, or None for what depends on the objects."""

    this: str
    other: str

    def answers(self, body: Sequence[ast.stmt]) -> list[bool | None]:
        """What the method may return, in all branches that may be taken."""
        given: list[bool | None] = []
        for statement in body:
            if isinstance(statement, ast.Return):
                return [*given, None if statement.value is None else self.truth(statement.value)]
            if isinstance(statement, ast.Raise):
                return [*given, None]
            if isinstance(statement, ast.If):
                holds = self.truth(statement.test)
                taken = [statement.body] * (holds is not False) + [statement.orelse] * (holds is not True)
                given += [answer for branch in taken for answer in self.answers(branch)]
                if holds is not None and _ends(taken[0]):
                    return given
            else:
                branches = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
                branches += [handler.body for handler in getattr(statement, "handlers", [])]
                if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                    given += [answer for branch in branches for answer in self.answers(branch)]
        return given

    def truth(self, node: ast.expr) -> bool | None:
        """Truth of an expression."""
        if isinstance(node, ast.Constant):
            return bool(node.value)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.truth(node.operand)
            return None if inner is None else not inner
        if isinstance(node, ast.BoolOp):
            parts = [self.truth(part) for part in node.values]
            decisive = isinstance(node.op, ast.Or)
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        if isinstance(node, ast.Call):
            return False if dotted(node.func) in ("isinstance", "issubclass", "hasattr") else None
        return self._same(node) if isinstance(node, ast.Compare) else None

    def _same(self, node: ast.Compare) -> bool | None:
        """Comparisons of the two objects, or of their classes: a foreign object is another one, of another class."""
        sides = [node.left, *node.comparators]
        if len(sides) != 2 or not isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)):
            return None
        of_classes = any("__class__" in ast.unparse(side) or ast.unparse(side).startswith("type(") for side in sides)
        are_they = isinstance(node.ops[0], (ast.Is, ast.IsNot)) and {dotted(side) for side in sides} == {
            self.this,
            self.other,
        }
        return isinstance(node.ops[0], (ast.IsNot, ast.NotEq)) if of_classes or are_they else None


def _ends(branch: Sequence[ast.stmt]) -> bool:
    return bool(branch) and isinstance(branch[-1], (ast.Return, ast.Raise))
