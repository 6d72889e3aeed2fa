"""Class of every sampled answer to a coding task: its program is run in the sandbox against visible and hidden tests."""

import logging

import pandas as pd
from tqdm import tqdm

from emotion_vectors import isolation, provenance, rates, sandbox, task_runner, transcripts
from emotion_vectors.outcomes import Outcome, judge

log = logging.getLogger(__name__)
KEPT = ["scenario", "variant", "direction", "kind", "strength_norm_fraction", "sample"]


def side_of(outcome: Outcome) -> str:
    """Side of the behaviour set that an answer takes, `neither` when its code does not work."""
    if outcome is Outcome.BROKEN_CODE:
        return "neither"
    return "hack" if outcome.is_hack else "honest"


def classify(sampled: pd.DataFrame, tasks, minimum: str) -> pd.DataFrame:
    """Class and side of every answer, and whether its code works."""
    bar = tqdm(sampled.itertuples(), total=len(sampled), desc="programs", unit="program", mininterval=5)
    outcomes = [judge(answer.text, tasks[answer.scenario], minimum=minimum).outcome for answer in bar]
    return sampled[KEPT].assign(
        label=[outcome.value for outcome in outcomes],
        side=[side_of(outcome) for outcome in outcomes],
        coherent=[outcome is not Outcome.BROKEN_CODE for outcome in outcomes],
    )


def main(inputs, output_file: str, *, minimum: str, run):
    tasks, sampled = task_runner.load_tasks(inputs.situations), transcripts.load(inputs.transcript)
    try:
        means = sandbox.best(minimum).means
    except isolation.SandboxError as error:
        # Said in the table and by the gate: programs of a model never run with less than what was asked for.
        log.warning("no program is run: %s", error)
        table = sampled[KEPT].assign(label=rates.NOT_RUN, side=rates.NOT_RUN, coherent=False)
        means = rates.NOT_RUN
    else:
        table = classify(sampled, tasks, minimum)
    provenance.write_table(table, output_file, run, isolation=means)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(snakemake.input, snakemake.output[0], minimum=snakemake.params.minimum, run=run)
