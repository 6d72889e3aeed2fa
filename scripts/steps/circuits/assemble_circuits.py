"""Circuits of all emotions, and how much they share: across emotions, halves of the data, and chance (step 11 of W; W09)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import assembly, prompt_states, scores, sharing
from emotion_vectors.statistics.resampling import Draws


def main(
    prompts: Path,
    components: Path,
    importances: Path,
    circuits: Path,
    sizes: Path,
    pairs: Path,
    evidence: Path,
    *,
    placebo: int | None,
    resamples: int,
    shuffles: int,
    seed: int,
) -> None:
    scored, draws = scores.load(components), Draws(resamples, shuffles, seed)
    states = prompt_states.load(prompts, scored.used, permuted=placebo)
    importance = files.read_tensors(importances)["importance"]
    ranks = {kind: by_kind.scores for kind, by_kind in scored.kinds.items()}
    parts = {kind: by_kind.shape[-1] for kind, by_kind in ranks.items()}
    counts = {kind: assembly.quotas(importance, kind, parts[kind]) for kind in ranks}
    budgets = {kind: sum(by_emotion[0]) for kind, by_emotion in counts.items()}
    members = assembly.circuits(ranks, counts, scored.emotions)
    files.write_json({"circuits": members, "components": budgets}, circuits)
    files.write_table(assembly.size_table(counts, parts, scored.emotions), sizes)
    files.write_table(sharing.pair_table(ranks, counts, scored.emotions), pairs)
    indices = {
        kind: sharing.indices(ranks[kind], sharing.sums_by_scenario(kind, states, scored), counts[kind], draws)
        for kind in ranks
    }
    files.write_table(pd.DataFrame(sharing.sharing_evidence(indices, len(set(states.scenarios)))), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
