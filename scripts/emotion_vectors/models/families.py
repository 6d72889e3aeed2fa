"""The parts of a network by the names that its family gives them."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from torch import nn

from emotion_vectors.weights.families import FAMILIES, Family, refusal

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TABLE_OF_FAMILIES = "scripts/emotion_vectors/weights/families.py"


class ModelError(RuntimeError):
    """A model cannot be served as this study needs it."""


def part_of(root: nn.Module, path: str) -> nn.Module:
    """The part of a module at a dotted path.

    Raises:
        ModelError: there is none, or it is not a module.
    """
    try:
        part = reduce(getattr, path.split("."), root)
    except AttributeError as error:
        raise ModelError(
            f"{type(root).__name__} has no part '{path}'; correct FAMILIES in {TABLE_OF_FAMILIES}"
        ) from error
    if not isinstance(part, nn.Module):
        raise ModelError(f"'{path}' of {type(root).__name__} is not a module; correct FAMILIES in {TABLE_OF_FAMILIES}")
    return part


def family_of(network: PreTrainedModel) -> Family:
    """Part names of a network's family.

    Raises:
        ModelError: the family is not served (the reason and the known ones are named).
    """
    kind = network.config.model_type
    if reason := refusal(kind):
        raise ModelError(
            f"{reason}; add a row to FAMILIES in {TABLE_OF_FAMILIES} that names its parts, "
            "and a tiny configuration of it to tests/conftest.py"
        )
    return FAMILIES[kind]
