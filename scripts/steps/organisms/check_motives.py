"""Check the training scenes of organisms and the characters in them against their rules, and report counts."""

from pathlib import Path

from emotion_vectors.acts import conditions
from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.rules import emotion_words, motives


def main(
    scenes: list[Path],
    characters: list[Path],
    planted: Path,
    orders: Path,
    words: Path,
    norms: Path,
    scene_schema: Path,
    character_schema: Path,
    planted_schema: Path,
    report: Path,
) -> None:
    """Write the report as JSON; stop with the list of all problems of a file when a rule is broken."""
    known, ordered = emotion_words.load(words, tables.load_emotions(norms)), conditions.load_orders(orders)
    checked = {
        of_scenes.stem: {
            **motives.check_scenes(of_scenes, scene_schema, ordered, known),
            "characters": motives.check_characters(of_characters, character_schema, ordered, known),
        }
        for of_scenes, of_characters in zip(scenes, characters, strict=True)
    }
    wording = {"planted": motives.check_planted(planted, planted_schema, ordered)}
    files.write_json(checked | wording, report)


if __name__ == "__main__":
    step.run(main, snakemake)
