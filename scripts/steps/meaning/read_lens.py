"""Logit lens: own-family tokens in the unembedded vectors, by layer, and the evidence on A03."""

import numpy as np
import pandas as pd
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.meaning import emotion_vectors, lens
from emotion_vectors.models import language_model, layers
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.stimuli import tables
from emotion_vectors.weights import table as weights


def main(inputs, auc_file: str, words_file: str, evidence_file: str, *, row, depth, bootstraps, seed):
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    story_vectors = emotion_vectors.load(inputs.vectors)
    layer = layers.main_layer(model.layers, depth)
    tokens = lens.family_tokens(model, tables.load_families(inputs.families, emotions=story_vectors.emotions))
    emotions, ids = list(tokens["emotion"].unique()), tokens["token_id"].tolist()
    if len(emotions) < 2:
        raise ValueError(
            f"{model.name}: its tokenizer splits nearly every word of {inputs.families}; A03 cannot be measured"
        )
    rows = [story_vectors.emotions.index(emotion) for emotion in emotions]
    missing = len(story_vectors.emotions) - len(emotions)

    def auc(directions):
        return lens.family_auc(lens.promoted(model, directions[rows], ids), tokens, emotions)

    by_depth = pd.DataFrame([auc(story_vectors.at(index)) for index in range(model.layers)], columns=emotions)
    table = by_depth.rename_axis("layer").reset_index().melt("layer", var_name="emotion", value_name="auc")
    shuffled = load_file(inputs.shuffled_all)["vectors"]
    bands = [np.quantile([auc(one[:, index]).mean() for one in shuffled], 0.95) for index in range(model.layers)]
    table["null_95"] = table["layer"].map(dict(enumerate(bands)))
    table["family_tokens"] = table["emotion"].map(tokens.groupby("emotion").size())
    files.write_table(table, auc_file, model_sha256=model.sha256)
    files.write_table(lens.top_words(model, story_vectors.at(layer), story_vectors.emotions), words_file, layer=layer)

    own = by_depth.loc[layer].to_numpy()
    null = [auc(one[:, 0]).mean() for one in load_file(inputs.shuffled_main)["vectors"]]
    interval = resampling.bootstrap(own, lambda chosen: own[chosen].mean(), bootstraps, seed)
    found = effects.effect(
        own.mean(), interval, null, n=len(own), scale=effects.Scale(of="emotions", unit="AUC", reference=0.5)
    )
    typical = int(np.median(lens.own_word_ranks(model, story_vectors.at(layer)[rows], emotions, tokens)))
    vocabulary = len(model.unembedding.weight)
    beside = f"median rank of a vector's best own-family token in the whole vocabulary {typical:,} of {vocabulary:,}"
    beside += f"; {missing} emotions without two words of one token" if missing else ""
    files.write_table(pd.DataFrame([judging.evidence("A03", "own family AUC", found, beside=beside)]), evidence_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.auc, snakemake.output.words, snakemake.output.evidence,
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), depth=snakemake.params.depth,
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
