"""What the configuration file of a model tells before its weights travel: family, quantised formats, rotary scaling, token ids."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.weights.families import refusal
from emotion_vectors.weights.folders import CONFIGURATION, WeightsError

QUANTISED = ("quantization_config", "compression_config")
ROTARY_TYPES = ("default", "linear", "dynamic", "yarn", "longrope", "llama3")
ANOTHER_MODEL = "choose another model, or a revision of this one that is stored whole in float32, float16 or bfloat16"


def check_folder(folder: str | Path) -> None:
    """`check_configuration` of the file in a model folder.

    Raises:
        WeightsError: the file is missing or no JSON object, or its model is not served.
    """
    path = Path(folder) / CONFIGURATION
    if not path.is_file():
        raise WeightsError(f"{folder}: {CONFIGURATION} is missing; fetch the model again or name another folder")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path}: not valid JSON ({error}); delete {folder} and run again") from error
    if not isinstance(config, dict):
        raise WeightsError(f"{path}: holds no settings; delete {folder} and run again")
    check_configuration(config, str(path))


def check_configuration(config: Mapping[str, Any], where: str) -> None:
    """Refuse a model that this study cannot read rightly, from its configuration alone.

    Args:
        config: what `config.json` holds.
        where: the file, for the message.
    Raises:
        WeightsError: everything that is wrong, each with its key.
    """
    inner = config.get("text_config")
    text: Mapping[str, Any] = inner if isinstance(inner, Mapping) else config
    faults = [*_family(config), *_format(config, text), *_rotary(text), *_ids(config, text)]
    if faults:
        raise WeightsError(f"{where}: {'; '.join(faults)}. Remedy: {ANOTHER_MODEL}")


def _family(config: Mapping[str, Any]) -> Iterator[str]:
    if reason := refusal(config.get("model_type")):
        yield reason


def _format(config: Mapping[str, Any], text: Mapping[str, Any]) -> Iterator[str]:
    for key in QUANTISED:
        stored = config.get(key) or text.get(key)
        if stored:
            method = stored.get("quant_method", "unnamed") if isinstance(stored, Mapping) else stored
            yield f"{key}: the weights are quantised ({method}), which is not read"


def _rotary(text: Mapping[str, Any]) -> Iterator[str]:
    for key in ("rope_parameters", "rope_scaling"):
        settings = text.get(key)
        if not isinstance(settings, Mapping):
            continue
        nested = [part for part in settings.values() if isinstance(part, Mapping)]
        for part in nested or [settings]:
            kind = part.get("rope_type", part.get("type", "default"))
            if kind not in ROTARY_TYPES:
                yield f"{key}: rotary type '{kind}' is none of {', '.join(ROTARY_TYPES)}"


def _ids(config: Mapping[str, Any], text: Mapping[str, Any]) -> Iterator[str]:
    rows = text.get("vocab_size", config.get("vocab_size"))
    if rows is None:
        return
    if not isinstance(rows, int) or rows < 1:
        yield f"vocab_size: {rows!r} is no number of tokens"
        return
    for key in ("pad_token_id", "bos_token_id", "eos_token_id"):
        named = text.get(key, config.get(key))
        outside = [number for number in _listed(named) if not -1 <= number < rows]
        if outside:
            yield f"{key}: {', '.join(map(str, outside))} lies outside the {rows} rows of the embedding"


def _listed(named: Any) -> list[int]:
    return [number for number in (named if isinstance(named, list) else [named]) if isinstance(number, int)]
