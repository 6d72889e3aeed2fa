"""Names of the parts of every decoder family: another family is one more row here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from torch import nn
from transformers import PreTrainedModel


class ModelError(RuntimeError):
    """A model cannot be served as this study needs it."""


@dataclass(frozen=True)
class Family:
    """Dotted paths to the parts of a decoder; the paths of block parts start at the block."""

    base: str = "model"
    blocks: str = "layers"
    embedding: str = "embed_tokens"
    rotary: str = "rotary_emb"
    final_norm: str = "norm"
    unembedding: str = "lm_head"
    attention_output: str = "self_attn.o_proj"
    mlp_output: str = "mlp.down_proj"


FAMILIES: dict[str, Family] = {
    **{name: Family() for name in ("llama", "qwen2", "qwen3", "gemma2", "gemma3_text", "mistral", "olmo2", "phi3")},
    "gemma3": Family(base="model.language_model"),
}


def part_of(root: nn.Module, path: str) -> nn.Module:
    """The part of a module at a dotted path.

    Raises:
        ModelError: there is none, or it is not a module.
    """
    try:
        part = reduce(getattr, path.split("."), root)
    except AttributeError as error:
        raise ModelError(
            f"{type(root).__name__} has no part '{path}'; correct FAMILIES in scripts/emotion_vectors/models/families.py"
        ) from error
    if not isinstance(part, nn.Module):
        raise ModelError(
            f"'{path}' of {type(root).__name__} is not a module; correct FAMILIES in scripts/emotion_vectors/models/families.py"
        )
    return part


def family_of(network: PreTrainedModel) -> Family:
    """Part names of a network's family.

    Raises:
        ModelError: the family is not known (the known ones are named).
    """
    kind = network.config.model_type
    if kind not in FAMILIES:
        raise ModelError(
            f"model_type '{kind}' has no row in FAMILIES of scripts/emotion_vectors/models/families.py "
            f"(known: {', '.join(sorted(FAMILIES))}); add one that names its parts, and a tiny configuration of it to tests/conftest.py"
        )
    return FAMILIES[kind]
