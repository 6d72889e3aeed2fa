"""`steer`: a reply, and the same reply with a vector added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from emotion_vectors.commands import terminal
from emotion_vectors.commands.materials import encoded, gather, text_of_request
from emotion_vectors.commands.requests import SteerRequest
from emotion_vectors.engine.draws import Sampling
from emotion_vectors.trials import continuations
from emotion_vectors.trials.continuations import PLAIN

if TYPE_CHECKING:
    from emotion_vectors.commands.materials import Materials
    from emotion_vectors.trials.continuations import SteeredReply

TOP_P = 0.95
"""As in the study."""


def steer(request: SteerRequest) -> None:
    """Print the replies.

    Raises:
        MendableError: something that the user gave has to be mended.
    """
    text = text_of_request(request.text)
    materials = gather(request, [request.emotion])
    rows, prompt = materials.rows([request.emotion]), encoded(materials.model, text, request.form)
    sampling = Sampling(new_tokens=request.tokens, temperature=request.temperature, top_p=TOP_P)
    replies = continuations.steered(materials.model, rows, prompt, request.strengths, sampling, request.seed)
    if request.json:
        terminal.print_json(_content(request, materials, replies))
    else:
        titles = [_title(request.emotion, one.strength) for one in replies]
        texts = dict(zip(titles, (one.reply.text for one in replies), strict=True))
        terminal.print_side_by_side(Console(), texts)


def _title(emotion: str, strength: float) -> str:
    return "plain" if strength == PLAIN else f"{emotion} {strength:+g}"


def _content(request: SteerRequest, materials: Materials, replies: Sequence[SteeredReply]) -> dict[str, Any]:
    return {
        "model": materials.model.name,
        "emotion": request.emotion,
        "layer": materials.layer,
        "temperature": request.temperature,
        "top_p": TOP_P,
        "seed": request.seed,
        "replies": [
            {
                "strength_norm_fraction": one.strength,
                "text": one.reply.text,
                "ended": one.reply.ended,
                "tokens": len(one.reply.ids),
                "mean_logprob_nats": one.mean_logprob,
            }
            for one in replies
        ],
    }
