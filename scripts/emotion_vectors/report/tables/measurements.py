"""Tables of the paper about the measurements themselves: robustness, run times, the engine, the models."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from safetensors import safe_open

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging as claims
from emotion_vectors.meaning.decoding import BOTH, NO_LAYER
from emotion_vectors.report import latex, run_times
from emotion_vectors.statistics.wording import interval, number
from emotion_vectors.weights.table import ModelRow

STORIES, MESSAGES = "Stories, top-1 accuracy", "Messages, top-3 rate"
COSINES = "Cosine across story sets, same (other) emotion"
COST = "Fall of neutral text under steering, nats"
SCORES = ("vectors", "words", "word-residual", "without neutral projection", "from the first token", "half the topics")

RATIOS = {
    "extraction_vs_bare_forward": ("Extraction against a bare forward pass, tokens/s", "at least 0.90"),
    "peak_memory_vs_weights": ("Peak memory of extraction against weights and one batch", "at most 1.5"),
    "sweep_vs_plain_loop": ("Steering sweep against hook and re-score, conditions/s", "at least 8"),
    "sweep_vs_kv_loop": ("Steering sweep against a loop with cached prompts, conditions/s", "at least 3"),
    "sweep_vs_matmul_rate": ("Steering sweep against the machine's matrix products", "at least 0.6"),
    "slopes_vs_plain_conditions": ("Plain conditions in the time of all slopes", "at most 5"),
    "head_scoring_vs_silencing": ("Scoring all heads against silencing each, heads/s", "none"),
}
"""Ratios of the engine: what each compares, and its target."""


def robustness_rows(
    accuracy_file: str, summary_file: str, rates_file: str, coherence_file: str, corpora_file: str
) -> dict[tuple[str, str], str]:
    """One model's decoding under other corpora, methods and baselines at its main layer: (measure, variant) -> result."""
    layer = files.provenance_of(summary_file)["layer"]
    accuracy, summary, rates = (pd.read_parquet(file) for file in (accuracy_file, summary_file, rates_file))
    here = accuracy[accuracy["layer"].isin([layer, NO_LAYER]) & accuracy["method"].isin(SCORES)]
    rows = {}
    for record in _records(here):
        plain = record["method"] in ("vectors", "words")
        if plain or record["scheme"] == BOTH:
            rows[STORIES, f"{record['method']}, {record['scheme']}" if plain else record["method"]] = interval(
                record, "accuracy"
            )
    twin = summary[summary["method"] == "re-initialised"]
    for record in _records(twin):
        measure = STORIES if record["measure"].startswith("stories") else MESSAGES
        rows[measure, "re-initialised twin"] = interval(record, "rate")
    renamed = rates.rename(columns={"top3_low": "low", "top3_high": "high"})
    for record in _records(renamed[renamed["layer"].isin([layer, NO_LAYER])]):
        words = record["layer"] == NO_LAYER
        name = "words" if words else f"{record['method']}, {record['position']}"
        rows[MESSAGES, name] = interval(record, "top3_rate")
    cosines = pd.read_parquet(corpora_file)
    for record in _records(cosines[cosines["layer"] == layer]):
        matched, mismatched = (number(record[f"{kind}_cosine"], 2) for kind in ("matched", "mismatched"))
        rows[COSINES, record["comparison"]] = f"{matched} ({mismatched})"
    for record in _records(pd.read_parquet(coherence_file)):
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
    wide = len(by_model) > 2
    table = latex.tabular(
        columns, ["Variant", *map(latex.escape, by_model)], body, width=r"\textwidth" if wide else r"\columnwidth"
    )
    caption = (
        "Robustness at the main layer: corpora alone and across, ablations of the method, baselines, with 95\\,\\% intervals; "
        "and the log-probability per token that neutral text loses under steering."
    )
    return latex.floating(table, caption=caption, label="robustness", wide=wide, size="scriptsize")


def run_times_table(rows: Sequence[Sequence[str]], machine: str) -> str:
    """Time and memory of the steps (`run_times.summarise`)."""
    body = [latex.row([rf"\texttt{{{latex.escape(row[0])}}}", *map(latex.escape, row[1:])]) for row in rows]
    body = body or [rf"\multicolumn{{6}}{{@{{}}l@{{}}}}{{{claims.NOT_MEASURED}}} \\"]
    table = latex.tabular("@{}lrrrrr@{}", ["Step", *run_times.HEAD], body)
    caption = (
        "Run times: wall-clock time summed over the jobs of a step, which grows when the machine is shared; processor time over all "
        f"cores, which does not; and peak memory of one job. {latex.escape(machine)}"
    )
    return latex.floating(table, caption=caption, label="runtimes", place="!htb", size="scriptsize")


def machine_text(benchmark: Mapping[str, Any]) -> str:
    """The machine in a sentence; nothing when no benchmark has been run."""
    machine = benchmark.get("machine")
    if not machine:
        return ""
    memory = number(machine["memory_bytes"] / 2**30, 1)
    return f"Machine: {machine['cpu']}, {machine['cores']} cores, {memory} GiB, {machine['threads']} threads."


def benchmark_table(benchmark: Mapping[str, Any]) -> str:
    """Ratios of the engine with their targets."""
    ratios = benchmark.get("ratios", {})
    body = [
        latex.row(
            [latex.escape(what), number(ratios[key], 2) if key in ratios else claims.NOT_MEASURED, latex.escape(target)]
        )
        for key, (what, target) in RATIOS.items()
    ]
    sizes = benchmark.get("sizes", {})
    on = (
        f"On {sizes['model']}: {sizes['texts']} stories, {sizes['repetitions']} repetitions, the best counts."
        if sizes
        else ""
    )
    caption = f"Ratios of the engine, with the targets set for them. {latex.escape(' '.join(filter(None, (on, machine_text(benchmark)))))}"
    table = latex.tabular("@{}lll@{}", ["Ratio", "Measured", "Target"], body)
    return latex.floating(table, caption=caption, label="benchmark", place="!htb", size="scriptsize")


def model_facts(folder: str | Path) -> dict[str, str]:
    """Size of converted weights: parameters, blocks and width, from the files themselves."""
    path = Path(folder)
    config = json.loads((path / "config.json").read_text())
    config = config.get("text_config", config)
    parameters = 0
    for file in sorted(path.glob("*.safetensors")):
        with safe_open(file, framework="pt") as tensors:
            for name in tensors.keys():  # noqa: SIM118 - not a dictionary
                size = 1
                for length in tensors.get_slice(name).get_shape():
                    size *= length
                parameters += size
    card = json.loads((path / "weights.json").read_text())
    return {
        "parameters": f"{number(parameters / 1e6, 0)} million",
        "shape": f"{config['num_hidden_layers']} × {config['hidden_size']}",
        "file": str(card["source"]),
        "sha256": str(card["sha256"]),
    }


def model_table(rows: Sequence[ModelRow], facts: Mapping[str, Mapping[str, str]], judge: str) -> str:
    """Model cards: source, digest, licence, size and the tier in which each takes part.

    Args:
        judge: what judges replies; one of the models, or anything else where none does.
    """
    left = r">{\raggedright\arraybackslash}"
    body = []
    for row in rows:
        found = facts[row.name]
        plain = [row.name, found["parameters"], found["shape"], row.licence, f"{row.dtype}, {row.template}", row.tier]
        body.append(latex.row(map(latex.escape, plain)))
        origin = (
            f"File {latex.breakable(found['file'])}, SHA-256 {latex.breakable(found['sha256'])}, "
            f"first from {latex.breakable(row.sources[0])}."
        )
        body.append(rf"\multicolumn{{6}}{{@{{}}{left}p{{0.95\textwidth}}@{{}}}}{{{origin}}} \\[2pt]")
    head = ["Model", "Parameters", r"Blocks $\times$ width", "Licence", "Run in", "From tier"]
    table = latex.tabular("@{}llllll@{}", head, body)
    judging = f"{latex.escape(judge)} judges replies" if judge in facts else "no model judges another"
    caption = f"Models of this study. Base and re-initialised twins share these files; {judging}."
    return latex.floating(table, caption=caption, label="models", place="!htb", size="scriptsize")
