"""Gates of every act, effects of every emotion vector on it, by depth, and what orders, contexts and told feelings change."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from emotion_vectors.acts import odds, responses, sensitivity, slopes, tables
from emotion_vectors.acts.sensitivity import GateDraws, SensitivityLimits
from emotion_vectors.acts.slopes import Resamples, StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions, gates, slope_tables
from emotion_vectors.meaning import emotion_vectors, story_cells
from emotion_vectors.statistics import random_directions
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, load_acts


def main(
    acts: Path,
    schema: Path,
    replies: list[Path],
    gradients: list[Path],
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_all: Path,
    shuffled_main: Path,
    effects: Path,
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
    known = directions.load(vectors, shuffled_main, depth)
    cells = story_cells.load(activations, neutral, stories, known.names)[:, :, known.main]
    gaussian = random_directions.gaussian((nulls, *known.emotions.shape[1:]), seed)
    norm = float(known.main_norm)
    at_main = StoryDirections(known.names, cells, known.shuffled, gaussian[:, known.main], norm)
    null = slope_tables.NullDirections(gaussian, emotion_vectors.load_shuffled(shuffled_all))
    draws = GateDraws(bootstraps, seed)
    read = {file.stem: files.read_table(file) for file in replies}
    measured = {file.stem: responses.load_gradients(file) for file in gradients}
    of_acts: dict[Path, list[pd.DataFrame]] = {file: [] for file in (effects, by_depth, changes)}
    kept: list[gates.Gate] = []
    for act in load_acts(acts, schema).values():
        of_set, all_odds = measured[act.items], odds.odds_of(read[act.items], act)
        for hand in (FIRST, SECOND):
            of_hand = all_odds[all_odds["hand"] == hand]
            difference, plain = of_set.difference(act, hand), of_set.at(act, hand, act.acted)
            scenarios, wordings = difference.shape[:2]
            resamples = Resamples.draw(scenarios, wordings, len(cells), bootstraps, seed)
            compared = {
                tables.DIFFERENCE: difference[:, :, known.main],
                tables.WORDING: plain[:, :, known.main],
            }
            of_acts[effects].append(tables.effects(act, hand, compared, at_main, joint[act.name], resamples))
            if hand == FIRST:
                of_acts[changes] += [table.assign(hand=hand) for table in tables.changes(act, of_hand)]
                mean = difference.mean((0, 1))
                of_acts[by_depth].append(slope_tables.by_depth(mean, known, null).assign(experiment=act.name))
                of_scenarios = sensitivity.mean_difference(compared[tables.DIFFERENCE])
                reach = slopes.thresholds(mean[known.main], at_main)
                kept += [
                    *sensitivity.order_gates(act, of_hand, limits, draws),
                    sensitivity.difference_gate(act, of_hand, draws),
                    sensitivity.known_groups_gate(act, of_hand, draws),
                    sensitivity.mention_gate(act, of_hand, limits, draws),
                    sensitivity.ceiling_gate(act, of_scenarios, norm, reach, limits, draws),
                ]
    for file, parts in of_acts.items():
        files.write_table(pd.concat(parts, ignore_index=True), file, layer=known.main)
    files.write_table(gates.table(kept), sensitivity_table)


if __name__ == "__main__":
    step.run(main, snakemake)
