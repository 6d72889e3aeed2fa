"""Own replies to fresh events under three arms at finite strength: ordered, steered, driven through circuits (W08b).

Pushes act at every token of prompt and replies, in all arms, as additions do for slopes (`fresh.slopes`). What a circuit adds is measured:
the length of what its neurons and heads write into the stream because of the difference vectors, in every block, mean over tokens. A dose
is the sum over blocks of these lengths, each as a fraction of the mean residual norm after its block: the norm grows with depth, so that a
length which is little late would be much early. Steering has the same dose, along the directions of orders: in the blocks of the original's
band, an equal fraction in each, or in each block the fraction that the circuit adds there. The one that raises own replies more is what the
circuit is held against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch import Tensor, nn

from emotion_vectors.engine import prompts
from emotion_vectors.engine.driven_replies import STREAM, Push, pushing
from emotion_vectors.engine.packing import Packed, mean_logprobs
from emotion_vectors.engine.replay import packed_attention, read, scored_logprobs
from emotion_vectors.expression import arms, likelihood
from emotion_vectors.expression.arm_names import CIRCUIT, FULL, STEERING
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.models.points import MLP, POINT_OF, POINTS
from emotion_vectors.models.sublayers import Sublayer, sublayer
from emotion_vectors.replies.transcripts import UNSTEERED, Condition
from emotion_vectors.stimuli.events import EMOTIONS, Event

if TYPE_CHECKING:
    from emotion_vectors.circuits.emotion_directions import EmotionDirections
    from emotion_vectors.models.language_model import LanguageModel

LAYER_BY_LAYER = "steering, layer by layer"
STEERED = (STEERING, LAYER_BY_LAYER)


@dataclass(frozen=True)
class Arms:
    """What acts on each emotion's row.

    circuit: pushes in neurons and heads; directions: of orders after the blocks, unit length [emotion, layer, d_model]; norms: [layer],
    mean residual norm at the last token of a prompt.
    """

    circuit: list[Push]
    directions: Tensor
    norms: Tensor


@dataclass(frozen=True)
class Driven:
    """One packed text under one arm.

    odds: [emotion], log-odds of own replies, nats per reply; added: [emotion, layer], length of what is added after or in each block, mean
    over tokens; stream: [emotion, token, d_model], residual stream at the main layer.
    """

    odds: Tensor
    added: Tensor
    stream: Tensor


def arms_of(model: LanguageModel, known: EmotionDirections, circuits: arms.Circuits) -> Arms:
    """Circuits at the full difference vectors, and what steering goes along.

    Raises:
        ArmError: the directions are of other emotions.
    """
    after_blocks = known.directions[:, POINTS.index(MLP)]
    # Neither story vectors nor random directions stand in any of the arms.
    directions = arms.directions_of(known, after_blocks, after_blocks[:0])
    differences = arms.Differences(known.neuron_differences, known.head_differences)
    asked = [Condition(emotion, CIRCUIT, FULL) for emotion in EMOTIONS]
    pushed = arms.pushes(model, asked, arms.Added(directions, differences, circuits))
    circuit = [push for push in pushed if push.vectors.any()]
    return Arms(circuit, directions.steering, directions.norms)


def steering_lengths(added: Tensor, norms: Tensor) -> dict[str, Tensor]:
    """Lengths of the additions of both kinds of steering, each with the circuit's dose: [emotion, layer].

    Args:
        added: [emotion, layer], by the circuit.
    """
    blocks, lengths = arms.band(len(norms)), torch.zeros_like(added)
    lengths[:, blocks] = dose(added, norms)[:, None] * norms[blocks] / len(blocks)
    return {STEERING: lengths, LAYER_BY_LAYER: added}


def dose(added: Tensor, norms: Tensor) -> Tensor:
    """Sum over layers of lengths [emotion, layer] as fractions of the residual norm at each [layer]: [emotion]."""
    return (added / norms).sum(1)


def along(directions: Tensor, lengths: Tensor) -> list[Push]:
    """Additions of given lengths [emotion, layer] along unit directions [emotion, layer, d_model], after every block."""
    vectors = lengths[..., None] * directions
    return [Push(STREAM, layer, vectors[:, layer]) for layer in range(vectors.shape[1]) if vectors[:, layer].any()]


@contextmanager
def measuring(model: LanguageModel, pushed: Sequence[Push]) -> Iterator[Tensor]:
    """Push inside the `with` block; yields [row, layer], filled as a text is read: length of what is added, mean over its tokens.

    What a pushed sublayer writes is compared with what it would write from the same stream without the push, so that norms after a
    projection count as well.
    """
    added = torch.zeros(len(pushed[0].vectors), model.layers)
    for push in pushed:
        if push.site == STREAM:
            added[:, push.layer] += push.vectors.norm(dim=-1).cpu()
    sites = list(dict.fromkeys((push.layer, POINT_OF[push.site]) for push in pushed if push.site != STREAM))
    untouched: dict[tuple[int, str], Tensor] = {}
    written: dict[int, Tensor] = {}

    def inputs_at(site: tuple[int, str], given: tuple[Tensor, ...]) -> Tensor:
        # Without a norm after any projection every token is changed alike, so that one shows what all are.
        return given[0].float() if normalised else given[0][:, :1].float()

    def before(site: tuple[int, str]) -> Any:
        return lambda _module, given: untouched.__setitem__(site, inputs_at(site, given))

    def after(site: tuple[int, str], writer: Sublayer) -> Any:
        def pre_hook(_module: nn.Module, given: tuple[Tensor, ...]) -> None:
            layer, point = site
            change = writer.written(inputs_at(site, given)) - writer.written(untouched.pop(site))
            written[layer] = change + written.pop(layer, torch.zeros(()).to(change))
            if point == last[layer]:
                added[:, layer] += written.pop(layer).norm(dim=-1).mean(1).cpu()

        return pre_hook

    last = {layer: max((point for at, point in sites if at == layer), key=POINTS.index) for layer, _ in sites}
    writers = {site: sublayer(model, *site) for site in sites}
    normalised = any(writer.norm is not None for writer in writers.values())
    handles = [writers[site].projection.register_forward_pre_hook(before(site)) for site in sites]
    try:
        with pushing(model, pushed):
            handles += [
                writers[site].projection.register_forward_pre_hook(after(site, writers[site])) for site in sites
            ]
            yield added
    finally:
        for handle in handles:
            handle.remove()


@torch.inference_mode()
def drive(model: LanguageModel, packed: Packed, pushed: Sequence[Push], layer: int) -> Driven:
    """Read a packed text of six replies with one row for each emotion."""
    streams: dict[int, Tensor] = {}

    def keep(at: int, hidden: Tensor) -> None:
        if at in (layer, model.layers - 1):
            streams[at] = hidden

    with packed_attention(model, [packed]), measuring(model, pushed) as added, block_hooks(model, keep):
        read(model, [packed])
    last = streams[model.layers - 1]
    logprobs = mean_logprobs(torch.stack(scored_logprobs(model, last, [packed] * len(last))).cpu(), packed)
    lengths = torch.bincount(packed.owners, minlength=len(EMOTIONS))
    # A text under pushes from some block on has one row below it.
    odds = (logprobs @ likelihood.contrasts().T).expand(len(EMOTIONS), -1)
    return Driven(odds.diagonal() * lengths, added, streams[layer].float().cpu())


def measure(
    model: LanguageModel, asked: Iterable[Event], replies: Mapping[str, dict[str, str]], acting: Arms, layer: int
) -> pd.DataFrame:
    """Own replies to each event under the circuits and under both kinds of steering.

    Args:
        layer: main layer, at which it is read how far an arm moves the stream.
    Returns:
        Tidy table: scenario, arm (`unsteered` included), emotion, own_nats (log-odds of the own reply, nats per reply), added (dose, see
        above) and moved (length of the change of the stream at the main layer, mean over tokens, as a fraction of the mean residual norm
        there).
    """
    still = [Push(STREAM, model.layers - 1, torch.zeros(1, model.width))]
    frames = []
    for event in asked:
        packed = prompts.encode(model, likelihood.item_of(event, replies.get(event.scenario, {})))
        plain = drive(model, packed, still, layer)
        driven = {UNSTEERED.kind: plain, CIRCUIT: drive(model, packed, acting.circuit, layer)}
        for arm, lengths in steering_lengths(driven[CIRCUIT].added, acting.norms).items():
            driven[arm] = drive(model, packed, along(acting.directions, lengths), layer)
        for arm, result in driven.items():
            moved = (result.stream - plain.stream).norm(dim=-1).mean(1) / acting.norms[layer]
            amounts = {"added": dose(result.added, acting.norms), "moved": moved}
            fractions = {name: amount.expand(len(EMOTIONS)).numpy() for name, amount in amounts.items()}
            facts = {"scenario": event.scenario, "arm": arm, "emotion": list(EMOTIONS)}
            frames.append(pd.DataFrame(facts | {"own_nats": result.odds.double().numpy()} | fractions))
    return pd.concat(frames, ignore_index=True)
