"""Every prompt of a model: its turns as its template writes them, the place of the reply, and what ends one.

Texts enter as ordinary text: one that spells a control token is refused, or cut so that it cannot become the token. Replies and words
are encoded in their place, as the difference of two texts, since a tokenizer may write a text otherwise when it stands alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from emotion_vectors.models.templates import control_tokens
from emotion_vectors.models.templates.control_tokens import ControlTokens
from emotion_vectors.models.templates.layout import Layout, derive
from emotion_vectors.models.templates.rendering import PLAIN, Message, renderer_of
from emotion_vectors.models.tokens import Encoded, TokenError, shared_beginning, specials_in_front

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

log = logging.getLogger(__name__)

DATE = "2026-11-21"
"""What templates take for the date unless the configuration names another day."""
SAMPLE = (
    {"role": "system", "content": "Answer in at most two sentences."},
    {"role": "user", "content": "The evening train is late, and the platform is nearly empty."},
)
"""The conversation that is shown as an example of a model's prompts."""
PREFILLS = ("(", "")
"""What the reply to a question with lettered options begins with; the second serves tokenizers that tie the bracket to some letters."""
ROLE = re.compile(r"^system\s+")
"""What many templates write at the beginning of a system turn."""


@dataclass(frozen=True)
class Replies:
    """Replies to one prompt as the tokenizer writes them there.

    prompt: without tokens that any reply changes. ids: token ids of each reply after it. moved: tokens at the end of the prompt that a
    reply changes, and that are therefore part of every reply; 0 where the border of prompt and reply is one of tokens.
    """

    prompt: Encoded
    ids: list[list[int]]
    moved: int


@dataclass(frozen=True)
class Letters:
    """The place where a reply to lettered options says a letter: what precedes it, and the token of each letter there."""

    prompt: Encoded
    targets: list[int]


@dataclass(frozen=True)
class Conversation:
    """How one model is spoken to.

    template: `chat` or `plain`. front: special tokens that its tokenizer puts before every text. ends: tokens that end a reply.
    further_turn: what ends one in templates whose turns end in no token.
    """

    tokenizer: PreTrainedTokenizerBase
    template: str
    layout: Layout
    controls: ControlTokens
    front: tuple[int, ...]
    ends: frozenset[int]
    further_turn: re.Pattern[str] | None

    def prompt(self, messages: Sequence[Message], prefill: str = "", *, quoted: bool = False) -> Encoded:
        """Token ids of a conversation up to the token before the reply, or up to the end of a `prefill` of that reply.

        Args:
            messages: with `role` (system, user, assistant) and `content`.
            quoted: texts are the output of models or programs, and what they spell is encoded as ordinary text; otherwise a text
                that spells a control token is refused.
        Raises:
            TokenError: a text spells a control token, or the template drops or changes one.
        """
        return self._encoded(self.layout.pieces(messages, prefill), quoted=quoted)

    def replies(self, messages: Sequence[Message], texts: Sequence[str], prefill: str = "") -> Replies:
        """Replies to a conversation, or what follows a `prefill`, as the tokenizer writes them after it.

        Raises:
            TokenError: as `prompt`.
        """
        pieces = self.layout.pieces(messages, prefill)
        begun = pieces if prefill else [*pieces[:-1], pieces[-1] + self.layout.lead]
        alone = self._encoded(pieces).ids
        whole = [self._encoded(_continued(begun, text)).ids for text in texts]
        shared = min([len(alone), *(shared_beginning([alone, ids]) for ids in whole)])
        if moved := len(alone) - shared:
            changed = sum(shared_beginning([alone, ids]) < len(alone) for ids in whole)
            log.warning(
                "%d of %d replies change the last %d tokens of their prompt, which are scored with them",
                changed,
                len(whole),
                moved,
            )
        return Replies(self._of_ids(alone[:shared]), [ids[shared:] for ids in whole], moved)

    def letters(self, messages: Sequence[Message], letters: Sequence[str], *, quoted: bool = False) -> Letters:
        """Letters of options as the tokenizer writes them at the beginning of a reply, in brackets where it can.

        Raises:
            TokenError: letters are not written alike, so that their log-probabilities cannot be compared; or as `prompt`.
        """
        for prefill in PREFILLS:
            closing = ")" if prefill else ""
            replies = (f"{prefill}{letter}{closing}" for letter in letters)
            whole = [self._encoded(self.layout.pieces(messages, reply), quoted=quoted).ids for reply in replies]
            shared = shared_beginning(whole)
            after = {tuple(ids[shared + 1 :]) for ids in whole}
            targets = [ids[shared] for ids in whole if len(ids) > shared]
            if len(after) == 1 and len(set(targets)) == len(letters):
                return Letters(self._of_ids(whole[0][:shared]), targets)
        raise TokenError(
            f"the tokenizer does not write the letters {', '.join(letters)} alike at the beginning of a reply; choices cannot be read "
            "from this model"
        )

    def sample(self) -> str:
        """The sample conversation as the model is given it, up to the reply."""
        return str(self.tokenizer.decode(self.prompt(SAMPLE).ids, clean_up_tokenization_spaces=False))

    def facts(self) -> dict[str, Any]:
        """What there is to know about the conversation, and a digest of it all."""
        layout = self.layout
        facts = {
            "template": self.template,
            "template_sha256": hashlib.sha256(layout.renderer.source.encode()).hexdigest(),
            "date": layout.renderer.today.isoformat(),
            "system": layout.system,
            "default_system": ROLE.sub("", self.controls.pattern.sub(" ", layout.default_system).strip()),
            "thinking": layout.thinking,
            "reply_start": layout.reply_start,
            "reply_lead": layout.lead,
            "ends": {str(end): self.tokenizer.convert_ids_to_tokens(end) for end in sorted(self.ends)},
            "further_turn": self.further_turn.pattern if self.further_turn else "",
            "strips_blanks": layout.strips,
            "sample": self.sample(),
        }
        return facts | {"sha256": hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()}

    def _encoded(self, pieces: Sequence[str], *, quoted: bool = False) -> Encoded:
        text, intruders = "".join(pieces), self.controls.intruders(pieces)
        if intruders and not quoted:
            begin = intruders[0]
            spelled, around = self.controls.spelled(text[begin:])[0], text[max(0, begin - 40) : begin + 40].split()
            raise TokenError(
                f"a text spells the control token '{spelled}' in '{' '.join(around)}'; take it out of the text"
            )
        ids = control_tokens.encode_chunks(self.tokenizer, control_tokens.cut_at(text, intruders))
        expected = [self.controls.ids[token] for piece in pieces[::2] for token in self.controls.spelled(piece)]
        if ids is None or self._controls_among(ids) != expected:
            raise TokenError(
                f"the tokenizer writes other control tokens than its template does, in a conversation that ends '{text[-60:]}'; take "
                "out of its texts what looks like a control token"
            )
        written = tuple(ids[: len(self.front)]) == self.front
        return self._of_ids(ids if written else [*self.front, *ids])

    def _controls_among(self, ids: Sequence[int]) -> list[int]:
        # A character that the vocabulary lacks becomes the unknown token, which says nothing about turns.
        known = {*self.controls.ids.values()} - {self.tokenizer.unk_token_id}
        return [id for id in ids if id in known]

    def _of_ids(self, ids: list[int]) -> Encoded:
        return Encoded(ids, len(self.front) if self.template == PLAIN else 0)


def of_tokenizer(
    tokenizer: PreTrainedTokenizerBase, template: str, *, today: str = DATE, ends: Collection[int] = ()
) -> Conversation:
    """The conversation of a model, derived from its tokenizer and template.

    Args:
        template: `chat` for the tokenizer's own, `plain` for base models. today: ISO date that templates take for the date.
        ends: tokens that the settings of the model name as ends of a text.
    Raises:
        TokenError: the template keeps not all texts, or the place of the reply or its end is not certain.
    """
    layout = derive(renderer_of(tokenizer, template, date.fromisoformat(today)))
    written = layout.renderer.source + layout.reply_start + layout.next_turn + layout.reply_end
    controls = control_tokens.of_tokenizer(tokenizer, written)
    after = next((token for piece in (layout.reply_end, layout.next_turn) if (token := controls.spelled(piece))), None)
    turn_end = {controls.ids[after[0]]} if after else set()
    known = {*ends, *turn_end} | ({tokenizer.eos_token_id} - {None})
    further = None if after else _further_turn(layout)
    return Conversation(tokenizer, template, layout, controls, specials_in_front(tokenizer), frozenset(known), further)


def _further_turn(layout: Layout) -> re.Pattern[str]:
    """What a model writes when it goes on with a turn of its own invention: the label of a user's or an assistant's turn.

    The label of the system turn is none of these: a reply may well have a paragraph that begins with `Note:`.
    """
    labels = [text.strip() for text in (layout.header, layout.reply_start) if text.strip()]
    if len(labels) < 2:
        raise TokenError("turns of the chat template end in no token and begin with no label, so that no reply ends")
    return re.compile(rf"\s*\n(?:{'|'.join(map(re.escape, labels))})")


def _continued(pieces: Sequence[str], text: str) -> list[str]:
    """Pieces of a conversation whose reply goes on with a text: it joins a prefill, or follows the template's last piece."""
    *others, last = pieces
    if last:
        return [*pieces, text, ""]
    return [*others[:-1], others[-1] + text, last]
