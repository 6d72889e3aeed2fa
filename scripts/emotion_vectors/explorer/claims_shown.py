"""What the explorer shows of every claim: registered text and rules, numbers by part and model, and where they come from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotion_vectors.claims.judging import NOT_MEASURED
from emotion_vectors.claims.permuted import Unspecific
from emotion_vectors.report.claim_pages import PAPERS, Sources
from emotion_vectors.report.results import Results, Row, beside_text, place_in_null, verdict_text
from emotion_vectors.statistics.wording import NO_ESTIMATE, bare, interval, number

RULES = ("prediction", "at_least", "smallest_effect", "null_percentile", "measured_by")
"""Registered keys of a part that its verdict follows from, in the order in which they are shown."""


@dataclass(frozen=True)
class Code:
    """Where code lies: folders of the rules, of the steps and of the library, and the claims files.

    published: tables of the study that lie in the repository, where a clone without a run has them; tables: step -> files beside the
    stimuli that its numbers come from.
    """

    rules: Path
    steps: Path
    library: Path
    published: Path
    claims: tuple[Path, ...]
    tables: Mapping[str, Sequence[str]]


def claims_shown(results: Results, sources: Sources, unspecific: Unspecific, code: Code) -> list[dict[str, Any]]:
    """Every registered claim as the page shows it, in the order of registration."""
    return [_claim(results, sources, unspecific, code, claim) for claim in results.registered]


def _claim(results: Results, sources: Sources, unspecific: Unspecific, code: Code, claim: str) -> dict[str, Any]:
    entry = results.registered[claim]
    return {
        "id": claim,
        "paper": PAPERS[entry["paper"]],
        **{key: entry[key] for key in ("statement", "original", "place", "metric", "registered", "readout")},
        "note": entry.get("note", ""),
        "successor": results.successor(claim) or "",
        "verdicts": [results.verdict(claim, model) for model in results.models],
        "unspecific": [(model, claim) in unspecific.claims for model in results.models],
        "parts": [_part(results, unspecific, claim, part) for part in entry["parts"]],
        "experiments": list(
            dict.fromkeys(part.get("measured_by", {}).get("experiment", "") for part in entry["parts"])
        ),
        "figures": list(sources.figures.get(claim, ())),
        "sources": list(_sources(results, sources, code, claim)),
    }


def _part(results: Results, unspecific: Unspecific, claim: str, part: Row) -> dict[str, Any]:
    name = str(part["name"])
    return {
        "name": name,
        "rule": "; ".join(f"{key.replace('_', ' ')} {_plain(part[key])}" for key in RULES if key in part),
        "rows": [
            _numbers(results.part(claim, name, model), model)
            | {"unspecific": (model, claim, name) in unspecific.parts, "small": results.is_small(claim, name, model)}
            for model in results.models
        ],
    }


def _numbers(row: Row | None, model: str) -> dict[str, Any]:
    """Numbers of a part on a model, in words; null and controls stand beside the estimate."""
    if row is None:
        return {"model": model, "verdict": NOT_MEASURED, "said": "", "estimate": "", "null": "", "n": "", "beside": ""}
    said = {"model": model, "verdict": row["verdict"], "said": str(row["why"] or verdict_text(row))}
    if row["estimate"] is None:
        return {**said, "estimate": NO_ESTIMATE, "null": "", "n": "", "beside": ""}
    in_null = place_in_null(row)
    corrected = f", corrected p {in_null.corrected_p}" if in_null.corrected_p else ""
    limit = (
        ""
        if row["null_95"] is None
        else f", its 95 % limit {bare(row['null_95'])}, counted from {bare(row['reference'])}"
    )
    controls = [beside_text(row), row["unconfirmed"], row["guard"]]
    return {
        **said,
        "estimate": f"{interval(row)} {row['unit']}",
        "null": f"percentile {in_null.percentile}{corrected}{limit}",
        "n": f"{number(row['n'], 0)} {row['of']}",
        "beside": "; ".join(str(text) for text in controls if text),
    }


def _plain(value: Any) -> str:
    return ", ".join(f"{key} {of}" for key, of in value.items()) if isinstance(value, Mapping) else str(value)


def _sources(results: Results, sources: Sources, code: Code, claim: str) -> Iterator[dict[str, Any]]:
    """Files behind a claim, each with the line on which it speaks of the claim."""
    for file in code.claims:
        if line := line_of(file, rf"- id: {claim}\b"):
            yield {"what": "registered in", "file": file.as_posix(), "line": line}
    if claim in sources.paragraphs:
        paragraph = sources.paragraphs[claim]
        what = "paragraph of the paper" if paragraph.is_own else "part of the paper"
        yield {"what": what, "file": paragraph.file, "line": paragraph.line}
    if not results.is_measured(claim):
        return
    step = results.step(claim)
    stage = sources.stages[step]
    rules, script = code.rules / f"{stage}.smk", code.steps / stage / f"{step}.py"
    yield {"what": "rule", "file": rules.as_posix(), "line": line_of(rules, rf"\s*rule {step}:"), "code": step}
    yield {"what": "step", "file": script.as_posix(), "line": line_of(script, r"def main\("), "code": step}
    for name in sources.stimuli.get(step, ()):
        yield {"what": "stimuli", "file": f"workflow/stimuli/{name}", "line": 0}
    for table in code.tables.get(step, ()):
        yield {"what": "table", "file": table, "line": 0}
    judging = code.library / "claims/judging.py"
    yield {"what": "judged by", "file": judging.as_posix(), "line": line_of(judging, r"def judge_part\b")}
    for model in results.models:
        brought = Path(model, "evidence", f"{step}.parquet")
        yield {"what": "evidence", "file": (Path(sources.folder) / brought).as_posix(), "line": 0}
        # A restored study shows the page of its archive, though its published tables may not be at hand: the reference is.
        if code.published.parent.with_suffix(".json").is_file():
            yield {"what": "evidence, published", "file": (code.published / brought).as_posix(), "line": 0}


def line_of(file: Path, pattern: str) -> int:
    """The first line, from 1, that begins with a pattern; 0 where none does."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if re.match(pattern, line)), 0)


def steps_shown(results: Results, sources: Sources, code: Code) -> dict[str, dict[str, Any]]:
    """Source of the steps that brought evidence, by their names, and what each calls of the library."""
    steps = sorted({results.step(claim) for claim in results.measured()})
    files = {step: code.steps / sources.stages[step] / f"{step}.py" for step in steps}
    return {
        step: {
            "file": file.as_posix(),
            "text": file.read_text(encoding="utf-8"),
            "calls": list(calls_of(file, code.library)),
        }
        for step, file in files.items()
    }


RECORDING = "artefacts"
"""Package that reads and writes files: what a step calls of it says nothing about a claim."""


def calls_of(step: Path, library: Path) -> Iterator[dict[str, Any]]:
    """Functions and classes of the library that a step names, with file and line, in the order in which it names them."""
    tree = ast.parse(step.read_text(encoding="utf-8"))
    modules, names = _imported(tree, library)
    met = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            called = (modules[node.value.id], node.attr)
        elif isinstance(node, ast.Name) and node.id in names:
            called = names[node.id]
        else:
            continue
        file, name = called
        line = line_of(file, rf"(def|class) {name}\b")
        if line and called not in met:
            met.add(called)
            yield {"file": file.as_posix(), "line": line, "name": name}


def _imported(tree: ast.Module, library: Path) -> tuple[dict[str, Path], dict[str, tuple[Path, str]]]:
    """Names of a step for modules of the library, and for what it takes out of modules, with the files behind them."""
    modules, names = {}, {}
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom):
            continue
        package = node.module or ""
        if not package.startswith(f"{library.name}.") or package.split(".")[1] == RECORDING:
            continue
        folder = library.joinpath(*package.split(".")[1:])
        for alias in node.names:
            if (file := folder / f"{alias.name}.py").is_file():
                modules[alias.asname or alias.name] = file
            elif (file := folder.with_suffix(".py")).is_file():
                names[alias.asname or alias.name] = (file, alias.name)
    return modules, names
