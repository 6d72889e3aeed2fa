"""What each emotion vector costs neutral text at every strength of the behaviour experiments: the coherence guard."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import doses
from emotion_vectors.engine import coherence
from emotion_vectors.engine.edits import Addition
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.stimuli.files import read_json_lines
from emotion_vectors.weights import table as weights


def main(inputs, output_file: str, *, row, depth, doses_of, batch_tokens):
    experiments = list(load_experiments(inputs.experiments, inputs.schema).values())
    story_vectors = emotion_vectors.load(inputs.vectors)
    layer = layers.main_layer(story_vectors.values.shape[1], depth)
    planned = doses.conditions(experiments, {}, doses_of["strengths"])
    named = list(planned["direction"].unique())
    directions = dict(zip(named, story_vectors.of(named)[:, layer], strict=True))
    added = doses.additions(planned, directions, story_vectors.norms[layer])

    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    passages = [record.text for record in read_json_lines(inputs.passages)]
    texts = [tokens.encode(model.tokenizer, text) for text in doses.evenly_spaced(passages, doses_of["guard_passages"])]
    falls = coherence.logprob_falls(model, texts, [Addition(layer, added)], batch_tokens)
    table = planned.assign(neutral_logprob_fall_nats_per_token=falls.mean(0).numpy())
    files.write_table(pd.DataFrame(table), output_file, layer=layer, texts=len(texts))


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), depth=snakemake.params.depth,
            doses_of=snakemake.params.doses, batch_tokens=snakemake.params.batch_tokens,
        )  # fmt: skip
