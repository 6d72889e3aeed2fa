"""Speed and memory of the engine against a plain implementation, on the same texts, in turns, in the same run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.benchmarks import extraction, heads, sweep, timing
from emotion_vectors.engine import prompts
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.situations import load_items

HEAD_TEXTS = 2


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
    measured: Path,
    *,
    row: Mapping[str, str],
    stories: Stories,
    settings: extraction.Settings,
) -> None:
    before = timing.resident_bytes()
    model = language_model.load(weights, **row)
    emotions = tables.load_emotions(norms)
    table = tables.load_stories(stories.folder, list(stories.topics), stories.topics, emotions=emotions)
    texts = [tokens.encode(model.tokenizer, text) for text in table["text"].iloc[: stories.count]]
    item, layer = load_items(situations)[0], layers.main_layer(model.layers, settings.depth)
    budget, repetitions = settings.batch_tokens, settings.repetitions

    reading = extraction.measure(model, texts, settings, before)
    others = {
        "sweep": sweep.measure(model, item, prompts.encode(model, item), layer, budget, repetitions),
        "heads": heads.measure(model, texts[:HEAD_TEXTS]),
    }
    ratios = reading["ratios"] | others["sweep"].pop("ratios") | others["heads"].pop("ratios")
    definitions = extraction.READING_RATIOS | sweep.SWEEP_RATIOS | heads.HEAD_RATIOS
    files.write_json({**reading, **others, "ratios": ratios, "definitions": definitions}, measured)


if __name__ == "__main__":
    step.run(main, snakemake)
