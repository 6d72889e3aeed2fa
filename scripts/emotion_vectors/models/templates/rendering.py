"""Chat templates rendered as the library renders them, but by a fixed clock: a prompt must not change from one day to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from jinja2.exceptions import TemplateError
from transformers.utils.chat_template_utils import _compile_jinja_template

from emotion_vectors.models.tokens import TokenError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Message = Mapping[str, str]

CHAT, PLAIN = "chat", "plain"
PLAIN_TEMPLATE = (
    "{% set speakers = {'user': 'Human', 'assistant': 'Assistant', 'system': 'Note'} %}"
    "{% for message in messages %}{{ speakers[message['role']] }}: {{ message['content'] }}"
    "{% if add_generation_prompt or not loop.last %}{{ '\\n\\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)
"""Turns of base models, which have no template of their own."""


@dataclass(frozen=True)
class Renderer:
    """A template with all that it may look at besides the messages.

    variables: special tokens and switches by name. today: what the template takes for the date.
    """

    source: str
    variables: Mapping[str, Any]
    today: date

    def __call__(self, messages: Sequence[Message], *, reply: bool) -> str:
        """Text of a conversation, with `reply` up to the place where the assistant is to begin.

        Raises:
            TokenError: the template refuses the conversation (its reason is given).
        """
        clock: Callable[[str], str] = datetime.combine(self.today, time()).strftime
        try:
            text = _compile_jinja_template(self.source).render(
                messages=[dict(message) for message in messages],
                tools=None,
                documents=None,
                add_generation_prompt=reply,
                **{**self.variables, "strftime_now": clock},
            )
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise TokenError(f"the chat template refuses turns of {_roles(messages)}: {error}") from error
        return str(text)

    def switched(self, **switches: bool) -> Renderer:
        """The same template with switches set."""
        return replace(self, variables={**self.variables, **switches})


def renderer_of(tokenizer: PreTrainedTokenizerBase, template: str, today: date) -> Renderer:
    """The template of a model.

    Args:
        template: `chat` for the tokenizer's own, `plain` for Human and Assistant turns.
    Raises:
        TokenError: the name is not known, or the tokenizer has no template.
    """
    if template == PLAIN:
        return Renderer(PLAIN_TEMPLATE, {}, today)
    if template != CHAT:
        raise TokenError(f"template '{template}' is not known; use chat or plain in workflow/models.tsv")
    if not tokenizer.chat_template:
        raise TokenError(
            "this tokenizer has no chat template; set the model's `template` to plain in workflow/models.tsv"
        )
    return Renderer(str(tokenizer.get_chat_template()), dict(tokenizer.special_tokens_map), today)


def _roles(messages: Sequence[Message]) -> str:
    return ", ".join(message["role"] for message in messages)
