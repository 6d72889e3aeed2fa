"""Logit lens: which tokens an emotion vector promotes when it is read through the unembedding (A03; Table 1 of A)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import single_token
from emotion_vectors.statistics.algebra import unit

MIN_TOKENS = 2


def family_tokens(model: LanguageModel, families: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Words of the families that are one token of this model's vocabulary: emotion, word, token_id.

    Words of several tokens are left out, and with them emotions that keep fewer than two; what remains is part of the result.
    """
    owners = Counter(word for words in families.values() for word in set(words))
    rows = []
    for emotion, words in families.items():
        own = [word for word in dict.fromkeys(words) if owners[word] == 1]
        found = [(word, token) for word in own if (token := single_token(model.tokenizer, word)) is not None]
        if len(found) >= MIN_TOKENS:
            rows += [{"emotion": emotion, "word": word, "token_id": token} for word, token in found]
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
    own = tokens["emotion"].to_numpy()[None] == np.asarray(emotions)[:, None]
    ranks = rankdata(logits.numpy(), axis=1)
    inside = own.sum(1)
    outside = own.shape[1] - inside
    areas: NDArray[np.float64] = ((ranks * own).sum(1) - inside * (inside + 1) / 2) / (inside * outside)
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
