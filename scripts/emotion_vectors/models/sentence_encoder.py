"""Sentence embeddings of all-MiniLM-L6-v2: the mean of its token states, scaled to unit length, as its card says.

Loaded from verified local files: safetensors only, no code from the model, no network. The tokenizer file asks to cut texts at 128
word pieces and to pad them; both are switched off, and texts longer than a window are read in several windows instead.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoModel

from emotion_vectors.weights import encoder_files

States = NDArray[np.float32]

WINDOW = 256
"""Word pieces that the encoder was made to read at once, its two special tokens included (from its card)."""


@dataclass(frozen=True)
class Encoder:
    """A BERT encoder with its tokenizer; `window` counts word pieces with the two special tokens."""

    network: Any
    tokenizer: Tokenizer
    window: int = WINDOW

    def embed(self, texts: Sequence[str], batch: int = 16) -> States:
        """Sentence embeddings, unit vectors [text, d_model]: the means of the last layer, as `read` gives them, scaled."""
        means = self.read(texts, batch)[:, -1]
        vectors: States = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors

    def read(self, texts: Sequence[str], batch: int = 16) -> States:
        """Mean token states of texts after every block, [text, layer, d_model].

        What belongs to a text depends neither on its neighbours nor on `batch`. A text of more than one window is read in windows of
        nearly equal length, and the mean goes over the states of all of them.

        Args:
            batch: windows in one pass.
        Raises:
            ValueError: a text is empty or nothing but blanks (its position is named).
        """
        if not texts:
            raise ValueError("no texts to embed; give at least one")
        windows = [(position, ids) for position, text in enumerate(texts) for ids in self._windows(text, position)]
        windows.sort(key=lambda window: len(window[1]))
        shape = self.network.config
        sums = torch.zeros(len(texts), shape.num_hidden_layers, shape.hidden_size)
        counts = torch.zeros(len(texts), 1, 1)
        for start in range(0, len(windows), batch):
            chosen = windows[start : start + batch]
            owners = torch.tensor([position for position, _ in chosen])
            states, mask = self._states([ids for _, ids in chosen])
            sums.index_add_(0, owners, torch.einsum("lrtd,rt->rld", states, mask))
            counts.index_add_(0, owners, mask.sum(1)[:, None, None])
        means: States = (sums / counts).numpy()
        return means

    def _windows(self, text: str, position: int) -> list[list[int]]:
        """Token ids of a text in windows, each between the special tokens."""
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        if not ids:
            raise ValueError(f"text {position} is empty; an embedding needs at least one word piece")
        start, end = self.tokenizer.encode("").ids
        count = math.ceil(len(ids) / (self.window - 2))
        bounds = [len(ids) * number // count for number in range(count + 1)]
        return [[start, *ids[low:high], end] for low, high in itertools.pairwise(bounds)]

    @torch.no_grad()
    def _states(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """States after every block [layer, row, token, d_model] and the mask [row, token] of rows padded on the right."""
        ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
        lengths = torch.tensor([len(row) for row in rows])
        mask = (torch.arange(ids.shape[1]) < lengths[:, None]).float()
        output = self.network(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return torch.stack(output.hidden_states[1:]), mask


def load(folder: str | Path, files: Mapping[str, str] = encoder_files.FILES, window: int = WINDOW) -> Encoder:
    """The encoder from a folder that `encoder_files.fetch` made.

    Args:
        files: SHA-256 of each file; others are refused.
    Raises:
        WeightsError: a file is missing or has another digest.
    """
    encoder_files.verify(folder, files)
    tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    network = AutoModel.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
    )
    return Encoder(network.eval(), tokenizer, window)
