"""Results of this run held against the reference numbers of its tier, and every verdict judged anew from its numbers."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.claims import registry
from emotion_vectors.claims.verification import compare


class VerificationError(MendableError, RuntimeError):
    """Results differ from the reference numbers, or there are none."""


def main(results: Path, claims: list[Path], schema: Path, *, reference: str) -> None:
    run = files.read_json(results)
    if not Path(reference).exists():
        raise VerificationError(
            f"{reference} does not exist: there are no reference numbers of tier '{run['tier']}' yet. A complete run of this tier "
            "writes them with: ./scripts/env snakemake reference --cores all (with --configfile, if any, at the end)"
        )
    comparison = compare(files.read_json(reference), run, registry.load(claims, schema))
    print("\n".join(comparison.lines()), flush=True)
    if not comparison.agrees:
        raise VerificationError("\n  ".join([f"results differ from {reference}:", *comparison.lines()]))


if __name__ == "__main__":
    step.run(main, snakemake)
