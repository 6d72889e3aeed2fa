"""The process in which a program runs: it loads the program and answers calls of its function.

A program is loaded statement by statement, as if a user had pasted it at a prompt. A statement that raises breaks it, unless it
is a trial of what the program defines: an assertion or call that leaves no name behind, whatever comes once the function is
defined, and the import of a framework for tests. Trials run, and their failures change nothing.
"""

from __future__ import annotations
import __future__

import ast
import json
import marshal
import sys
import types
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from emotion_vectors.coding.sandbox.plain_data import plain, receive, send

TEST_FRAMEWORKS = {"pytest", "hypothesis"}
NAME, FILE = "program", "program.py"
BINDING = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.NamedExpr,
)
FUTURES = [getattr(__future__, name).compiler_flag for name in __future__.all_feature_names]


def serve(program: str, entry_point: str, calls: BinaryIO, replies: BinaryIO) -> NoReturn:
    """Load the program and answer calls of its function, until the examiner is gone.

    Args:
        calls: arguments of each call, then a go-ahead for the call and one for the account of changed arguments.
        replies: readiness, the value or what was raised, and the changed arguments.
    """
    module = sys.modules[NAME] = types.ModuleType(NAME)
    module.__file__ = FILE
    sys.argv = [FILE]
    raised = loaded(program, entry_point, module.__dict__)
    trouble = json.dumps({"raised": f"while loading, {raised}"}).encode() if raised else b""
    while True:
        arguments = marshal.loads(receive(calls))
        before = marshal.dumps(arguments, 2)
        send(replies, b"ready")
        receive(calls)
        send(replies, trouble or answer(module.__dict__[entry_point], arguments))
        receive(calls)
        changed = marshal.dumps(arguments, 2) != before
        send(replies, json.dumps([plain(part) for part in arguments[0]] if changed else []).encode())


def loaded(program: str, entry_point: str, names: dict[str, Any]) -> str:
    """Run the statements of a program, names bound in `names`; what broke it, empty if nothing did."""
    try:
        for statement, code in list(statements(program)):
            try:
                exec(code, names)
            except Exception as error:
                if not (entry_point in names or is_trial(statement) or getattr(error, "name", None) in TEST_FRAMEWORKS):
                    return described(error)
    except BaseException as error:
        if entry_point not in names:
            return described(error)
    return "" if entry_point in names else f"NameError: name '{entry_point}' is not defined"


def statements(program: str) -> Iterator[tuple[ast.stmt, types.CodeType]]:
    """Statements of a program, compiled one by one; what one imports from `__future__` holds for those after it.

    Raises:
        SyntaxError: the program is no Python.
    """
    flags = 0
    for statement in ast.parse(program).body:
        code = compile(ast.Module([statement], []), "<program>", "exec", flags, True)
        flags |= sum(flag for flag in FUTURES if code.co_flags & flag)
        yield statement, code


def is_trial(statement: ast.stmt) -> bool:
    """Whether a statement leaves no name behind that the program could need."""
    return not any(isinstance(node, BINDING) for node in ast.walk(statement))


def answer(function: Any, arguments: Any) -> bytes:
    """The value of a call as a message, or what it raised."""
    try:
        return json.dumps({"value": plain(function(*arguments[0], **arguments[1]))}).encode()
    except BaseException as error:
        return json.dumps({"raised": described(error)}).encode()


def described(error: BaseException) -> str:
    """An exception in words, 300 characters at most."""
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:  # of its own __str__
        return type(error).__name__
