"""What each emotion vector costs neutral text at every strength of the behaviour experiments: the coherence guard."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions, doses
from emotion_vectors.conduct.doses import Dosing
from emotion_vectors.engine import coherence
from emotion_vectors.engine.edits import Addition
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.stimuli.files import read_json_lines
from emotion_vectors.vectors import emotion_vectors


def main(
    experiments: Path,
    schema: Path,
    passages: Path,
    weights: Path,
    vectors: Path,
    costs: Path,
    *,
    row: Mapping[str, Any],
    depth: float,
    dosing: Dosing,
    batch_tokens: int,
) -> None:
    table = list(load_experiments(experiments, schema).values())
    known = emotion_vectors.load(vectors)
    layer = layers.main_layer(known.values.shape[1], depth)
    planned = doses.conditions(table, {}, dosing.strengths)
    named = list(planned["direction"].unique())
    by_name = dict(zip(named, known.of(named)[:, layer], strict=True))
    added = Addition(layer, directions.scaled(planned, by_name, known.norms[layer]))

    model = language_model.load(weights, **row)
    neutral = doses.evenly_spaced([record.text for record in read_json_lines(passages)], dosing.guard_passages)
    texts = [tokens.encode(model.tokenizer, text) for text in neutral]
    falls = coherence.logprob_falls(model, texts, [added], batch_tokens)
    planned = planned.assign(neutral_logprob_fall_nats_per_token=falls.mean(0).numpy())
    files.write_table(planned, costs, layer=layer, texts=len(texts))


if __name__ == "__main__":
    step.run(main, snakemake)
