"""Configurations of the project, laid over the default as Snakemake does."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


def merge(settings: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with changes laid over them key by key, as Snakemake does with several configuration files."""
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(settings.get(key), dict):
            merge(settings[key], value)
        else:
            settings[key] = copy.deepcopy(value)
    return settings


def merged(name: str) -> dict[str, Any]:
    default, own = (yaml.safe_load((ROOT / "workflow/config" / file).read_text()) for file in ("config.yaml", name))
    return merge(default, own)


def mappings(settings: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from mappings(value, (*path, key))


def at(settings: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for key in path:
        settings = settings[key]
    return settings
