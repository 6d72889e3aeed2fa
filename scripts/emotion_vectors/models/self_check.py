"""The checks, whenever a model is loaded, of the names of its parts, of the layer convention, and of its conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from emotion_vectors.models.conversation import SAMPLE, Conversation
from emotion_vectors.models.families import ModelError
from emotion_vectors.models.hooks import residual_streams, run_blocks
from emotion_vectors.models.tokens import TokenError

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


@torch.no_grad()
def self_check(model: LanguageModel) -> None:
    """Shapes, writers, layer convention and block loop against the library's own forward, on a short input.

    Raises:
        ModelError: what differs, and by how much.
    """
    width = model.width
    for layer in range(model.layers):
        for part in (model.attention_output(layer), model.mlp_output(layer)):
            if not isinstance(part, nn.Linear) or part.weight.shape[0] != width:
                raise ModelError(f"{model.name}: a projection of block {layer} does not write {width} numbers")
    ids = torch.arange(3, 11, device=model.device)[None] % model.network.config.get_text_config().vocab_size
    output = model.network(input_ids=ids, use_cache=False, output_hidden_states=True)
    streams = residual_streams(model, ids)
    for layer in range(model.layers - 1):
        _agree(model, f"residual stream after block {layer}", streams[layer], output.hidden_states[layer + 1])
    _agree(model, "final norm of the last residual stream", model.final_norm(streams[-1]), output.hidden_states[-1])
    _agree(model, "own loop over the blocks", run_blocks(model, ids), streams[-1])
    _agree(model, "logits from the last residual stream", model.logits(streams[-1]), output.logits)
    _check_writers(model, ids)


def _check_writers(model: LanguageModel, ids: Tensor) -> None:
    """With both projections of every block silenced, nothing is written and the stream stays what the embedding made it."""
    writers = [part(layer) for layer in range(model.layers) for part in (model.attention_output, model.mlp_output)]
    handles = [
        writer.register_forward_hook(lambda _module, _inputs, output: torch.zeros_like(output)) for writer in writers
    ]
    try:
        streams = residual_streams(model, ids)
    finally:
        for handle in handles:
            handle.remove()
    embedded = run_blocks(model, ids, blocks=0)
    _agree(model, "residual stream with every projection silenced", streams[-1], embedded)


def _agree(model: LanguageModel, what: str, ours: Tensor, theirs: Tensor) -> None:
    tolerance = 1e-4 if model.network.dtype == torch.float32 else 5e-2
    scale = theirs.float().abs().max().clamp_min(1e-12)
    difference = ((ours.float() - theirs.float()).abs().max() / scale).item()
    if not difference <= tolerance:
        raise ModelError(
            f"{model.name}: self-check failed: {what} differs from the library's by {difference:.2e} of its scale"
        )


ANSWER = {"role": "assistant", "content": "The next one is on time."}
CONVERSATIONS = (SAMPLE[1:], SAMPLE, (*SAMPLE, ANSWER, SAMPLE[1]))
"""Short conversations of every form that the study has: with and without a system text, of one and of several turns."""


def check_conversation(conversation: Conversation) -> None:
    """Every text in its order, one beginning, and no end before the reply.

    Raises:
        TokenError: what is wrong.
    """
    for messages in CONVERSATIONS:
        ids = conversation.prompt(messages).ids
        _check_texts(conversation, [message["content"] for message in messages], ids)
        if ids[-1] in conversation.ends:
            raise TokenError("the prompt ends in a token that ends a reply, so that nothing would be said")
    _check_frame(conversation)
    if not conversation.ends and conversation.further_turn is None:
        raise TokenError("no token ends a reply: the tokenizer, the settings and the template name none")


def _check_texts(conversation: Conversation, texts: list[str], ids: list[int]) -> None:
    # Blanks are left out of the comparison: some tokenizers write more of them than they read.
    rest = "".join(str(conversation.tokenizer.decode(ids)).split())
    for text in texts:
        _, present, rest = rest.partition("".join(text.split()))
        if not present:
            raise TokenError(
                f"the tokenizer does not give back the text '{text}' of a conversation; use its own tokenizer"
            )


def _check_frame(conversation: Conversation) -> None:
    """One beginning of the text where the model has one, and no end of it before a reply that is not an end of a turn."""
    tokenizer, ids = conversation.tokenizer, conversation.prompt(SAMPLE[1:]).ids
    front, written = conversation.front, conversation.controls.spelled(conversation.layout.next_turn)
    turns = {conversation.controls.ids[token] for token in written}
    doubled = [token for token in front if token not in turns and ids.count(token) != 1]
    if doubled or (len(ids) > 1 and ids[0] == ids[1] == tokenizer.bos_token_id):
        raise TokenError(f"the prompt does not have one beginning of the text; it begins '{tokenizer.decode(ids[:3])}'")
    if tokenizer.eos_token_id in set(ids) - turns:
        raise TokenError(
            f"the end of the text, '{tokenizer.eos_token}', stands inside the prompt; correct the template"
        )
