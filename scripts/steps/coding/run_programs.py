"""Class of every sampled answer to a coding task: its program is run in the sandbox against visible and hidden tests."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.coding import outcome_labels, task_runner
from emotion_vectors.conduct.gates import NOT_RUN
from emotion_vectors.replies import transcripts


def main(transcript: Path, tasks: Path, labels: Path, *, minimum: str) -> None:
    answers = transcripts.load(transcript)
    if transcripts.ATTEMPTS in answers:
        classes = outcome_labels.of_last_attempts(answers)
        means = files.provenance_of(transcript)["isolation"] or NOT_RUN
    else:
        classes, means = outcome_labels.run_all(answers, task_runner.load_tasks(tasks), minimum)
    files.write_table(outcome_labels.tabulate(answers, classes), labels, isolation=means)


if __name__ == "__main__":
    step.run(main, snakemake)
