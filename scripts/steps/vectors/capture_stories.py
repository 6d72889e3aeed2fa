"""Mean residual stream of every story at every layer, streamed (section 1.1 of A); labels play no part in this step."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine import capture
from emotion_vectors.models import language_model, tokens
from emotion_vectors.stimuli import tables


def main(
    report: Path,
    norms: Path,
    weights: Path,
    activations: Path,
    *,
    folder: str,
    topics: Mapping[str, int],
    first_token: int,
    row: Mapping[str, str],
    twin: Mapping[str, Any] | None,
    batch_tokens: int,
) -> None:
    stories = tables.load_stories(folder, list(topics), topics, emotions=tables.load_emotions(norms))
    model = language_model.load_subject(weights, **row, twin=twin)
    texts = [tokens.encode(model.tokenizer, text) for text in stories["text"]]
    means = capture.story_means(model, texts, capture.Windows(late=first_token), batch_tokens)
    tensors = {"late": means.late, "early": means.early, "embedding": means.embedding, "norms": means.norms}
    facts = {
        "story_ids": json.dumps(list(stories["story_id"])),
        "stories_sha256": files.read_json(report)["digests"]["sets"]["stories"],
        "model_sha256": model.sha256,
    }
    files.write_tensors(tensors, activations, **facts)


if __name__ == "__main__":
    step.run(main, snakemake)
