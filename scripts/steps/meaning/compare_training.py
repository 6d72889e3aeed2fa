"""What is left of each decoding result without training and without words, and the evidence on S05."""

import numpy as np
import pandas as pd
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.meaning import decoding, emotion_vectors, messages
from emotion_vectors.models import layers
from emotion_vectors.statistics import effects, permutation, resampling

# Every emotion has a story in every topic; each message belongs to one emotion only.
INTERVALS = {"stories": resampling.crossed_bootstrap, "messages": resampling.hierarchical_bootstrap}


def story_tables(inputs, layer: int) -> dict[str, np.ndarray]:
    """Hits [topic, emotion] of the four methods, leave-one-topic-out."""
    trained = pd.read_parquet(inputs.trained_hits)
    return {
        "trained": decoding.hit_table(trained, "vectors", layer),
        "word-residual": decoding.hit_table(trained, "word-residual", layer),
        "re-initialised": decoding.hit_table(pd.read_parquet(inputs.reinitialised_hits), "vectors", layer),
        "words": decoding.hit_table(pd.read_parquet(inputs.word_hits), "words", decoding.NO_LAYER),
    }


def message_tables(inputs, layer: int) -> dict[str, np.ndarray]:
    """Top-3 hits [emotion, message] of the four methods at the reply token."""

    def at_reply(file: str, method: str) -> np.ndarray:
        return decoding.top_table(messages.before_reply(pd.read_parquet(file), method, layer), 3)

    return {
        "trained": at_reply(inputs.trained_ranks, "vectors"),
        "word-residual": at_reply(inputs.trained_ranks, "word-residual"),
        "re-initialised": at_reply(inputs.reinitialised_ranks, "vectors"),
        "words": decoding.top_table(pd.read_parquet(inputs.word_ranks), 3),
    }


def residual_nulls(inputs, layer: int, shuffles: int, seed: int) -> tuple[list[float], list[float]]:
    """Accuracy on stories and top-3 rate on messages of word-residual vectors with permuted labels."""
    cells = load_file(inputs.residual)["cells"][:, :, [layer]]
    emotions = emotion_vectors.load(inputs.vectors).emotions
    measured = messages.load(inputs.messages)
    states, classes = measured.reply_token[:, [layer]], measured.classes
    columns = [emotions.index(name) for name in measured.candidates]
    generator, folds = np.random.default_rng(seed), decoding.leave_one_out(len(cells))
    story_rates, message_rates = [], []
    for _ in range(shuffles):
        shuffled = permutation.shuffle_labels(cells, generator)
        story_rates.append(float(decoding.held_out_hits(shuffled, folds).mean()))
        ranks = decoding.ranks_of_truth(decoding.read(states, emotion_vectors.from_cells(shuffled)[columns]), classes)
        message_rates.append(float((ranks <= 3).mean()))
    return story_rates, message_rates


def summary(
    tables: dict[str, dict[str, np.ndarray]], measures: dict[str, str], bootstraps: int, seed: int
) -> pd.DataFrame:
    """Rate and interval of every method on every measure, for the figure."""
    rows = []
    for name, methods in tables.items():
        for method, table in methods.items():
            low, high = INTERVALS[name](table, bootstraps, seed)
            rows.append((measures[name], method, table.mean(), low, high, table.size))
    return pd.DataFrame(rows, columns=["measure", "method", "rate", "low", "high", "n"])


def main(inputs, summary_file: str, evidence_file: str, *, depth, shuffles, bootstraps, seed):
    story_vectors = emotion_vectors.load(inputs.vectors)
    layer = layers.main_layer(story_vectors.values.shape[1], depth)
    tables = {"stories": story_tables(inputs, layer), "messages": message_tables(inputs, layer)}
    of_stories, of_messages = len(story_vectors.emotions), len(tables["messages"]["trained"])
    measures = {"stories": f"stories, top-1 of {of_stories}", "messages": f"messages, top-3 of {of_messages}"}
    files.write_table(summary(tables, measures, bootstraps, seed), summary_file, layer=layer)

    nulls = dict(zip(tables, residual_nulls(inputs, layer, shuffles, seed), strict=True))
    chances = {"stories": 1 / of_stories, "messages": 3 / of_messages}
    rows = []
    for name, methods in tables.items():
        for part, other in (("trained above re-initialised", "re-initialised"), ("above words", "words")):
            difference = methods["trained"] - methods[other]
            interval = INTERVALS[name](difference, bootstraps, seed)
            found = effects.paired_effect(
                difference, interval, shuffles, seed, scale=effects.Scale(of=name, unit="rate difference")
            )
            rows.append(judging.evidence("S05", f"{name}: {part}", found))
        residual = methods["word-residual"]
        interval = INTERVALS[name](residual, bootstraps, seed)
        found = effects.effect(
            residual.mean(),
            interval,
            nulls[name],
            n=residual.size,
            scale=effects.Scale(of=name, unit="rate", reference=chances[name]),
        )
        rows.append(judging.evidence("S05", f"{name}: word-residual", found))
    files.write_table(pd.DataFrame(rows), evidence_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.summary, snakemake.output.evidence, depth=snakemake.params.depth,
            shuffles=snakemake.params.shuffles, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
