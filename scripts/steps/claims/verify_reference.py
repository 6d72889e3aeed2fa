"""Results of this run held against the reference numbers of its tier."""

import json
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import reference


class VerificationError(RuntimeError):
    """Results differ from the reference numbers, or there are none."""


def main(results_file: str, reference_file: str, output_file: str):
    results = json.loads(Path(results_file).read_text())
    if not Path(reference_file).exists():
        raise VerificationError(
            f"{reference_file} does not exist: there are no reference numbers of tier '{results['tier']}' yet. A complete run "
            "of this tier writes them with: ./scripts/env snakemake reference --cores all (with --configfile, if any, at the end)"
        )
    found = reference.compare(json.loads(Path(reference_file).read_text()), results)
    print("\n".join(found.lines()), flush=True)
    if not found.agrees:
        raise VerificationError("\n  ".join([f"results differ from {reference_file}:", *found.lines()]))
    files.write_json({"reference": str(reference_file), **found.to_json()}, output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input.results, snakemake.params.reference, snakemake.output[0])
