"""Plain data as messages: how values travel between the examiner of a test and the program.

Plain data are None, booleans, numbers, text, and lists, tuples, sets and dictionaries of them; subclasses count by their content.
"""

from __future__ import annotations

from typing import Any, BinaryIO


def frame(content: bytes) -> bytes:
    """A message with its length on a line before it."""
    return b"%d\n" % len(content) + content


def send(target: BinaryIO, content: bytes) -> None:
    """Write a message.

    Raises:
        OSError: the other side is gone.
    """
    target.write(frame(content))
    target.flush()


def receive(source: BinaryIO) -> bytes:
    """The content of the next message.

    Raises:
        ValueError: the other side is gone.
    """
    return source.read(int(source.readline()))


def plain(value: Any) -> Any:
    """A value as JSON, by its built-in type: what a class of the program overrides is left behind.

    Raises:
        TypeError: it is no plain data.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {"dict": [[plain(key), plain(part)] for key, part in value.items()]}
    for kind in (tuple, set):
        if isinstance(value, kind):
            return {kind.__name__: [plain(part) for part in value]}
    raise TypeError(f"a value of type {type(value).__name__} is not plain data")


def revived(value: Any) -> Any:
    """The inverse of `plain`."""
    if isinstance(value, list):
        return [revived(part) for part in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "dict":
        return {revived(key): revived(part) for key, part in content}
    return {"tuple": tuple, "set": set}[kind](map(revived, content))
