"""What neutral text and right answers lose when subspaces are removed, and what they would lose to first order (S01)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.engine import coherence
from emotion_vectors.engine.gradients import respond_by_position
from emotion_vectors.engine.packing import context_of, pack_text
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.removal.cost_evidence import FALL, ODDS
from emotion_vectors.removal.kinds import ALL_LAYERS, EMOTION, MAIN_LAYER, NOTHING, ROTATED
from emotion_vectors.removal.questions import both_orders, edited_odds, plain_odds
from emotion_vectors.removal.subspaces import Drawn, removal

if TYPE_CHECKING:
    from emotion_vectors.engine.capture import TokenMoments
    from emotion_vectors.engine.edits import Confined
    from emotion_vectors.engine.packing import Packed
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded
    from emotion_vectors.stimuli.files import PathLike
    from emotion_vectors.stimuli.function.capability import TwoChoiceItem

CONDITION = ["kind", "subspace", "where", "kept_percentile"]
"""Columns that name what was removed; a percentile of 0 is full removal, 100 none."""
ITEM_COLUMNS = [*CONDITION, "item", "sort", ODDS]


@dataclass(frozen=True)
class Removals:
    """Everything that is removed: the edits of each place with the names of their rows, as `CONDITION` has them."""

    edits: list[list[Confined]]
    names: list[pd.DataFrame]

    @classmethod
    def of(cls, drawn: Drawn, moments: TokenMoments, caps: dict[float, Tensor], main: int) -> Removals:
        """Every subspace removed at all layers, the emotion subspace capped there, and at the main layer alone those of clamps.

        Args:
            caps: percentile -> reach [layer, component].
        """
        layers = range(len(moments.means))
        names = pd.DataFrame(drawn.names, columns=CONDITION[:2])
        capped = drawn.by_kind[EMOTION].expand(len(caps), -1, -1, -1)
        reach = torch.stack(list(caps.values())) if caps else torch.zeros(capped.shape[:-1])
        at_all = removal(torch.cat([drawn.all, capped]), moments.means, layers, _reaches(drawn.all, reach))
        of_caps = pd.DataFrame({"kind": EMOTION, "subspace": 0, "kept_percentile": list(caps)})
        full = pd.concat([names.assign(kept_percentile=0.0), of_caps], ignore_index=True).assign(where=ALL_LAYERS)
        clamped = (EMOTION, ROTATED)
        at_main = names[names["kind"].isin(clamped)].assign(where=MAIN_LAYER, kept_percentile=0.0)
        of_clamps = torch.cat([drawn.by_kind[kind] for kind in clamped])
        return cls([at_all, removal(of_clamps, moments.means, [main])], [full[CONDITION], at_main[CONDITION]])


def _reaches(subspaces: Tensor, reach: Tensor) -> Tensor:
    """No reach for subspaces that are removed, then that of caps: [row, layer, component]."""
    return torch.cat([torch.zeros(subspaces.shape[:-1]), reach])


@torch.inference_mode()
def caps(
    model: LanguageModel, texts: Sequence[Encoded], basis: Tensor, means: Tensor, percentiles: Sequence[float]
) -> dict[float, Tensor]:
    """How far coordinates in a subspace lie from their mean on ordinary text: percentile -> [layer, component].

    Args:
        basis: [layer, component, d_model]. means: [layer, d_model].
    """
    deviations: list[list[Tensor]] = [[] for _ in range(model.layers)]

    def keep(layer: int, hidden: Tensor) -> None:
        offsets = (hidden[0, 1:].double().cpu() - means[layer]) @ basis[layer].T
        deviations[layer].append(offsets.abs())

    with block_hooks(model, keep):
        for text in texts:
            model.base(input_ids=torch.tensor([text.ids], device=model.device), use_cache=False)
    of_layers = [torch.cat(of_layer) for of_layer in deviations]
    return {
        percentile: torch.stack([offsets.quantile(percentile / 100, dim=0) for offsets in of_layers])
        for percentile in percentiles
    }


def of_passages(model: LanguageModel, texts: Sequence[Encoded], conditions: Removals, budget: int) -> pd.DataFrame:
    """Fall of the mean log-probability per token of every passage under every condition: the condition, passage, `FALL`."""
    tables = []
    for edits, names in zip(conditions.edits, conditions.names, strict=True):
        falls = coherence.logprob_falls(model, texts, edits, budget).double()
        tables += [
            names.assign(passage=number, **{FALL: of_passage.numpy()}) for number, of_passage in enumerate(falls)
        ]
    return pd.concat(tables, ignore_index=True)


def plain_items(model: LanguageModel, source: PathLike, items: Sequence[TwoChoiceItem], lead: str) -> pd.DataFrame:
    """Log-odds of the right answer to every question as it stands: `ITEM_COLUMNS`."""
    rows = [
        (NOTHING, 0, NOTHING, 100.0, item.name, item.kind, plain_odds(model, both_orders(model, source, item, lead)))
        for item in tqdm(items, desc=f"{model.name} questions", unit="item", mininterval=5)
    ]
    return pd.DataFrame(rows, columns=ITEM_COLUMNS)


def of_items(
    model: LanguageModel,
    questions: Sequence[tuple[TwoChoiceItem, Packed]],
    conditions: Removals,
    budget: int,
) -> Iterator[pd.DataFrame]:
    """Log-odds of the right answer under every condition, a table for each question and place: `ITEM_COLUMNS`."""
    for item, packed in tqdm(questions, desc=f"{model.name} removal", unit="item", mininterval=5):
        for edits, names in zip(conditions.edits, conditions.names, strict=True):
            odds = edited_odds(model, packed, edits, budget).double().numpy()
            yield names.assign(item=item.name, sort=item.kind, **{ODDS: odds})[ITEM_COLUMNS]


def first_order_moments(model: LanguageModel, texts: Sequence[Encoded], means: Tensor) -> Tensor:
    """Deviation times gradient, summed over tokens but the first, mean over texts: [layer, d_model, d_model].

    What a text loses per unit of a small dose of removal is the trace of this within the subspace, whichever it is. The gradient is that
    of the mean log-probability per scored token.

    Args:
        means: [layer, d_model].
    """
    total = torch.zeros(model.layers, model.width, model.width)
    layers = range(model.layers)
    for text in tqdm(texts, desc=f"{model.name} first order", unit="text", mininterval=5):
        packed = pack_text(text, context_of(model), coherence.EVERY)
        mean = torch.full((1, len(packed.targets)), 1 / len(packed.targets))
        response = respond_by_position(model, packed, mean, layers)
        deviations = response.streams - means[:, None].float()
        total += deviations[:, 1:].mT @ response.gradients[0, :, 1:]
    return total / len(texts)


def first_order_costs(moments: Tensor, drawn: Drawn) -> pd.DataFrame:
    """Loss per unit of a small dose of removal at all layers together: kind, subspace, `FALL`."""
    losses = torch.einsum("slkd,lde,slke->s", drawn.all.float(), moments, drawn.all.float())
    return pd.DataFrame(drawn.names, columns=CONDITION[:2]).assign(**{FALL: losses.double().numpy()})
