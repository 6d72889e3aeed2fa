"""A circumplex planted into stories whose labels are permuted, and what the rules of geometry make of it (A06b, A07b, A09b)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.controls import structures
from emotion_vectors.geometry.arrangement import Grouping
from emotion_vectors.sources import study
from emotion_vectors.sources.arranged import SharedDraws
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli import tables


def main(
    claims: list[Path],
    claim_schema: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    second_stories: Path,
    norms: Path,
    families: Path,
    antonyms: Path,
    planted: Path,
    *,
    depth: float,
    sizes: list[float],
    draws: int,
    resamples: int,
    clusterings: int,
    runs: int,
    seed: int,
) -> None:
    registered, emotions = registry.load(claims, claim_schema), tables.load_emotions(norms)
    ratings = tables.load_norms(norms).set_index("emotion").loc[emotions, ["valence_1to9", "arousal_1to9"]]
    members = tables.load_clusters(families, emotions=emotions)
    family_of = {emotion: number for number, names in enumerate(members.values()) for emotion in names}
    opposites = tables.load_antonyms(antonyms, emotions=emotions)
    labels = study.load_labels(stories, second_stories, emotions)
    read = study.ReadFiles(activations, neutral)
    sources = study.of_texts(labels) | {study.VECTORS: study.of_model(read, labels, depth)[study.VECTORS]}
    known = structures.PlantedStudy(
        sources,
        labels.topics,
        ratings.set_axis(["valence", "arousal"], axis=1),
        Grouping([family_of[emotion] for emotion in emotions], runs, seed),
        [(emotions.index(left), emotions.index(right)) for left, right in opposites],
        SharedDraws.draw(labels.topics, len(emotions), Draws(resamples, resamples, seed)),
        clusterings,
    )
    rows = [row for draw in range(draws) for row in structures.sown_and_judged(known, registered, sizes, draw, seed)]
    files.write_table(pd.DataFrame(rows), planted)


if __name__ == "__main__":
    step.run(main, snakemake)
