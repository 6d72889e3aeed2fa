"""Contrasts of all neurons and heads under true and permuted labels (W04b-W06b, W09b), and along the story vectors (O06b)."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.contrasts import few_evidence, labellings, specificity, survey
from emotion_vectors.models import language_model, layers
from emotion_vectors.models.points import HEADS, NEURONS
from emotion_vectors.models.sublayers import check_sublayers
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.stimuli.events import EMOTIONS
from emotion_vectors.vectors import emotion_vectors


def main(
    prompts: Path,
    directions: Path,
    vectors: Path,
    weights: Path,
    contrasts: Path,
    heads: Path,
    evidence: Path,
    *,
    row: Mapping[str, str],
    depth: float,
    permutations: int,
    resamples: int,
    placebo: int | None,
    seed: int,
) -> None:
    states = prompt_states.load(prompts, emotion_directions.load(directions).used, permuted=placebo)
    model, emotions = language_model.load(weights, **row), states.emotions
    check_sublayers(model)
    layer, stories = layers.main_layer(model.layers, depth), emotion_vectors.load(vectors)
    six = centred(stories.of([EMOTIONS[emotion] for emotion in emotions])[:, layer])
    reading = survey.StoryReading(unit(six), layer)
    sets = labellings.labellings(states.scenarios, len(emotions), permutations, resamples, seed)
    surveys = {kind: survey.survey(model, states, kind, sets, reading, seed) for kind in (NEURONS, HEADS)}
    judged = few_evidence.Judged(sets, len(set(states.scenarios)), seed)
    spread = few_evidence.spread_over_events(survey.spread_along(states, reading))
    rows = [few_evidence.ten_row(surveys[HEADS].few, surveys[HEADS].ten, judged)]
    for of_kind in surveys.values():
        rows += few_evidence.handful_rows(of_kind.few, judged)
        rows.append(few_evidence.story_row(of_kind.few, of_kind.stories, spread, judged))
    rows += specificity.sharing_rows({kind: of_kind.overlaps for kind, of_kind in surveys.items()}, judged)
    files.write_table(pd.concat([of_kind.few.table() for of_kind in surveys.values()], ignore_index=True), contrasts)
    files.write_table(surveys[HEADS].strongest, heads)
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
