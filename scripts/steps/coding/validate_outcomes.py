"""Outcome classes of answers to coding tasks against the labels of answers written for the purpose."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.coding import task_runner, validation
from emotion_vectors.coding.outcomes import Outcome
from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.statistics import agreement


def main(tasks: Path, answers: Path, predictions: Path, *, behaviour: str, bootstraps: int, seed: int) -> None:
    known = task_runner.load_tasks(tasks)
    table = validation.predictions(validation.load_answers(answers, known), known)
    unseen = table[table["split"] == validation.UNSEEN]
    facts = agreement.summarise(unseen, [outcome.value for outcome in Outcome], bootstraps, seed)
    files.write_table(table, predictions, agreement={behaviour: facts}, isolation=sandbox.best().means)


if __name__ == "__main__":
    step.run(main, snakemake)
