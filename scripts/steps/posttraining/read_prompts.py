"""States of a model before its reply to prompts of several kinds, all models being asked in the same plain turns (A30)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine import capture
from emotion_vectors.models import language_model
from emotion_vectors.models.templates.rendering import PLAIN
from emotion_vectors.posttraining import shifts
from emotion_vectors.stimuli.function.prompts import load_prompts


def main(prompts: Path, weights: Path, states: Path, *, row: Mapping[str, Any], batch_tokens: int) -> None:
    asked = load_prompts(prompts)
    # The chat template of the tuned model is not one of its base: with it, what the template does would count as tuning.
    model = language_model.load(weights, **{**row, "template": PLAIN})
    texts = [model.conversation.prompt([{"role": "user", "content": prompt.text}]) for prompt in asked]
    tensors = {"states": capture.at_last_token(model, texts, batch_tokens)}
    files.write_tensors(tensors, states, model_sha256=model.sha256, **shifts.facts_of(asked))


if __name__ == "__main__":
    step.run(main, snakemake)
