"""Responses of a model to a set of acts, as they lie on disk: unsteered replies in every condition, readings, gradients."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.acts.cells import ActError, cells_with
from emotion_vectors.artefacts import files
from emotion_vectors.stimuli.acts.items import lexical_cell
from emotion_vectors.stimuli.acts.table import Act

if TYPE_CHECKING:
    from emotion_vectors.acts.conditions import Framing
    from emotion_vectors.engine.gradients import Response
    from emotion_vectors.engine.packing import Packed
    from emotion_vectors.stimuli.situations import Item


def weights(item: Item, packed: Packed, act: Act) -> Tensor:
    """Weights that turn mean log-probabilities per token into log-odds of an act in nats per reply: [wording, continuation].

    The k-th replies of all cells make the k-th wording; what the act is crossed with is averaged out.
    """
    target, alternative = cells_with(act, list(item.continuations))
    share = {cell: 1 / len(target) for cell in target} | {cell: -1 / len(alternative) for cell in alternative}
    tokens = tokens_of(packed)
    wordings = [number for texts in item.continuations.values() for number in range(len(texts))]
    rows = torch.zeros(max(len(item.continuations[cell]) for cell in share), len(wordings))
    for reply, (side, wording) in enumerate(zip(item.sides, wordings, strict=True)):
        if side in share:
            rows[wording, reply] = share[side] * tokens[reply]
    return rows


def controlled_pairs(acts: Sequence[Act], item: Item) -> list[tuple[str, str]]:
    """Pairs of target and alternative that have lexical controls: those of sides, not of tones."""
    return [pair for pair in contrasts_of(acts) if {*pair} <= {*item.lexical}]


def control_weights(item: Item, packed: Packed, pairs: Sequence[tuple[str, str]]) -> Tensor:
    """Weights that turn mean log-probabilities per token into the log-odds of lexical controls, nats per sentence: [pair, continuation].

    Args:
        item: with its lexical controls among the continuations.
    """
    tokens, rows = tokens_of(packed), torch.zeros(len(pairs), packed.continuations)
    for row, sides in zip(rows, pairs, strict=True):
        for side, sign in zip(sides, (1, -1), strict=True):
            among = torch.tensor([cell == lexical_cell(side) for cell in item.sides])
            row += sign * among * tokens / among.sum()
    return rows


def tokens_of(packed: Packed) -> Tensor:
    """Tokens of each reply: [continuation]."""
    return torch.bincount(packed.owners, minlength=packed.continuations)


def replies_table(item: Item, packed: Packed, framing: Framing, response: Response) -> pd.DataFrame:
    """Log-probability of every reply to an item, nats per reply: scenario, hand, the framing, cell, reply, tokens, logprob_nats."""
    tokens = tokens_of(packed)
    wordings = [number for texts in item.continuations.values() for number in range(len(texts))]
    columns = {"cell": item.sides, "reply": wordings, "tokens": tokens.numpy()}
    logprobs = (response.logprobs * tokens).double().numpy()
    return pd.DataFrame(
        {"scenario": item.scenario, "hand": item.group, **asdict(framing), **columns, "logprob_nats": logprobs}
    )


def contrasts_of(acts: Sequence[Act]) -> list[tuple[str, str]]:
    """Different pairs of target and alternative of the acts on a set: acts may differ in their contexts alone."""
    return list(dict.fromkeys((act.target, act.alternative) for act in acts))


def compared_contexts(acts: Sequence[Act]) -> list[str]:
    """Contexts in which gradients are taken: those that the acts on a set compare."""
    return list(dict.fromkeys(context for act in acts for context in (act.acted, act.control)))


def contrasts_in(item: Item, packed: Packed, acts: Sequence[Act]) -> Tensor:
    """Log-odds of an item to differentiate, those of each pair for each wording: [pair x wording, continuation].

    None in a context that no act compares.
    """
    if item.variant not in compared_contexts(acts):
        return torch.zeros(0, packed.continuations)
    of_pairs = {(act.target, act.alternative): weights(item, packed, act) for act in acts}
    return torch.cat([of_pairs[pair] for pair in contrasts_of(acts)])


@dataclass(frozen=True)
class ActGradients:
    """Gradients of the log-odds of every act on a set, by scenario.

    values: [scenario, context, pair x wording, layer, d_model], nats per reply and unit of the residual stream; words: [scenario,
    direction, d_model], orthonormal basis of what raises the tokens of a scenario's replies, with rows of zero; controls: [scenario of the
    first hand, context, controlled pair, d_model], of lexical controls at the main layer; pairs: target and alternative; `hands` are by
    scenario.
    """

    values: Tensor
    words: Tensor
    controls: Tensor
    scenarios: list[str]
    hands: list[str]
    contexts: list[str]
    pairs: list[tuple[str, str]]
    controlled: list[tuple[str, str]]

    def control(self, act: Act) -> Tensor | None:
        """Gradient of an act's lexical control, in the context of the act minus in its control: [scenario of the first hand, 1, d_model].

        None where the act has none, since its sides are tones.
        """
        if (act.target, act.alternative) not in self.controlled:
            return None
        of_pair = self.controls[:, :, self.controlled.index((act.target, act.alternative))]
        acted, control = (of_pair[:, self.contexts.index(context)] for context in (act.acted, act.control))
        return (acted - control)[:, None]

    def words_of(self, hand: str) -> Tensor:
        """Word directions of the scenarios of one hand: [scenario, direction, d_model]."""
        return self.words[[row for row, of in enumerate(self.hands) if of == hand]]

    def difference(self, act: Act, hand: str) -> Tensor:
        """Gradient in the context of the act minus that in its control: [scenario, wording, layer, d_model]."""
        return self.at(act, hand, act.acted) - self.at(act, hand, act.control)

    def scenarios_of(self, hand: str) -> list[str]:
        """Scenarios of one hand, in the order in which gradients stand."""
        return [scenario for scenario, of in zip(self.scenarios, self.hands, strict=True) if of == hand]

    def at(self, act: Act, hand: str, context: str) -> Tensor:
        """Gradient in one context: [scenario, wording, layer, d_model].

        Raises:
            ActError: the act, or its context, was not measured.
        """
        pair = (act.target, act.alternative)
        if pair not in self.pairs or context not in self.contexts:
            raise ActError(f"row '{act.name}', context '{context}' was not measured; repeat capture_acts")
        rows = [row for row, of in enumerate(self.hands) if of == hand]
        of_context = self.values[rows, self.contexts.index(context)]
        return of_context.chunk(len(self.pairs), dim=1)[self.pairs.index(pair)]


def facts_of(scenes: Sequence[Mapping[str, Item]], acts: Sequence[Act]) -> dict[str, str]:
    """Metadata of a file of gradients."""
    first = [next(iter(scene.values())) for scene in scenes]
    facts = {
        "scenarios": [item.scenario for item in first],
        "hands": [item.group for item in first],
        "contexts": compared_contexts(acts),
        "read_contexts": list(scenes[0]),
        "pairs": contrasts_of(acts),
        "controlled": controlled_pairs(acts, first[0]),
    }
    return {name: json.dumps(value) for name, value in facts.items()}


def load_gradients(path: files.PathLike) -> ActGradients:
    """Read the gradients of one set.

    Raises:
        ArtefactError: the file is not complete.
    """
    with files.open_tensors(path, "file of act gradients") as file:
        names = {name: file.listed(name) for name in ("scenarios", "hands", "contexts")}
        pairs, controlled = (
            [(target, alternative) for target, alternative in file.listed(name)] for name in ("pairs", "controlled")
        )
        values, words, controls = (file.tensor(name) for name in ("gradients", "words", "controls"))
        return ActGradients(values, words, controls, pairs=pairs, controlled=controlled, **names)


@dataclass(frozen=True)
class ActReadings:
    """Residual stream before the reply, unsteered, in every context: values [scenario, context, layer, d_model]."""

    values: Tensor
    scenarios: list[str]
    hands: list[str]
    contexts: list[str]


def load_readings(path: files.PathLike) -> ActReadings:
    """Read the readings of one set.

    Raises:
        ArtefactError: the file is not complete.
    """
    with files.open_tensors(path, "file of act gradients") as file:
        return ActReadings(
            values=file.tensor("readings"),
            scenarios=file.listed("scenarios"),
            hands=file.listed("hands"),
            contexts=file.listed("read_contexts"),
        )
