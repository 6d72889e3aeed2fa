"""The steps of meaning on a tiny model: complete tables, and evidence with the names of the registered parts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging, registry
from emotion_vectors.meaning.decoding import BOTH, NO_LAYER
from tests.steps.feelings import EMOTIONS, LAYERS, MAIN_LAYER, SETS, TOPICS

ROOT = Path(__file__).resolve().parents[3]
CLAIM_FILES = [ROOT / f"workflow/claims/{name}.yaml" for name in ("anthropic-2026", "wider")]
CLAIMS = {"A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "S05"}
TOPIC_COUNT = sum(TOPICS.values())


def table(feelings, name):
    return pd.read_parquet(feelings.file(f"{name}.parquet"))


def test_every_part_of_the_claims_has_its_evidence_and_can_be_judged(feelings):
    registered = registry.load(CLAIM_FILES, ROOT / "workflow/schemas/claim.schema.yaml")
    rows = pd.concat([pd.read_parquet(file) for file in sorted(feelings.folder.glob("evidence/*.parquet"))])
    parts = {(claim, part["name"]): part for claim in CLAIMS for part in registered[claim]["parts"]}
    assert set(zip(rows["claim"], rows["part"], strict=True)) == set(parts)
    assert len(rows) == len(parts)
    assert np.isfinite(rows[["estimate", "low", "high", "null_percentile", "null_95"]]).all(axis=None)
    for _, row in rows.iterrows():
        assert judging.judge_part(parts[row["claim"], row["part"]], row).verdict in judging.VERDICTS


def test_stories_that_name_their_emotion_are_decoded(feelings):
    hits = table(feelings, "hits")
    methods = {
        "vectors", "without neutral projection", "from the first token", "word-residual", "half the topics",
    }  # fmt: skip
    assert set(hits["method"]) == methods
    both = hits[(hits["method"] == "vectors") & (hits["scheme"] == BOTH)]
    assert len(both) == LAYERS * TOPIC_COUNT * len(EMOTIONS)
    assert both["hit"].mean() > 0.6, "chance is a sixth"
    assert "word-residual" not in set(table(feelings, "twin/hits")["method"])
    words = table(feelings, "words/hits")
    assert set(words["layer"]) == {NO_LAYER}
    assert words["hit"].mean() > 0.8


def test_accuracy_has_a_band_at_every_layer_and_for_words(feelings):
    accuracy = table(feelings, "accuracy")
    assert set(accuracy["layer"]) == {*range(LAYERS), NO_LAYER}
    assert accuracy.groupby("layer")["null_95"].nunique().eq(1).all()
    row = table(feelings, "evidence/A01").set_index("part").loc["above chance"]
    chosen = accuracy.query(f"method == 'vectors' and scheme == '{BOTH}' and layer == {MAIN_LAYER}")
    assert row["estimate"] == chosen["accuracy"].item()
    assert row["reference"] == 1 / len(EMOTIONS)


def test_every_message_is_ranked_by_every_method_at_both_places(feelings):
    ranks = table(feelings, "ranks")
    assert len(ranks) == 2 * 2 * LAYERS * 2 * len(EMOTIONS)
    assert ranks["rank"].between(1, len(EMOTIONS)).all()
    rates, heatmap = table(feelings, "rates"), table(feelings, "heatmap")
    assert rates.groupby("method").size().to_dict() == {"vectors": 2 * LAYERS, "word-residual": 2 * LAYERS, "words": 1}
    assert len(heatmap) == len(EMOTIONS) ** 2
    evidence = table(feelings, "evidence/A02").iloc[0]
    assert evidence["beside"].startswith("word counts ")


def test_the_summary_of_training_has_four_methods_on_two_measures(feelings):
    summary = table(feelings, "summary")
    assert len(summary) == 8
    assert (summary["low"] <= summary["rate"]).all()
    assert (summary["rate"] <= summary["high"]).all()


def test_the_lens_measures_emotions_with_tokens_of_their_own(feelings):
    auc = table(feelings, "auc")
    assert set(auc["layer"]) == set(range(LAYERS))
    assert auc["family_tokens"].min() >= 2
    evidence = table(feelings, "evidence/A03").iloc[0]
    assert evidence["estimate"] == pytest.approx(auc.loc[auc["layer"] == MAIN_LAYER, "auc"].mean())
    assert set(table(feelings, "lens")["side"]) == {"up", "down"}


def test_quantities_are_read_at_every_layer_and_judged_at_the_main_one(feelings):
    rho = table(feelings, "rho")
    assert len(rho) == 3 * 3 * LAYERS
    judged = rho[(rho["layer"] == MAIN_LAYER) & rho["registered"]]
    evidence = table(feelings, "evidence/A04").set_index("part")
    assert evidence.loc["all registered signs", "estimate"] == pytest.approx(judged["signed_rho"].mean())
    assert evidence.loc["signs of the paper", "n"] == 3
    assert table(feelings, "readings").groupby(["template", "emotion"])["projection_sd"].std(ddof=0).to_numpy() == (
        pytest.approx(1)
    )
    assert files.provenance_of(feelings.file("rho.parquet"))["sign_test"]["of"] == len(judged)


def test_small_changes_of_words_follow_their_slopes(feelings):
    responses = table(feelings, "responses")
    wide = responses.pivot(
        index=["direction", "word"], columns=["measure", "strength_norm_fraction"], values="delta_logprob_nats"
    )
    assert len(wide) == len(EMOTIONS) ** 2
    assert np.corrcoef(wide["slope", 0.1], wide["change", 0.1])[0, 1] > 0.9
    costs = table(feelings, "coherence")
    assert costs["strength_norm_fraction"].tolist() == [0.1, 0.5]
    evidence = table(feelings, "evidence/A05").set_index("part")
    assert (evidence["guard"] == "").all()
    own = responses.query("measure == 'slope' and direction == word")["delta_logprob_nats"].mean()
    others = responses.query("measure == 'slope' and direction != word")["delta_logprob_nats"].mean()
    assert evidence.loc["slope, own minus others", "estimate"] == pytest.approx(own - others, abs=1e-5)
    assert SETS >= 20, "fewer sets make no null"
