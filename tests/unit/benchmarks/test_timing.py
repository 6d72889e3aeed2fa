"""Time and memory are those of the work that was timed; the benchmark of the engine compares like with like."""

import time

import numpy as np
import pytest

from emotion_vectors.benchmarks import extraction, timing
from emotion_vectors.benchmarks.extraction import Settings
from emotion_vectors.models.tokens import Encoded


def test_time_is_that_of_the_work():
    assert 0.05 <= timing.seconds(lambda: time.sleep(0.05)) < 5


def test_methods_take_turns():
    order = []
    times = timing.in_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b"] * 3
    assert [len(each) for each in times.values()] == [3, 3]


def test_memory_that_is_freed_again_is_seen():
    def work():
        block = np.ones(50_000_000 // 8)
        time.sleep(0.3)
        return block.sum()

    before = timing.resident_bytes()
    assert timing.peak_memory(work) >= before + 40_000_000


def test_the_watcher_ends_when_the_work_fails():
    with pytest.raises(ZeroDivisionError):
        timing.peak_memory(lambda: 1 / 0)


def test_the_machine_is_described():
    machine = timing.machine_in_use()
    assert machine["cpu"]
    assert machine["cores"] >= 1
    assert machine["memory_bytes"] > 2**28


def test_the_engine_is_compared_on_the_same_texts(llama):
    texts = [Encoded(list(range(5, 5 + length)), 0) for length in (12, 20, 9)]
    found = extraction.measure(llama, texts, Settings(4, 0.6667, 64, 2), timing.resident_bytes())
    assert (
        set(found["ratios"])
        == {"extraction_vs_bare_forward", "peak_memory_vs_weights"}
        == set(extraction.READING_RATIOS)
    )
    assert found["ratios"]["extraction_vs_bare_forward"] == pytest.approx(
        found["tokens_per_second"]["extraction"] / found["tokens_per_second"]["bare_forward"]
    )
    assert found["sizes"]["tokens"] == 41
    assert {len(each) for each in found["seconds"].values()} == {2}
