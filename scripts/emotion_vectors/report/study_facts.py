"""Facts of a study that its paper quotes: counts of texts, models and resamples, layers, dates, commit."""

from __future__ import annotations

import json
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


def collect(inputs: Any, results: Results, settings: Mapping[str, Any]) -> dict[str, str]:
    r"""Values of \study by key, as text.

    Args:
        inputs: names the files `stories` (labelled stories), `stimuli` (report), `results` (claims.json), `heatmaps` and
            `correlations` (one for each model, in the order of the models), `behaviours` (a report for each set), and `placebo`
            (reference file, or empty).
        settings: `tier`, `vectors`, `statistics`, `steering` and `behaviour` of the configuration.
    """
    statistics, vectors = settings["statistics"], settings["vectors"]
    counts = {
        **text_counts(pd.read_parquet(inputs.stories), json.loads(Path(inputs.stimuli).read_text()), vectors),
        **behaviour_counts(inputs.behaviours, settings["behaviour"]),
        "messageemotions": pd.read_parquet(inputs.heatmaps[0])["message_emotion"].nunique(),
        "shuffles": statistics["shuffles"],
        "shuffledsets": statistics["shuffled_sets"],
        "bootstraps": statistics["bootstraps"],
        "clusterings": statistics["clusterings"],
        "finitenulls": settings["steering"]["finite_nulls"],
        "depthresamples": statistics["depth_resamples"],
        "claimsmeasured": len(results.measured()),
        "claimsregistered": len(results.registered),
        "firsttoken": vectors["first_token"],
    }
    judged = json.loads(Path(inputs.results).read_text())
    return {key: number(value, 0) for key, value in counts.items()} | {
        "models": listing(results.models),
        "tier": str(settings["tier"]),
        "registered": max(str(entry["registered"]) for entry in results.registered.values()),
        "commit": short_commit(judged["provenance"]["git_commit"]),
        "placeboshare": placebo.share(judged, inputs.placebo),
        "placebofound": placebo.found(judged, inputs.placebo),
        "mainlayers": "; ".join(map(main_layer, inputs.correlations)),
        "neutralvariance": f"{100 * vectors['neutral_variance']:g} %",
        "summary": reported.summary(results),
        "summarycounts": reported.summary_counts(results),
        "opposites": reported.opposites(results),
        "guardnats": f"{settings['steering']['guard_nats']:g}",
    }


def text_counts(stories: pd.DataFrame, report: Mapping[str, Any], vectors: Mapping[str, Any]) -> dict[str, int]:
    """How many texts of each kind the study uses."""
    sets, documents = report["sets"], report["documents"]
    dialogue_files = sum(name.startswith("dialogues/") for name in report["digests"]["files"])
    corpora = stories.groupby("corpus").size()
    return {
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


def behaviour_counts(reports: Sequence[str], behaviour: Mapping[str, Any]) -> dict[str, int]:
    """Situations of each behaviour set that the study uses, and null directions at finite strengths."""
    counts = {Path(file).stem: json.loads(Path(file).read_text())["situations"] for file in reports}
    return {f"{name}situations": min(count, behaviour["situations"]) for name, count in counts.items()} | {
        "dosedsituations": behaviour["dosed_situations"],
        "nullsofeachkind": behaviour["nulls_of_each_kind"],
    }


def main_layer(correlations_file: str) -> str:
    """For instance "19 of 30", from the layers of a table of correlations and the main one in its provenance."""
    layers = pd.read_parquet(correlations_file, columns=["layer"])["layer"].nunique()
    return f"{files.provenance_of(correlations_file)['layer']} of {layers}"
