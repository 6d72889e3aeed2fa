"""Responses of a model to a set of acts, as they lie on disk: unsteered replies in every condition, readings, gradients."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.stimuli.acts.table import Act

if TYPE_CHECKING:
    from emotion_vectors.acts.conditions import Framing
    from emotion_vectors.engine.gradients import Response
    from emotion_vectors.engine.packing import Packed
    from emotion_vectors.stimuli.situations import Item


class ActError(MendableError, ValueError):
    """Items or stored responses do not hold what a row of the table of acts asks for."""


def cells_with(act: Act, cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Cells "side/tone" of the target and of the alternative of an act, which are two sides or two tones.

    Raises:
        ActError: the cells have no such side or tone.
    """
    of = [[cell for cell in cells if name in cell.split("/")] for name in (act.target, act.alternative)]
    if not all(of):
        raise ActError(
            f"row '{act.name}' of the table of acts: the items of '{act.items}' have cells {', '.join(cells)}; name two of their "
            "sides, or two of their tones, in columns target and alternative"
        )
    return of[0], of[1]


def weights(item: Item, packed: Packed, act: Act) -> Tensor:
    """Weights that turn mean log-probabilities per token into log-odds of an act in nats per reply: [wording, continuation].

    The k-th replies of all cells make the k-th wording; what the act is crossed with is averaged out.
    """
    target, alternative = cells_with(act, list(item.continuations))
    share = {cell: 1 / len(target) for cell in target} | {cell: -1 / len(alternative) for cell in alternative}
    tokens = tokens_of(packed)
    wordings = [number for texts in item.continuations.values() for number in range(len(texts))]
    rows = torch.zeros(max(wordings) + 1, len(wordings))
    for reply, (side, wording) in enumerate(zip(item.sides, wordings, strict=True)):
        rows[wording, reply] = share.get(side, 0.0) * tokens[reply]
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

    values: [scenario, context, pair x wording, layer, d_model], nats per reply and unit of the residual stream; pairs: target and
    alternative; `hands` are by scenario.
    """

    values: Tensor
    scenarios: list[str]
    hands: list[str]
    contexts: list[str]
    pairs: list[tuple[str, str]]

    def difference(self, act: Act, hand: str) -> Tensor:
        """Gradient in the context of the act minus that in its control: [scenario, wording, layer, d_model]."""
        return self.at(act, hand, act.acted) - self.at(act, hand, act.control)

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
    }
    return {name: json.dumps(value) for name, value in facts.items()}


def load_gradients(path: files.PathLike) -> ActGradients:
    """Read the gradients of one set.

    Raises:
        ArtefactError: the file is not complete.
    """
    with files.open_tensors(path, "file of act gradients") as file:
        names = {name: file.listed(name) for name in ("scenarios", "hands", "contexts")}
        pairs = [(target, alternative) for target, alternative in file.listed("pairs")]
        return ActGradients(values=file.tensor("gradients"), pairs=pairs, **names)


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
