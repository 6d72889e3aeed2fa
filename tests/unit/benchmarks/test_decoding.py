"""Tokens a processor-second are counted over all batches that were really decoded."""

import pytest

from emotion_vectors.benchmarks import decoding, timing
from emotion_vectors.engine.draws import Sampling
from emotion_vectors.models.tokens import encode


@pytest.fixture
def prompts(llama):
    return [encode(llama.tokenizer, text) for text in ("she was happy", "the quiet river that evening", "calm")]


def test_every_batch_size_is_counted_with_prompts_repeated(llama, prompts, monkeypatch):
    monkeypatch.setattr(decoding, "SIDE_BY_SIDE", (1, 2, 7))
    measured = decoding.measure(llama, prompts, Sampling(5, 1.0, 0.95, 8))
    assert set(measured["tokens_per_cpu_second"]) == {"1", "2", "7"}
    for size, counted in measured["decoded"].items():
        assert int(size) <= counted["tokens"] <= 5 * int(size)
        rate = counted["tokens"] / counted["processor_seconds"]
        assert measured["tokens_per_cpu_second"][size] == pytest.approx(rate)


def test_a_batch_is_decoded_side_by_side(llama, prompts, monkeypatch):
    asked = []
    monkeypatch.setattr(decoding, "SIDE_BY_SIDE", (1, 96))
    monkeypatch.setattr(decoding, "generate", lambda _model, batch, seeds, how: asked.append((len(batch), how)) or [])
    monkeypatch.setattr(timing, "processor_seconds", lambda work: work() or 1.0)
    decoding.measure(llama, prompts, Sampling(5, 1.0, 0.95, 8))
    assert [(count, how.side_by_side, how.new_tokens) for count, how in asked] == [(1, 1, 5), (96, 96, 5)]


def test_processor_time_is_that_of_the_work_and_not_of_waiting():
    def work():
        return sum(number * number for number in range(400_000))

    assert timing.processor_seconds(work) > 0.001
    assert timing.processor_seconds(lambda: timing.time.sleep(0.2)) < 0.1
