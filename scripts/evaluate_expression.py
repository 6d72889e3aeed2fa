"""Evidence on W02, W03, W08 and O04 from the replies of all arms, or the gate that stopped them, beside written replies."""

import pandas as pd

from emotion_vectors import (
    claims,
    component_states,
    depths,
    events,
    expression_evidence,
    expression_rates,
    expression_readings,
    expression_slopes,
    provenance,
    rates,
    vectors,
)
from emotion_vectors.sublayers import MLP, POINTS


def slopes_of(inputs, depth: float, statistics, seed: int) -> tuple[pd.DataFrame, int]:
    """What naming an emotion and the directions of both methods do to written replies, and the layer of the directions."""
    readings, stories = expression_readings.load(inputs.readings), vectors.load(inputs.vectors)
    layer = depths.main_layer(stories.values.shape[1], depth)
    instructions = component_states.load_tensors(inputs.directions)["directions"][:, POINTS.index(MLP), layer]
    own = stories.of(list(events.EMOTIONS.values()))[:, layer]
    directions = expression_slopes.main_layer_directions(instructions, own)
    found = expression_slopes.changes(readings, directions, stories.norms[layer])
    null = expression_slopes.null_changes(readings, stories.norms[layer], statistics["shuffles"], seed)
    return expression_slopes.table(found, null, statistics["bootstraps"], seed), layer


def main(inputs, outputs, *, depth: float, statistics, seed: int, run):
    judged = pd.read_parquet(inputs.judged)
    slopes, layer = slopes_of(inputs, depth, statistics, seed)
    measured = expression_rates.table(judged, statistics["bootstraps"], seed)
    closed = rates.closed(pd.read_parquet(inputs.gates).to_dict("records"))
    likelihood = expression_slopes.in_words(slopes)
    if closed:
        found = expression_evidence.closed_rows(closed, measured, likelihood)
    else:
        sizes = expression_evidence.Sizes(statistics["bootstraps"], statistics["shuffles"], seed)
        found = expression_evidence.rows(expression_rates.hits_of(judged), measured, likelihood, sizes)
    provenance.write_table(measured, outputs.rates, run)
    provenance.write_table(slopes, outputs.slopes, run, layer=layer)
    provenance.write_table(claims.mark_missing(pd.DataFrame(found)), outputs.evidence, run)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output, depth=snakemake.params.depth, statistics=snakemake.params.statistics,
            seed=snakemake.params.seed, run=run,
        )  # fmt: skip
