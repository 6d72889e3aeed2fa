"""Steps of the conduct stage, from items to evidence, on a behaviour made of files alone and a tiny model."""

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.conduct import directions, responses, slopes
from emotion_vectors.conduct.choices import COMPREHENSION
from steps.conduct import (
    compute_slopes,
    evaluate_conduct,
    measure_choices,
    measure_coherence,
    steer_items,
    tabulate_gates,
)
from tests.steps.lending import CLAIM_SCHEMA, DOSING, EMOTIONS, LIMITS, ROW, SCHEMA, STRICT


@pytest.fixture(scope="module")
def sloped(measured):
    """The study with its slopes, each table under its name."""
    study = measured
    compute_slopes.main(
        study.file("experiments.tsv"),
        SCHEMA,
        [study.file(f"responses/{items}.safetensors") for items in ("lending", "tone")],
        *(study.file(f"{name}.safetensors") for name in ("vectors", "shuffled_all", "shuffled_main")),
        *(study.file(f"{name}.parquet") for name in ("effects", "by_depth", "by_item", "spans")),
        depth=0.6,
        nulls=40,
        bootstraps=50,
        seed=1,
    )
    return study


@pytest.fixture(scope="module")
def steered(measured):
    """The study with its finite strengths and what they cost neutral text."""
    study, vectors = measured, measured.file("vectors.safetensors")
    options = {"row": ROW, "depth": 0.6, "dosing": DOSING, "batch_tokens": 900}
    steer_items.main(
        study.file("lending.jsonl"),
        study.file("weights"),
        vectors,
        study.file("shuffled_main.safetensors"),
        study.file("steered.parquet"),
        behaviour="lending",
        rows=study.rows("lending"),
        seed=1,
        **options,
    )
    measure_coherence.main(
        study.file("experiments.tsv"),
        SCHEMA,
        study.file("passages.jsonl"),
        study.file("weights"),
        vectors,
        study.file("coherence.parquet"),
        **options,
    )
    return study


def test_every_item_is_read_and_those_with_slopes_are_differentiated(measured):
    stored = responses.load(measured.file("responses/lending.safetensors"))
    assert len(stored.keys) == 12
    assert stored.contrasts == [("lend", "keep")]
    assert stored.readings.shape == (12, measured.model.layers, measured.model.width)
    assert files.provenance_of(measured.file("responses/lending.safetensors"))


def test_tables_of_slopes_agree_with_each_other(sloped):
    effects = files.read_table(sloped.file("effects.parquet"))
    raw = effects[(effects["experiment"] == "lending") & (effects["measure"] == "raw")].set_index("emotion")["estimate"]
    items = files.read_table(sloped.file("by_item.parquet"))
    depth = files.read_table(sloped.file("by_depth.parquet"))
    layer = files.provenance_of(sloped.file("by_depth.parquet"))["layer"]
    of_items = items[items["experiment"] == "lending"].groupby("emotion")["slope_nats"].mean()
    at_main = depth[(depth["experiment"] == "lending") & (depth["layer"] == layer)].set_index("emotion")["slope_nats"]
    np.testing.assert_allclose(raw[EMOTIONS], of_items[EMOTIONS], rtol=1e-9)
    np.testing.assert_allclose(raw[EMOTIONS], at_main[EMOTIONS], rtol=1e-4)
    assert set(effects["measure"]) == {"raw", "adjusted"}
    assert set(effects.loc[effects["experiment"] == "tone_warm", "measure"]) == {"raw"}


def test_slopes_are_those_of_the_library(sloped):
    known = directions.load(sloped.file("vectors.safetensors"), sloped.file("shuffled_main.safetensors"), 0.6)
    stored = responses.load(sloped.file("responses/lending.safetensors"))
    gradients = stored.gradients_of(sloped.experiments["lending"])[..., known.main, :]
    by_hand = 0.1 * 2.0 * known.emotions[0, known.main] / known.emotions[0, known.main].norm() @ gradients.mean((0, 1))
    effects = files.read_table(sloped.file("effects.parquet")).set_index(["experiment", "measure", "emotion"])
    assert effects.loc[("lending", "raw", "calm"), "estimate"] == pytest.approx(float(by_hand), rel=1e-4)
    assert slopes.main_slopes(known, gradients).shape == (6, 2, 3)


def test_finite_strengths_cover_both_signs_of_every_direction(steered):
    table = files.read_table(steered.file("steered.parquet"))
    assert set(table["scenario"]) == {"n00", "n05"}
    assert set(table["kind"]) == {"emotion", "Gaussian", "label-shuffled"}
    assert table.groupby("kind")["direction"].nunique().to_dict() == {
        "Gaussian": 10,
        "emotion": 2,
        "label-shuffled": 10,
    }
    calm = table.loc[table["direction"] == "calm", "strength_norm_fraction"]
    assert sorted(set(calm)) == [-0.2, -0.1, -0.05, 0.05, 0.1, 0.2]
    costs = files.read_table(steered.file("coherence.parquet"))
    assert set(costs["direction"]) == {"calm", "happy"}


def choose(study, limits):
    outputs = [study.file(f"{name}.parquet") for name in ("answers", "choice_effects", "comprehension")]
    measure_choices.main(
        study.file("lending.jsonl"),
        study.file("weights"),
        study.file("vectors.safetensors"),
        study.file("shuffled_main.safetensors"),
        *outputs,
        behaviour="lending",
        row=ROW,
        rows=study.rows("lending"),
        depth=0.6,
        limits=limits,
        nulls=40,
        bootstraps=50,
        seed=1,
    )
    return map(files.read_table, outputs)


def test_choices_are_made_where_the_prompts_are_understood(lending):
    answers, effects, gates = choose(lending, LIMITS)
    assert answers["experiment"].value_counts().to_dict() == {COMPREHENSION: 4, "lending": 4}
    assert effects["emotion"].tolist() == EMOTIONS
    assert gates["passed"].all()


def test_no_choice_is_made_where_they_are_not(lending):
    answers, effects, gates = choose(lending, STRICT)
    assert set(answers["experiment"]) == {COMPREHENSION}
    assert effects.empty
    assert "emotion" in effects
    assert not gates["passed"].all()


def test_gates_of_all_readouts_stand_in_one_table(measured, labelled):
    list(choose(measured, LIMITS))
    tabulate_gates.main(
        measured.file("experiments.tsv"),
        SCHEMA,
        [measured.file("responses/lending.safetensors")],
        [measured.file("comprehension.parquet")],
        [labelled.file("generation.parquet")],
        measured.file("comprehension.parquet"),
        [labelled.file("validation.parquet")],
        measured.file("gates.parquet"),
        limits=LIMITS,
        bootstraps=50,
        seed=1,
    )
    gates = files.read_table(measured.file("gates.parquet"))
    assert set(gates["readout"]) == {"likelihood", "choice", "generation"}
    shown = gates[gates["quantity"] == tabulate_gates.SHOWN]
    assert shown[["behaviour", "limit"]].to_numpy().tolist() == [["lending", "none"]]


def test_every_measured_part_of_a_claim_has_its_row(sloped, steered):
    study = sloped
    evaluate_conduct.main(
        study.file("experiments.tsv"),
        SCHEMA,
        [study.file("claims.yaml")],
        CLAIM_SCHEMA,
        study.file("effects.parquet"),
        [steered.file("steered.parquet")],
        steered.file("coherence.parquet"),
        [study.file(f"responses/{items}.safetensors") for items in ("lending", "tone")],
        study.file("vectors.safetensors"),
        study.file("shuffled_main.safetensors"),
        study.file("evidence.parquet"),
        depth=0.6,
        flips=50,
        bootstraps=50,
        guard_nats=0.5,
        seed=1,
    )
    rows = pd.read_parquet(study.file("evidence.parquet")).set_index("part")
    assert rows.index.tolist() == [f"part {number}" for number in range(5)]
    effects = files.read_table(study.file("effects.parquet")).set_index(["experiment", "measure", "emotion"])
    assert rows.loc["part 0", "estimate"] == effects.loc[("lending", "raw", "calm"), "estimate"]
    assert rows.loc["part 1", "estimate"] == -effects.loc[("lending", "raw", "happy"), "estimate"]
