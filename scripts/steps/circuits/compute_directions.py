"""Directions of emotions from prompts that differ in nothing else, and difference vectors of neurons and heads (steps 1, 3, 8 of W)."""

import logging

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import directions, prompt_states

log = logging.getLogger(__name__)


def main(states_file: str, prompted_file: str, output_file: str, groups_file: str, *, least: int, placebo):
    states = prompt_states.load(states_file, components=True, permuted=placebo)
    accepted = directions.accepted_groups(pd.read_parquet(prompted_file), states.events, states.emotions)
    found = directions.compute(states, accepted, least)
    enough = len(found.kept) >= least
    log.info("%d of %d groups kept, %s used", len(found.kept), len(found.events), "these" if enough else "all are")
    tensors, facts = directions.tensors_and_facts(found)
    share = f"{len(found.kept) / len(found.events):.4f}"
    files.write_tensors(
        tensors, output_file, share_kept=share, groups_used="kept" if enough else "all", **facts, **states.digests
    )
    files.write_table(directions.group_table(found), groups_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.states, snakemake.input.prompted, snakemake.output.directions, snakemake.output.groups,
            least=snakemake.params.least, placebo=snakemake.params.placebo,
        )  # fmt: skip
