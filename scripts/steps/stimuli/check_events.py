"""Check the scenarios with their events, the expressions and the replies with their emotions, and report what they contain."""

from collections import Counter

from emotion_vectors.artefacts import step
from emotion_vectors.artefacts.files import write_json
from emotion_vectors.stimuli import labelled_emotions, tables
from emotion_vectors.stimuli.rules import emotion_words, events
from emotion_vectors.stimuli.rules import expressions as expression_rules


def main(inputs, report_file: str, *, ours: bool) -> None:
    """Write the report as JSON; stop with the list of all problems when a rule is broken."""
    words = emotion_words.load(inputs.words, tables.load_emotions(inputs.norms))
    files = {events.FIT: inputs.fit, events.HELD_OUT: inputs.held_out}
    if ours:
        expressions = expression_rules.check(inputs.expressions, inputs.held_out, words)
        report = events.check_ours(files, words) | {"expressions": expressions}
    else:
        report = events.check_other(files, words)
    labelled, training = (labelled_emotions.load(file) for file in (inputs.replies, inputs.training))
    labelled_emotions.check_apart(labelled, training, inputs.training)
    counts = {
        name: dict(Counter(reply.label for reply in replies))
        for name, replies in (("labelled_replies", labelled), ("training_replies", training))
    }
    write_json({"ours": ours, "sets": report, **counts}, report_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input, snakemake.output[0], ours=snakemake.params.ours)
