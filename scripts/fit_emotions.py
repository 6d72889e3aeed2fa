"""Judge of emotions, fitted on passages of the stories and dialogues; how it judges topics left out is in its provenance."""

import json

from emotion_vectors import emotion_judge, emotion_passages, encoder, provenance, stimuli


def main(inputs, output_file: str, folder: str, *, seed: int, run):
    emotions = stimuli.load_emotions(inputs.norms)
    passages = emotion_passages.of_study(
        stimuli.load_stories(f"{folder}/stories", emotions=emotions),
        stimuli.load_dialogues(f"{folder}/dialogues"),
        stimuli.load_clusters(f"{folder}/words/clusters.yaml", emotions=emotions),
    )
    judge, facts = emotion_judge.fit(passages, encoder.load(inputs.encoder), seed)
    provenance.write_tensors(emotion_judge.tensors(judge), output_file, run, view=judge.view, facts=json.dumps(facts))


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0], snakemake.params.folder, seed=snakemake.params.seed, run=run
        )  # fmt: skip
