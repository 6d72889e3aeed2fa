"""The steps that hold both methods against each other, with the names of the registered parts."""

import pandas as pd

from emotion_vectors.overlap import conduct
from emotion_vectors.stimuli.acts.table import load_acts
from steps.overlap import compare_conduct, compare_methods, compare_texts
from tests.steps.overlap.measured import made_acts, made_responses
from tests.steps.prompted import DRAWS, LAYERS, NORMS, ROOT, evidence_of, of_instructions, parts_of, tables


def test_evidence_on_both_methods(prompted, tmp_path):
    of_stories = (
        prompted / "stories.safetensors",
        prompted / "neutral.safetensors",
        prompted / "stories.parquet",
        NORMS,
    )
    compare_methods.main(
        *of_stories,
        *of_instructions(prompted),
        *tables(tmp_path, "similarity", "angles", "decoding", "evidence"),
        depth=0.6667,
        depth_resamples=20,
        placebo=None,
        **DRAWS,
    )
    found = evidence_of(tmp_path / "evidence.parquet")
    assert set(found.index) == parts_of("O01", "O02", "O03", "O01b", "O02b")
    within = found.loc[("O01b", "matched minus permuted within valence")]
    assert within["estimate"] > 0.5
    assert within["null_percentile"] == 100
    assert "rises most from layer" in within["beside"]
    assert found.loc[("O02b", "above permuted labels"), "null_percentile"] == 100
    assert found.loc[("O01", "matched cosine"), "estimate"] > 0.8
    assert found.loc[("O02", "above random subspaces"), "low"] > 0.2
    assert found.loc["O03", "estimate"].min() > 0.6
    assert len(pd.read_parquet(tmp_path / "angles.parquet")) == 5 * LAYERS
    assert set(pd.read_parquet(tmp_path / "decoding.parquet")["reading"]) == {part for _, part in parts_of("O03")}


def test_evidence_on_conduct(prompted, tmp_path):
    files = made_responses(tmp_path)
    sets = [file.stem for file in files]
    act_table = (ROOT / "workflow/acts.tsv", ROOT / "workflow/schemas/act.schema.yaml")
    act_files, gates = made_acts(tmp_path / "acts", load_acts(*act_table))
    compare_conduct.main(
        ROOT / "workflow/experiments.tsv",
        ROOT / "workflow/schemas/experiment.schema.yaml",
        files,
        *(prompted / f"{name}.safetensors" for name in ("vectors", "fit", "directions")),
        *act_table,
        act_files,
        gates,
        *tables(tmp_path, "slopes", "evidence"),
        sets=sets,
        depth=0.6667,
        placebo=None,
        **DRAWS,
    )
    found = evidence_of(tmp_path / "evidence.parquet")
    assert set(found.index) == parts_of("O05") | parts_of("O05b")
    assert set(found.index[found["guard"] != ""]) == {("O05b", "blackmail"), ("O05b", conduct.AGREEMENT)}
    assert found["beside"].str.startswith("percentile 100 in the Gaussian null").all()
    assert found.loc[("O05", "agreement with the story vectors"), "null_percentile"] > 95
    table = pd.read_parquet(tmp_path / "slopes.parquet")
    assert len(table) == (3 + 3) * 2 * 6
    anger = table[(table["emotion"] == "anger") & (table["experiment"] == "blackmail")]
    assert (anger["slope_nats"] > 0).all()


def test_the_reading_of_both_texts_is_not_judged(tmp_path):
    readings = (ROOT / f"workflow/claims/textual_overlap{suffix}.tsv" for suffix in ("", "_second"))
    compare_texts.main(*readings, tmp_path / "evidence.parquet", **DRAWS)
    row, _ = pd.read_parquet(tmp_path / "evidence.parquet").to_dict("records")
    assert (row["claim"], row["part"]) == ("O07", "same or similar")
    assert "neither null nor interval" in row["guard"]
