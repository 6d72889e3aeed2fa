"""List of the figures: what each shows, the claims it serves, the script that draws it and the data behind it."""

import os
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.figures import listing, register


def main(
    register_file: Path, claims: list[Path], schema: Path, readme: Path, *, results: str, models: list[str]
) -> None:
    registered = registry.load(claims, schema)
    figures = register.load(registered, str(register_file))
    scripts = Path(os.path.relpath("scripts/steps/figures", readme.parent)).as_posix()
    files.write_text(listing.markdown(figures, registered, results, models, scripts), readme)


if __name__ == "__main__":
    step.run(main, snakemake)
