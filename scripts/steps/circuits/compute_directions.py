"""Directions of emotions from prompts that differ in nothing else, and difference vectors of neurons and heads (steps 1, 3, 8 of W)."""

import logging
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states

log = logging.getLogger(__name__)


def main(states: Path, prompted: Path, directions: Path, groups: Path, *, least: int, placebo: int | None) -> None:
    prompts = prompt_states.load(states, permuted=placebo)
    accepted = emotion_directions.accepted_groups(files.read_table(prompted), prompts.events, prompts.emotions)
    computed = emotion_directions.compute(prompts, accepted, least)
    log.info("%d of %d groups kept, %d used", len(computed.kept), len(computed.events), len(computed.used))
    emotion_directions.save(computed, directions, **prompts.digests)
    files.write_table(emotion_directions.group_table(computed), groups)


if __name__ == "__main__":
    step.run(main, snakemake)
