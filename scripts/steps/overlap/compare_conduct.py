"""Slopes of three behaviours along the directions of Wang et al., beside those along the story vectors (O05)."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import directions, prompt_states
from emotion_vectors.circuits.prompt_states import MLP
from emotion_vectors.claims import judging
from emotion_vectors.conduct import responses
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import layers
from emotion_vectors.overlap import conduct
from emotion_vectors.statistics import permutation, random_directions
from emotion_vectors.statistics.resampling import hierarchical_bootstrap
from emotion_vectors.stimuli import experiments
from emotion_vectors.stimuli.events import EMOTIONS

PARTS = {"blackmail": "blackmail, slopes", "hacking": "reward hacking, slopes", "pleasing": "pleasing, slopes"}
"""Experiment of each part."""
AT_ZERO = "slopes at strength zero, not repeated at finite strengths"


def sets_of(inputs, story_vectors, layer: int, placebo, sets: int, seed: int) -> conduct.Sets:
    """Both methods' vectors at one layer, each centred over the six emotions, and null sets of the same form."""
    states, found = prompt_states.load(inputs.fit, permuted=placebo), directions.load(inputs.directions)
    groups = directions.centred(states.residual[found.rows_of(states), :, MLP, layer])
    # Prompts of an event differ in little but the emotion, so that permuted labels alone would only mix the six emotions again.
    remainders = groups - groups.mean(0)
    weights = permutation.shuffle_weights(sets, *groups.shape[:2], seed)
    gaussian = random_directions.gaussian_sets(sets, len(found.emotions), groups.shape[-1], seed)
    stories = story_vectors.of([EMOTIONS[name] for name in found.emotions])[:, layer]
    return conduct.Sets(
        instructions=found.directions[:, MLP, layer],
        stories=conduct.centred_over_emotions(stories),
        null=conduct.kinds(gaussian, directions.weighted(weights, remainders)),
    )


def slope_table(slopes: conduct.Slopes, emotions, bootstraps: int, seed: int) -> pd.DataFrame:
    """Slope of every emotion by both methods, with its interval over scenarios."""
    rows = []
    for method, values in (("instruction directions", slopes.instructions), ("story vectors", slopes.stories)):
        for emotion, column in zip(emotions, values.T, strict=True):
            low, high = hierarchical_bootstrap(column[:, None], bootstraps, seed)
            rows.append((method, emotion, column.mean(), low, high))
    table = pd.DataFrame(rows, columns=["method", "emotion", "slope_nats", "low", "high"])
    for kind, value in conduct.null_95(slopes.null).items():
        table[f"null_95_{kind.replace('-', '_').lower()}"] = value
    return table


def main(inputs, outputs, *, sets, depth: float, placebo, statistics, seed: int):
    table = experiments.load_experiments(inputs.experiments, inputs.schema)
    measured = {name: responses.load(file) for name, file in zip(sets, inputs.responses, strict=True)}
    stories = emotion_vectors.load(inputs.vectors)
    layer = layers.main_layer(stories.values.shape[1], depth)
    known = sets_of(inputs, stories, layer, placebo, statistics["shuffles"], seed)
    tables, slopes, found, evidence = [], {}, {}, []
    for name, part in PARTS.items():
        gradients = measured[table[name].items].gradients_of(table[name])[..., layer, :]
        slopes[name] = conduct.measure(gradients, known, stories.norms[layer])
        by_emotion = slope_table(slopes[name], list(EMOTIONS), statistics["bootstraps"], seed)
        tables.append(by_emotion.assign(experiment=name))
        found[part] = conduct.size_effects(slopes[name], statistics["bootstraps"], seed)
    agreement = conduct.agreement_effects(list(slopes.values()), statistics["bootstraps"], seed)
    for part, effects in (found | {"agreement with the story vectors": agreement}).items():
        effect, percentiles = conduct.harder(effects)
        single = f"; single behaviours {conduct.single_agreements(slopes)}" if effects is agreement else ""
        evidence.append(judging.evidence("O05", part, effect, beside=f"{percentiles}{single}; {AT_ZERO}"))
    files.write_table(pd.concat(tables, ignore_index=True), outputs.slopes, layer=layer)
    files.write_table(pd.DataFrame(evidence), outputs.evidence)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, sets=snakemake.params.sets, depth=snakemake.params.depth,
            placebo=snakemake.params.placebo, statistics=snakemake.params.statistics, seed=snakemake.params.seed,
        )  # fmt: skip
