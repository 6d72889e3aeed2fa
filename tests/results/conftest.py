"""The finished study that the assertions are about, named by the rule `check_results`."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emotion_vectors.artefacts import files

VARIABLE = "FINISHED_STUDY"


@dataclass(frozen=True)
class Study:
    """Folders of a finished study, relative to the repository, its models, and those of them that were run."""

    results: Path
    activations: Path
    figures: Path
    paper: Path
    claim_page: Path
    models: list[str]
    run: list[str]
    main_depth: float


@pytest.fixture(scope="session")
def study() -> Study:
    if VARIABLE not in os.environ:
        pytest.skip("no finished study is named: ./scripts/env snakemake check_results --cores 1")
    facts = json.loads(os.environ[VARIABLE])
    places = {name: Path(facts[name]) for name in ("results", "activations", "figures", "paper", "claim_page")}
    return Study(**places, **{name: facts[name] for name in ("models", "run", "main_depth")})


@pytest.fixture(scope="session")
def judged(study: Study) -> dict[str, Any]:
    """Content of claims.json."""
    return files.read_json(study.results / "claims.json")
