"""Logit lens: which tokens an emotion vector promotes when it is read through the unembedding, and A03 (Table 1 of A)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import single_token
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.vectors.emotion_vectors import EmotionVectors

MIN_TOKENS = 2


class LensError(MendableError, ValueError):
    """The vocabulary of a model does not allow the logit lens to be judged."""


def family_tokens(model: LanguageModel, families: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Words of the families that are one token of this model's vocabulary: emotion, word, token_id.

    Words of several tokens are left out, and with them emotions that keep fewer than two; what remains is part of the result.
    """
    owners = Counter(word for words in families.values() for word in set(words))
    rows = []
    for emotion, words in families.items():
        unshared = [word for word in dict.fromkeys(words) if owners[word] == 1]
        single = [(word, token) for word in unshared if (token := single_token(model.tokenizer, word)) is not None]
        if len(single) >= MIN_TOKENS:
            rows += [{"emotion": emotion, "word": word, "token_id": token} for word, token in single]
    return pd.DataFrame(rows, columns=["emotion", "word", "token_id"])


@torch.inference_mode()
def promoted(model: LanguageModel, directions: Tensor, tokens: Sequence[int] | None = None) -> Tensor:
    """Change of the logits along a direction, to first order at the zero state: unembedding of the norm's gain times it.

    Args:
        directions: [direction, d_model].
        tokens: restrict the vocabulary to these ids.
    Returns:
        [direction, token].
    """
    gain = norm_gain(model)
    rows = model.unembedding.weight if tokens is None else model.unembedding.weight[list(tokens)]
    return ((unit(directions).to(gain) * gain) @ rows.float().T).cpu()


def norm_gain(model: LanguageModel) -> Tensor:
    """Per-channel gain of the final norm, [d_model]; Gemma stores the gain minus one."""
    weight = cast(Tensor, model.final_norm.weight).float()
    return weight + 1 if model.network.config.model_type.startswith("gemma") else weight


def family_auc(logits: Tensor, tokens: pd.DataFrame, emotions: Sequence[str]) -> NDArray[np.float64]:
    """For each emotion, how well its vector's logits separate its own family's tokens from those of all other families.

    Args:
        logits: [emotion, token], columns in the order of `tokens`.
    Returns:
        Area under the ROC curve for each emotion.
    """
    of_emotion = tokens["emotion"].to_numpy()[None] == np.asarray(emotions)[:, None]
    ranks = rankdata(logits.numpy(), axis=1)
    inside = of_emotion.sum(1)
    outside = of_emotion.shape[1] - inside
    areas: NDArray[np.float64] = ((ranks * of_emotion).sum(1) - inside * (inside + 1) / 2) / (inside * outside)
    return areas


def own_word_ranks(
    model: LanguageModel, vectors: Tensor, emotions: Sequence[str], tokens: pd.DataFrame
) -> NDArray[np.int64]:
    """For each emotion, the rank of its family's most promoted token in the whole vocabulary, 1 being the most promoted of all."""
    logits = promoted(model, vectors)
    best = torch.stack(
        [
            logits[row, tokens.loc[tokens["emotion"] == emotion, "token_id"].to_list()].max()
            for row, emotion in enumerate(emotions)
        ]
    )
    ranks: NDArray[np.int64] = (1 + (logits > best[:, None]).sum(1)).numpy()
    return ranks


def top_words(model: LanguageModel, vectors: Tensor, emotions: Sequence[str], count: int = 8) -> pd.DataFrame:
    """Tokens that each vector raises and lowers most: emotion, side (up, down), rank, token."""
    logits = promoted(model, vectors)
    rows = []
    for row, emotion in enumerate(emotions):
        for side, sign in (("up", 1), ("down", -1)):
            for rank, token in enumerate((sign * logits[row]).topk(count).indices.tolist(), start=1):
                rows.append({"emotion": emotion, "side": side, "rank": rank, "token": model.tokenizer.decode([token])})
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class FamilyLens:
    """The logit lens on the tokens of the emotions' families.

    tokens: emotion, word, token_id, as `family_tokens` gives them; emotions: all emotions of the vectors that are read.
    """

    model: LanguageModel
    tokens: pd.DataFrame
    emotions: list[str]

    @property
    def measured(self) -> list[str]:
        """Emotions that have tokens of their own."""
        return list(self.tokens["emotion"].unique())

    @property
    def rows(self) -> list[int]:
        """Place of each measured emotion among all emotions."""
        return [self.emotions.index(emotion) for emotion in self.measured]

    def auc(self, vectors: Tensor) -> NDArray[np.float64]:
        """How well the vector of each measured emotion separates its family: [measured emotion] of [emotion, d_model]."""
        logits = promoted(self.model, vectors[self.rows], self.tokens["token_id"].tolist())
        return family_auc(logits, self.tokens, self.measured)


def family_lens(model: LanguageModel, families: Mapping[str, Sequence[str]], emotions: list[str]) -> FamilyLens:
    """The lens of a model on the words of the families that are one token of its vocabulary.

    Raises:
        LensError: fewer than two emotions keep tokens of their own.
    """
    lens = FamilyLens(model, family_tokens(model, families), emotions)
    if len(lens.measured) < 2:
        raise LensError(
            f"{model.name}: its tokenizer splits nearly every word of workflow/stimuli/words/families.yaml, so A03 cannot be "
            "measured; add words there that are one token of its vocabulary"
        )
    return lens


def auc_by_layer(lens: FamilyLens, vectors: EmotionVectors, shuffled: Tensor) -> pd.DataFrame:
    """AUC of each measured emotion at every layer, with the band of label-shuffled sets [set, emotion, layer, d_model].

    Returns:
        Tidy table: layer, emotion, auc, null_95 (of the mean over emotions), family_tokens.
    """
    layers = range(vectors.values.shape[1])
    by_layer = pd.DataFrame([lens.auc(vectors.at(layer)) for layer in layers], columns=lens.measured)
    table = by_layer.rename_axis("layer").reset_index().melt("layer", var_name="emotion", value_name="auc")
    bands = [np.quantile([lens.auc(scores[:, layer]).mean() for scores in shuffled], 0.95) for layer in layers]
    table["null_95"] = table["layer"].map(dict(enumerate(bands)))
    table["family_tokens"] = table["emotion"].map(lens.tokens.groupby("emotion").size())
    return table


def evidence_on_families(
    lens: FamilyLens, vectors: Tensor, shuffled: Tensor, bootstraps: int, seed: int
) -> dict[str, Any]:
    """Evidence on A03: mean AUC over emotions, with the rank of own tokens in the whole vocabulary beside it.

    Args:
        vectors: [emotion, d_model] at the main layer; shuffled: label-shuffled sets [set, emotion, d_model].
    """
    areas = lens.auc(vectors)
    null = [lens.auc(scores).mean() for scores in shuffled]
    interval = resampling.bootstrap(areas, lambda chosen: areas[chosen].mean(), bootstraps, seed)
    scale = Scale(of="emotions", unit="AUC", reference=0.5)
    separated = effects.effect(areas.mean(), interval, null, n=len(areas), scale=scale)
    typical = int(np.median(own_word_ranks(lens.model, vectors[lens.rows], lens.measured, lens.tokens)))
    vocabulary, missing = len(lens.model.unembedding.weight), len(lens.emotions) - len(lens.measured)
    beside = f"median rank of a vector's best own-family token in the whole vocabulary {typical:,} of {vocabulary:,}"
    beside += f"; {missing} emotions without two words of one token" if missing else ""
    return evidence_row("A03", "own family AUC", separated, beside=beside)
