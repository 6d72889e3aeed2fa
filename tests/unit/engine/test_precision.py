"""bfloat16 held against float32 on the same weights: vectors, gradients, slopes, log-odds and what finite strengths change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from emotion_vectors.conduct.slopes import slopes_along
from emotion_vectors.engine import capture
from emotion_vectors.engine.edits import Addition, dose
from emotion_vectors.engine.gradients import Response, respond
from emotion_vectors.engine.packing import Packed, context_of, mean_logprobs, pack
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.models import language_model
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Encoded, encode
from emotion_vectors.weights import conversion
from emotion_vectors.weights import table as model_table
from tests.random_tensors import random

ROOT = Path(__file__).resolve().parents[3]
GENTLE = 0.05
"""Initialiser of the tiny models: with the larger one of other tests their logits are as steep as those of no trained model."""
LAYER = 2
PROMPT = "the angry neighbour closed the door and walked into the garden"
REPLIES = ("the quiet river", "they were afraid of the storm but proud", "over the bridge the morning train", "calm")
ODDS = torch.tensor([[0.5, 0.5, -0.5, -0.5], [1.0, 0.0, 0.0, -1.0]])


@dataclass(frozen=True)
class Both:
    """One model in float32 and in bfloat16."""

    exact: LanguageModel
    rounded: LanguageModel

    def each_of(self, measure: Callable[[LanguageModel], Tensor]) -> tuple[Tensor, Tensor]:
        return measure(self.exact), measure(self.rounded)


@pytest.fixture(scope="module")
def tiny(any_model: LanguageModel, make_model) -> Both:
    family = any_model.name.removeprefix("tiny-")
    exact, rounded = (make_model(family, seed=1, initializer_range=GENTLE) for _ in range(2))
    torch.nn.Module.to(rounded.network, torch.bfloat16)
    return Both(exact, rounded)


def packed_of(model: LanguageModel) -> Packed:
    replies = [model.tokenizer(f" {text}", add_special_tokens=False).input_ids for text in REPLIES]
    return pack(encode(model.tokenizer, PROMPT), replies, context_of(model))


def vectors_of(model: LanguageModel, texts: list[Encoded], first: int) -> Tensor:
    """Differences of each text from the mean of all, as emotion vectors are made: [text, layer, d_model]."""
    means = capture.story_means(model, texts, capture.Windows(late=first), 640).late
    return means - means.mean(0)


def response(model: LanguageModel) -> Response:
    return respond(model, packed_of(model), ODDS)


def odds_under(model: LanguageModel, strength: float) -> Tensor:
    """Change of both log-odds under twenty directions of one strength: [direction, contrast], nats."""
    packed = packed_of(model)
    recording = record(model, packed, [LAYER])
    norm = recording.streams[LAYER][0, 1:].float().norm(dim=-1).mean().cpu()
    edit = Addition(LAYER, dose(random(20, model.width), norm, strength))
    steered = mean_logprobs(replay(model, recording, [edit], 640), packed)
    plain = mean_logprobs(unsteered(model, recording), packed)
    return (steered - plain) @ ODDS.T


def relative_error(exact: Tensor, rounded: Tensor) -> float:
    return float((exact - rounded).norm() / exact.norm())


def test_vectors_point_the_same_way(tiny, stories):
    exact, rounded = tiny.each_of(lambda model: vectors_of(model, stories, 8))
    assert not torch.equal(exact, rounded)
    assert cosine_similarity(exact, rounded, dim=-1).min() >= 0.9995


def test_gradients_log_odds_and_slopes_agree(tiny):
    exact, rounded = response(tiny.exact), response(tiny.rounded)
    assert cosine_similarity(exact.gradients, rounded.gradients, dim=-1).min() >= 0.99
    odds = ODDS @ (exact.logprobs - rounded.logprobs)
    directions, norms = random(200, tiny.exact.layers, tiny.exact.width), torch.ones(tiny.exact.layers)
    slopes = [slopes_along(of.gradients, directions, norms)[:, :, LAYER].ravel() for of in (exact, rounded)]
    assert np.corrcoef(*slopes)[0, 1] >= 0.998
    assert odds.abs().max() <= 0.02


def test_what_a_small_strength_changes_drowns_in_rounding_and_what_a_large_one_changes_does_not(tiny):
    """Why finite strengths below 0.1 stay in float32: the change shrinks with the strength, its rounding does not."""
    small, judged, large = (
        relative_error(*tiny.each_of(lambda model, by=strength: odds_under(model, by)))
        for strength in (0.025, 0.1, 0.5)
    )
    assert large <= 0.05
    assert large < judged < small
    assert small >= 0.1


@pytest.fixture(scope="module")
def real() -> Both:
    """The smallest model of the study, in both precisions."""
    row = model_table.read_model(ROOT / "workflow/models.tsv", "smollm2-135m-instruct")
    folder = ROOT / "results/weights/smollm2-135m-instruct"
    if not (folder / "converted").is_dir():
        model_table.fetch(row, folder / "source")
        conversion.convert(row.path_in(folder / "source"), folder / "converted", row)
    return Both(*(language_model.load(folder / "converted", dtype=dtype) for dtype in ("float32", "bfloat16")))


@pytest.mark.weights
def test_the_smallest_model_of_the_study_agrees(real):
    """A few short texts, since bfloat16 is slow where no hardware multiplies it; log-odds of replies that no one would give move most."""
    lines = (ROOT / "workflow/stimuli/stories/plain/p01.jsonl").read_text(encoding="utf-8").splitlines()[::16]
    texts = [encode(real.exact.tokenizer, json.loads(line)["text"]) for line in lines]
    short = [Encoded(text.ids[:64], text.start) for text in texts]
    cosines = cosine_similarity(*real.each_of(lambda model: vectors_of(model, short, 16)), dim=-1)
    assert cosines.min() >= 0.999
    assert cosines.mean() >= 0.9995
    exact, rounded = response(real.exact), response(real.rounded)
    assert cosine_similarity(exact.gradients, rounded.gradients, dim=-1).min() >= 0.99
    assert (ODDS @ (exact.logprobs - rounded.logprobs)).abs().max() <= 0.1
