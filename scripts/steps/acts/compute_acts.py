"""Gates of every act, effects of every emotion vector on it, by depth, and what orders, contexts and told feelings change."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from emotion_vectors.acts import ceiling, conditions, odds, responses, sensitivity, slopes, tables
from emotion_vectors.acts.sensitivity import GateDraws, SensitivityLimits
from emotion_vectors.acts.slopes import Resamples, StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions, gates, slope_tables
from emotion_vectors.controls import wording
from emotion_vectors.organisms import probe
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, load_acts
from emotion_vectors.stimuli.tables import load_norms
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(
    acts: Path,
    schema: Path,
    norms: Path,
    replies: list[Path],
    gradients: list[Path],
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_all: Path,
    shuffled_main: Path,
    probed: list[Path],
    effects: Path,
    by_scenario: Path,
    by_depth: Path,
    changes: Path,
    sensitivity_table: Path,
    *,
    joint: Mapping[str, list[list[str]]],
    depth: float,
    limits: SensitivityLimits,
    nulls: int,
    bootstraps: int,
    seed: int,
) -> None:
    known, known_acts = directions.load(vectors, shuffled_main, depth), load_acts(acts, schema)
    cells = story_cells.load(activations, neutral, stories, known.names)
    gaussian = known.gaussian(nulls, seed)
    at_main = StoryDirections.at_main(known, cells, gaussian[:, known.main])
    pleasant = wording.pleasantness(at_main, load_norms(norms).set_index("emotion")["valence_1to9"])
    null = slope_tables.NullDirections(gaussian, emotion_vectors.load_shuffled(shuffled_all))
    draws = GateDraws(bootstraps, seed)
    read = {file.stem: files.read_table(file) for file in replies}
    measured = {file.stem: responses.load_gradients(file) for file in gradients}
    of_acts: dict[Path, list[pd.DataFrame]] = {file: [] for file in (effects, by_scenario, by_depth, changes)}
    kept: list[gates.Gate] = []
    for act in known_acts.values():
        of_set, all_odds = measured[act.items], odds.odds_of(read[act.items], act)
        for hand in (FIRST, SECOND):
            of_hand = all_odds[all_odds["hand"] == hand]
            difference, plain = of_set.difference(act, hand), of_set.at(act, hand, act.acted)
            scenarios, wordings = difference.shape[:2]
            resamples = Resamples.draw(scenarios, wordings, len(cells), bootstraps, seed)
            compared = {
                conditions.DIFFERENCE: difference[:, :, known.main],
                conditions.WORDING: plain[:, :, known.main],
            }
            sums = tables.singly(known.names) + joint[act.name]
            of_acts[effects].append(tables.effects(act, hand, compared, at_main, sums, resamples))
            if hand == FIRST:
                at_layer, names = compared[conditions.DIFFERENCE], of_set.scenarios_of(hand)
                of_acts[by_scenario].append(tables.by_scenario(act, at_layer, names, at_main, sums))
                beside = wording.beside(of_set, act, compared[conditions.DIFFERENCE], pleasant)
                named = tables.singly(act.emotions) + joint[act.name]
                of_acts[effects].append(tables.effects(act, hand, beside, at_main, named, resamples))
                of_acts[changes] += [table.assign(hand=hand) for table in tables.changes(act, of_hand)]
                mean = difference.mean((0, 1))
                of_acts[by_depth].append(slope_tables.by_depth(mean, known, null).assign(experiment=act.name))
                of_scenarios = ceiling.mean_difference(compared[conditions.DIFFERENCE])
                reach = slopes.thresholds(mean[known.main], at_main)
                kept += sensitivity.unsteered_gates(act, of_hand, limits, draws)
                kept.append(ceiling.ceiling_gate(act, of_scenarios, at_main.norm, reach, limits, draws))
    for file, parts in of_acts.items():
        files.write_table(pd.concat(parts, ignore_index=True), file, layer=known.main)
    of_training = [probe.of_acts(files.read_table(file), known_acts) for file in probed]
    files.write_table(pd.concat([gates.table(kept), *of_training], ignore_index=True), sensitivity_table)


if __name__ == "__main__":
    step.run(main, snakemake)
