"""Logit lens: the promoted tokens are those that a step along the direction really raises."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score

from emotion_vectors.meaning import lens
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.vectors.emotion_vectors import EmotionVectors
from tests.random_tensors import random


@pytest.fixture
def families(tokenizer):
    return {"happy": ["happy", "proud", "melancholy"], "sad": ["sad", "quiet"], "calm": ["calm", "river", "evening"]}


def test_promoted_is_the_unembedding_of_the_scaled_unit_direction(llama):
    directions = random(3, llama.width) * torch.tensor([0.1, 1, 50])[:, None]
    head, gain = llama.unembedding.weight, llama.final_norm.weight
    expected = torch.stack([head @ (gain * direction / direction.norm()) for direction in directions])
    torch.testing.assert_close(lens.promoted(llama, directions), expected)
    assert (gain - 1).abs().max() > 0.1, "with a gain of one the test could not see it left out"


def test_promoted_tokens_are_those_that_a_small_step_raises_most(any_model):
    """Finite differences of the model's own norm and unembedding at the zero state, up to one positive factor."""
    directions, step = random(4, any_model.width), 1e-6
    with torch.no_grad():
        raised = any_model.logits(step * unit(directions)) - any_model.logits(torch.zeros(4, any_model.width))
    promoted = lens.promoted(any_model, directions)
    for row in range(4):
        slope = (raised[row] @ promoted[row]) / (promoted[row] @ promoted[row])
        assert slope > 0
        torch.testing.assert_close(raised[row] / slope, promoted[row], atol=2e-3 * promoted.abs().max().item(), rtol=0)


def test_promoted_tokens_do_not_depend_on_vector_length(llama):
    directions = random(3, llama.width)
    torch.testing.assert_close(lens.promoted(llama, directions * 300), lens.promoted(llama, directions))


def test_promoted_restricted_to_tokens_keeps_their_order(any_model):
    directions, tokens = random(2, any_model.width), [40, 7, 300]
    torch.testing.assert_close(
        lens.promoted(any_model, directions, tokens), lens.promoted(any_model, directions)[:, tokens]
    )


def test_norm_gain_is_the_factor_that_the_final_norm_applies(any_model):
    state = random(any_model.width)
    scaled = state / state.pow(2).mean().sqrt()
    with torch.no_grad():
        applied = any_model.final_norm(state) / scaled
    torch.testing.assert_close(lens.norm_gain(any_model), applied, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("family", ["gemma2", "gemma3_text"])
def test_norm_gain_of_gemma_is_its_weight_plus_one(make_model, family):
    model = make_model(family)
    torch.testing.assert_close(lens.norm_gain(model), model.final_norm.weight + 1)


def test_family_tokens_leave_out_words_of_several_tokens(llama, families):
    table = lens.family_tokens(llama, families)
    assert table["word"].tolist() == ["happy", "proud", "sad", "quiet", "calm", "river", "evening"]
    assert [llama.tokenizer.decode([token]) for token in table["token_id"]] == [f" {word}" for word in table["word"]]


def test_family_tokens_of_a_tokenizer_that_puts_a_blank_before_every_text_are_those_of_running_text(
    llama, metaspace, families
):
    table = lens.family_tokens(replace(llama, tokenizer=metaspace), families)
    assert metaspace.convert_ids_to_tokens(table["token_id"].to_list()) == [f"▁{word}" for word in table["word"]]
    assert set(table["emotion"]) == set(families)


def test_an_emotion_of_too_few_single_tokens_is_left_out(llama, families):
    families["sad"] = ["sad", "melancholy", "sorrowful"]
    found = lens.family_tokens(llama, families)
    assert "sad" not in set(found["emotion"])
    assert set(found["emotion"]) == set(families) - {"sad"}


def test_a_word_of_two_families_belongs_to_neither(llama, families):
    families["happy"].append("evening")
    families["sad"].append("storm")
    assert "evening" not in set(lens.family_tokens(llama, families)["word"])


def test_an_emotion_left_with_too_few_words_of_its_own_is_left_out(llama, families):
    """Words that two families share are left out before the rest are counted."""
    families["happy"].append("storm")
    families["sad"] = ["happy", "calm"]
    assert "sad" not in set(lens.family_tokens(llama, families)["emotion"])


def test_own_words_are_ranked_in_the_whole_vocabulary(llama, families):
    found = lens.family_tokens(llama, families)
    emotions = list(found["emotion"].unique())
    vectors = torch.randn(len(emotions), llama.width, generator=torch.Generator().manual_seed(0))
    ranks = lens.own_word_ranks(llama, vectors, emotions, found)
    logits = lens.promoted(llama, vectors)
    for row, emotion in enumerate(emotions):
        order = logits[row].argsort(descending=True).tolist()
        own = found.loc[found["emotion"] == emotion, "token_id"]
        assert ranks[row] == 1 + min(order.index(token) for token in own)


def test_family_auc_of_known_separations():
    tokens = pd.DataFrame({"emotion": ["happy", "happy", "sad", "sad"], "token_id": [1, 2, 3, 4]})
    logits = torch.tensor([[4.0, 3.0, 2.0, 1.0], [4.0, 2.0, 3.0, 1.0]])
    assert lens.family_auc(logits, tokens, ["happy", "sad"]).tolist() == [1.0, 0.25]
    assert lens.family_auc(logits[:1], tokens, ["sad"]).tolist() == [0.0]


def test_family_auc_is_that_of_an_independent_implementation():
    owners = np.random.default_rng(0).choice(["a", "b", "c"], 40)
    logits = random(3, 40)
    found = lens.family_auc(logits, pd.DataFrame({"emotion": owners}), ["a", "b", "c"])
    expected = [roc_auc_score(owners == name, logits[row]) for row, name in enumerate("abc")]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_family_auc_of_the_tokens_own_directions_is_one(llama, families):
    """A vector along the unembedding rows of its family promotes that family."""
    tokens = lens.family_tokens(llama, families)
    raising = torch.linalg.pinv(llama.unembedding.weight[tokens["token_id"].tolist()] * lens.norm_gain(llama))
    own = torch.stack([raising[:, (tokens["emotion"] == emotion).tolist()].sum(1) for emotion in families])
    logits = lens.promoted(llama, own, tokens["token_id"].tolist())
    assert lens.family_auc(logits, tokens, list(families)).tolist() == [1, 1, 1]


def test_top_words_are_the_highest_and_lowest_logits(llama):
    vectors = random(2, llama.width)
    table = lens.top_words(llama, vectors, ["happy", "sad"], count=3)
    assert table.columns.tolist() == ["emotion", "side", "rank", "token"]
    order = lens.promoted(llama, vectors)[1].argsort(descending=True).tolist()
    chosen = table[table["emotion"] == "sad"]
    up, down = (chosen[chosen["side"] == side].sort_values("rank")["token"].tolist() for side in ("up", "down"))
    assert up == [llama.tokenizer.decode([token]) for token in order[:3]]
    assert down == [llama.tokenizer.decode([token]) for token in order[:-4:-1]]


def raising(model, lens_of):
    """For every emotion a direction that raises the tokens of its family: [emotion, d_model]."""
    tokens = lens_of.tokens
    inverse = torch.linalg.pinv(model.unembedding.weight[tokens["token_id"].tolist()] * lens.norm_gain(model))
    columns = [torch.tensor((tokens["emotion"] == emotion).to_numpy()) for emotion in lens_of.emotions]
    return torch.stack([inverse[:, column].sum(1) for column in columns])


def test_vectors_that_raise_their_own_family_are_found(llama, families):
    read = lens.family_lens(llama, families, list(families))
    row = lens.evidence_on_families(read, raising(llama, read), random(60, 3, llama.width), bootstraps=100, seed=0)
    assert (row["claim"], row["estimate"], row["reference"], row["n"]) == ("A03", 1, 0.5, 3)
    assert row["low"] == 1
    assert row["null_percentile"] > 95
    assert row["beside"].endswith(f"of {len(llama.unembedding.weight):,}")


def test_vectors_that_lower_it_are_found_on_the_other_side(llama, families):
    read = lens.family_lens(llama, families, list(families))
    row = lens.evidence_on_families(read, -raising(llama, read), random(60, 3, llama.width), bootstraps=100, seed=0)
    assert row["estimate"] == 0
    assert row["high"] < 0.5
    assert row["null_percentile"] < 10


def test_random_vectors_stay_inside_the_null(llama, families):
    read = lens.family_lens(llama, families, list(families))
    rows = [
        lens.evidence_on_families(read, random(3, llama.width, seed=seed), random(60, 3, llama.width), 20, 0)
        for seed in range(1, 17)
    ]
    assert np.mean([row["null_percentile"] for row in rows]) == pytest.approx(50, abs=25)


def test_emotions_without_tokens_of_their_own_are_left_out_and_counted(llama, families):
    families["sad"] = ["melancholy"]
    read = lens.family_lens(llama, families, ["sad", "happy", "calm"])
    assert (read.measured, read.rows) == (["happy", "calm"], [1, 2])
    row = lens.evidence_on_families(read, random(3, llama.width), random(20, 3, llama.width, seed=1), 20, 0)
    assert row["beside"].endswith("; 1 emotions without two words of one token")
    with pytest.raises(lens.LensError, match=r"tiny-llama.*families\.yaml.*A03"):
        lens.family_lens(llama, {"happy": ["happy", "proud"]}, ["happy"])


def test_the_table_of_layers_holds_each_layer_with_its_band(llama, families):
    read, layers = lens.family_lens(llama, families, list(families)), 2
    values = torch.stack([raising(llama, read), random(3, llama.width)], dim=1)
    shuffled = random(30, 3, layers, llama.width, seed=2)
    table = lens.auc_by_layer(read, EmotionVectors(values, torch.ones(layers), list(families)), shuffled)
    assert table.columns.tolist() == ["layer", "emotion", "auc", "null_95", "family_tokens"]
    assert (table.loc[table["layer"] == 0, "auc"] == 1).all()
    expected = np.quantile([read.auc(each[:, 1]).mean() for each in shuffled], 0.95)
    assert table.loc[table["layer"] == 1, "null_95"].unique() == pytest.approx(expected)
    assert dict(zip(table["emotion"], table["family_tokens"], strict=True)) == {"happy": 2, "sad": 2, "calm": 3}
