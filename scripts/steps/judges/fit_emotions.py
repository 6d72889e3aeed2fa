"""Judge of emotions, fitted on passages of the study and written replies; how it judges topics left out is in its provenance.

The same fitted on stories and dialogues alone is stored beside it, to say what the written replies add.
"""

import json

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import emotion_fit, emotion_judge
from emotion_vectors.models import sentence_encoder
from emotion_vectors.stimuli import labelled_emotions, tables
from emotion_vectors.stimuli import passages as emotion_passages


def main(inputs, outputs, folder: str, *, seed: int):
    emotions = tables.load_emotions(inputs.norms)
    passages = emotion_passages.of_study(
        tables.load_stories(f"{folder}/stories", emotions=emotions),
        tables.load_dialogues(f"{folder}/dialogues"),
        tables.load_clusters(f"{folder}/words/clusters.yaml", emotions=emotions),
    )
    reader, written = (
        sentence_encoder.load(inputs.encoder),
        emotion_passages.of_replies(labelled_emotions.load(inputs.training)),
    )
    for output_file, known in ((outputs.judge, passages + written), (outputs.stories_only, passages)):
        judge, facts = emotion_fit.fit(known, reader, seed)
        files.write_tensors(emotion_judge.tensors(judge), output_file, view=judge.view, facts=json.dumps(facts))


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, snakemake.params.folder, seed=snakemake.params.seed
        )  # fmt: skip
