"""The steps of meaning on a tiny model; and evidence on all that vectors encode, with the names of the registered parts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging, registry
from emotion_vectors.meaning import reading_steps, word_readings
from emotion_vectors.stimuli import labelled
from tests.steps.feelings import EMOTIONS, LAYERS, MAIN_LAYER, REPLIES, SETS

ROOT = Path(__file__).resolve().parents[3]
CLAIM_FILES = [ROOT / f"workflow/claims/{name}.yaml" for name in ("anthropic-2026", "wider", "meaning")]
CLAIMS = {f"A{number:02d}" for number in range(1, 11)} | {"S05"}
LATER = {"A01b", "A02b", "A03b", "A06b", "A07b", "A08b", "A09b", "A10b", "S05b"}


def test_every_part_of_the_claims_has_its_evidence_and_can_be_judged(feelings):
    registered = registry.load(CLAIM_FILES, ROOT / "workflow/schemas/claim.schema.yaml")
    rows = pd.concat([pd.read_parquet(file) for file in sorted(feelings.folder.glob("evidence/*.parquet"))])
    parts = {(claim, part["name"]): part for claim in CLAIMS | LATER for part in registered[claim]["parts"]}
    assert set(zip(rows["claim"], rows["part"], strict=True)) == set(parts)
    assert len(rows) == len(parts)
    assert np.isfinite(rows[["estimate", "low", "high", "null_percentile", "null_95"]]).all(axis=None)
    for _, row in rows.iterrows():
        assert judging.judge_part(parts[row["claim"], row["part"]], row).verdict in judging.VERDICTS


def test_the_lens_measures_emotions_with_tokens_of_their_own(feelings):
    auc = feelings.written("auc")
    assert set(auc["layer"]) == set(range(LAYERS))
    assert auc["family_tokens"].min() >= 2
    evidence, later = (row for _, row in feelings.written("evidence/A03").iterrows())
    assert later["claim"] == "A03b"
    assert later["beside"].startswith("across hands ")
    assert evidence["estimate"] == pytest.approx(auc.loc[auc["layer"] == MAIN_LAYER, "auc"].mean())
    assert set(feelings.written("lens")["side"]) == {"up", "down"}


def test_words_alone_are_read_in_steps_that_fit_into_a_byte(feelings):
    words = feelings.written("words_alone").set_index("word")
    assert [*words.columns] == EMOTIONS
    assert [*words.index[: len(EMOTIONS)]] == EMOTIONS
    assert len(words) > 100
    assert not words.index.duplicated().any()
    steps = words.to_numpy() / reading_steps.STEP_SD
    assert np.abs(steps - steps.round()).max() < 1e-6
    assert np.abs(steps).max() <= 127
    texts = [*pd.read_parquet(feelings.file("stories.parquet"))["text"]]
    texts += [reply.text for reply in labelled.load_emotion_replies(REPLIES)]
    written = pd.Series(word_readings.lexicon([], texts, most=10_000)).reindex(words.index, fill_value=0)
    assert (words.mul(written, axis=0).sum() / written.sum()).abs().max() < 0.05
    assert words.std(ddof=0).to_numpy() == pytest.approx(1, abs=0.05)


def test_quantities_are_read_at_every_layer_and_judged_at_the_main_one(feelings):
    rho = feelings.written("rho")
    assert len(rho) == 3 * 3 * LAYERS
    judged = rho[(rho["layer"] == MAIN_LAYER) & rho["registered"]]
    evidence = feelings.written("evidence/A04").set_index("part")
    assert evidence.loc["all registered signs", "estimate"] == pytest.approx(judged["signed_rho"].mean())
    assert evidence.loc["signs of the paper", "n"] == 3
    assert feelings.written("readings").groupby(["template", "emotion"])["projection_sd"].std(ddof=0).to_numpy() == (
        pytest.approx(1)
    )
    assert files.provenance_of(feelings.file("rho.parquet"))["sign_test"]["of"] == len(judged)


def test_small_changes_of_words_follow_their_slopes(feelings):
    responses = feelings.written("responses")
    wide = responses.pivot(
        index=["direction", "word"], columns=["measure", "strength_norm_fraction"], values="delta_logprob_nats"
    )
    assert len(wide) == len(EMOTIONS) ** 2
    assert np.corrcoef(wide["slope", 0.1], wide["change", 0.1])[0, 1] > 0.9
    costs = feelings.written("coherence")
    assert costs["strength_norm_fraction"].tolist() == [0.1, 0.5]
    evidence = feelings.written("evidence/A05").set_index("part")
    assert (evidence["guard"] == "").all()
    own = responses.query("measure == 'slope' and direction == word")["delta_logprob_nats"].mean()
    others = responses.query("measure == 'slope' and direction != word")["delta_logprob_nats"].mean()
    assert evidence.loc["slope, own minus others", "estimate"] == pytest.approx(own - others, abs=1e-5)
    assert SETS >= 20, "fewer sets make no null"
