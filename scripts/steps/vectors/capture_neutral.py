"""Principal directions of neutral dialogues that explain the registered share of variance, per layer (section 1.1 of A)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine import capture
from emotion_vectors.models import language_model, tokens
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import emotion_vectors


def main(
    weights: Path,
    neutral: Path,
    *,
    folder: str,
    per_topic: int,
    share: float,
    row: Mapping[str, str],
    twin: Mapping[str, Any] | None,
    batch_tokens: int,
) -> None:
    dialogues = tables.load_dialogues(folder, per_topic)
    model = language_model.load_subject(weights, **row, twin=twin)
    texts = [tokens.encode(model.tokenizer, tokens.dialogue_text(turns)) for turns in dialogues["turns"]]
    bases = emotion_vectors.neutral_components(capture.covariances(model, texts, batch_tokens), share)
    named = {f"layer_{layer:03d}": basis for layer, basis in enumerate(bases)}
    files.write_tensors(named, neutral, model_sha256=model.sha256, dialogues=str(len(dialogues)))


if __name__ == "__main__":
    step.run(main, snakemake)
