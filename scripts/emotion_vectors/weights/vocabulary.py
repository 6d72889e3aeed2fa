"""Pieces of a tokenizer and rows of an embedding: every piece needs its row, and a row without a piece is never written."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer
from torch import Tensor

from emotion_vectors.weights.folders import WeightsError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

FILLER = re.compile(r"\[PAD(\d+)\]")
"""Name that converters to GGUF give to a row of the embedding that stands for no piece; it holds the number of the row."""


def rows_of(network: PreTrainedModel) -> int:
    """Rows of the embedding of a network."""
    return len(torch.as_tensor(network.get_input_embeddings().weight))


def check_vocabulary(tokenizer: PreTrainedTokenizerBase, rows: int, where: str) -> None:
    """Refuse a tokenizer that can hand out ids for which the embedding has no row.

    A piece that stands for a picture may lie outside: no text is written with it.

    Args:
        rows: of the embedding.
        where: the model, for the message.
    Raises:
        WeightsError: the pieces and ids are named.
    """
    picture = getattr(tokenizer, "image_token", None)
    outside = {piece: number for piece, number in tokenizer.get_vocab().items() if number >= rows and piece != picture}
    if outside:
        named = ", ".join(
            f"'{piece}' {number}" for piece, number in sorted(outside.items(), key=lambda item: item[1])[:5]
        )
        raise WeightsError(
            f"{where}: the tokenizer has {len(outside)} pieces outside the {rows} rows of the embedding ({named}); take the "
            "tokenizer and the weights of one and the same revision of the model"
        )
    pad = tokenizer.pad_token_id
    if pad is not None and not 0 <= pad < rows:
        raise WeightsError(
            f"{where}: pad_token_id {pad} lies outside the {rows} rows of the embedding; correct it in tokenizer_config.json"
        )


def drop_added_pieces(tokenizer: PreTrainedTokenizerBase, pieces: Collection[str]) -> None:
    """Take away added pieces that are not among those of a file: its converter adds some of its own, which have no row."""
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    kept = [added for added in backend["added_tokens"] if added["content"] in pieces]
    if len(kept) < len(backend["added_tokens"]):
        # The library offers no way to take an added piece back.
        tokenizer._tokenizer = Tokenizer.from_str(json.dumps(backend | {"added_tokens": kept}))
        for name, piece in tokenizer.special_tokens_map.items():
            if piece not in pieces:
                setattr(tokenizer, name, None)


@lru_cache(maxsize=4)
def rows_without_piece(tokenizer: PreTrainedTokenizerBase, rows: int) -> Tensor:
    """Rows of an embedding that stand for no piece of the tokenizer, [row], sorted: what pads a vocabulary to a round size."""
    pieces = {number for piece, number in tokenizer.get_vocab().items() if not _fills(piece, number)}
    return torch.tensor([row for row in range(rows) if row not in pieces], dtype=torch.long)


def _fills(piece: str, number: int) -> bool:
    match = FILLER.fullmatch(piece)
    return match is not None and int(match[1]) == number
