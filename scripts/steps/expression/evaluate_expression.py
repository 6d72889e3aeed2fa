"""Evidence on W02, W03, W08, O04 and the rate of W02b from the replies of all arms, or the gate that stopped them."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions
from emotion_vectors.claims.evidence import mark_missing
from emotion_vectors.conduct.gates import closed
from emotion_vectors.expression import corrected, likelihood, likelihood_slopes
from emotion_vectors.expression.evidence import evidence_of
from emotion_vectors.expression.rates import rate_table
from emotion_vectors.judges.validation import hands_in_words
from emotion_vectors.models import layers
from emotion_vectors.models.points import MLP, POINTS
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.events import EMOTIONS
from emotion_vectors.vectors import emotion_vectors


def main(
    judged: Path,
    gates: Path,
    hands: Path,
    validation: Path,
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
    said = f"{likelihood_slopes.in_words(of_written)}; {hands_in_words(files.provenance_of(hands)['agreement'])}"
    rows = evidence_of(replies, of_sampled, stopped, said, draws)
    rows.append(corrected.row(replies, files.read_table(validation), stopped, draws))
    files.write_table(of_sampled, rates)
    files.write_table(of_written, slopes, layer=layer)
    files.write_table(mark_missing(pd.DataFrame(rows)), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
