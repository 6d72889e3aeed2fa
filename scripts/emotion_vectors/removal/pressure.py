"""Acts under pressure with the emotion subspace clamped to what it holds without pressure (S06).

The two prompts of a scene end in the same tokens after the text of the context, and the replies are the same. From there on the coordinates
of every token are set, at one layer, to those that the same token has in the context of least pressure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.acts.responses import weights
from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.engine.packing import mean_logprobs
from emotion_vectors.engine.prompts import encode
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.removal.framings import clamped_end, difference_moments, shared_end
from emotion_vectors.removal.kinds import EMOTION, MATCHED, PRESSURE, ROTATED, WHOLE
from emotion_vectors.removal.pressure_evidence import CLAMPED_COLUMNS
from emotion_vectors.removal.subspaces import matched, rotated, variance_held

if TYPE_CHECKING:
    from emotion_vectors.engine.packing import Packed
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.acts.table import Act
    from emotion_vectors.stimuli.situations import Item


@dataclass(frozen=True)
class PressedScene:
    """One situation under most and under least pressure, with the weights of its replies in the log-odds of the act: [continuation]."""

    scenario: str
    pressured: Packed
    calm: Packed
    contrast: Tensor


def scenes_of(model: LanguageModel, scenes: Sequence[Mapping[str, Item]], act: Act) -> list[PressedScene]:
    """Scenes in the first and the last of the contexts that are graded by pressure."""
    read = []
    for scene in scenes:
        calm, pressured = scene[act.grades[0]], scene[act.grades[-1]]
        packed = encode(model, pressured)
        read.append(PressedScene(calm.scenario, packed, encode(model, calm), weights(pressured, packed, act).mean(0)))
    return read


def beside(basis: Tensor, shuffled: Tensor, moments: Tensor, count: int, seed: int) -> dict[str, Tensor]:
    """The emotion subspace and those that it is held against, at one layer: kind -> [subspace, component, d_model].

    Args:
        basis: [component, d_model]. shuffled: the same of label-shuffled vectors, [subspace, component, d_model].
        moments: [d_model, d_model], of what pressure changes, whose main components stand beside.
    """
    turned = rotated(basis[None], count, seed)
    same = matched(turned, moments[None], variance_held(basis[None], moments[None]))
    main = torch.linalg.eigh(moments).eigenvectors[:, -len(basis) :].T
    kinds = {EMOTION: basis[None], ROTATED: turned[:, 0], MATCHED: same[:, 0], SHUFFLED: shuffled, PRESSURE: main[None]}
    return {kind: bases.float() for kind, bases in kinds.items()}


@dataclass(frozen=True)
class ClampPlan:
    """Layer of the clamp, random subspaces of each kind with their seed, and tokens in one pass."""

    layer: int
    subspaces: int
    seed: int
    budget: int


def clamp(
    model: LanguageModel, act: Act, scenes: Sequence[Mapping[str, Item]], bases: Tensor, plan: ClampPlan
) -> pd.DataFrame:
    """Log-odds of an act in nats per reply under pressure, without it, and under pressure with every subspace clamped: `CLAMPED_COLUMNS`.

    Args:
        bases: of the emotion subspace at the layer, then of label-shuffled ones, [subspace, component, d_model].
    """
    read = scenes_of(model, scenes, act)
    moments = difference_moments(model, [(scene.pressured, scene.calm) for scene in read], plan.layer)
    by_kind = beside(bases[0], bases[1:], moments, plan.subspaces, plan.seed)
    names = [(kind, number) for kind, of_kind in by_kind.items() for number in range(len(of_kind))]
    clamped = (torch.cat(list(by_kind.values())), torch.eye(model.width)[None])
    tables = []
    for scene in tqdm(read, desc=f"{model.name} {act.name}", unit="scene", mininterval=5):
        length = shared_end(scene.pressured, scene.calm)
        recordings = [record(model, text, [plan.layer]) for text in (scene.pressured, scene.calm)]
        end = recordings[1].streams[plan.layer][0, -length:].float().cpu()
        edits = (clamped_end(plan.layer, of_kind, end, len(scene.pressured.ids) - length) for of_kind in clamped)
        replayed = torch.cat([replay(model, recordings[0], [edit], plan.budget) for edit in edits])
        values = mean_logprobs(replayed, scene.pressured) @ scene.contrast
        pressured, calm = (
            float(mean_logprobs(unsteered(model, recording), recording.packed) @ scene.contrast)
            for recording in recordings
        )
        table = pd.DataFrame([*names, (WHOLE, 0)], columns=["kind", "subspace"]).assign(
            act=act.name, scenario=scene.scenario
        )
        table = table.assign(clamped=values.double().numpy(), pressured=pressured, calm=calm)
        table = table.assign(context=act.grades[-1], calm_context=act.grades[0])
        tables.append(table[CLAMPED_COLUMNS])
    return pd.concat(tables, ignore_index=True)
