"""Evidence on W02, W03, W08 and O04 from the replies of all arms, or the gate that stopped them, and from written replies."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions
from emotion_vectors.claims.evidence import mark_missing
from emotion_vectors.conduct.gates import closed
from emotion_vectors.expression import likelihood, likelihood_slopes
from emotion_vectors.expression.evidence import evidence_of
from emotion_vectors.expression.rates import rate_table
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import layers
from emotion_vectors.models.sublayers import MLP, POINTS
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.events import EMOTIONS


def main(
    judged: Path,
    gates: Path,
    readings: Path,
    directions: Path,
    vectors: Path,
    rates: Path,
    slopes: Path,
    evidence: Path,
    *,
    depth: float,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    draws, replies = Draws(bootstraps, shuffles, seed), files.read_table(judged)
    read, stories = likelihood.load(readings), emotion_vectors.load(vectors)
    layer = layers.main_layer(stories.values.shape[1], depth)
    instructions = emotion_directions.load(directions).directions[:, POINTS.index(MLP), layer]
    along = likelihood_slopes.main_layer_directions(instructions, stories.of(list(EMOTIONS.values()))[:, layer])
    changes = likelihood_slopes.changes(read, along, stories.norms[layer])
    null = likelihood_slopes.null_changes(read, stories.norms[layer], draws)
    of_written = likelihood_slopes.slope_table(changes, null, draws)
    of_sampled = rate_table(replies, bootstraps, seed)
    stopped = closed(files.read_table(gates).to_dict("records"))
    rows = evidence_of(replies, of_sampled, stopped, likelihood_slopes.in_words(of_written), draws)
    files.write_table(of_sampled, rates)
    files.write_table(of_written, slopes, layer=layer)
    files.write_table(mark_missing(pd.DataFrame(rows)), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
