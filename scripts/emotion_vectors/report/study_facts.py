"""Facts of a study that its paper quotes: counts of texts, resamples and claims, layers, dates, commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts import files
from emotion_vectors.report import placebo
from emotion_vectors.report import results as reported
from emotion_vectors.report.latex import short_commit
from emotion_vectors.report.results import Results
from emotion_vectors.statistics.wording import listing, number

SLOPE = "A19"
"""A claim whose first part is a slope of conduct; all of these register the same smallest effect of interest."""


def of_claims(results: Results, judged: Mapping[str, Any], placebo_file: Path | None) -> dict[str, str]:
    """What the claims of a study amount to.

    Args:
        judged: content of claims.json; placebo_file: reference of the placebo, none where there is none.
    """
    reference = str(placebo_file or "")
    return {
        "claimsmeasured": number(len(results.measured()), 0),
        "claimsregistered": number(len(results.registered), 0),
        "unmeasuredcount": number(len(results.registered) - len(results.measured()), 0),
        "smallestslope": f"{results.registered[SLOPE]['parts'][0]['smallest_effect']:g}",
        "models": listing(results.models),
        "tier": str(judged["tier"]),
        "registered": max(str(entry["registered"]) for entry in results.registered.values()),
        "commit": short_commit(judged["provenance"]["git_commit"]),
        "placeboshare": placebo.replicated_share(judged, reference),
        "placebofound": placebo.found(judged, reference),
        "placebowhose": placebo.whose(judged),
        "summarycounts": reported.summary_counts(results),
        "opposites": reported.opposites(results),
    }


def facts_of_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """Numbers that the configuration sets.

    Args:
        settings: `vectors`, `statistics`, `steering` and `behaviour` of the configuration.
    """
    statistics, vectors, behaviour = settings["statistics"], settings["vectors"], settings["behaviour"]
    counts = {
        "shuffles": statistics["shuffles"],
        "shuffledsets": statistics["shuffled_sets"],
        "bootstraps": statistics["bootstraps"],
        "clusterings": statistics["clusterings"],
        "depthresamples": statistics["depth_resamples"],
        "finitenulls": settings["steering"]["finite_nulls"],
        "firsttoken": vectors["first_token"],
        "dosedsituations": behaviour["dosed_situations"],
        "nullsofeachkind": behaviour["nulls_of_each_kind"],
    }
    return {key: number(value, 0) for key, value in counts.items()} | {
        "neutralvariance": f"{100 * vectors['neutral_variance']:g} %",
        "guardnats": f"{settings['steering']['guard_nats']:g}",
    }


def of_texts(stories: pd.DataFrame, report: Mapping[str, Any], vectors: Mapping[str, Any]) -> dict[str, str]:
    """How many texts of each kind the study uses.

    Args:
        stories: labelled stories; report: that of the stimuli; vectors: that part of the configuration.
    """
    sets, documents = report["sets"], report["documents"]
    dialogue_files = sum(name.startswith("dialogues/") for name in report["digests"]["files"])
    corpora = stories.groupby("corpus").size()
    counts = {
        "stories": len(stories),
        "scenes": int(corpora.get("scenes", 0)),
        "plainstories": int(corpora.get("plain", 0)),
        "topics": stories["topic"].nunique(),
        "emotions": stories["emotion"].nunique(),
        "dialogues": min(sets["dialogues"]["items"], dialogue_files * vectors["dialogues_per_topic"]),
        "messages": sets["messages"]["items"],
        "templates": documents["templates"]["entries"],
        "prompts": documents["feels"]["entries"]["prompts"],
    }
    return {key: number(value, 0) for key, value in counts.items()}


def of_behaviours(reports: Sequence[Path], most: int) -> dict[str, str]:
    """Situations of each behaviour set that the study uses, at most `most` of a set."""
    return {f"{file.stem}situations": number(min(files.read_json(file)["situations"], most), 0) for file in reports}


def message_emotions(heatmap_file: Path) -> int:
    """How many emotions the messages imply."""
    return int(files.read_table(heatmap_file)["message_emotion"].nunique())


def main_layer(correlations_file: Path) -> str:
    """For instance "19 of 30", from the layers of a table of correlations and the main one in its provenance."""
    layers = files.read_table(correlations_file)["layer"].nunique()
    return f"{files.provenance_of(correlations_file)['layer']} of {layers}"
