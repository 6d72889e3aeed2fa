"""Replies to held-out events in every arm of Wang et al.; beyond prompting and no steering only where the gate of expression was passed."""

import json
from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import stored
from emotion_vectors.expression import arms, transcripts
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import language_model
from emotion_vectors.models.sublayers import MLP, POINTS
from emotion_vectors.replies import prompted
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.files import set_digest
from emotion_vectors.weights import table


def driving_of(inputs, model, chosen, settings, seed: int) -> transcripts.Driving:
    """Directions of both methods, random ones, and circuits, as pushes; the first scenarios answer under every multiple."""
    known = stored.load_tensors(inputs.directions)
    assert known.emotions == list(events.EMOTIONS), "directions of other emotions; repeat compute_directions"
    stories = emotion_vectors.load(inputs.vectors).of(list(events.EMOTIONS.values()))
    directions = arms.Directions(
        steering=known["directions"][:, POINTS.index(MLP)],
        stories=arms.centred_unit(stories),
        random=arms.random_directions(settings["random_directions"], model.layers, model.width, seed),
        norms=known["norms"][POINTS.index(MLP)],
    )
    differences = arms.Differences(known["neuron_differences"], known["head_differences"])
    circuits = json.loads(Path(inputs.circuits).read_text())["circuits"]
    conditions = arms.conditions(settings["random_directions"])
    pushed = arms.pushes(model, conditions, directions, differences, circuits)
    ladder = events.some_scenarios(chosen, settings["ladder_scenarios"])
    return transcripts.Driving(conditions, pushed, frozenset(event.name for event in ladder))


def main(inputs, output_file: str, partial_file: str, *, row, settings, seed: int, study: int):
    chosen = events.some_scenarios(events.load(inputs.events), settings["arm_scenarios"])
    gates = pd.read_parquet(inputs.gates)
    closed = list(gates.loc[~gates["passed"], "quantity"])
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    driving = None if closed else driving_of(inputs, model, chosen, settings, seed)
    decoding = prompted.settings_of(settings, settings["side_by_side"])
    code = set_digest(inputs.code, ".")
    lines = transcripts.lines(model, chosen, driving, decoding, study, partial_file, code)
    facts = {"closed": closed, "band": arms.band(model.layers), "dose_norm_fraction": arms.DOSE}
    files.write_json_lines(lines, output_file, model_sha256=model.sha256, **facts)
    Path(partial_file).unlink(missing_ok=True)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], snakemake.params.partial,
            row=table.read_model(snakemake.input.models, snakemake.wildcards.model), settings=snakemake.params.settings,
            seed=snakemake.params.seed, study=snakemake.params.study,
        )  # fmt: skip
