"""Steering and the emotion word after "feels": slopes at strength zero, changes at finite strengths, and A05.

Slopes come from one backward pass for each prompt and serve every direction; finite strengths confirm them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.engine import gradients, packing, plain_readouts, replay
from emotion_vectors.engine.edits import Addition
from emotion_vectors.models import tokens
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.statistics.random_directions import gaussian
from emotion_vectors.stimuli.tables import FeelsPrompt

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SteeringSettings:
    """Strengths in fractions of the residual norm, one of them judged, and how much of the rest is measured.

    guard_nats: fall of neutral text per token beyond which nothing counts; every_dialogue: one of how many dialogues is that
    neutral text; finite_nulls: label-shuffled sets measured at the judged strength.
    """

    strengths: list[float]
    judged_strength: float
    guard_nats: float
    every_dialogue: int
    finite_nulls: int


def word_tokens(model: LanguageModel, words: Mapping[str, str]) -> dict[str, int]:
    """Emotions whose word after "feels" is one token of this model, with that token.

    Raises:
        TokenError: there is none.
    """
    by_emotion = {emotion: tokens.single_token(model.tokenizer, word) for emotion, word in words.items()}
    single = {emotion: token for emotion, token in by_emotion.items() if token is not None}
    if not single:
        raise tokens.TokenError(
            f"{model.name}: its tokenizer splits every word of workflow/stimuli/continuations/feels.yaml, so A05 cannot be measured; "
            "add words there that are one token of its vocabulary"
        )
    log.info("%s: %d of %d words after 'feels' are one token", model.name, len(single), len(words))
    return single


def pack_prompts(
    model: LanguageModel, prompts: Sequence[FeelsPrompt], words: Mapping[str, int]
) -> list[packing.Packed]:
    """Chats that end in the middle of the reply, each with every word that would name an emotion as a continuation.

    Args:
        words: the one token of each word after a space, by the word.
    Raises:
        TokenError: a word is written otherwise after a prompt than in running text (prompt and word are named).
    """
    return [_packed(model, prompt, words) for prompt in prompts]


def _packed(model: LanguageModel, prompt: FeelsPrompt, words: Mapping[str, int]) -> packing.Packed:
    following = [f" {word}" for word in words]
    replies = model.conversation.replies([{"role": "user", "content": prompt.user}], following, prompt.prefill)
    for (word, token), ids in zip(words.items(), replies.ids, strict=True):
        if ids != [token]:
            raise tokens.TokenError(
                f"{model.name}: '{word}' is one token in running text and another, or several, after '{prompt.prefill}'; end that "
                "prompt of workflow/stimuli/continuations/feels.yaml with a whole word"
            )
    return packing.pack(replies.prompt, replies.ids, packing.context_of(model))


def word_gradients(model: LanguageModel, packed: Sequence[packing.Packed], layer: int) -> Tensor:
    """Gradient of each word's log-probability with respect to an addition after block `layer`: [prompt, word, d_model]."""
    each_word_alone = torch.eye(packed[0].continuations)
    return torch.stack(
        [gradients.respond(model, prompt, each_word_alone, [layer]).gradients[:, 0] for prompt in packed]
    )


@dataclass(frozen=True)
class SteeredPrompts:
    """Recorded prompts of a model, to be replayed with additions after block `layer`, as many at a time as the budget allows."""

    model: LanguageModel
    recordings: list[replay.Recording]
    layer: int
    budget: int

    def changes(self, additions: Tensor) -> Tensor:
        """Change of each word's log-probability under each addition [direction, d_model]: [prompt, direction, word], nats."""
        return torch.stack([self._change(recording, additions) for recording in self.recordings])

    def changes_of_sets(self, additions: Tensor, seed: int) -> Tensor:
        """The same for null sets of additions [set, direction, d_model], each direction on one prompt drawn at random.

        A finite strength bends the response whatever its direction, so finite changes need a null of finite changes.

        Returns:
            [set, direction, word], nats.
        """
        sets, directions = additions.shape[:2]
        generator = torch.Generator().manual_seed(seed)
        prompt_of = torch.randint(len(self.recordings), (sets, directions), generator=generator)
        changes = torch.empty(sets, directions, directions)
        progress = tqdm(self.recordings, desc=f"{self.model.name} null", mininterval=5)
        for index, recording in enumerate(progress):
            chosen = prompt_of == index
            if chosen.any():
                changes[chosen] = self._change(recording, additions[chosen])
        return changes

    def _change(self, recording: replay.Recording, additions: Tensor) -> Tensor:
        edits = [Addition(self.layer, additions)]
        return replay.replay(self.model, recording, edits, self.budget) - replay.unsteered(self.model, recording)


def record(model: LanguageModel, packed: Sequence[packing.Packed], layer: int, budget: int) -> SteeredPrompts:
    """Read prompts once, up to the layer at which they will be steered.

    Args:
        budget: tokens of one batch of replays.
    """
    return SteeredPrompts(model, [replay.record(model, prompt, [layer]) for prompt in packed], layer, budget)


@dataclass(frozen=True)
class WordChanges:
    """What happens to the words under their emotions' vectors, and what under null directions, in nats.

    values: [prompt, direction, word], own word on the diagonal; nulls: [set, direction, word] of each kind, the stricter counts.
    """

    values: Tensor
    nulls: Sequence[Tensor]


def slopes(gradients_of_words: Tensor, additions: Tensor, shuffled: Tensor, length: Tensor, seed: int) -> WordChanges:
    """Slopes along the emotions' additions, and along label-shuffled and Gaussian ones of the same length.

    Args:
        gradients_of_words: [prompt, word, d_model]; additions: [direction, d_model], one for each word;
        shuffled: label-shuffled additions [set, direction, d_model], averaged over the prompts; length: of every addition.
    """
    random = unit(gaussian(shuffled.shape, seed))
    mean = gradients_of_words.mean(0)
    nulls = [torch.einsum("wd,svd->svw", mean, null) for null in (shuffled, length * random)]
    return WordChanges(torch.einsum("pwd,vd->pvw", gradients_of_words, additions), nulls)


def cost_table(falls: Mapping[float, float]) -> pd.DataFrame:
    """Fall of the log-probability of neutral text by strength, nats per token."""
    columns = ["strength_norm_fraction", "neutral_logprob_fall_nats_per_token"]
    return pd.DataFrame(list(falls.items()), columns=columns)


def response_table(slopes: Tensor, changes: Mapping[float, Tensor], emotions: list[str], judged: float) -> pd.DataFrame:
    """Mean response over the prompts: direction, word, delta_logprob_nats, measure, strength_norm_fraction.

    Args:
        slopes: responses [prompt, direction, word] scaled to the judged strength; changes: the same measured, by strength.
    """
    measured = {("slope", judged): slopes} | {("change", strength): change for strength, change in changes.items()}
    tables = []
    for (measure, strength), values in measured.items():
        square = pd.DataFrame(values.mean(0).numpy(), index=emotions, columns=emotions)
        table = square.rename_axis("direction").reset_index()
        table = table.melt("direction", var_name="word", value_name="delta_logprob_nats")
        tables.append(table.assign(measure=measure, strength_norm_fraction=strength))
    return pd.concat(tables, ignore_index=True)


def evidence_on_words(
    slopes: WordChanges, changes: WordChanges, guard: str, bootstraps: int, seed: int
) -> pd.DataFrame:
    """Evidence on A05: own word minus others, and the fall of the others; intervals over prompts crossed with emotions.

    Args:
        guard: why nothing counts at the judged strength, in words; empty when the model stays coherent.
    """
    own_effect, others = plain_readouts.own_minus_others, plain_readouts.mean_of_others
    scale = Scale(of="prompt-emotion cells", unit="nats at strength 0.1", two_sided=True)
    rows: list[dict[str, Any]] = []
    for part, measured, measure in (
        ("slope, own minus others", slopes, own_effect),
        ("change at +0.1, own minus others", changes, own_effect),
        ("others fall", changes, others),
    ):
        table = measure(measured.values).numpy()
        interval = resampling.crossed_bootstrap(table, bootstraps, seed)
        against = [
            effects.effect(table.mean(), interval, measure(null).mean(-1).numpy(), n=table.size, scale=scale)
            for null in measured.nulls
        ]
        rows.append(evidence_row("A05", part, effects.hardest(against), guard=guard))
    return pd.DataFrame(rows)
