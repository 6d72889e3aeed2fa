"""Check the scenarios with their events, the expressions and the replies with their emotions, and report what they contain."""

from collections import Counter
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli import labelled, tables
from emotion_vectors.stimuli.rules import emotion_words, events
from emotion_vectors.stimuli.rules import expressions as expression_rules


def main(
    fit: Path,
    held_out: Path,
    expressions: Path,
    fresh: Path,
    orders: Path,
    words: Path,
    replies: Path,
    training: Path,
    norms: Path,
    report: Path,
    *,
    ours: bool,
) -> None:
    """Write the report as JSON; stop with the list of all problems when a rule is broken."""
    known = emotion_words.load(words, tables.load_emotions(norms))
    splits = {events.FIT: fit, events.HELD_OUT: held_out}
    if ours:
        sets = events.check_ours(splits, known) | {
            "expressions": expression_rules.check_expressions(expressions, held_out, known)
        }
    else:
        sets = events.check_other(splits, known)
    held_against, others = labelled.load_emotion_replies(replies), labelled.load_emotion_replies(training)
    labelled.check_apart(held_against, others, training)
    counts = {
        name: dict(Counter(reply.label for reply in kind))
        for name, kind in (("labelled_replies", held_against), ("training_replies", others))
    }
    # Orders and fresh events are ours, whatever set stands in the place of the other events.
    checked = {
        "orders": expression_rules.check_orders(orders, known),
        "fresh": expression_rules.check_fresh(fresh, (fit, held_out), known),
    }
    files.write_json({"ours": ours, "sets": sets, **checked, **counts}, report)


if __name__ == "__main__":
    step.run(main, snakemake)
