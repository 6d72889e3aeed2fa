"""What the paper says of a study besides its claims: counts, layers, agreement of judges, model cards, a few replies."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.overlap import texts
from emotion_vectors.report import circuit_facts, model_cards, study_facts
from emotion_vectors.report.circuit_facts import CircuitFiles
from emotion_vectors.report.tables import transcripts as reply_tables
from emotion_vectors.statistics.wording import number


def main(
    stories: Path,
    stimuli: Path,
    behaviours: list[Path],
    heatmaps: list[Path],
    correlations: list[Path],
    events: Path,
    overlap: Path,
    emotions: Path,
    hands: Path,
    groups: list[Path],
    sizes: list[Path],
    gates: list[Path],
    silencing: list[Path],
    weights: list[Path],
    told: list[Path],
    transcripts: list[Path],
    labels: list[Path],
    facts: Path,
    replies: Path,
    *,
    models: list[str],
    sampled: list[str],
    rows: Mapping[str, Mapping[str, str]],
    settings: Mapping[str, Any],
    date: str,
) -> None:
    of_models = map(CircuitFiles, groups, sizes, gates, silencing)
    study = {
        **study_facts.facts_of_settings(settings),
        **study_facts.of_texts(files.read_table(stories), files.read_json(stimuli), settings["vectors"]),
        **study_facts.of_behaviours(behaviours, settings["behaviour"]["situations"]),
        "messageemotions": number(study_facts.message_emotions(heatmaps[0]), 0),
        "mainlayers": "; ".join(map(study_facts.main_layer, correlations)),
        **circuit_facts.facts_of_circuit_settings(settings["circuits"], settings["gates"], files.read_json(events)),
        **circuit_facts.of_judge(emotions, hands),
        **circuit_facts.of_models(dict(zip(models, of_models, strict=True))),
        **circuit_facts.of_overlap(texts.load(overlap)),
    }
    cards = {
        name: model_cards.card(name, row, folder, date)
        for (name, row), folder in zip(rows.items(), weights, strict=True)
    } | {content["model"]: content["card"] for content in map(files.read_json, told)}
    in_order = [cards[name] for name in dict.fromkeys([*models, *cards])]
    words = study_facts.reply_words(behaviours)
    files.write_json({"study": study, "models": in_order, "reply_words": words}, facts)
    files.write_table(reply_tables.shown_replies(transcripts, labels, models, sampled), replies)


if __name__ == "__main__":
    step.run(main, snakemake)
