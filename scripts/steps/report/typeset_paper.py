"""Typeset the paper with latexmk; files on the way are kept in the build folder beside it."""

import os
import shutil
from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.report import typesetting


def main(main_file: Path, pdf: Path) -> None:
    build = pdf.parent / "build"
    typesetting.typeset(main_file.parent, build)
    temporary = pdf.with_name(f".{pdf.name}.partial-{os.getpid()}")
    shutil.copyfile(build / "main.pdf", temporary)
    temporary.replace(pdf)


if __name__ == "__main__":
    step.run(main, snakemake)
