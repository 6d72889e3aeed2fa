"""Readings at the reply token while a quantity in the message grows, and the evidence on A04 (figure 3 of A); readings of words alone."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine import capture
from emotion_vectors.meaning import intensity, word_readings
from emotion_vectors.models import language_model
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli import labelled, tables
from emotion_vectors.vectors import emotion_vectors


def main(
    weights: Path,
    templates: Path,
    vectors: Path,
    shuffled_main: Path,
    families: Path,
    stories: Path,
    replies: Path,
    readings: Path,
    correlations: Path,
    words: Path,
    evidence: Path,
    *,
    row: Mapping[str, str],
    depth: float,
    batch_tokens: int,
    bootstraps: int,
    seed: int,
) -> None:
    model, story_vectors = language_model.load(weights, **row), emotion_vectors.load(vectors)
    registered, layer = tables.load_templates(templates), main_layer(model.layers, depth)
    emotions = sorted(registered[0].signs)
    directions, columns = story_vectors.of(emotions), [story_vectors.emotions.index(emotion) for emotion in emotions]
    shuffled = emotion_vectors.load_shuffled(shuffled_main)[:, columns, 0]
    read, correlated, null = [], [], []
    for template in registered:
        chats = [[{"role": "user", "content": text}] for text in template.messages()]
        encoded = [model.conversation.prompt(chat) for chat in chats]
        states = capture.at_last_token(model, encoded, batch_tokens)
        read.append(intensity.reading_table(template, emotions, states[:, layer], directions[:, layer]))
        correlated.append(intensity.correlation_table(template, emotions, states, directions))
        null.append(intensity.permuted_correlations(template, emotions, states[:, layer], shuffled))
    files.write_table(pd.concat(read, ignore_index=True), readings, layer=layer)
    table = pd.concat(correlated, ignore_index=True)
    judged = table[table["layer"] == layer]
    files.write_table(table, correlations, sign_test=intensity.sign_test(judged))
    files.write_table(intensity.evidence_on_signs(judged, np.stack(null, axis=1), bootstraps, seed), evidence)
    named = tables.load_families(families, emotions=story_vectors.emotions)
    texts = [*files.read_table(stories)["text"], *(reply.text for reply in labelled.load_emotion_replies(replies))]
    lexicon = word_readings.lexicon([*story_vectors.emotions, *chain.from_iterable(named.values())], texts)
    read_alone = word_readings.read_words(model, lexicon, story_vectors, layer, batch_tokens)
    files.write_table(read_alone, words, layer=layer, model_sha256=model.sha256)


if __name__ == "__main__":
    step.run(main, snakemake)
