"""Questions after emotional and after flat words: what the words change, and what is left of it without the emotion subspace (S02, S03).

The two prompts of a pair end in the same tokens, from the question on. A clamp sets the coordinates of each of these tokens, at one layer,
to those that the token has after flat words; the words themselves are left as they are. To first order a clamp takes away the product of
the difference between the two streams, within the subspace, with the gradient of the log-odds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from emotion_vectors.engine.edits import Confined, InterventionError
from emotion_vectors.engine.gradients import respond_by_position
from emotion_vectors.engine.replay import record, replay
from emotion_vectors.removal.kinds import BY_RUN
from emotion_vectors.removal.questions import RIGHT_OVER_WRONG, both_orders, odds_of, plain_odds

if TYPE_CHECKING:
    from emotion_vectors.engine.packing import Packed
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.files import PathLike
    from emotion_vectors.stimuli.function.capability import TwoChoiceItem
    from emotion_vectors.stimuli.function.framings import FramingWords


def shared_end(first: Packed, second: Packed) -> int:
    """Number of tokens in which two packed texts end alike.

    Raises:
        InterventionError: they share no token.
    """
    unequal = 0
    least = min(len(first.ids), len(second.ids))
    same = (first.ids[-least:] == second.ids[-least:]).tolist()
    for number, equal in enumerate(same, 1):
        unequal = unequal if equal else number
    if unequal == least:
        raise InterventionError("two texts that are to be compared end in different tokens; check the tokenizer")
    return least - unequal


def clamped_end(layer: int, bases: Tensor, stream: Tensor, begin: int) -> Confined:
    """Edit that gives the end of a text the coordinates of another text's end.

    Args:
        bases: [row, component, d_model]. stream: [later token, d_model], of the other text at the layer. begin: first token of the end.
    """
    centres = stream[None] @ bases.mT
    return Confined(layer, bases, centres=centres, reach=torch.zeros(bases.shape[:2]), begin=begin)


@dataclass(frozen=True)
class Clamps:
    """What is clamped at one layer.

    emotion: [component, d_model], whose clamp is run. random: kind -> [subspace, component, d_model], whose clamps are read off gradients.
    run: [subspace, component, d_model], random ones whose clamps are run as well.
    """

    layer: int
    emotion: Tensor
    random: Mapping[str, Tensor]
    run: Tensor

    @property
    def without_run(self) -> Clamps:
        """The same with no random clamp that is run."""
        return replace(self, run=self.run[:0])


@dataclass(frozen=True)
class FramedAnswer:
    """A question after words of every kind; log-odds of the right answer in nats.

    framed, neutral, vivid: log-odds. clamped, whole: what the clamp of the emotion subspace, and of the whole stream, leaves of `framed`.
    removed: what the clamp of the emotion subspace takes away to first order. random: kind -> the same for random ones, [subspace].
    by_run: what random clamps take away that are run, [subspace], of none where none is.
    states: [2, d_model], residual stream at the reply token, mean over both orders of the answers, after framed, then after neutral words.
    """

    framed: float
    neutral: float
    vivid: float
    clamped: float
    whole: float
    removed: float
    random: Mapping[str, Tensor]
    by_run: Tensor
    states: Tensor

    def row(self) -> dict[str, Any]:
        """The numbers as a row of a table, random subspaces by their mean."""
        numbers = ("framed", "neutral", "vivid", "clamped", "whole", "removed")
        means = {f"removed, {kind}": float(values.mean()) for kind, values in self.random.items()}
        return {name: getattr(self, name) for name in numbers} | means | {BY_RUN: float(self.by_run.mean())}


def difference_moments(model: LanguageModel, pairs: Sequence[tuple[Packed, Packed]], layer: int) -> Tensor:
    """Sum over tokens of the outer product of the difference between the ends of two texts: [d_model, d_model], float64."""
    total = torch.zeros(model.width, model.width, dtype=torch.float64)
    for first, second in pairs:
        length = shared_end(first, second)
        streams = [record(model, text, [layer]).streams[layer][0, -length:].float().cpu() for text in (first, second)]
        difference = (streams[0] - streams[1]).double()
        total += difference.T @ difference
    return total


def frames(
    model: LanguageModel, source: PathLike, item: TwoChoiceItem, framing: FramingWords
) -> tuple[Packed, Packed, Packed]:
    """The question after framed, after neutral and after vivid words."""
    said = (framing.framed, framing.neutral, framing.vivid)
    framed, neutral, vivid = (both_orders(model, source, item, words) for words in said)
    return framed, neutral, vivid


def answer(model: LanguageModel, texts: tuple[Packed, Packed, Packed], clamps: Clamps, budget: int) -> FramedAnswer:
    """Ask a question after words of every kind, with and without clamps between framed and neutral ones.

    Args:
        texts: as `frames` gives them. budget: tokens in one pass.
    """
    framed, neutral, vivid = texts
    length = shared_end(framed, neutral)
    begin = len(framed.ids) - length
    plain = respond_by_position(model, neutral, RIGHT_OVER_WRONG[:0], [clamps.layer])
    moved = respond_by_position(model, framed, RIGHT_OVER_WRONG, [clamps.layer])
    end, gradient = plain.streams[0, -length:], moved.gradients[0, 0, -length:]
    difference = moved.streams[0, -length:] - end

    recording = record(model, framed, [clamps.layer])
    bases = (torch.cat([clamps.emotion[None], clamps.run]), torch.eye(model.width)[None])
    edits = (clamped_end(clamps.layer, of_kind, end, begin) for of_kind in bases)
    clamped, whole = (odds_of(replay(model, recording, [edit], budget)) for edit in edits)
    at_reply = (response.streams[0, text.predictors].mean(0) for response, text in ((moved, framed), (plain, neutral)))
    return FramedAnswer(
        framed=float(odds_of(moved.logprobs)),
        neutral=float(odds_of(plain.logprobs)),
        vivid=plain_odds(model, vivid),
        clamped=float(clamped[0]),
        whole=float(whole[0]),
        removed=float(first_order(difference, gradient, clamps.emotion[None])[0]),
        random={kind: first_order(difference, gradient, bases) for kind, bases in clamps.random.items()},
        by_run=odds_of(moved.logprobs).cpu() - clamped[1:],
        states=torch.stack([*at_reply]),
    )


def first_order(difference: Tensor, gradient: Tensor, bases: Tensor) -> Tensor:
    """What clamps take away from a readout to first order: [subspace].

    Args:
        difference, gradient: [token, d_model]. bases: [subspace, component, d_model].
    """
    flat = bases.flatten(0, 1)
    products = ((difference @ flat.T) * (gradient @ flat.T)).sum(0)
    removed: Tensor = products.reshape(bases.shape[:2]).sum(1)
    return removed
