"""Replies to held-out events in every arm of Wang et al.; beyond prompting and no steering only where the gate of expression was passed."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions
from emotion_vectors.expression import arms, transcripts
from emotion_vectors.expression.arms import ArmSettings
from emotion_vectors.models import language_model
from emotion_vectors.replies import prompted, sampled
from emotion_vectors.stimuli.events import EMOTIONS, load_events, some_scenarios
from emotion_vectors.vectors import emotion_vectors


def main(
    events: Path,
    gates: Path,
    directions: Path,
    vectors: Path,
    circuits: Path,
    weights: Path,
    transcript: Path,
    *,
    row: Mapping[str, str],
    partial: str,
    settings: ArmSettings,
    code_sha256: str,
    seed: int,
    study: int,
) -> None:
    answered = some_scenarios(load_events(events), settings.arm_scenarios)
    conditions = files.read_table(gates)
    closed = list(conditions.loc[~conditions["passed"], "quantity"])
    model, driving = language_model.load(weights, **row), None
    if not closed:
        known, stories = emotion_directions.load(directions), emotion_vectors.load(vectors).of(list(EMOTIONS.values()))
        random = arms.random_directions(settings.random_directions, model.layers, model.width, seed)
        added = arms.Added(
            arms.directions_of(known, stories, random),
            arms.Differences(known.neuron_differences, known.head_differences),
            files.read_json(circuits)["circuits"],
        )
        driving = transcripts.driving_of(model, answered, added, settings)
    decoding = prompted.settings_of(settings.new_tokens, settings.memory_mib)
    sampler = sampled.Sampler(model, sampled.sampling_of(decoding), code_sha256)
    lines = transcripts.lines(sampler, answered, driving, study, partial)
    facts = {"closed": closed, "band": arms.band(model.layers), "dose_norm_fraction": arms.DOSE}
    files.write_json_lines(lines, transcript, model_sha256=model.sha256, **facts)
    Path(partial).unlink(missing_ok=True)


if __name__ == "__main__":
    step.run(main, snakemake)
