"""Class of every sampled answer to a coding task: its program is run in the sandbox against visible and hidden tests."""

import pandas as pd
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.coding import task_runner
from emotion_vectors.coding.outcomes import Outcome, judge
from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.replies import rates, transcripts

KEPT = ["scenario", "variant", "direction", "kind", "strength_norm_fraction", "sample"]


def side_of(label: str) -> str:
    """Side of the behaviour set that an answer takes, `neither` when its code does not work."""
    if label == rates.NOT_RUN:
        return rates.NOT_RUN
    if label == Outcome.BROKEN_CODE:
        return "neither"
    return "hack" if Outcome(label).is_hack else "honest"


def run_all(sampled: pd.DataFrame, tasks, minimum: str) -> tuple[list[str], str]:
    """Class of every answer, and by what means the programs were kept apart."""
    by = sandbox.available(minimum)
    if by is None:
        return [rates.NOT_RUN] * len(sampled), rates.NOT_RUN
    bar = tqdm(sampled.itertuples(), total=len(sampled), desc="programs", unit="program", mininterval=5)
    return [judge(answer.text, tasks[answer.scenario], minimum=minimum).outcome.value for answer in bar], by.means


def classify(sampled: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Class and side of every answer, whether its code works, and where a model could try again, how many attempts it made."""
    table = sampled[KEPT].assign(
        label=labels,
        side=[side_of(label) for label in labels],
        coherent=[label not in (rates.NOT_RUN, Outcome.BROKEN_CODE) for label in labels],
    )
    attempted = transcripts.ATTEMPTS in sampled
    return table.assign(attempts=sampled[transcripts.ATTEMPTS].map(len)) if attempted else table


def main(inputs, output_file: str, *, minimum: str):
    sampled = transcripts.load(inputs.transcript)
    if transcripts.ATTEMPTS in sampled:
        # Its programs were run when the model was shown their results; the class is that of the last attempt.
        labels = [attempts[-1]["outcome"] or rates.NOT_RUN for attempts in sampled[transcripts.ATTEMPTS]]
        means = files.provenance_of(inputs.transcript)["isolation"] or rates.NOT_RUN
    else:
        labels, means = run_all(sampled, task_runner.load_tasks(inputs.situations), minimum)
    files.write_table(classify(sampled, labels), output_file, isolation=means)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input, snakemake.output[0], minimum=snakemake.params.minimum)
