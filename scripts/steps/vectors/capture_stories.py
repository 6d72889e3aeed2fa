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
    second: int,
    first_token: int,
    row: Mapping[str, str],
    twin: Mapping[str, Any] | None,
    batch_tokens: int,
) -> None:
    emotions = tables.load_emotions(norms)
    stories = tables.load_stories(folder, list(topics), topics, emotions=emotions)
    of_second_hand = tables.load_second_hand(folder, second, emotions=emotions)
    model = language_model.load_subject(weights, **row, twin=twin)
    means, of_second = (
        capture.story_means(
            model,
            [tokens.encode(model.tokenizer, text) for text in texts],
            capture.Windows(late=first_token),
            batch_tokens,
        )
        for texts in (stories["text"], of_second_hand["text"])
    )
    tensors = {"late": means.late, "early": means.early, "embedding": means.embedding, "norms": means.norms}
    # Apart, so that the second hand has no part in the norms either.
    tensors |= {"second_late": of_second.late, "second_embedding": of_second.embedding}
    facts = {
        "story_ids": json.dumps(list(stories["story_id"])),
        "second_ids": json.dumps(list(of_second_hand["story_id"])),
        "stories_sha256": files.read_json(report)["digests"]["sets"]["stories"],
        "model_sha256": model.sha256,
    }
    files.write_tensors(tensors, activations, **facts)


if __name__ == "__main__":
    step.run(main, snakemake)
