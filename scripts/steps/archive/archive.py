"""One file of a finished study: tables, small tensors, figures, pages and reference, with a manifest and a description of the run."""

from pathlib import Path

import yaml

from emotion_vectors.archive import codecheck, crate, fetching, packing
from emotion_vectors.archive.manifest import CODECHECK, CRATE, ArchivedStudy, Manifest, Member
from emotion_vectors.archive.publications import Basis
from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.publication import below


def main(
    results: Path,
    tables: list[Path],
    tensors: list[Path],
    figures: list[Path],
    pages: list[Path],
    times: Path,
    citation: Path,
    archive: Path,
    *,
    reference: list[str],
    roots: list[str],
    tier: str,
    models: list[str],
    basis: Basis,
    largest_megabytes: float,
) -> None:
    folders = [Path(root) for root in roots]
    named = {
        **{f"tables/{below(file, folders).as_posix()}": file for file in tables},
        **{f"tensors/{below(file, folders).as_posix()}": file for file in tensors},
        **{f"figures/{file.name}": file for file in figures},
        **{f"pages/{file.name}": file for file in pages},
        **{f"reference/{file.name}": file for file in map(Path, reference)},
    }
    cited = yaml.safe_load(citation.read_text(encoding="utf-8"))
    judged = files.provenance_of(results)
    study = ArchivedStudy(tier, tuple(models), str(cited["version"]), str(judged["git_commit"]))
    members = [Member.of_file(name, named[name]) for name in sorted(named)]
    checked = codecheck.configuration(sorted(named), cited)
    members.append(Member.of(CODECHECK, checked))
    described = crate.describe(study, members, cited, judged, basis, files.read_json(times).get("ended", ""))
    members.append(Member.of(CRATE, described))
    manifest = Manifest(study, tuple(members))
    packing.pack(manifest, {**named, CODECHECK: checked, CRATE: described}, archive, largest_megabytes)
    print(
        f"{archive}: {len(members)} files, {manifest.size / 1e6:.1f} MB, {archive.stat().st_size / 1e6:.1f} MB compressed, "
        f"SHA-256 {fetching.digest_of(archive)}",
        flush=True,
    )


if __name__ == "__main__":
    step.run(main, snakemake)
