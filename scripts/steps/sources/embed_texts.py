"""Sentence embeddings of stories, messages and the second hand's stories by a small encoder, beside which vectors stand (S05b)."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.models import sentence_encoder
from emotion_vectors.stimuli import tables


def main(
    norms: Path,
    encoder: Path,
    sentences: Path,
    *,
    stories: str,
    messages: str,
    topics: Mapping[str, int],
    second: int,
) -> None:
    emotions, reader = tables.load_emotions(norms), sentence_encoder.load(encoder)
    told = tables.load_stories(stories, list(topics), topics, emotions=emotions)
    of_second_hand = tables.load_second_hand(stories, second, emotions=emotions)
    implied = tables.load_messages(messages, emotions=emotions)
    texts = [*told["text"], *implied["text"], *of_second_hand["text"]]
    parts = torch.from_numpy(reader.embed(texts)).split([len(told), len(implied), len(of_second_hand)])
    tensors = dict(zip(("stories", "messages", "second"), parts, strict=True))
    ids = {
        "story_ids": told["story_id"],
        "second_ids": of_second_hand["story_id"],
        "message_ids": implied["message_id"],
    }
    files.write_tensors(tensors, sentences, **{name: json.dumps(list(values)) for name, values in ids.items()})


if __name__ == "__main__":
    step.run(main, snakemake)
