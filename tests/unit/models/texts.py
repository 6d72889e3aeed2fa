"""Token ids of a text for a tiny model."""

import torch
from torch import Tensor

from emotion_vectors.models.language_model import LanguageModel


def ids_of(model: LanguageModel, length: int = 24) -> Tensor:
    """Random tokens, special ones left out: [1, token]."""
    generator = torch.Generator().manual_seed(5)
    return torch.randint(5, model.unembedding.weight.shape[0], (1, length), generator=generator)
