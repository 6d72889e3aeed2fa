"""Further answers to coding tasks, each after the output of the visible tests, up to the attempts of the configuration."""

import shutil
from pathlib import Path

from emotion_vectors.artefacts import files, provenance, step
from emotion_vectors.coding import agent, revisions, task_runner
from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.models import language_model
from emotion_vectors.replies import sampled, transcripts
from emotion_vectors.replies import steering as steering_directions
from emotion_vectors.stimuli import situations
from emotion_vectors.stimuli.files import set_digest
from emotion_vectors.weights import table as weights


def sampler_of(inputs, table, *, row, depth: float, settings, nulls: int, seed: int) -> sampled.Sampler:
    """What the answers of a transcript were sampled with."""
    steering = None
    if inputs.vectors:
        directions = steering_directions.load(inputs.vectors, inputs.shuffled_main, depth, nulls, seed)
        steering = directions.steering(table[transcripts.CONDITION].drop_duplicates())
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    # Rounds that followed other first answers are not gone on with.
    code = provenance.digest({"code": set_digest(inputs.code, "."), "first": list(table["text"])})
    return sampled.Sampler(model, sampled.sampling_of(settings), code, steering)


def main(inputs, output_file: str, partial_folder: str, *, attempts: int, minimum: str, **sampling):
    table = transcripts.load(inputs.transcript)
    samples, first = transcripts.parts_of(table)
    by = sandbox.available(minimum)
    if by and samples:
        items = {(item.scenario, item.variant): item for item in situations.load_items(inputs.situations)}
        openings = [situations.chat_of(items[sample.scenario, sample.variant]) for sample in samples]
        rounds = revisions.Rounds(
            sampler_of(inputs, table, **sampling), samples, first, task_runner.load_tasks(inputs.situations), minimum,
            Path(partial_folder),
        )  # fmt: skip
        made = agent.work(openings, rounds.attempt, attempts)
    else:
        made = [revisions.not_run(sample, reply) for sample, reply in zip(samples, first, strict=True)]
    lines = [revisions.line_of(sample, each) for sample, each in zip(samples, made, strict=True)]
    files.write_json_lines(lines, output_file, isolation=by.means if by else None)
    shutil.rmtree(partial_folder, ignore_errors=True)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], snakemake.params.partial, attempts=snakemake.params.attempts,
            minimum=snakemake.params.minimum, row=weights.read_model(snakemake.input.models, snakemake.wildcards.model),
            depth=snakemake.params.depth, settings=snakemake.params.settings, nulls=snakemake.params.nulls,
            seed=snakemake.params.seed,
        )  # fmt: skip
