"""What vectors read at every token of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.engine.packing import context_of
from emotion_vectors.meaning.intensity import projections
from emotion_vectors.models.hooks import residual_streams
from emotion_vectors.models.tokens import Encoded, TokenError

if TYPE_CHECKING:
    from emotion_vectors.exports.vector_set import Rows
    from emotion_vectors.models.language_model import LanguageModel


@dataclass(frozen=True)
class TokenReadings:
    """Readings of a text.

    tokens: as text. values: [token, name], the component of the residual stream along each unit vector as a fraction of the mean norm
    at the layer, the unit of strengths: after steering at strength s a reading is larger by s.
    """

    tokens: list[str]
    names: list[str]
    values: Tensor

    @property
    def scale(self) -> float:
        """Largest reading by size, without the first token: attention gathers there, and its norm is of another kind."""
        shown = self.values[1:] if len(self.tokens) > 1 else self.values
        return float(shown.abs().max())

    def table(self) -> pd.DataFrame:
        """One row a token: token, and a column for each name."""
        table = pd.DataFrame(self.values.double().numpy(), columns=self.names)
        table.insert(0, "token", self.tokens)
        return table


def by_token(model: LanguageModel, rows: Rows, text: Encoded) -> TokenReadings:
    """Readings at every token of a text, special ones included.

    Raises:
        TokenError: the text is longer than the model reads.
    """
    if len(text.ids) > context_of(model):
        raise TokenError(
            f"the text has {len(text.ids)} tokens, {model.name} reads {context_of(model)}; shorten the text"
        )
    states = residual_streams(model, torch.tensor([text.ids]))[rows.layer][0].float().cpu()
    tokens = [str(model.tokenizer.decode([token], clean_up_tokenization_spaces=False)) for token in text.ids]
    values = torch.from_numpy(projections(states, rows.values) / rows.norm)
    return TokenReadings(tokens, rows.names, values)
