"""How each model is spoken to, for the paper's appendix: facts of its conversation and a sample prompt, letter by letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emotion_vectors.report import latex

WIDTH = 50
"""Letters of a line of a prompt; a longer one goes on in the next line of the listing after an arrow."""


def conversation_list(cards: Sequence[Mapping[str, Any]]) -> str:
    """One paragraph and one listing a model.

    Args:
        cards: as `model_cards.card` made them.
    """
    return "\n\n".join(_paragraph(card["name"], card["conversation"]) for card in cards)


def _paragraph(name: str, facts: Mapping[str, Any]) -> str:
    ends = ", ".join(_quoted(token) for token in facts["ends"].values())
    sentences = [
        f"Digest {_digest(facts['sha256'])}, template {_digest(facts['template_sha256'])}, day {latex.escape(str(facts['date']))}.",
        f"System text: {latex.escape(facts['system'])}; without one the template adds {_added(facts['default_system'])}.",
        f"Thinking: {latex.escape(facts['thinking'])}.",
        f"The reply begins after {_quoted(facts['reply_start'])}" + _lead(facts["reply_lead"]),
        f"It ends at {ends or 'no token'}" + (", or where a further turn begins." if facts["further_turn"] else "."),
        "Blanks around a text are lost." if facts["strips_blanks"] else "",
    ]
    said = " ".join(filter(None, sentences))
    return rf"\paragraph{{{latex.escape(name)}}} {said}" + "\n" + _listing(facts["sample"])


def _digest(digest: str) -> str:
    parts = [digest[begin : begin + 8] for begin in range(0, len(digest), 8)]
    return rf"\texttt{{{latex.BREAK.join(map(latex.escape, parts))}}}"


def _added(default: str) -> str:
    return _quoted(default) if default else "nothing"


def _lead(lead: str) -> str:
    return f", with {len(lead)} blank{'s' if len(lead) > 1 else ''} of its own." if lead else "."


def _quoted(text: str) -> str:
    """A short text with its line ends as two letters."""
    return latex.breakable(text.replace("\n", "\\n"))


def _listing(text: str) -> str:
    """A text as it stands, line by line; blanks at the beginning of a line are kept."""
    lines = [part for line in text.split("\n") for part in _parts(line)]
    body = "\\\\\n".join(rf"\mbox{{}}\texttt{{{_letters(line)}}}" for line in lines)
    return "\\begin{quote}\\scriptsize\\raggedright\n" + body + "\n\\end{quote}"


def _parts(line: str) -> list[str]:
    first, *others = [line[begin : begin + WIDTH] for begin in range(0, max(1, len(line)), WIDTH)]
    return [first, *(f"→ {other}" for other in others)]


def _letters(line: str) -> str:
    """Every letter as it stands: quotation marks stay straight, and blanks are not drawn together."""
    return "".join("~" if letter == " " else latex.ESCAPES.get(letter, letter) for letter in line)
