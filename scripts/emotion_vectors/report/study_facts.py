"""Facts of a study that its paper quotes: counts of texts, resamples and claims, layers, dates, commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from emotion_vectors.archive.fetching import digest_of
from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging, nonmodels
from emotion_vectors.multiverse import comparing
from emotion_vectors.report import placebo
from emotion_vectors.report import results as reported
from emotion_vectors.report.latex import short_commit
from emotion_vectors.report.results import Results
from emotion_vectors.statistics.power import smallest_detectable
from emotion_vectors.statistics.wording import bare, interval, listing, number

SLOPE = "A19"
"""A claim whose first part is a slope of conduct; all of these register the same smallest effect of interest."""


def of_claims(results: Results, judged: Mapping[str, Any], placebo_file: Path | None) -> dict[str, str]:
    """What the claims of a study amount to.

    Args:
        judged: content of claims.json; placebo_file: reference of the placebo, none where there is none.
    """
    reference = str(placebo_file or "")
    dates = sorted({str(entry["registered"]) for entry in results.registered.values()})
    restated = [claim for claim, entry in results.registered.items() if "supersedes" in entry]
    return {
        "claimsmeasured": number(len(results.measured()), 0),
        "claimsregistered": number(len(results.registered), 0),
        "claimsrestated": number(len(restated), 0),
        "unmeasuredcount": number(len(results.registered) - len(results.measured()), 0),
        "smallestslope": f"{smallest_slope(results):g}",
        "models": listing(results.models),
        "tier": str(judged["tier"]),
        "registered": max(dates),
        "registeredon": listing(dates),
        "commit": short_commit(judged["provenance"]["git_commit"]),
        "placeboshare": placebo.replicated_share(judged, reference),
        "placebooverlap": placebo.overlap(judged, reference),
        "placebofound": placebo.found(judged, reference),
        "placebowhose": placebo.whose(judged, reference),
        "summarycounts": reported.summary_counts(results),
        "inforcecount": number(len(results.in_force()), 0),
        "inforcecounts": reported.summary_counts(results, results.in_force()),
        "opposites": opposites(results),
    }


def of_edition(citation: Path, results: Path) -> dict[str, str]:
    """By what a copy of the paper is held against the study that it prints: version of the work, and SHA-256 of the table of results.

    That table is the same file in the study, among its published tables and in its archive. An archive has no digest that its own paper
    could print, since the paper lies in it.

    Args:
        citation: CITATION.cff; results: claims.json, every verdict with the numbers behind it.
    """
    cited = yaml.safe_load(citation.read_text(encoding="utf-8"))
    return {"version": str(cited["version"]), "resultsdigest": digest_of(results)}


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
    """Situations of each behaviour set that the study uses, at most `most` of a set, and mean words of its prepared replies."""
    situations = {file.stem: min(files.read_json(file)["situations"], most) for file in reports}
    return {f"{name}situations": number(count, 0) for name, count in situations.items()} | {
        f"{name}words": number(words, 0) for name, words in reply_words(reports).items()
    }


def reply_words(reports: Sequence[Path]) -> dict[str, float]:
    """Mean words of the prepared replies of each behaviour set, over all sides."""
    by_side = {file.stem: list(files.read_json(file)["mean_words"].values()) for file in reports}
    return {name: sum(means) / len(means) for name, means in by_side.items()}


def of_whole_replies(words: Mapping[str, float], results: Results) -> dict[str, str]:
    """Nats over a whole reply to which the smallest effect of interest on conduct, nats per token, adds up: one token a word or more.

    Args:
        words: as `reply_words` counts them.
    """
    return {f"{name}replynats": bare(smallest_slope(results) * count) for name, count in words.items()}


def smallest_slope(results: Results) -> float:
    """Smallest effect of interest of slopes of conduct, nats per token at strength 0.1."""
    return float(results.registered[SLOPE]["parts"][0]["smallest_effect"])


def message_emotions(heatmap_file: Path) -> int:
    """How many emotions the messages imply."""
    return int(files.read_table(heatmap_file)["message_emotion"].nunique())


def main_layer(correlations_file: Path) -> str:
    """For instance "19 of 30", from the layers of a table of correlations and the main one in its provenance."""
    layers = files.read_table(correlations_file)["layer"].nunique()
    return f"{files.provenance_of(correlations_file)['layer']} of {layers}"


def opposites(results: Results) -> str:
    """Parts whose effect lies beyond the null on the side opposite to the claim, with their numbers on each such model.

    What stands beside them is in the table of all claims.
    """
    parts = [
        f"{claim} ({part}) on {model}, {interval(row)} {row['unit']}"
        for claim in results.measured()
        for part in results.part_names(claim)
        for model in results.models
        if (row := results.part(claim, part, model)) is not None and row["opposite"]
    ]
    return "; ".join(parts) or "none"


def of_validity(results: Results, validity: Mapping[str, Any], choices: pd.DataFrame) -> dict[str, str]:
    """What stands for and against the rules themselves: planted effects, non-models, power, other choices.

    Args:
        validity: content of the file on the validity of the study, empty where there is none; choices: table of other choices.
    """
    return {
        "plantedfound": planted(validity.get("planted", {})),
        "nonmodelspass": nonmodels_passing(results),
        "powerofnulls": power_of_nulls(results),
        "otherchoices": comparing.in_words(choices),
        "changedbysize": comparing.changed(choices),
    }


def planted(shares: Mapping[str, Any]) -> str:
    """Shares of planted effects that were found, by their size in multiples of the smallest effect, and of shams.

    Args:
        shares: as `controls.shares.summary` makes them, empty where they were not counted.
    """
    if not shares:
        return "not counted for the default study yet"
    of_sizes = [
        f"{100 * share:.0f} % [{', '.join(f'{100 * end:.0f}' for end in shares['found_interval'][size])}] of {size} times"
        for size, share in shares["found_share"].items()
    ]
    low, high = shares["sham_interval"]
    sham = f"{100 * shares['sham_share']:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
    return f"{listing(of_sizes)} the smallest effect, {shares['plants_of_a_size']} plants of a size, and {sham} of {shares['shams']} shams"


def nonmodels_passing(results: Results) -> str:
    """Of the claims that what is no model can enter, those that it passes in every part, with what passes and on how many models.

    What enters some parts alone cannot pass; how many claims have something that enters all of them is said too.
    """
    entered: dict[str, None] = {}
    whole: set[str] = set()
    passing: dict[str, set[str]] = {}
    for model, by_claim in results.nonmodels.items():
        for claim, of_claim in by_claim.items():
            entered[claim] = None
            registered = len(results.registered[claim]["parts"])
            whole |= {claim for parts in of_claim.values() if len(parts) == registered}
            for name in nonmodels.passing(results.registered[claim], of_claim):
                passing.setdefault(f"{claim} by {name}", set()).add(model)
    if not entered:
        return "none was put through a rule in this study"
    said = [f"{what} on {len(models)} of {len(results.models)} models" for what, models in passing.items()]
    passed = {what.split()[0] for what in passing}
    could = f"{len(passed)} of the {len(whole)} claims whose every part one of them enters, of {len(entered)} that they enter at all"
    return could + (f" ({listing(said)})" if said else "")


def power_of_nulls(results: Results) -> str:
    """Of the parts of claims in force that found nothing, in how many an effect of the smallest size of interest would have been found."""
    counts = {verdict: [0, 0] for verdict in judging.NOTHING_FOUND}
    for claim, entry in results.registered.items():
        for part in entry["parts"]:
            for model in results.models:
                row = results.part(claim, part["name"], model)
                if row is None or row["verdict"] not in counts or results.successor(claim):
                    continue
                counts[row["verdict"]][0] += smallest_detectable(row) <= part["smallest_effect"]
                counts[row["verdict"]][1] += 1
    return listing([f"{number(able, 0)} of {number(total, 0)} {verdict}" for verdict, (able, total) in counts.items()])
