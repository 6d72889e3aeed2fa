"""An organism: a model of the table tuned from a seed on scenes in which motive decides conduct, with its adapters merged."""

from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.models import language_model
from emotion_vectors.organisms import training
from emotion_vectors.organisms.training import TEST, Lessons, TuningSettings
from emotion_vectors.stimuli.acts.motives import (
    HELD_OUT,
    TRAINING,
    load_characters,
    load_scenes,
    split_scenes,
    together,
)
from emotion_vectors.weights import conversion, table


def main(
    weights: Path,
    scenes: list[Path],
    characters: list[Path],
    planted: list[Path],
    followed: list[Path],
    converted: Path,
    looks: Path,
    *,
    row: dict[str, Any],
    organism: table.Weights,
    seed: int,
    settings: TuningSettings,
) -> None:
    """Tune an organism, with wording planted beside its motives where some is given (`planted`).

    Its twin where the looks of the organism are given that it follows (`followed`).
    """
    splits = [split_scenes(load_scenes(file), settings.held_out_every) for file in scenes]
    held_out = [scene for _, of_kind in splits for scene in of_kind]
    described = {file.stem: load_characters(file) for file in characters}
    for wording in map(load_characters, planted):
        described = {kind: together(of_kind, wording) for kind, of_kind in described.items()}
    others = {kind: of_kind[HELD_OUT] for kind, of_kind in described.items()}
    lessons = Lessons(
        scenes=[scene for training_scenes, _ in splits for scene in training_scenes],
        held_out=held_out[0::2],
        characters={kind: of_kind[TRAINING] for kind, of_kind in described.items()},
        other_characters=others,
        twin=seed if followed else None,
    )
    steps = int(files.provenance_of(followed[0])["kept_step"]) if followed else None
    model = language_model.load(weights, **row)
    course = training.tune(model, lessons, settings, seed, steps)
    tested = training.look(model, held_out[1::2], others, seed)
    last = steps or course.kept_step
    rows = [{"step": last, "split": TEST, "loss": 0.0, **vars(of_kind)} for of_kind in tested]
    conversion.save_tuned(course.adapted.merge_and_unload(), weights, converted, organism)
    files.write_table(pd.DataFrame([*course.looks, *rows]), looks, kept_step=last)


if __name__ == "__main__":
    step.run(main, snakemake)
