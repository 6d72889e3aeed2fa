"""Tables of the paper about the measurements themselves: robustness, run times, the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging as claims
from emotion_vectors.decoding.hit_tables import BOTH, NO_LAYER
from emotion_vectors.report import latex, run_times
from emotion_vectors.statistics.wording import interval, number

STORIES, MESSAGES = "Stories, top-1 accuracy", "Messages, top-3 rate"
COSINES = "Cosine across story sets, same (other) emotion"
COST = "Fall of neutral text under steering, nats"
LONGEST_STEPS = 12
"""Steps whose times the paper prints."""
SCORES = ("vectors", "words", "word-residual", "without neutral projection", "from the first token", "half the topics")


@dataclass(frozen=True)
class RobustnessFiles:
    """Tables of one model that its robustness is read from."""

    accuracy: Path
    summary: Path
    rates: Path
    coherence: Path
    corpora: Path


def robustness_rows(tables: RobustnessFiles) -> dict[tuple[str, str], str]:
    """One model's decoding under other corpora, methods and baselines at its main layer: (measure, variant) -> result."""
    layer = files.provenance_of(tables.summary)["layer"]
    accuracy, summary, rates = map(files.read_table, (tables.accuracy, tables.summary, tables.rates))
    at_main = accuracy[accuracy["layer"].isin([layer, NO_LAYER]) & accuracy["method"].isin(SCORES)]
    rows = {}
    for record in _records(at_main):
        plain = record["method"] in ("vectors", "words")
        if plain or record["scheme"] == BOTH:
            name = f"{record['method']}, {record['scheme']}" if plain else record["method"]
            rows[STORIES, name] = interval(record, "accuracy")
    for record in _records(summary[summary["method"] == "re-initialised"]):
        measure = STORIES if record["measure"].startswith("stories") else MESSAGES
        rows[measure, "re-initialised twin"] = interval(record, "rate")
    renamed = rates.rename(columns={"top3_low": "low", "top3_high": "high"})
    for record in _records(renamed[renamed["layer"].isin([layer, NO_LAYER])]):
        words = record["layer"] == NO_LAYER
        name = "words" if words else f"{record['method']}, {record['position']}"
        rows[MESSAGES, name] = interval(record, "top3_rate")
    cosines = files.read_table(tables.corpora)
    for record in _records(cosines[cosines["layer"] == layer]):
        matched, mismatched = (number(record[f"{kind}_cosine"], 2) for kind in ("matched", "mismatched"))
        rows[COSINES, record["comparison"]] = f"{matched} ({mismatched})"
    for record in _records(files.read_table(tables.coherence)):
        strength = number(record["strength_norm_fraction"], 2)
        rows[COST, f"strength {strength}"] = number(record["neutral_logprob_fall_nats_per_token"], 3)
    return rows


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in record.items()} for record in table.to_dict("records")]


def robustness_table(by_model: Mapping[str, Mapping[tuple[str, str], str]]) -> str:
    """Decoding by corpus, across corpora, under changes of the method and by the baselines, for every model."""
    names = list(dict.fromkeys(name for rows in by_model.values() for name in rows))
    body = []
    for measure in (STORIES, MESSAGES, COSINES, COST):
        variants = [variant for one, variant in names if one == measure]
        body.append(rf"\multicolumn{{{1 + len(by_model)}}}{{@{{}}l@{{}}}}{{{latex.emphasised(measure)}}} \\")
        for variant in sorted(variants, key=lambda variant: not variant.startswith("vectors")):
            cells = [rows.get((measure, variant), claims.NOT_MEASURED) for rows in by_model.values()]
            body.append(latex.row([r"\enspace " + latex.escape(variant), *map(latex.escape, cells)]))
    columns = r"@{}l" + r">{\raggedright\arraybackslash}X" * len(by_model) + "@{}"
    table = latex.tabular(columns, ["Variant", *map(latex.escape, by_model)], body, width=r"\textwidth")
    caption = (
        "Robustness at the main layer: corpora alone and across, ablations of the method, baselines, with 95\\,\\% intervals; "
        "and the log-probability per token that neutral text loses under steering."
    )
    return latex.floating(table, caption=caption, label="robustness", position="htbp", size="scriptsize")


def run_times_table(study: Mapping[str, Any], longest: int) -> str:
    """Time of the steps.

    Args:
        study: as `run_times.record` made it, with its machine; longest: steps that have a row of their own.
    """
    body = [
        latex.row([rf"\texttt{{{latex.escape(name)}}}", *map(latex.escape, texts)])
        for name, *texts in run_times.longest_steps(study, longest)
    ]
    table = latex.tabular("@{}lrrr@{}", ["Step", *run_times.HEAD], body)
    elapsed = run_times.duration(60 * study["elapsed_minutes"])
    caption = (
        "Run times: wall-clock time summed over the jobs of a step, which grows when the machine is shared, and processor time over "
        f"all cores, which does not. The study took {elapsed} from its first job to its last, pauses left out. "
        f"{latex.escape(machine_text(study))}{latex.escape(published_times(study))}"
    )
    return latex.floating(table, caption=caption, label="runtimes", position="htbp", size="scriptsize")


def machine_text(measured: Mapping[str, Any]) -> str:
    """The machine of a benchmark or of run times in a sentence; nothing when there is none."""
    machine = measured.get("machine")
    if not machine:
        return ""
    memory = number(machine["memory_bytes"] / 2**30, 1)
    threads = f", {machine['threads']} threads" if "threads" in machine else ""
    return f"Machine: {machine['cpu']}, {machine['cores']} cores, {memory} GiB{threads}."


def published_times(study: Mapping[str, Any]) -> str:
    """Whose times were not measured in this study, in sentences; nothing where all were."""
    return "".join(
        f" Times of {model} are those of the run that published its results (commit {latex.short_commit(of['commit'])}, "
        f"{of['machine']['cpu']}, {of['machine']['cores']} cores); the time from first to last job is without it."
        for model, of in study.get("published", {}).items()
    )


def model_table(cards: Sequence[Mapping[str, str]], judge: str) -> str:
    """Model cards: source, digest, licence, size and the tier in which each takes part.

    Args:
        cards: as `model_cards.card` made them; judge: what judges replies, one of the models or anything else where none does.
    """
    left = r">{\raggedright\arraybackslash}"
    body = []
    for card in cards:
        run_in = f"{card['dtype']}, {card['template']}"
        plain = [card["name"], card["parameters"], card["shape"], card["licence"], run_in, card["tier"]]
        body.append(latex.row(map(latex.escape, plain)))
        origin = (
            f"File {latex.breakable(card['file'])}, SHA-256 {latex.breakable(card['sha256'])}, "
            f"first from {latex.breakable(card['source'])}."
        )
        if "published_commit" in card:
            origin += (
                f" Not run for this paper: published results of commit {latex.short_commit(card['published_commit'])}."
            )
        body.append(rf"\multicolumn{{6}}{{@{{}}{left}p{{0.95\textwidth}}@{{}}}}{{{origin}}} \\[2pt]")
    head = ["Model", "Parameters", r"Blocks $\times$ width", "Licence", "Run in", "From tier"]
    table = latex.tabular("@{}llllll@{}", head, body)
    judging = (
        f"{latex.escape(judge)} judges replies"
        if judge in [card["name"] for card in cards]
        else "no model judges another"
    )
    caption = f"Models of this study. Base and re-initialised twins share these files; {judging}."
    return latex.floating(table, caption=caption, label="models", position="htbp", size="scriptsize")
