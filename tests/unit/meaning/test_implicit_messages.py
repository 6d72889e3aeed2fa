"""Implicit messages: ranks of the true emotion and the rates that come of them."""

import pandas as pd
import pytest

from emotion_vectors.meaning import implicit_messages


def test_messages_ranked_high_enough_are_counted_for_their_own_emotion():
    ranks = pd.DataFrame(
        {"emotion": ["sad", "calm", "sad", "calm"], "message_id": ["m3", "m1", "m4", "m2"], "rank": [1, 4, 3, 2]}
    )
    assert implicit_messages.top_table(ranks, 3).tolist() == [[0, 1], [1, 1]]
    assert implicit_messages.top_table(ranks, 1).tolist() == [[0, 0], [1, 0]]


def test_emotions_with_different_numbers_of_messages_are_refused():
    """Three of one and five of another also make two rows of four, with a message under the wrong emotion."""
    ranks = pd.DataFrame({"emotion": ["a"] * 3 + ["b"] * 5, "message_id": [f"m{i}" for i in range(8)], "rank": [1] * 8})
    with pytest.raises(ValueError, match=r"a|b"):
        implicit_messages.top_table(ranks, 1)
