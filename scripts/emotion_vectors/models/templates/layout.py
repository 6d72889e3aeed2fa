"""Where a template puts the texts of a conversation and where the reply begins, derived from what it writes around marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from emotion_vectors.models.templates.rendering import Message, Renderer
from emotion_vectors.models.tokens import TokenError

SYSTEM_TURN = "in a system turn"
BY_TEMPLATE = "in the first user turn, by the template"
BY_STUDY = "in the first user turn, since the template has no system turn"
"""Where a system text goes. Families without system turns put it before the first user text, a blank line between them."""

BETWEEN = "\n\n"
RENDERINGS = 3
SWITCHES = ("enable_thinking", "thinking", "enable_reasoning")
"""Variables by which templates switch thinking off."""
NO_THINKING, SWITCHED_OFF, BLOCK_KEPT, BLOCK_CLOSED = "none", "switched off", "empty block kept", "block closed at once"
OPEN_BLOCK = re.compile(r"<(\w*(?:think|thought|reason)\w*)>\s*$", re.IGNORECASE)
CLOSED_BLOCK = re.compile(r"</\w*(?:think|thought|reason)\w*>\s*$|\[/THINK\]\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """What a template does with every conversation.

    system: where a system text goes, one of the three above. thinking: what became of the model's thinking.
    header: what the template writes before a user text that is not the first. default_system: text that it adds by itself where no
    system text is given. reply_start: what stands between the last user text and the reply, to its last token. lead: blanks with
    which the template begins a reply. reply_end: what it writes after the last reply; next_turn: between a reply and the next user text.
    strips: whether blanks around a text are lost.
    """

    renderer: Renderer
    system: str
    thinking: str
    header: str
    default_system: str
    reply_start: str
    lead: str
    reply_end: str
    next_turn: str
    strips: bool

    def pieces(self, messages: Sequence[Message], prefill: str = "") -> list[str]:
        """A conversation up to the reply, or to the end of a `prefill` of it: the template's own text and the texts in turn.

        Raises:
            TokenError: the template refuses the conversation, drops or changes a text (it is quoted), or there is none.
        """
        placed = place_system(messages, self.system)
        between = marked_pieces(self.renderer, placed, reply=True)
        written = self.renderer(placed, reply=True)
        kept = kept_texts(written, between, [message["content"] for message in placed])
        pieces = alternated([*between[:-1], self.reply_start], kept)
        return [*pieces[:-1], pieces[-1] + self.lead, prefill, ""] if prefill else pieces


def derive(renderer: Renderer) -> Layout:
    """Layout of a template, from conversations of marks.

    Raises:
        TokenError: a text is dropped, doubled or out of order, the reply has no certain beginning, or the template draws at random.
    """
    if len({renderer([{"role": "user", "content": "x"}], reply=True) for _ in range(RENDERINGS)}) > 1:
        raise TokenError("the chat template draws at random, so that no two prompts are alike; use another template")
    renderer, switched = _without_thinking(renderer)
    opening, tail = _around(renderer, ["user"], reply=True)
    start, end = _around(renderer, ["user", "assistant"], reply=False)[1:]
    exchange = _around(renderer, ["user", "assistant", "user"], reply=True)
    if exchange[-1] != tail:
        raise TokenError("the chat template begins the second reply otherwise than the first; use another template")
    header = _common_end(opening, exchange[2])
    reply_start, lead, thinking = _reply_start(tail, start)
    return Layout(
        renderer=renderer,
        system=_system_placement(renderer, header),
        thinking=SWITCHED_OFF if switched and thinking in (NO_THINKING, BLOCK_KEPT) else thinking,
        header=header,
        default_system=opening[: len(opening) - len(header)],
        reply_start=reply_start,
        lead=lead,
        reply_end=end,
        next_turn=exchange[2],
        strips=_strips(renderer),
    )


def place_system(messages: Sequence[Message], system: str) -> list[dict[str, str]]:
    """Messages with the system text where the model's template keeps it."""
    placed = [dict(message) for message in messages]
    if system != BY_STUDY or not placed or placed[0]["role"] != "system":
        return placed
    if len(placed) < 2:
        raise TokenError("a conversation of a system text alone asks nothing; add a user turn")
    first, user, *others = placed
    return [{**user, "content": first["content"] + BETWEEN + user["content"]}, *others]


def marked_pieces(renderer: Renderer, messages: Sequence[Message], *, reply: bool) -> list[str]:
    """What the template writes before, between and after the texts of messages: one piece more than there are messages.

    Raises:
        TokenError: a text is dropped, written twice or out of its order (its turn is named), or there are no messages.
    """
    if not messages:
        raise TokenError("a conversation without turns; give at least a user turn")
    marks = [f"\ue000{number}\ue001" for number in range(len(messages))]
    rest = renderer([{**message, "content": mark} for message, mark in zip(messages, marks, strict=True)], reply=reply)
    pieces = []
    for message, mark in zip(messages, marks, strict=True):
        before, present, rest = rest.partition(mark)
        if not present or mark in rest or "\ue000" in before:
            raise TokenError(f"the chat template drops, repeats or moves the text of a {message['role']} turn")
        pieces.append(before)
    return [*pieces, rest]


def kept_texts(written: str, pieces: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Texts as they stand in a rendered conversation: unchanged, or without the blanks around them.

    Raises:
        TokenError: one is changed in any other way (it is quoted).
    """
    kept, rest = [], written.removeprefix(pieces[0])
    for text, after in zip(texts, pieces[1:], strict=True):
        forms = (text, text.rstrip(), text.lstrip(), text.strip())
        form = next((form for form in forms if rest.startswith(form + after)), None)
        if form is None:
            raise TokenError(f"the chat template changes the text '{_excerpt(text)}'; rewrite what it changes")
        kept.append(form)
        rest = rest[len(form + after) :]
    return kept


def _excerpt(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:60]} … {text[-20:]}"


def alternated(pieces: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Pieces with the texts between them: the first and the last are pieces."""
    return [part for pair in zip(pieces, [*texts, ""], strict=True) for part in pair][:-1]


def _around(renderer: Renderer, roles: Sequence[str], *, reply: bool) -> list[str]:
    return marked_pieces(renderer, [{"role": role, "content": ""} for role in roles], reply=reply)


def _without_thinking(renderer: Renderer) -> tuple[Renderer, bool]:
    """The template with every switch of thinking that it knows turned off, and whether it knows one."""
    known = {}
    for switch in SWITCHES:
        try:
            on, off = (_around(renderer.switched(**{switch: value}), ["user"], reply=True) for value in (True, False))
        except TokenError:
            continue
        if on != off:
            known[switch] = False
    return renderer.switched(**known), bool(known)


def _system_placement(renderer: Renderer, header: str) -> str:
    try:
        first, *_ = [
            _around(renderer, roles, reply=True)[1]
            for roles in (["system", "user"], ["system", "user", "assistant", "user"])
        ]
    except TokenError:
        return BY_STUDY
    return SYSTEM_TURN if header.strip() and first.endswith(header) else BY_TEMPLATE


def _reply_start(tail: str, start: str) -> tuple[str, str, str]:
    """Text before the reply, blanks that lead it, and what became of thinking.

    Args:
        tail: what the template writes after a user text where a reply is asked for. start: what it writes between a user text and
            a reply that is there.
    """
    if (block := OPEN_BLOCK.search(tail)) and (start == tail or not start.startswith(tail)):
        return f"{tail.rstrip()}\n\n</{block[1]}>\n\n", "", BLOCK_CLOSED
    thinking = BLOCK_KEPT if any(CLOSED_BLOCK.search(text) for text in (tail, start)) else NO_THINKING
    if tail.startswith(start):
        return tail, "", thinking
    if start.startswith(tail):
        within = start.rstrip(" ") if start[len(tail) :].strip(" ") else tail
        return within, start[len(within) :], thinking
    if thinking == BLOCK_KEPT:
        return start, "", thinking
    raise TokenError(
        f"the chat template asks for a reply with {tail!r} and writes one after {start!r}; where a reply begins is not certain"
    )


def _common_end(first: str, second: str) -> str:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(reversed(first), reversed(second), strict=False))
    return first[len(first) - sum(1 for _ in pairs) :]


def _strips(renderer: Renderer) -> bool:
    padded = [{"role": "user", "content": " \n the train is late \n "}]
    return padded[0]["content"] not in renderer(padded, reply=True)
