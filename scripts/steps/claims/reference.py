"""What a full run leaves behind: reference numbers, run times, and the tables that figures and texts are made from."""

from pathlib import Path

from emotion_vectors.archive import taken
from emotion_vectors.archive.manifest import Member
from emotion_vectors.archive.publications import Basis, Origin, Publication
from emotion_vectors.artefacts import files, provenance, step
from emotion_vectors.claims import publication, registry
from emotion_vectors.claims.precision_agreement import agreement
from emotion_vectors.claims.reference import minutes_by_model, reference_of, studies_with
from emotion_vectors.controls.validity import as_committed


def main(
    results: Path,
    times: Path,
    engine: list[Path],
    validity: list[Path],
    tables: list[Path],
    told: list[Path],
    claims: list[Path],
    schema: Path,
    other: list[Path],
    reference: Path,
    all_times: Path,
    engine_reference: list[Path],
    precisions: list[Path],
    validity_reference: list[Path],
    published: Path,
    manifest: Path,
    *,
    models: list[str],
    roots: list[str],
    largest_megabytes: float,
    basis: Basis,
    precision: str,
) -> None:
    judged, earlier = files.read_json(results), taken.origins_of(told)
    files.write_json(reference_of(judged), reference)
    files.write_json({"studies": studies_with(all_times, files.read_json(times))}, all_times)
    for measured, kept in zip(engine, engine_reference, strict=True):
        content = files.read_json(measured)
        del content[provenance.KEY]
        files.write_json(content | {"study": minutes_by_model(files.read_json(times))}, kept)
    for rounded, compared in zip(other, precisions, strict=True):
        registered = registry.load(claims, schema)
        files.write_json(agreement(files.read_json(results), files.read_json(rounded), registered), compared)
    for measured, kept in zip(validity, validity_reference, strict=True):
        files.write_json(as_committed(measured), kept)
    copies = publication.publish(tables, [Path(root) for root in roots], published, largest_megabytes)
    run = judged[provenance.KEY]
    measured_now = Origin(run["git_commit"], run["config_sha256"], precision)
    origins = {model: earlier.get(model, measured_now) for model in models}
    members = tuple(Member.of_file(file.relative_to(published).as_posix(), file) for file in sorted(copies))
    files.write_json(Publication(basis, origins, members).content(), manifest)


if __name__ == "__main__":
    step.run(main, snakemake)
