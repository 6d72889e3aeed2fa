"""How far the judge of emotions can be trusted: its verdicts on replies with hand labels, none of which it was fitted on."""

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import emotion_judge
from emotion_vectors.models import sentence_encoder
from emotion_vectors.stimuli import labelled_emotions


def main(inputs, table_file: str, *, bootstraps: int, seed: int):
    labelled, reader = labelled_emotions.load(inputs.replies), sentence_encoder.load(inputs.encoder)
    table, beside = (
        emotion_judge.validate(emotion_judge.load(file), labelled, reader)
        for file in (inputs.judge, inputs.stories_only)
    )
    facts, without = (emotion_judge.agreement_with_labels(each, bootstraps, seed) for each in (table, beside))
    files.write_table(table, table_file, agreement=facts, agreement_stories_only=without)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed
        )  # fmt: skip
