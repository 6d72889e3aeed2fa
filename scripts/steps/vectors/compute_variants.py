"""The same vectors under other choices: without the neutral projection, other windows, fewer topics, one corpus, half the topics."""

import json

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import emotion_vectors, story_cells
from emotion_vectors.statistics import algebra
from emotion_vectors.stimuli import tables


def main(activations_file: str, neutral_file: str, stories_file: str, norms_file: str, output_file: str):
    emotions, stories = tables.load_emotions(norms_file), pd.read_parquet(stories_file)
    activations, bases = story_cells.load_activations(activations_file), emotion_vectors.load_bases(neutral_file)
    cells = story_cells.cells_of(activations, stories, emotions, bases)
    early = story_cells.arrange(activations.early, activations.story_ids, stories, emotions)
    corpora = stories.drop_duplicates("topic").set_index("topic")["corpus"].to_numpy()
    first, second = story_cells.halves(cells)
    variants = {
        "without_neutral_projection": story_cells.cells_of(activations, stories, emotions, None),
        "from_the_first_token": algebra.project_out(early, bases),
        "half_of_the_topics": first,
        "other_half_of_the_topics": second,
        **{f"{corpus}_alone": cells[corpora == corpus] for corpus in dict.fromkeys(corpora)},
    }
    computed = {name: emotion_vectors.from_cells(variant) for name, variant in variants.items()}
    files.write_tensors(computed, output_file, emotions=json.dumps(emotions), **activations.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.activations, snakemake.input.neutral, snakemake.input.stories, snakemake.input.norms,
            snakemake.output[0],
        )  # fmt: skip
