"""The files of an archive, every one held against the manifest before any is laid down."""

from pathlib import Path

from emotion_vectors.archive import fetching, unpacking
from emotion_vectors.artefacts import step


def main(
    archive: list[Path],
    tables: list[Path],
    *,
    source: str,
    folder: str,
    tier: str,
    models: list[str],
    largest_megabytes: float,
) -> None:
    restored = Path(folder)
    names = [table.relative_to(restored).as_posix() for table in tables]
    location = fetching.ArchiveLocation.parse(source)
    downloaded = restored.with_name("archive.download")
    try:
        file = fetching.fetch(location, downloaded, largest_megabytes)
        manifest = unpacking.unpack(file, restored, unpacking.Wanted(tier, models, names, largest_megabytes))
    finally:
        if location.is_remote:
            downloaded.unlink(missing_ok=True)
        unpacking.remove_empty_folders(restored)
    print(
        f"{source}: {len(manifest.members)} files, {manifest.size / 1e6:.1f} MB, all as the manifest says; "
        f"results of commit {manifest.study.commit}",
        flush=True,
    )


if __name__ == "__main__":
    step.run(main, snakemake)
