"""Does a control vector change in llama.cpp what the same vector changes here?

Both read the same prompts; what is compared is the change of the log-probabilities of every next token after the last one. llama.cpp
computes with the quantised weights as they are and rounds activations on the way, the network here with the weights once dequantised,
so that small strengths agree less. As a control the same direction is put after the block before and the block behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from gguf import GGUFReader
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.engine.edits import Addition, intervening
from emotion_vectors.exports.llama_cpp import LlamaCpp
from emotion_vectors.statistics import resampling
from emotion_vectors.weights.vocabulary import rows_without_piece

if TYPE_CHECKING:
    from emotion_vectors.exports.vector_set import Rows
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded

Array = NDArray[np.float64]
SHIFTS = (-1, 0, 1)
"""Blocks by which a direction is moved: 0 is where it belongs."""


@dataclass(frozen=True)
class TwoRuntimes:
    """One model in llama.cpp and here, and prompts for both."""

    llama: LlamaCpp
    model: LanguageModel
    prompts: Sequence[Encoded]

    def there(self, prompt: Encoded, directions: Mapping[int, NDArray[np.float32]], scale: float) -> Array:
        """Log-probabilities of the next token in llama.cpp: [token]."""
        return self._logprobs(torch.from_numpy(self.llama.logits(prompt.ids, directions, scale)))

    @torch.inference_mode()
    def with_addition(self, prompt: Encoded, layer: int, vector: Tensor) -> Array:
        """The same here, with a vector [d_model] added after block `layer` at every position."""
        with intervening(self.model, [Addition(layer, vector[None])]):
            states = self.model.base(
                input_ids=torch.tensor([prompt.ids], device=self.model.device), use_cache=False
            ).last_hidden_state
        return self._logprobs(self.model.unembed(states[0, -1]).float().cpu())

    def _logprobs(self, logits: Tensor) -> Array:
        """Of tokens that have a piece: what pads a vocabulary differs between the two."""
        kept = torch.ones(len(logits), dtype=torch.bool)
        kept[rows_without_piece(self.model.tokenizer, len(logits))] = False
        logprobs: Array = logits.double()[kept].log_softmax(-1).numpy()
        return logprobs


def directions_in(path: str | Path) -> dict[int, NDArray[np.float32]]:
    """Directions of a control vector by their number, as llama.cpp reads them from its file."""
    return {int(one.name.split(".")[1]): np.array(one.data, dtype=np.float32) for one in GGUFReader(path).tensors}


def changes_agree(
    runtimes: TwoRuntimes, rows: Rows, files: Mapping[str, Path], strengths: Sequence[float]
) -> pd.DataFrame:
    """How alike the changes are, for every prompt, vector and strength.

    Args:
        rows: vectors here. files: control vectors of the same names, one direction each.
    Returns:
        prompt, name, strength, shift (blocks that the direction is moved by in llama.cpp), r (of the changes over the vocabulary),
        sd_ratio (of the change in llama.cpp to that here), r_plain (of the log-probabilities without a vector).
    """
    table = []
    directions = {name: directions_in(file) for name, file in files.items()}
    zero = torch.zeros(rows.values.shape[1])
    for number, prompt in enumerate(runtimes.prompts):
        plain = runtimes.there(prompt, {}, 0.0), runtimes.with_addition(prompt, rows.layer, zero)
        additions = iter(rows.additions(strengths))
        for name in rows.names:
            for strength in strengths:
                expected = runtimes.with_addition(prompt, rows.layer, next(additions)) - plain[1]
                for shift in possible_shifts(rows.layer, runtimes.model.layers):
                    moved = {block + shift: direction for block, direction in directions[name].items()}
                    changed = runtimes.there(prompt, moved, strength) - plain[0]
                    measures = correlation(changed, expected), changed.std() / expected.std(), correlation(*plain)
                    table.append((number, name, strength, shift, *measures))
    return pd.DataFrame(table, columns=["prompt", "name", "strength", "shift", "r", "sd_ratio", "r_plain"])


def possible_shifts(layer: int, layers: int) -> list[int]:
    """Shifts that end at a block after which llama.cpp can add something."""
    return [shift for shift in SHIFTS if 1 <= layer + shift < layers]


def correlation(first: Array, second: Array) -> float:
    """Pearson's r."""
    return float(np.corrcoef(first, second)[0, 1])


def summary(table: pd.DataFrame, resamples: int, seed: int) -> list[dict[str, Any]]:
    """Mean r with its interval over prompts, by strength and shift, the smallest one, and the mean ratio of standard deviations."""
    return [_of_group(group, resamples, seed) for _, group in table.groupby(["strength", "shift"])]


def _of_group(group: pd.DataFrame, resamples: int, seed: int) -> dict[str, Any]:
    by_prompt = group.groupby("prompt")["r"].mean().to_numpy()

    def mean(drawn: NDArray[np.int64]) -> float:
        return float(by_prompt[drawn].mean())

    low, high = resampling.bootstrap(by_prompt, mean, resamples, seed)
    return {
        "strength": float(group["strength"].iloc[0]),
        "shift": int(group["shift"].iloc[0]),
        "r": float(by_prompt.mean()),
        "low": low,
        "high": high,
        "smallest_r": float(group["r"].min()),
        "prompts": len(by_prompt),
        "n": len(group),
        "sd_ratio": float(group["sd_ratio"].mean()),
    }
