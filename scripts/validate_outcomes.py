"""Outcome classes of answers to coding tasks against the labels of answers written for the purpose."""

from emotion_vectors import outcome_validation, provenance, sandbox, task_runner


def main(inputs, table_file: str, run):
    tasks = task_runner.load_tasks(inputs.tasks)
    answers = outcome_validation.load_answers(inputs.answers, inputs.schema, tasks)
    table = outcome_validation.confusion(answers, tasks)
    facts = {"isolation": sandbox.best().means, "agreement": outcome_validation.agreement(table)}
    provenance.write_table(table, table_file, run, **facts)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(snakemake.input, snakemake.output[0], run)
