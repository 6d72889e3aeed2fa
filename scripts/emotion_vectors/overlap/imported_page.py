"""A short page on imported vectors, from their table: what stands out at one layer, and how much of it chance would leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from emotion_vectors.overlap.imported import COSINE, DECODING, FEWEST_EMOTIONS, SLOPE
from emotion_vectors.statistics.wording import interval, visible
from emotion_vectors.stimuli.configuration import STUDY

MOST_SHOWN = 10
"""Rows of a list on the page."""
BEYOND = 95.0
"""Percentile in the hardest null from which a row is counted."""


def markdown_of(table: pd.DataFrame, model: str, main_layer: int, sources: Mapping[str, str]) -> str:
    """Markdown on every imported set.

    Args:
        table: as `compare_imported` writes it. sources: name of a set -> its file.
    """
    head = [
        f"# Vectors of others beside those of {model}",
        "",
        "Every direction, layer, story vector, behaviour and act: [`rows.parquet`](rows.parquet), where rows of the source "
        f"`{STUDY}` are of this study's own vectors of the same emotions. Intervals are 95 %; percentiles are those in the null that is "
        "hardest to exceed. Where gates of an act are closed, the table says which. Rows of the study are made here as those of the set "
        "are, to stand beside them: they are no evidence on a claim, which resamples more and has nulls of its own, and the study's "
        "vectors were made of stories like those that they name.",
    ]
    parts = [line for source, file in sources.items() for line in _section(table, source, file, main_layer)]
    return "\n".join([*head, *parts]) + "\n"


def _section(table: pd.DataFrame, source: str, file: str, main_layer: int) -> Iterator[str]:
    of_source = table[table["source"] == source]
    layers = sorted({*of_source["layer"]}, key=lambda layer: (abs(layer - main_layer), layer))
    shown = of_source[of_source["layer"] == layers[0]]
    which = "the main layer" if layers[0] == main_layer else f"the nearest to the main layer, {main_layer}"
    yield from (
        "",
        f"## {source}",
        "",
        f"From {_cell(file)}. Layer {layers[0]}, {which}; layers in the table: {len(layers)}.",
        "",
    )
    cosines = shown[shown["analysis"] == COSINE]
    largest = cosines.loc[cosines["estimate"].abs().groupby(cosines["direction"], sort=False).idxmax()]
    yield from _list(largest, "direction", "nearest story vector, by the size of the cosine")
    yield from (
        "",
        "Each is the largest of all story vectors: of so many, one lies above percentile 95 by chance more often than not.",
    )
    yield from _decoded(table, shown, source, layers[0])
    slopes = shown[shown["analysis"] == SLOPE]
    reaching = slopes[(slopes["null_percentile"] > BEYOND) & (slopes["guard"] == "")]
    yield from (
        "",
        f"Slopes of behaviours and acts: {len(reaching)} of {len(slopes)} lie above percentile {BEYOND:g} behind open gates, where "
        f"directions without any effect would leave at most {100 - BEYOND:g} in a hundred.",
    )
    if len(reaching):
        beyond = (reaching["estimate"].abs() / reaching["null_95"]).sort_values(ascending=False, kind="stable")
        largest = reaching.loc[beyond.index]
        yield from ("", *_list(largest, "direction", "behaviour or act, those furthest beyond the null first"))


def _decoded(table: pd.DataFrame, shown: pd.DataFrame, source: str, layer: int) -> Iterator[str]:
    decoded = shown[shown["analysis"] == DECODING]
    if decoded.empty:
        yield from (
            "",
            f"Fewer than {FEWEST_EMOTIONS} names are names of emotions of the study: no stories are decoded.",
        )
        return
    beside = table[(table["source"] == STUDY) & (table["beside"] == source)]
    own_rows = beside[(beside["analysis"] == DECODING) & (beside["layer"] == layer)]
    both = [(source, _dicts(decoded)[0]), (STUDY, _dicts(own_rows)[0])]
    texts = [f"{name} {interval(row)} (percentile {row['null_percentile']:.0f})" for name, row in both]
    chance = f"chance is {decoded.iloc[0]['reference']:.3f}"
    yield from (
        "",
        f"Held-out stories given to the {decoded.iloc[0]['direction']} directions: {', '.join(texts)}; {chance}.",
    )


def _list(rows: pd.DataFrame, first: str, against: str) -> Iterator[str]:
    """A table of the first rows; a last line says how many are left out."""
    yield f"| {first} | {against} | estimate | unit | percentile | gates |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in _dicts(rows.head(MOST_SHOWN)):
        names, gates = [_cell(row[name]) for name in ("direction", "against")], "closed" if row["guard"] else ""
        yield f"| {' | '.join([*names, interval(row), row['unit'], format(row['null_percentile'], '.0f'), gates])} |"
    if len(rows) > MOST_SHOWN:
        yield from ("", f"Further rows of this kind in the table: {len(rows) - MOST_SHOWN}.")


def _dicts(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _cell(text: str) -> str:
    """A text of a file of others as part of a page: neither markup nor hidden signs."""
    plain = visible(text).replace("\\", "\\\\")
    for sign in "|`*_[]<>":
        plain = plain.replace(sign, f"\\{sign}")
    return plain
