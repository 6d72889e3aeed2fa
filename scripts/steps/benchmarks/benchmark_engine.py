"""Speed and memory of the engine against a plain implementation, on the same texts, in turns, in the same run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.benchmarks import decoding, extraction, heads, peers, sweep, timing
from emotion_vectors.engine.draws import Sampling
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.events import load_events
from emotion_vectors.stimuli.situations import load_items

HEAD_TEXTS = 2
JOINED = ("ratios", "ceilings")
"""What every part of the benchmark measures, under one name."""


@dataclass(frozen=True)
class Stories:
    """Which stories are read: their folder, the topics of each corpus, and how many stories."""

    folder: str
    topics: Mapping[str, int]
    count: int


def main(
    weights: Path,
    norms: Path,
    situations: Path,
    events: Path,
    measured: Path,
    *,
    row: Mapping[str, str],
    stories: Stories,
    settings: extraction.Settings,
    sampling: Sampling,
) -> None:
    before = timing.resident_bytes()
    model = language_model.load(weights, **row)
    emotions = tables.load_emotions(norms)
    table = tables.load_stories(stories.folder, list(stories.topics), stories.topics, emotions=emotions)
    texts = [tokens.encode(model.tokenizer, text) for text in table["text"].iloc[: stories.count]]
    item, layer = load_items(situations)[0], layers.main_layer(model.layers, settings.depth)
    budget, repetitions = settings.batch_tokens, settings.repetitions

    # Memory is looked at before the model is loaded once more, in the precision in which users run their loops.
    reading = extraction.measure(model, texts, settings, before)
    exact = model if row["dtype"] == "float32" else language_model.load(weights, **{**row, "dtype": "float32"})
    parts = {
        "reading": reading,
        "sweep": sweep.measure(model, exact, item, layer, budget, repetitions),
        "heads": heads.measure(model, texts[:HEAD_TEXTS]),
    }
    joined = {name: {key: value for part in parts.values() for key, value in part.pop(name).items()} for name in JOINED}
    written = decoding.measure(model, of_events(model, load_events(events)), sampling)
    conditions = sweep.conditions_of(model, item, layer)
    content = {
        **parts.pop("reading"),
        **parts,
        **joined,
        **written,
        "definitions": extraction.READING_RATIOS | sweep.SWEEP_RATIOS | heads.HEAD_RATIOS,
        "peers": peers.measure(model, conditions, budget, repetitions),
        "precision": row["dtype"],
    }
    files.write_json(content, measured)


if __name__ == "__main__":
    step.run(main, snakemake)
