"""From the words of a command line to the command that carries them out."""

from __future__ import annotations

import importlib
import logging
import sys

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.commands.arguments import parse
from emotion_vectors.statistics.wording import visible

MODULES = {"read": "reading", "steer": "steering", "score": "scoring", "export": "exporting", "agree": "agreeing"}
"""Module with the function of each command's name, loaded when it runs: it brings what runs models."""
BAD_INPUT = 2
"""Exit status where something that the user gave has to be mended."""


def main(words: list[str]) -> int:
    """Carry out a command.

    Returns:
        Exit status: 0, or 2 where the message says what to mend.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr, force=True)
    try:
        command, request = parse(words)
        module = importlib.import_module(f"emotion_vectors.commands.{MODULES[command]}")
        getattr(module, command)(request)
    except MendableError as error:
        print(f"emotion_vectors: {visible(str(error))}", file=sys.stderr)
        return BAD_INPUT
    return 0
