"""Settings that a GGUF file holds, carried over into the configuration made from it, or refused by name.

The library that reads these files maps some of their settings and leaves the others to the defaults of the family, which are those of one
checkpoint: rotary scaling, soft caps, windows and the scale of queries would change without a word.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedConfig

from emotion_vectors.weights.folders import WeightsError
from emotion_vectors.weights.gguf_files import GgufFile

log = logging.getLogger(__name__)

CARRIED = {
    "context_length": "max_position_embeddings",
    "embedding_length": "hidden_size",
    "block_count": "num_hidden_layers",
    "feed_forward_length": "intermediate_size",
    "vocab_size": "vocab_size",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "attention.key_length": "head_dim",
    "attention.value_length": "head_dim",
    "attention.layer_norm_rms_epsilon": "rms_norm_eps",
    "attn_logit_softcapping": "attn_logit_softcapping",
    "final_logit_softcapping": "final_logit_softcapping",
}
"""Names of a setting in the file and in the configuration."""
NEUTRAL: dict[str, Any] = {
    "attention.causal": True,
    "expert_count": 0,
    "expert_used_count": 0,
    "attention.max_alibi_bias": 0,
    "attention.clamp_kqv": 0,
    "logit_scale": 1,
    "residual_scale": 1,
    "embedding_scale": 1,
    "attn_logit_softcapping": 0,
    "final_logit_softcapping": 0,
    "rope.scaling.attn_factor": 1,
    "rope.scaling.yarn_ext_factor": 1,
    "rope.scaling.yarn_attn_factor": 1,
    "rope.scaling.yarn_beta_fast": 32,
    "rope.scaling.yarn_beta_slow": 1,
}
"""Values with which a setting changes nothing; with another one it is refused where the configuration has no name for it."""
NO_EFFECT = ("rope.scaling.finetuned", "tensor_data_layout")
ENDS = ("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id")
FACTORS = "rope_freqs.weight"
WINDOWED = ("gemma2", "gemma3_text", "mistral", "phi3")
SCALED_BY_WIDTH = {"gemma2": 46, "gemma3_text": 62}
"""Blocks of the one size (27B) of a family that scales queries by width per head; the file does not say so, its readers know it."""


def carry_over(config: PreTrainedConfig, file: GgufFile) -> None:
    """Give the configuration every setting of the file.

    Raises:
        WeightsError: settings that the configuration has no name for (each is named with its value).
    """
    before = config.to_dict()
    carrier = _Carrier(config, dict(file.settings), file.factors(FACTORS))
    faults = list(carrier.faults())
    if faults:
        raise WeightsError(
            f"{file.path}: settings that the converted model would lose: {'; '.join(faults)}. Remedy: take the safetensors of this "
            "model in place of the GGUF file, or choose another model"
        )
    changed = {key: value for key, value in config.to_dict().items() if before.get(key) != value}
    if changed:
        log.info("%s: carried over into the configuration: %s", file.path.name, changed)


def check_alike(file: GgufFile) -> None:
    """Refuse settings that differ between blocks, for which configurations have one value; before a configuration is made.

    Raises:
        WeightsError: they are named.
    """
    uneven = {key: value for key, value in file.settings.items() if key in CARRIED and _single(value) is None}
    if uneven:
        named = "; ".join(f"{key} = {value}" for key, value in uneven.items())
        raise WeightsError(f"{file.path}: settings that differ between blocks: {named}. Remedy: choose another model")


def end_tokens_of(file: GgufFile) -> list[int]:
    """Every token that the file lets end a text, a turn or a message; sorted."""
    return sorted({int(file.fields[key]) for key in ENDS if key in file.fields})


@dataclass
class _Carrier:
    """A configuration that takes settings over; `left` holds those that it has not taken."""

    config: Any
    left: dict[str, Any]
    factors: NDArray[np.float64] | None

    def faults(self) -> Iterator[str]:
        """What cannot be carried over, in words, once all that can has been."""
        for key in NO_EFFECT:
            self.left.pop(key, None)
        self._carry_plain()
        self._carry_windows()
        yield from self._carry_rotary()
        self._carry_query_scale()
        yield from (f"{key} = {value}" for key, value in self.left.items() if not _equal(value, NEUTRAL.get(key)))

    def _carry_plain(self) -> None:
        for key, name in CARRIED.items():
            if key not in self.left or not (hasattr(self.config, name) or name == "head_dim"):
                continue
            value = _single(self.left[key])
            if value is not None:
                del self.left[key]
                if not _equal(getattr(self.config, name, None), value):
                    setattr(self.config, name, value)

    def _carry_windows(self) -> None:
        window = self.left.get("attention.sliding_window")
        if window is not None and (self.config.model_type in WINDOWED or window >= self.config.max_position_embeddings):
            del self.left["attention.sliding_window"]
            if self.config.model_type in WINDOWED:
                self.config.sliding_window = window
        pattern = self.left.get("attention.sliding_window_pattern")
        layers = self.config.num_hidden_layers
        if pattern is None or not self.config.model_type.startswith("gemma"):
            return
        slides = pattern if isinstance(pattern, list) else [bool((layer + 1) % pattern) for layer in range(layers)]
        if len(slides) == layers:
            del self.left["attention.sliding_window_pattern"]
            self.config.layer_types = ["sliding_attention" if slide else "full_attention" for slide in slides]

    def _carry_rotary(self) -> Iterator[str]:
        parameters = self.config.rope_parameters
        everywhere = parameters.get("full_attention", parameters)
        if (base := self.left.pop("rope.freq_base", None)) is not None:
            everywhere["rope_theta"] = base
        if "sliding_attention" in parameters and "rope.freq_base_swa" in self.left:
            parameters["sliding_attention"]["rope_theta"] = self.left.pop("rope.freq_base_swa")
        if self.left.get("rope.dimension_count") == self._width_of_heads():
            del self.left["rope.dimension_count"]
        everywhere.update(self._scaling())
        if self.factors is not None:
            scaling = scaling_of(self.factors, everywhere["rope_theta"])
            if scaling is None:
                yield f"{FACTORS}: factors of rotary frequencies that follow no known rule"
            else:
                everywhere.update(scaling)

    def _scaling(self) -> dict[str, Any]:
        """Rotary scaling that the settings name; what is not understood stays left."""
        kind, factor = self.left.get("rope.scaling.type", "none"), self.left.get("rope.scaling.factor", 1.0)
        original = self.left.get("rope.scaling.original_context_length")
        none = {"rope_type": "default"}
        known = {
            "none": none,
            "linear": {"rope_type": "linear", "factor": factor},
            "yarn": {"rope_type": "yarn", "factor": factor, "original_max_position_embeddings": original},
        }
        if kind not in known or (kind == "yarn" and original is None) or (kind == "none" and factor != 1.0):
            return {}
        for key in ("type", "factor", "original_context_length"):
            self.left.pop(f"rope.scaling.{key}", None)
        return none if factor == 1.0 else known[kind]

    def _carry_query_scale(self) -> None:
        """Scale of the products of queries and keys; where the file is silent, what the family's readers hold it to be."""
        width, scale = self._width_of_heads(), self.left.get("attention.scale")
        if not hasattr(self.config, "query_pre_attn_scalar"):
            if scale is not None and math.isclose(scale, width**-0.5, rel_tol=1e-5):
                del self.left["attention.scale"]
            return
        by_width = self.config.num_hidden_layers == SCALED_BY_WIDTH.get(self.config.model_type)
        usual = self.config.hidden_size // self.config.num_attention_heads if by_width else width
        divisor = usual if scale is None else round(scale**-2)
        if scale is not None and math.isclose(scale, divisor**-0.5, rel_tol=1e-5):
            del self.left["attention.scale"]
        self.config.query_pre_attn_scalar = divisor

    def _width_of_heads(self) -> int:
        return int(getattr(self.config, "head_dim", None) or self.config.hidden_size // self.config.num_attention_heads)


def _single(value: Any) -> Any:
    """The value that holds for all blocks; None where they differ."""
    if not isinstance(value, list):
        return value
    return value[0] if len(set(value)) == 1 else None


def _equal(first: Any, second: Any) -> bool:
    """Whether two settings are the same number; files hold them in single precision."""
    if isinstance(first, float | int) and isinstance(second, float | int):
        return math.isclose(first, second, rel_tol=1e-6)
    return bool(first == second)


def scaling_of(factors: NDArray[np.float64], theta: float) -> dict[str, Any] | None:
    """The rotary scaling whose factors of the frequencies these are: none, linear, or that of Llama 3; None for any other.

    Args:
        factors: [head width / 2], by which the wavelengths are stretched.
        theta: base of the rotary frequencies.
    """
    largest = float(factors.max())
    if np.allclose(factors, 1.0):
        return {}
    if np.allclose(factors, largest, rtol=1e-5):
        return {"rope_type": "linear", "factor": largest}
    for factor in (largest, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0):
        for original in (2**power for power in range(4, 21)):
            if np.allclose(factors, llama3_factors(len(factors), theta, factor, original), rtol=1e-4):
                return {
                    "rope_type": "llama3",
                    "factor": factor,
                    "low_freq_factor": LOW,
                    "high_freq_factor": HIGH,
                    "original_max_position_embeddings": original,
                }
    return None


LOW, HIGH = 1.0, 4.0


def llama3_factors(count: int, theta: float, factor: float, original: int) -> NDArray[np.float64]:
    """Factors by which Llama 3.1 and later stretch the wavelengths of `count` rotary frequencies."""
    wavelengths = 2 * np.pi * theta ** (np.arange(count) / count)
    smooth = ((original / wavelengths - LOW) / (HIGH - LOW)).clip(0.0, 1.0)
    return np.asarray(1.0 / ((1.0 - smooth) / factor + smooth))
