"""The claims once more under labels permuted by one seed: this workflow run on what the study has measured; verdicts alone are kept."""

from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import provenance, step
from emotion_vectors.placebos import runs


def main(verdicts: Path, *, settings: dict[str, Any]) -> None:
    name = f"the placebo of seed {settings['seeds']['placebo']}"
    runs.judge(settings, verdicts, provenance.current().threads, name)


if __name__ == "__main__":
    step.run(main, snakemake)
