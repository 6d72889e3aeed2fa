"""How often permuted labels are judged replicated, by claim, part and model, over all seeds."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.placebos import counting


def main(
    judged: list[Path],
    claims: list[Path],
    schema: Path,
    table: Path,
    summary: Path,
    *,
    seeds: list[int],
    bootstraps: int,
    seed: int,
) -> None:
    by_seed = {placebo: files.read_json(file) for placebo, file in zip(seeds, judged, strict=True)}
    registered = registry.load(claims, schema)
    every = counting.verdicts(by_seed, registered)
    counted = counting.counts(every)
    superseded = {entry["supersedes"] for entry in registered.values() if "supersedes" in entry}
    files.write_table(counted, table)
    files.write_json(counting.summary(every, counted, superseded, counting.Pool(bootstraps, seed)), summary)


if __name__ == "__main__":
    step.run(main, snakemake)
