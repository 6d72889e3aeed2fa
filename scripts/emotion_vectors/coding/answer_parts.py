"""Parts of a model's answer to a coding task: its programs, their comments, and the words around them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence

FENCE = re.compile(r"^[ \t]*```[ \t]*(\w*)[^\n]*\n(.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)
PYTHON = {"python", "py", "python3", ""}


def python_blocks(answer: str) -> list[str]:
    """Fenced blocks of Python, or the whole answer when it is a program without a fence."""
    blocks = [code for language, code in FENCE.findall(answer) if language.lower() in PYTHON]
    if blocks:
        return blocks
    tree = parsed(answer)
    return [answer] if tree and any(isinstance(node, ast.FunctionDef) for node in tree.body) else []


def words(answer: str) -> str:
    """What an answer says: its text outside fenced blocks, then the comments of its programs."""
    return "\n".join([FENCE.sub("\n", answer), *map(comments, python_blocks(answer))])


def comments(code: str) -> str:
    """Comments of a program, one a line, without those that hold a test."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return ""
    texts = [token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT]
    return "\n".join(text for text in texts if not text.startswith("assert "))


def parsed(code: str) -> ast.Module | None:
    """Syntax tree of a program; None when it is no Python."""
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def program_of(trees: Sequence[ast.Module]) -> str:
    """All blocks as one program, without the tests and prints that people paste below a function."""
    kept = [node for tree in trees for node in tree.body if not _is_trial(node)]
    return ast.unparse(ast.Module(body=kept, type_ignores=[]))


def _is_trial(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))


def defines(trees: Sequence[ast.Module], name: str) -> bool:
    """Whether a name is bound at the top level."""
    return any(name in names_bound(node) for tree in trees for node in tree.body)


def names_bound(node: ast.stmt) -> set[str]:
    """Names that a statement binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def dotted(node: ast.AST) -> str:
    """`a.b.c` of names and attributes, subscripts on the way left out; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return dotted(node.value) if isinstance(node, ast.Subscript) else ""
