"""Reference numbers of this tier from a complete run; for the default study also those of the engine."""

import json
from pathlib import Path

from emotion_vectors.artefacts import provenance
from emotion_vectors.claims import reference as verification


def main(results_file: str, engine_file: str, reference_file: str, engine_reference: list[str], *, run):
    results = json.loads(Path(results_file).read_text())
    provenance.write_json(verification.reference_of(results), reference_file, run)
    engine = json.loads(Path(engine_file).read_text())
    del engine[provenance.KEY]
    for file in engine_reference:
        provenance.write_json(engine, file, run)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        reference, *engine = snakemake.output
        main(snakemake.input.results, snakemake.input.engine, reference, engine, run=run)
