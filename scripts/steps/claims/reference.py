"""What a full run leaves behind: reference numbers, run times, and the tables that figures and texts are made from."""

from pathlib import Path

from emotion_vectors.artefacts import files, provenance, step
from emotion_vectors.claims import publication
from emotion_vectors.claims.reference import reference_of, studies_with


def main(
    results: Path,
    times: Path,
    engine: list[Path],
    tables: list[Path],
    reference: Path,
    all_times: Path,
    engine_reference: list[Path],
    published: Path,
    *,
    roots: list[str],
    largest_megabytes: float,
) -> None:
    files.write_json(reference_of(files.read_json(results)), reference)
    files.write_json({"studies": studies_with(all_times, files.read_json(times))}, all_times)
    for measured, kept in zip(engine, engine_reference, strict=True):
        content = files.read_json(measured)
        del content[provenance.KEY]
        files.write_json(content, kept)
    publication.publish(tables, [Path(root) for root in roots], published, largest_megabytes)


if __name__ == "__main__":
    step.run(main, snakemake)
