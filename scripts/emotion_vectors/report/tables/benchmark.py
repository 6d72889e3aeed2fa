"""Time and memory, for the paper's appendix: of the steps, of the engine beside how far it could go, and of models of other sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, resources
from emotion_vectors.benchmarks import costs
from emotion_vectors.claims import judging as claims
from emotion_vectors.report import latex
from emotion_vectors.report.tables.measurements import LONGEST_STEPS, machine_text, run_times_table
from emotion_vectors.statistics.wording import bare, number
from emotion_vectors.weights.table import ModelRow, read_models

OPERATIONS = "operations of both"
RATIOS = {
    "extraction_vs_bare_forward": ("Extraction over a bare forward pass, tokens/s", "the bare forward pass"),
    "peak_memory_vs_weights": ("Peak memory of extraction over weights and one batch", "weights and batch (a floor)"),
    "sweep_vs_plain_loop": ("Steering sweep over hook and re-score, conditions/s", OPERATIONS),
    "sweep_vs_user_loop": (
        "Steering sweep over the loop as users write it, in float32, conditions/s",
        "operations, and products/s of both precisions",
    ),
    "sweep_vs_kv_loop": ("Steering sweep over a loop with cached prompts, conditions/s", OPERATIONS),
    "sweep_share_of_kv_ceiling": ("The same as a share of its ceiling", "the ceiling"),
    "slopes_vs_plain_conditions": (
        "Slopes along 48 emotions, 2,000 null and 200 semantic directions, in plain conditions",
        "one pass forward and back (a floor)",
    ),
    "head_scoring_vs_silencing": ("Scoring all heads over silencing each, heads/s", "heads that one pass scores"),
}
"""Ratios of the engine: what each compares, and what sets its ceiling or, where less is better, its floor."""
RATIO_HEAD = ("Ratio", "Measured", "Limit", "Set by")
COST_HEAD = (
    *("Model", "Tier", "Parameters", "Weights", "Job asks for"),
    *("Model steps", "Other steps", "Elapsed", "Accelerator", "Times"),
)
NOT_TIMED = "not timed"
MADE_HERE, ON_ACCELERATOR = ("organism",), ("gpu", "cluster")
"""Tiers whose models are tuned in the study itself, and those whose models are meant for an accelerator."""


def time_tables(times: Path, engine: Mapping[str, Any], model_table: Path) -> dict[str, str]:
    """Tables by name: run times of the study, speed of the engine, and what larger models cost.

    Args:
        times: run times of the study; engine: as the step `benchmark_engine` made it, empty where the engine was not timed.
    """
    study = files.read_json(times)
    return {
        "run_times": run_times_table(study, LONGEST_STEPS),
        "benchmark": benchmark_table(engine),
        "costs": cost_table(study, engine, read_models(model_table)),
    }


def benchmark_table(measured: Mapping[str, Any]) -> str:
    """Ratios with their limits, tokens decoded a processor-second, and other libraries; a sentence where the engine was not timed.

    Args:
        measured: as the step `benchmark_engine` made it.
    """
    if not measured.get("ratios"):
        return "The engine was not timed in this study."
    body = [*_ratio_rows(measured), *_decoding_rows(measured), *_peer_rows(measured)]
    table = latex.tabular(
        rf"@{{}}{latex.LEFT}Xrr{latex.LEFT}p{{0.26\textwidth}}@{{}}", RATIO_HEAD, body, width=r"\textwidth"
    )
    return latex.floating(
        table, caption=latex.escape(_caption(measured)), label="benchmark", position="htbp", size="scriptsize"
    )


def _ratio_rows(measured: Mapping[str, Any]) -> Iterator[str]:
    ratios, limits = measured["ratios"], measured.get("ceilings", {})
    for key, (what, set_by) in RATIOS.items():
        numbers = [number(of[key], 2) if key in of else claims.NOT_MEASURED for of in (ratios, limits)]
        yield latex.row(map(latex.escape, [what, *numbers, set_by]))


def _decoding_rows(measured: Mapping[str, Any]) -> Iterator[str]:
    for size, rate in measured.get("tokens_per_cpu_second", {}).items():
        what = f"Tokens decoded a processor-second, {size} {'reply' if size == '1' else 'replies side by side'}"
        yield latex.row([latex.escape(what), number(rate, 0), "", ""])


def _peer_rows(measured: Mapping[str, Any]) -> Iterator[str]:
    for name, peer in measured.get("peers", {}).items():
        if "skipped" in peer:
            yield latex.row([latex.escape(f"Steering sweep over {name}, conditions/s"), "not installed", "", ""])
        else:
            what = f"Steering sweep over {name} {peer['version']}, conditions/s"
            yield latex.row([latex.escape(what), number(peer["sweep_vs_peer"], 2), "", ""])


def _caption(measured: Mapping[str, Any]) -> str:
    sizes, said = measured.get("sizes", {}), ["Ratios of the engine, and how far each could go."]
    if sizes:
        said.append(
            f"On {sizes['model']}: {sizes['texts']} stories, {sizes['repetitions']} repetitions, the best counts."
        )
    if "precision" in measured:
        said.append(f"Both sides in {measured['precision']}, but for the loop as users write it.")
    return " ".join([*said, machine_text(measured)])


def cost_table(study: Mapping[str, Any], engine: Mapping[str, Any], rows: Mapping[str, ModelRow]) -> str:
    """What the study costs on every model of the table but those that a study makes.

    Args:
        study: run times as `run_times.record` made them; engine: as of `benchmark_table`; rows: the table of models.
    """
    shown = {name: row for name, row in rows.items() if row.tier not in MADE_HERE}
    known = costs.model_costs(study, engine, {name: row.parameters_millions for name, row in shown.items()})
    body = []
    for name, row in shown.items():
        size = resources.Size(row.parameters_millions, resources.BYTES[row.dtype])
        asked = resources.resources("model", size, on_gpu=row.tier in ON_ACCELERATOR)
        memory = [number(mb / 1000, 1) for mb in (size.weights_mb, asked["vram_mb"] or asked["mem_mb"])]
        cells = [name, row.tier, _millions(row), *memory, *_hours(name, row, known.get(name), rows)]
        body.append(latex.row(map(latex.escape, cells)))
    table = latex.tabular("@{}llrrrrrrrl@{}", COST_HEAD, body)
    return latex.floating(
        rf"\setlength{{\tabcolsep}}{{3pt}}{table}",
        caption=latex.escape(_cost_caption(study, engine)),
        label="costs",
        position="htbp",
        size="scriptsize",
    )


def _millions(row: ModelRow) -> str:
    return f"{number(row.parameters_millions, 0)} M"


def _hours(name: str, row: ModelRow, cost: costs.ModelCost | None, rows: Mapping[str, ModelRow]) -> list[str]:
    if cost is None:
        return ["", "", "", "", claims.NOT_MEASURED]
    meant = row.tier in ON_ACCELERATOR
    accelerator = "" if not meant else NOT_TIMED if cost.accelerator is None else bare(cost.accelerator)
    how = "measured" if cost.measured_on == name else f"from {_millions(rows[cost.measured_on])}"
    return [*map(bare, (cost.running, cost.others, cost.elapsed)), accelerator, how]


def _cost_caption(study: Mapping[str, Any], engine: Mapping[str, Any]) -> str:
    said = [
        "What this study costs by model. Weights in their precision, and what a job that runs the model asks for (of the accelerator, in "
        "tiers gpu and cluster), in GB; processor hours over all cores; elapsed hours of the machine.",
        'Where the last column says "from", the study did not run on the model: the time of its model steps is extrapolated in '
        "proportion to parameters from the measured model nearest in size, that of its other steps is taken as it was there.",
        f"Jobs of no model took {bare(costs.hours_of_no_model(study))} processor hours, once a study.",
    ]
    if costs.tokens_read(study, engine) is None:
        said.append("Hours of an accelerator need the engine timed on a processor, which this study did not do.")
    else:
        said.append(
            f"Hours of one accelerator are assumed, not measured: its operations at {costs.ASSUMED_SHARE:.0%} of the "
            f"{number(costs.PEAK_TERA, 0)} × 1e12 a second of an {costs.ACCELERATOR}; loading and decoding token by token come on top."
        )
    return " ".join([*said, machine_text(study)])
