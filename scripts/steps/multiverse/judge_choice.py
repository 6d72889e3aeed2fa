"""The claims under another choice of the analysis: this workflow run on a view of what the study has stored; verdicts are kept."""

from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import provenance, step
from emotion_vectors.multiverse import views
from emotion_vectors.placebos import runs


def main(verdicts: Path, *, settings: dict[str, Any], choice: str, edit: str, stored: list[str], root: str) -> None:
    views.lay(map(Path, stored), Path(root), Path(settings["folders"]["activations"]), edit)
    runs.judge(settings, verdicts, provenance.current().threads, f"the study under the choice {choice}")


if __name__ == "__main__":
    step.run(main, snakemake)
