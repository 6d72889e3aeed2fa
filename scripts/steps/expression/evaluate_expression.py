"""Evidence on W02, W03, W08 and O04 from the replies of all arms, or the gate that stopped them, beside written replies."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import stored
from emotion_vectors.claims import judging
from emotion_vectors.conduct import gates
from emotion_vectors.expression import evidence, likelihood_slopes
from emotion_vectors.expression import likelihood as expression_readings
from emotion_vectors.expression import rates as expression_rates
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import layers
from emotion_vectors.models.sublayers import MLP, POINTS
from emotion_vectors.stimuli import events


def slopes_of(inputs, depth: float, statistics, seed: int) -> tuple[pd.DataFrame, int]:
    """What naming an emotion and the directions of both methods do to written replies, and the layer of the directions."""
    readings, stories = expression_readings.load(inputs.readings), emotion_vectors.load(inputs.vectors)
    layer = layers.main_layer(stories.values.shape[1], depth)
    instructions = stored.load_tensors(inputs.directions)["directions"][:, POINTS.index(MLP), layer]
    own = stories.of(list(events.EMOTIONS.values()))[:, layer]
    directions = likelihood_slopes.main_layer_directions(instructions, own)
    found = likelihood_slopes.changes(readings, directions, stories.norms[layer])
    null = likelihood_slopes.null_changes(readings, stories.norms[layer], statistics["shuffles"], seed)
    return likelihood_slopes.table(found, null, statistics["bootstraps"], seed), layer


def main(inputs, outputs, *, depth: float, statistics, seed: int):
    judged = pd.read_parquet(inputs.judged)
    slopes, layer = slopes_of(inputs, depth, statistics, seed)
    measured = expression_rates.table(judged, statistics["bootstraps"], seed)
    closed = gates.closed(pd.read_parquet(inputs.gates).to_dict("records"))
    likelihood = likelihood_slopes.in_words(slopes)
    if closed:
        found = evidence.closed_rows(closed, measured, likelihood)
    else:
        sizes = evidence.Sizes(statistics["bootstraps"], statistics["shuffles"], seed)
        found = evidence.rows(expression_rates.hits_of(judged), measured, likelihood, sizes)
    files.write_table(measured, outputs.rates)
    files.write_table(slopes, outputs.slopes, layer=layer)
    files.write_table(judging.mark_missing(pd.DataFrame(found)), outputs.evidence)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, depth=snakemake.params.depth, statistics=snakemake.params.statistics,
            seed=snakemake.params.seed,
        )  # fmt: skip
