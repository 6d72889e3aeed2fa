"""Story vectors and instruction directions of the same six emotions: cosines, spaces, cross decoding (O01-O03)."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import directions, prompt_states, separation
from emotion_vectors.circuits.prompt_states import MLP
from emotion_vectors.claims import judging
from emotion_vectors.meaning import story_cells
from emotion_vectors.models import layers
from emotion_vectors.overlap import directions as overlap
from emotion_vectors.statistics import effects
from emotion_vectors.stimuli import tables as stimuli
from emotion_vectors.stimuli.events import EMOTIONS

ON_PROMPTS, ON_STORIES = "story vectors on instructed prompts", "instruction vectors on stories"
UNITS = "topics and scenarios"
UNPLEASANT = ("anger", "sadness", "fear", "disgust")


def materials(inputs, placebo) -> SimpleNamespace:
    """Story cells and used groups of prompts [group, emotion, layer, d_model] of the six emotions, and held-out prompts."""
    fit = prompt_states.load(inputs.fit, permuted=placebo)
    held_out = prompt_states.load(inputs.held_out, permuted=placebo)
    rows = directions.load(inputs.directions).rows_of(fit)
    emotions = stimuli.load_emotions(inputs.norms)
    columns = [emotions.index(EMOTIONS[name]) for name in fit.emotions]
    return SimpleNamespace(
        stories=story_cells.load(inputs.activations, inputs.neutral, inputs.stories, emotions)[:, columns],
        prompts=fit.residual[rows, :, MLP], scenarios=[fit.scenarios[row] for row in rows],
        tested=held_out.residual[:, :, MLP], tested_scenarios=held_out.scenarios,
    )  # fmt: skip


def cross_curves(known: SimpleNamespace, sets: int, seed: int) -> dict[str, separation.Curve]:
    """Decoding of each method's texts by the vectors of the other; what is read is centred over itself, which is balanced."""
    prompts, stories, topics = known.tested, known.stories, [str(topic) for topic in range(len(known.stories))]
    on_prompts = (stories, prompts, prompts.mean((0, 1)), known.tested_scenarios, sets, seed)
    on_stories = (known.prompts, stories, stories.mean((0, 1)), topics, sets, seed)
    return {
        name: separation.accuracy_curve(*each) for name, each in ((ON_PROMPTS, on_prompts), (ON_STORIES, on_stories))
    }


def similarity_evidence(here: overlap.Comparison, shuffled: np.ndarray, units: int) -> list[dict]:
    """Evidence on O01 and O02 at the main layer. shuffled: overlaps of the spaces under permuted labels, [set]."""
    values = here.measures
    place, orders = overlap.place_among_some(here.cosines, [list(EMOTIONS).index(name) for name in UNPLEASANT])
    reliable = f"reliability {values['story_reliability']:.2f} and {values['instruction_reliability']:.2f}"
    among = f"place {place} of {orders} assignments of the unpleasant emotions alone"
    spaces = (
        f"as found {values['space_overlap']:.4f}, percentile {100 * (shuffled <= values['space_overlap']).mean():.0f} under "
        f"permuted labels (their 95th: {np.quantile(shuffled, 0.95):.4f})"
    )
    found = (
        ("O01", "matched minus mismatched", "corrected_contrast", "cosine over reliability", f"{reliable}; {among}"),
        ("O01", "matched cosine", "corrected_matched", "cosine over reliability", f"uncorrected {values['matched']:.2f}"),
        ("O02", "above random subspaces", "above_random", "squared cosine", spaces),
        ("O02", "share of the split-half overlap", "space_share", "share", f"of {values['space_ceiling']:.2f}"),
    )  # fmt: skip
    rows = []
    for claim, part, name, unit, beside in found:
        scale = effects.Scale(UNITS, unit, two_sided=name != "space_share")
        effect = effects.effect(values[name], here.interval(name), here.nulls[name], n=units, scale=scale)
        rows.append(judging.evidence(claim, part, effect, beside=beside))
    return rows


def main(inputs, outputs, *, depth: float, placebo, statistics, seed: int):
    known, sets = materials(inputs, placebo), statistics["shuffles"]
    main_layer = layers.main_layer(known.stories.shape[2], depth)
    stories = overlap.Method(directions.centred(known.stories))
    prompts = overlap.Method(directions.scenario_sums(known.prompts, known.scenarios))
    random = overlap.random_overlaps(sets, known.stories.shape[1] - 1, known.stories.shape[3], seed)
    found = [
        overlap.compare(stories.at(layer), prompts.at(layer), random, seed=seed,
                        resamples=statistics["bootstraps" if layer == main_layer else "depth_resamples"])
        for layer in range(known.stories.shape[2])
    ]  # fmt: skip
    files.write_table(overlap.tabulate(found), outputs.similarity)
    angles = [overlap.principal_angles(stories.whole(layer), prompts.whole(layer)) for layer in range(len(found))]
    table = pd.DataFrame(np.degrees(angles)).rename_axis("layer").reset_index()
    files.write_table(table.melt("layer", var_name="angle", value_name="degrees"), outputs.angles)

    curves = cross_curves(known, sets, seed)
    tables = [curve.table(statistics["bootstraps"], seed).assign(reading=name) for name, curve in curves.items()]
    files.write_table(pd.concat(tables, ignore_index=True), outputs.decoding)

    shuffled = overlap.shuffled_overlaps(known.stories[:, :, main_layer], known.prompts[:, :, main_layer], sets, seed)
    units = len(known.stories) + len(set(known.scenarios))
    evidence = similarity_evidence(found[main_layer], shuffled, units)
    here, chance = np.eye(len(found))[main_layer], 1 / known.stories.shape[1]
    for name, of in ((ON_PROMPTS, "held-out scenarios"), (ON_STORIES, "topics")):
        scale = effects.Scale(of, "accuracy", chance)
        effect = curves[name].effect(here, statistics["bootstraps"], seed, scale=scale)
        evidence.append(judging.evidence("O03", name, effect))
    files.write_table(pd.DataFrame(evidence), outputs.evidence)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, depth=snakemake.params.depth, placebo=snakemake.params.placebo,
            statistics=snakemake.params.statistics, seed=snakemake.params.seed,
        )  # fmt: skip
