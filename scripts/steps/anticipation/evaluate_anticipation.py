"""Evidence on what is held where: user token and reply token (A11), the coming reply (A12), and arousal across speakers (A15)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.anticipation import arousal, readings, shown, user_messages
from emotion_vectors.anticipation.judged import Listener, TurnLimits, TurnStudy
from emotion_vectors.anticipation.user_messages import Amounts
from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli import tables


def main(
    situations: Path,
    prompts: Path,
    states: Path,
    vectors: Path,
    shuffled_main: Path,
    norms: Path,
    points: Path,
    lines: Path,
    conditions: Path,
    evidence: Path,
    *,
    amounts: Amounts,
    coherent: float,
    depth: float,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    asked = user_messages.load(situations, prompts, amounts)
    study = TurnStudy(
        asked,
        readings.load(states, asked),
        Listener.of(directions.load(vectors, shuffled_main, depth)),
        tables.load_norms(norms),
        TurnLimits(amounts.reliability, coherent),
        Draws(bootstraps, shuffles, seed),
        placebo,
    )
    files.write_table(study.gate_table(), conditions)
    files.write_table(pd.DataFrame(study.evidence()), evidence)
    drawn = (study.tokens(), study.replied(), study.speaker, arousal.ratings_of(study.norms, arousal.AROUSAL))
    files.write_table(shown.points(*drawn), points)
    files.write_table(shown.lines(*drawn, study.shuffled), lines)


if __name__ == "__main__":
    step.run(main, snakemake)
