"""Reference numbers of this tier from a complete run; for the default study also those of the engine."""

import json
from pathlib import Path

from emotion_vectors.artefacts import files, provenance, step
from emotion_vectors.claims import reference as verification


def main(results_file: str, engine_file: str, reference_file: str, engine_reference: list[str]):
    results = json.loads(Path(results_file).read_text())
    files.write_json(verification.reference_of(results), reference_file)
    engine = json.loads(Path(engine_file).read_text())
    del engine[provenance.KEY]
    for file in engine_reference:
        files.write_json(engine, file)


if __name__ == "__main__":
    with step.frame(snakemake):
        reference, *engine = snakemake.output
        main(snakemake.input.results, snakemake.input.engine, reference, engine)
