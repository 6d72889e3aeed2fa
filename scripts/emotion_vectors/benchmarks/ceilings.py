"""How far a ratio could go: floating-point operations of each way, counted as products with weights.

Products of attention scores are left out: of texts as long as those here they are a few per cent, in every way alike.
"""

from __future__ import annotations

import torch

from emotion_vectors.benchmarks import timing
from emotion_vectors.benchmarks.loops import Conditions
from emotion_vectors.models.language_model import LanguageModel


def reading(model: LanguageModel, tokens: int, first: int = 0) -> float:
    """Operations of the blocks from `first` on over so many tokens."""
    weights = sum(
        parameter.numel() for block in model.blocks[first:] for parameter in block.parameters() if parameter.ndim == 2
    )
    return 2.0 * weights * tokens


def unembedding(model: LanguageModel, predictors: int) -> float:
    """Operations of the logits of so many tokens."""
    return 2.0 * model.unembedding.weight.numel() * predictors


def of_sweep(model: LanguageModel, given: Conditions) -> float:
    """One condition of a sweep: its share of the one recording, the blocks above the steered one, logits where something is scored."""
    tokens, predictors = len(given.packed.ids), given.scored_from
    recorded = reading(model, tokens) / len(given.vectors)
    return recorded + reading(model, tokens, given.layer + 1) + unembedding(model, predictors)


def of_plain_loop(model: LanguageModel, given: Conditions) -> float:
    """One condition of the plain loop: every continuation after a copy of the prompt, padded, with all logits."""
    longest = max(map(len, given.continuations))
    tokens = len(given.continuations) * (len(given.prompt.ids) + longest)
    return reading(model, tokens) + unembedding(model, tokens)


def of_user_loop(model: LanguageModel, given: Conditions) -> float:
    """One condition of the loop as users write it: the same without padding."""
    tokens = sum(len(given.prompt.ids) + len(continuation) for continuation in given.continuations)
    return reading(model, tokens) + unembedding(model, tokens)


def of_kv_loop(model: LanguageModel, given: Conditions) -> float:
    """One condition of the loop with a cache: the prompt once and every continuation, padded, with all logits."""
    longest = max(map(len, given.continuations))
    tokens = len(given.prompt.ids) + len(given.continuations) * longest
    return reading(model, tokens) + unembedding(model, tokens)


def of_slopes(model: LanguageModel, given: Conditions) -> float:
    """Gradients of one item: forward and backward to the activations, twice the operations of the forward, since no weight is trained."""
    predictors = given.scored_from
    return 2 * (reading(model, len(given.packed.ids)) + unembedding(model, predictors))


def product_rate(model: LanguageModel, tokens: int, repetitions: int) -> float:
    """Best operations/s of a product of so many tokens with an MLP projection, in the precision of the model."""
    weight = next(model.mlp_output(0).parameters())
    text = torch.randn(tokens, weight.shape[1]).to(weight)
    seconds = min(timing.seconds(lambda: text @ weight.T) for _ in range(10 * repetitions))
    return 2.0 * tokens * weight.numel() / seconds
