"""Parts of a model's answer to a coding task: its programs, their comments, and the words around them.

Code is taken as a user would who copies it from the answer: out of fences of any kind, out of indented code and out of plain text, with
the blanks that a browser or a mail put in. Several blocks are one program, in their order: a later definition replaces an
earlier one, and a block that is no Python is left out.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator, Sequence

from emotion_vectors.coding import fences
from emotion_vectors.coding.fences import INVISIBLE, ODD_BLANKS

PYTHON = re.compile(r"i?python[\w.-]*|py\d*|pycon|[\w./-]+\.py|")
MARKDOWN = {"markdown", "md"}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
TEXT_OR_ODD = re.compile(
    r"(\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*)"
    rf"|([{ODD_BLANKS}])|[{INVISIBLE}]",
    re.DOTALL,
)
"""Strings and comments of a program, which keep their characters, or a character that no program can hold elsewhere."""
PROMPTED = re.compile(r"^(?:>>>|\.\.\.)(?: |$)")
FIRST_LINE = re.compile(
    r"[ \t]*(?:(?:async )?def |class |import |from \w|@\w|if __name__|[A-Za-z_]\w*(?:\[.*\])? *=[^=])"
)
"""How a program in the middle of a text begins."""


def parted(answer: str) -> tuple[str, list[str]]:
    """The words of an answer outside its programs, and its programs.

    Programs are fenced blocks of Python or without a language, else fenced blocks that define something in Python, else what reads
    as statements in the rest.
    """
    prose, blocks = fences.split(re.sub(r"\r\n?", "\n", answer))
    blocks = fences.flattened(blocks, MARKDOWN)
    programs = [_typed(block.content) for block in blocks if PYTHON.fullmatch(block.language)]
    programs = programs or [block.content for block in blocks if _defines_something(block.content)]
    if programs:
        return prose, programs
    return _unfenced(prose)


def python_blocks(answer: str) -> list[str]:
    """Programs of an answer in their order."""
    return parted(answer)[1]


def words(answer: str) -> str:
    """What an answer says: its text outside programs, then the comments of these."""
    prose, blocks = parted(answer)
    return "\n".join([prose, *map(comments, blocks)])


def _defines_something(code: str) -> bool:
    tree = parsed(code)
    return tree is not None and any(isinstance(node, DEFINITIONS) for node in tree.body)


def _typed(code: str) -> str:
    """A program as it would be typed: ordinary blanks in its code, no prompts of an interpreter, nor what that printed."""
    lines = TEXT_OR_ODD.sub(lambda match: match[1] or (" " if match[2] else ""), code).splitlines(keepends=True)
    if next((line for line in lines if line.strip()), "").startswith(">>>"):
        lines = [PROMPTED.sub("", line) for line in lines if PROMPTED.match(line)]
    return textwrap.dedent("".join(lines))


def _unfenced(text: str) -> tuple[str, list[str]]:
    """Text without fences, and the longest stretches of it that are statements; they count if they define something."""
    lines = _typed(text).split("\n")
    prose: list[str] = []
    programs: list[str] = []
    at = 0
    while at < len(lines):
        end = _end_of_program(lines, at) if FIRST_LINE.match(lines[at]) else at
        if end > at:
            programs.append(textwrap.dedent("\n".join(lines[at:end])) + "\n")
        else:
            prose.append(lines[at])
        at = max(end, at + 1)
    return ("\n".join(prose), programs) if any(map(_defines_something, programs)) else (text, [])


def _end_of_program(lines: Sequence[str], start: int) -> int:
    """Line behind the longest stretch from `start` that is nothing but statements; `start` if there is none."""
    indent = _indentation(lines[start])
    ends = (end for end in range(len(lines), start, -1) if end == len(lines) or _indentation(lines[end]) <= indent)
    for end in ends:
        tree = parsed(textwrap.dedent("\n".join(lines[start:end])))
        if tree is not None and not any(_reads_as_words(node) for node in tree.body):
            return end
    return start


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 0


def _reads_as_words(node: ast.stmt) -> bool:
    """Whether a statement does nothing, as words do that happen to be Python (`Done`, `Note: it`)."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, (ast.Call, ast.Await, ast.Constant, ast.ListComp))
    return isinstance(node, ast.AnnAssign) and node.value is None


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


def defines(trees: Sequence[ast.Module], name: str) -> bool:
    """Whether a name is bound at the top level."""
    return any(name in names_bound(node) for tree in trees for node in tree.body)


def names_bound(node: ast.stmt | ast.ExceptHandler) -> set[str]:
    """Names that a statement binds, in its branches as well."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    inner = [part for part in ast.iter_child_nodes(node) if isinstance(part, (ast.stmt, ast.ExceptHandler))]
    stored = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return stored.union(*(names_bound(part) for part in inner))


def statements_run(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when a program is loaded as a module: all but the body of its main guard."""
    for statement in statements:
        if isinstance(statement, ast.If) and _is_main_guard(statement.test):
            yield from statement.orelse
        else:
            yield statement


def _is_main_guard(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def dotted(node: ast.AST) -> str:
    """`a.b.c` of names and attributes, subscripts on the way left out; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return dotted(node.value) if isinstance(node, ast.Subscript) else ""
