"""Outcome classes of answers to coding tasks against the labels of answers written for the purpose."""

from emotion_vectors.artefacts import files, step
from emotion_vectors.coding import task_runner, validation
from emotion_vectors.coding.outcomes import Outcome
from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.statistics import agreement

UNSEEN = "unseen"
"""The answers that nobody looked at while the rules were written; agreement is that with them."""


def main(inputs, table_file: str, *, name: str, bootstraps: int, seed: int):
    tasks = task_runner.load_tasks(inputs.tasks)
    answers = validation.load_answers(inputs.answers, inputs.schema, tasks)
    table = validation.predictions(answers, tasks)
    unseen = table[table["split"] == UNSEEN]
    facts = agreement.summarise(unseen, [outcome.value for outcome in Outcome], bootstraps, seed)
    files.write_table(table, table_file, agreement={name: facts}, isolation=sandbox.best().means)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], name=snakemake.params.name, bootstraps=snakemake.params.bootstraps,
            seed=snakemake.params.seed,
        )  # fmt: skip
