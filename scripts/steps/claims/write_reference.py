"""Reference numbers of this tier and its run times, from a complete run; for the default study also those of the engine."""

from pathlib import Path

from emotion_vectors.artefacts import files, provenance, step
from emotion_vectors.claims.reference import reference_of, studies_with


def main(
    results: Path, times: Path, engine: list[Path], reference: Path, all_times: Path, engine_reference: list[Path]
) -> None:
    files.write_json(reference_of(files.read_json(results)), reference)
    files.write_json({"studies": studies_with(all_times, files.read_json(times))}, all_times)
    for measured, published in zip(engine, engine_reference, strict=True):
        content = files.read_json(measured)
        del content[provenance.KEY]
        files.write_json(content, published)


if __name__ == "__main__":
    step.run(main, snakemake)
