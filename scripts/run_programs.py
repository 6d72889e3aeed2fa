"""Class of every sampled answer to a coding task: its program is run in the sandbox against visible and hidden tests."""

from emotion_vectors.outcomes import Outcome, judge
from tqdm import tqdm

from emotion_vectors import provenance, sandbox, task_runner, transcripts

KEPT = ["scenario", "variant", "direction", "kind", "strength_norm_fraction", "sample"]


def side_of(outcome: Outcome) -> str:
    """Side of the behaviour set that an answer takes, `neither` when its code does not work."""
    if outcome is Outcome.BROKEN_CODE:
        return "neither"
    return "hack" if outcome.is_hack else "honest"


def main(inputs, output_file: str, *, minimum: str, run):
    tasks, sampled = task_runner.load_tasks(inputs.situations), transcripts.load(inputs.transcript)
    bar = tqdm(sampled.itertuples(), total=len(sampled), desc="programs", unit="program", mininterval=5)
    outcomes = [judge(answer.text, tasks[answer.scenario], minimum=minimum).outcome for answer in bar]
    table = sampled[KEPT].assign(
        label=[outcome.value for outcome in outcomes],
        side=[side_of(outcome) for outcome in outcomes],
        coherent=[outcome is not Outcome.BROKEN_CODE for outcome in outcomes],
    )
    provenance.write_table(table, output_file, run, isolation=sandbox.best(minimum).means)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(snakemake.input, snakemake.output[0], minimum=snakemake.params.minimum, run=run)
