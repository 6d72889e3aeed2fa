"""Check the scenarios with their events, the expressions and the replies with their emotions, and report what they contain."""

from collections import Counter

from emotion_vectors import emotion_replies, event_rules, event_words, expression_rules, provenance, stimuli


def main(inputs, report_file: str, *, ours: bool, run) -> None:
    """Write the report as JSON; stop with the list of all problems when a rule is broken."""
    words = event_words.load(inputs.words, stimuli.load_emotions(inputs.norms))
    files = {event_rules.FIT: inputs.fit, event_rules.HELD_OUT: inputs.held_out}
    if ours:
        expressions = expression_rules.check(inputs.expressions, inputs.held_out, words)
        report = event_rules.check_ours(files, words) | {"expressions": expressions}
    else:
        report = event_rules.check_other(files, words)
    labelled, training = (emotion_replies.load(file) for file in (inputs.replies, inputs.training))
    emotion_replies.check_apart(labelled, training, inputs.training)
    counts = {
        name: dict(Counter(reply.label for reply in replies))
        for name, replies in (("labelled_replies", labelled), ("training_replies", training))
    }
    provenance.write_json({"ours": ours, "sets": report, **counts}, report_file, run)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(snakemake.input, snakemake.output[0], ours=snakemake.params.ours, run=run)
