"""Story activations as cells [topic, emotion, layer, d_model]: every topic holds one story for every emotion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.statistics import permutation
from emotion_vectors.statistics.algebra import VectorError, centred, project_out
from emotion_vectors.vectors.emotion_vectors import from_cells, load_bases


@dataclass(frozen=True)
class Activations:
    """Story activations of one model with their identities, as `capture_stories` wrote them."""

    late: Tensor
    early: Tensor
    embedding: Tensor
    norms: Tensor
    story_ids: list[str]
    sha256: dict[str, str]


def load_activations(path: str | Path) -> Activations:
    """Read story activations; `sha256` holds the digests of the model and of the stories.

    Raises:
        ArtefactError: the file is not a complete activations file.
    """
    with files.open_tensors(path, "activations file") as file:
        tensors = {name: file.tensor(name) for name in ("late", "early", "embedding", "norms")}
        digests = {name: file.fact(name) for name in ("model_sha256", "stories_sha256")}
        return Activations(**tensors, story_ids=file.listed("story_ids"), sha256=digests)


def arrange(means: Tensor, measured_ids: Sequence[str], stories: pd.DataFrame, emotions: Sequence[str]) -> Tensor:
    """Order story activations as cells.

    Args:
        means: [story, ...], one row for each of `measured_ids`.
        stories: table with `story_id`, `topic`, `emotion`; which label a story carries is decided here and only here.
    Returns:
        [topic, emotion, ...]; topics in the order of the table.
    Raises:
        VectorError: a topic lacks an emotion or has one twice, or a story was not measured.
    """
    row_of = {story_id: row for row, story_id in enumerate(measured_ids)}
    index = []
    for topic, group in stories.groupby("topic", sort=False):
        by_emotion = group.set_index("emotion")["story_id"]
        if sorted(by_emotion.index) != sorted(emotions):
            raise VectorError(f"topic {topic} does not hold each of the {len(emotions)} emotions exactly once")
        missing = [story_id for story_id in by_emotion if story_id not in row_of]
        if missing:
            raise VectorError(
                f"stories without activations: {', '.join(missing[:5])}; delete the activations and repeat"
            )
        index.append([row_of[by_emotion[emotion]] for emotion in emotions])
    return means[torch.tensor(index)]


def cells_of(
    activations: Activations, stories: pd.DataFrame, emotions: Sequence[str], bases: Sequence[Tensor] | None
) -> Tensor:
    """Cells [topic, emotion, layer, d_model] over the main window, without neutral components when `bases` are given."""
    cells = arrange(activations.late, activations.story_ids, stories, emotions)
    return cells if bases is None else project_out(cells, bases)


def load(activations: str | Path, neutral: str | Path, stories: str | Path, emotions: Sequence[str]) -> Tensor:
    """Cells of the main window without neutral components, from the files that hold the three."""
    labels, bases = files.read_table(stories), load_bases(neutral)
    return cells_of(load_activations(activations), labels, emotions, bases)


def halves(cells: Tensor) -> tuple[Tensor, Tensor]:
    """Cells of every second topic and of the others, for split-half reliability."""
    return cells[0::2], cells[1::2]


def shuffled_vectors(cells: Tensor, sets: int, seed: int) -> Tensor:
    """Vectors of the same stories with permuted labels: [set, emotion, layer, d_model]."""
    generator = np.random.default_rng(seed)
    return torch.stack([from_cells(permutation.shuffle_labels(cells, generator)) for _ in range(sets)])


def semantic(cells: Tensor) -> Tensor:
    """Vectors of topics, and contrasts of every two topics, of cells [topic, emotion, d_model]: [direction, d_model]."""
    topics = cells.mean(1)
    first, second = np.triu_indices(len(topics), k=1)
    return torch.cat([centred(topics), topics[first] - topics[second]])


def decoded_cells(
    activations: Activations, stories: pd.DataFrame, emotions: Sequence[str], bases: Sequence[Tensor]
) -> dict[str, Tensor]:
    """Cells of the main method and of its ablations, by the name of the method in tables of hits."""
    early = arrange(activations.early, activations.story_ids, stories, emotions)
    return {
        "vectors": cells_of(activations, stories, emotions, bases),
        "without neutral projection": cells_of(activations, stories, emotions, None),
        "from the first token": project_out(early, bases),
    }


def variants(
    activations: Activations, stories: pd.DataFrame, emotions: Sequence[str], bases: Sequence[Tensor]
) -> dict[str, Tensor]:
    """Emotion vectors under other choices: without the neutral projection, other windows, one corpus, half of the topics."""
    cells = decoded_cells(activations, stories, emotions, bases)
    main = cells["vectors"]
    corpora = stories.drop_duplicates("topic").set_index("topic")["corpus"].to_numpy()
    first, second = halves(main)
    chosen = {
        "without_neutral_projection": cells["without neutral projection"],
        "from_the_first_token": cells["from the first token"],
        "half_of_the_topics": first,
        "other_half_of_the_topics": second,
        **{f"{corpus}_alone": main[corpora == corpus] for corpus in dict.fromkeys(corpora)},
    }
    return {name: from_cells(variant) for name, variant in chosen.items()}
