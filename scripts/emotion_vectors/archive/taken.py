"""What is told of a model whose tables were taken from published ones: the run that measured it, its card, and how long its steps took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from emotion_vectors.archive.publications import Origin, Publication, PublishedError
from emotion_vectors.artefacts import files

FACTS_FILE, TIMES_FILE = "facts.json", "run_times.json"
"""Published files that tell of all models of their study."""


def told_of(publication: Publication, folder: Path, model: str) -> dict[str, Any]:
    """What is told of a published model, from the files about its study.

    Args:
        folder: of the published tables, in which `FACTS_FILE` and `TIMES_FILE` were held against their digests.
    Returns:
        `model`; `origin`, the run that measured it; `card`, as the paper prints it, with the commit of that run; `steps`, run times by
        step; `measured_on`, machine and precision of these times.
    Raises:
        PublishedError: no card of the model was published.
    """
    facts, times = (files.read_json(folder / name) for name in (FACTS_FILE, TIMES_FILE))
    origin = publication.origins[model]
    cards = {card["name"]: card for card in facts["models"]}
    if model not in cards:
        raise PublishedError(
            f"published: {folder / FACTS_FILE} tells nothing of {model}; take it out of `published`, so that it is run"
        )
    # In one order, whatever study has published them: what reads this record is repeated where its text changes.
    steps = {name: of_models[model] for name, of_models in sorted(times["steps"].items()) if model in of_models}
    this_study = {key: times[key] for key in ("machine", "precision")}
    earlier = times.get("published", {}).get(model)
    return {
        "model": model,
        "origin": asdict(origin),
        "card": {**cards[model], "published_commit": origin.commit},
        "steps": steps,
        "measured_on": {key: earlier[key] for key in this_study} if earlier else this_study,
    }


def origins_of(records: Sequence[Path]) -> dict[str, Origin]:
    """The run that measured each model of these records."""
    contents = map(files.read_json, records)
    return {content["model"]: Origin(**content["origin"]) for content in contents}


def with_times(study: Mapping[str, Any], records: Sequence[Path]) -> dict[str, Any]:
    """Run times of a study with those of the models that it took, and the machines on which these were measured.

    Sums and elapsed minutes stay those of the jobs that were run.

    Args:
        study: as `report.run_times.record` makes it; records: as `told_of` made them.
    Returns:
        The same, and where there are records `published`: model -> commit, machine and precision.
    """
    if not records:
        return dict(study)
    steps = {name: dict(of_models) for name, of_models in study["steps"].items()}
    published = {}
    for content in map(files.read_json, records):
        model = content["model"]
        published[model] = {"commit": content["origin"]["commit"], **content["measured_on"]}
        for name, times in content["steps"].items():
            steps.setdefault(name, {})[model] = times
    return {**study, "steps": steps, "published": published}
