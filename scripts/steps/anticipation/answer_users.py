"""Sampled replies to situations and prompts of users, whose emotion is to be told from what stands before them (A12)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.anticipation import user_messages
from emotion_vectors.anticipation.user_messages import Amounts
from emotion_vectors.artefacts import files, step
from emotion_vectors.models import language_model
from emotion_vectors.replies import sampled


def main(
    situations: Path,
    prompts: Path,
    weights: Path,
    transcript: Path,
    *,
    row: Mapping[str, Any],
    partial: str,
    amounts: Amounts,
    settings: Mapping[str, Any],
    code_sha256: str,
    seed: int,
) -> None:
    items = user_messages.load(situations, prompts, amounts).items(str(situations))
    model = language_model.load(weights, **row)
    sampling = sampled.sampling_of({**settings, "new_tokens": amounts.new_tokens})
    sampler = sampled.Sampler(model, sampling, code_sha256)
    lines = sampled.sample(sampler, user_messages.SET, items, amounts.samples, seed, partial)
    files.write_json_lines(lines, transcript, model_sha256=model.sha256)
    Path(partial).unlink(missing_ok=True)


if __name__ == "__main__":
    step.run(main, snakemake)
