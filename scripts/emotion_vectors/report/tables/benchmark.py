"""Speed and memory of the engine, for the paper's appendix: each ratio beside how far it could go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emotion_vectors.claims import judging as claims
from emotion_vectors.report import latex
from emotion_vectors.report.tables.measurements import machine_text
from emotion_vectors.statistics.wording import number

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
