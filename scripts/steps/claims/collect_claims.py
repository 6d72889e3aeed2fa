"""Claims of all models of the study as one JSON file: the object behind the tables of README, report and paper."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.artefacts.files import write_json
from emotion_vectors.claims import judging


def main(judged_files: list[str], parts_files: list[str], output_file: str, *, tier: str):
    judged, parts = (pd.concat([pd.read_parquet(file) for file in files]) for files in (judged_files, parts_files))
    replicated, measured = judging.measured_share_replicated(judged)
    content = {
        "tier": tier,
        "claims": {model: judging.to_reference(group) for model, group in judged.groupby("model", sort=False)},
        "parts": {model: judging.parts_by_name(group) for model, group in parts.groupby("model", sort=False)},
        "measured": measured,
        "replicated": replicated,
    }
    write_json(content, output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input.judged, snakemake.input.parts, snakemake.output[0], tier=snakemake.params.tier)
