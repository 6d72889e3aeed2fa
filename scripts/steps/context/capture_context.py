"""States of texts in context: pairs at every layer over what both end in, dialogues at the main layer by turn (A13, A14, A31)."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.context import readings, spans, states, texts
from emotion_vectors.models import language_model
from emotion_vectors.models.layers import main_layer


def main(
    negations: Path,
    prefixes: Path,
    speakers: Path,
    hidden: Path,
    weights: Path,
    contexts: Path,
    *,
    row: Mapping[str, str],
    depth: float,
    emotions_of_speakers: int,
    hidden_per_pair: int,
    batch_tokens: int,
) -> None:
    sets = states.ContextFiles(negations, prefixes, speakers, hidden).texts()
    sets[states.SPEAKERS] = texts.some_speakers(sets[states.SPEAKERS], emotions_of_speakers)
    sets[states.HIDDEN] = texts.some_hidden(sets[states.HIDDEN], hidden_per_pair)
    model = language_model.load(weights, **row)
    main_layer_of_model = main_layer(model.layers, depth)
    first, second = texts.LABELS
    read = {
        states.NEGATIONS: texts.of_negations(sets[states.NEGATIONS]),
        states.PREFIXES: texts.of_prefixes(sets[states.PREFIXES]),
        "speakers": texts.of_speakers(sets[states.SPEAKERS], (first, second)),
        "speakers exchanged": texts.of_speakers(sets[states.SPEAKERS], (second, first)),
        states.HIDDEN: texts.of_hidden(sets[states.HIDDEN]),
    }
    means = {}
    for name, marked in read.items():
        layers = range(model.layers) if name in (states.NEGATIONS, states.PREFIXES) else [main_layer_of_model]
        encoded = [spans.encode_marked(model.tokenizer, text) for text in marked]
        means[name] = readings.part_means(model, encoded, layers, batch_tokens, name)
    tensors = {
        states.NEGATIONS: means[states.NEGATIONS][:, 0].unflatten(0, (-1, 2)),
        states.PREFIXES: means[states.PREFIXES][:, 0].unflatten(0, (-1, 2)),
        states.SPEAKERS: states.by_label(means["speakers"][:, :, 0], means["speakers exchanged"][:, :, 0]),
        states.HIDDEN: means[states.HIDDEN][:, :, 0].mean(1),
    }
    names = {name: states.names_of(of_set) for name, of_set in sets.items()}
    files.write_tensors(tensors, contexts, model_sha256=model.sha256, layer=str(main_layer_of_model), **names)


if __name__ == "__main__":
    step.run(main, snakemake)
