"""From questions, framings and acts to evidence on S01-S03 and S06, on a tiny model."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.models import language_model
from emotion_vectors.removal import framed_tables
from emotion_vectors.removal.kinds import (
    ALL_LAYERS,
    BY_RUN,
    EMOTION,
    MAIN_LAYER,
    MATCHED,
    NOTHING,
    PRESSURE,
    PRESSURE_PARTS,
    ROTATED,
    TOPICS,
    WHOLE,
)
from emotion_vectors.removal.questions import RemovalPlan
from emotion_vectors.stimuli.acts.table import load_acts
from steps.removal import clamp_pressure, evaluate_removal, measure_framings, remove_subspaces
from tests.steps.feelings import LAYERS, MAIN, ROW, Feelings
from tests.steps.study_folder import StudyFolder
from tests.unit.removal.test_pressure_evidence import evidence_on_acts
from tests.unit.removal.verdicts import verdicts_on

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
STIMULI = WORKFLOW / "stimuli"
SIZES = {"components": 3, "subspaces": 20, "first_order": 20, "kept_percentiles": [50], "passages": 2, "items": 4}
SIZES |= {"removed_items": 2, "framed_items": 2, "clamped_items": 1, "framings": 5, "scenarios": 2}
OPEN, CLOSED = [0.0, 1.0], [0.99, 1.0]
TOLD = {"stakes": "afraid", "urgency": "angry", "praise": "proud", "threat": "sad", "encouragement": "happy"}
"""The tiny study has no vectors of the emotions that framings are meant to raise."""
MEASURED = ("falls", "answers", "first_order", "framed", "nulls", "clamped")


def run(folder: Path, feelings: Feelings, model, accuracy: list[float], pressed: pd.DataFrame) -> StudyFolder:
    """Every step, with a gate that is open or closed, and acts on which pressure has an effect or none."""
    study, plan = StudyFolder(folder), RemovalPlan(**SIZES, accuracy=accuracy)
    capability = STIMULI / "capability/items.jsonl"
    names = ("stories.safetensors", "neutral.safetensors", "stories.parquet", "vectors.safetensors")
    stories = [feelings.file(name) for name in names]
    measured = {name: study.file(f"{name}.parquet") for name in MEASURED}
    asked = {"row": ROW, **MAIN, "plan": plan, "batch_tokens": 6000, "seed": 3}
    files.write_table(pressed, study.file("acts.parquet"))
    acts = load_acts(WORKFLOW / "acts.tsv", WORKFLOW / "schemas/act.schema.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda _folder, **_row: model)
        for kind, emotion in TOLD.items():
            patch.setitem(framed_tables.FRAMED_EMOTIONS, kind, emotion)
        remove_subspaces.main(
            capability,
            STIMULI / "passages/passages.jsonl",
            folder,
            *stories,
            feelings.file("shuffled_all.safetensors"),
            *(measured[name] for name in ("falls", "answers", "first_order")),
            **asked,
        )
        measure_framings.main(
            capability,
            STIMULI / "framings/framings.jsonl",
            measured["answers"],
            folder,
            *stories,
            feelings.file("shuffled_main.safetensors"),
            measured["framed"],
            measured["nulls"],
            **asked,
        )
        clamp_pressure.main(
            [STIMULI / f"acts/{items}.jsonl" for items in ("blackmail", "hacking", "pleasing")],
            study.file("acts.parquet"),
            folder,
            stories[-1],
            feelings.file("shuffled_main.safetensors"),
            measured["clamped"],
            **asked,
            rows=[asdict(acts[act]) for _, act in PRESSURE_PARTS.values()],
        )
    evaluate_removal.main(
        *measured.values(),
        study.file("acts.parquet"),
        study.file("evidence.parquet"),
        accuracy=accuracy,
        bootstraps=60,
        shuffles=60,
        seed=3,
    )
    return study


@pytest.fixture(scope="module")
def tiny(make_model):
    return make_model("llama", num_hidden_layers=LAYERS, max_position_embeddings=8192)


@pytest.fixture(scope="module")
def opened(feelings, tiny, tmp_path_factory) -> StudyFolder:
    return run(tmp_path_factory.mktemp("opened"), feelings, tiny, OPEN, evidence_on_acts())


@pytest.fixture(scope="module")
def closed(feelings, tiny, tmp_path_factory) -> StudyFolder:
    return run(tmp_path_factory.mktemp("closed"), feelings, tiny, CLOSED, evidence_on_acts(guard="gate shut"))


def evidence(study: StudyFolder) -> list[dict]:
    table = study.written("evidence").rename(columns=lambda name: name.removesuffix("_or_missing"))
    return table.to_dict("records")


def test_every_subspace_is_removed_from_every_passage_and_question(opened):
    counts = {EMOTION: 1, ROTATED: 20, MATCHED: 20, TOPICS: 20, SHUFFLED: 20}
    for name, unit, units in (("falls", "passage", SIZES["passages"]), ("answers", "item", SIZES["removed_items"])):
        table = opened.written(name)
        removed = table[(table["kept_percentile"] == 0) & (table["where"] == ALL_LAYERS)]
        assert removed.groupby("kind").size().to_dict() == {kind: n * units for kind, n in counts.items()}
        assert removed.groupby(["kind", "subspace"])[unit].nunique().eq(units).all()
        at_main = table[table["where"] == MAIN_LAYER]
        assert at_main.groupby("kind").size().to_dict() == {EMOTION: units, ROTATED: 20 * units}
    answers = opened.written("answers")
    assert (answers["kind"] == NOTHING).sum() == SIZES["items"]


def test_a_cap_costs_less_than_removal_where_both_cost(opened):
    falls = opened.written("falls")
    emotion = falls[(falls["kind"] == EMOTION) & (falls["where"] == ALL_LAYERS)]
    sizes = emotion.groupby("kept_percentile")["logprob_fall_nats_per_token"].apply(lambda values: values.abs().mean())
    assert 0 < sizes[50.0] < sizes[0.0]


def test_every_item_goes_with_every_framing(opened):
    framed = opened.written("framed")
    assert framed.groupby(["item", "framing"]).size().eq(1).all()
    assert len(framed) == SIZES["framed_items"] * SIZES["framings"]
    assert list(framed.columns) == framed_tables.FRAMED_COLUMNS
    nulls = opened.written("nulls").groupby("measure")["kind"].nunique().to_dict()
    assert nulls == {"reading": 4, "mediation": 3, "clamps that are run": 1}
    assert framed[BY_RUN].notna().groupby(framed["item"]).all().sum() == SIZES["clamped_items"]


def test_what_a_clamp_takes_goes_with_what_gradients_say(opened):
    """The difference between frames is not small, so that the first order holds roughly; unit tests hold it where it is."""
    framed = opened.written("framed")
    assert (framed["framed"] - framed["clamped"]).corr(framed["removed"]) > 0.5


def test_acts_are_clamped_where_pressure_has_an_effect(opened, closed):
    clamped = opened.written("clamped")
    counts = {EMOTION: 1, ROTATED: 20, MATCHED: 20, SHUFFLED: 20, PRESSURE: 1, WHOLE: 1}
    for _, act in PRESSURE_PARTS.values():
        of_act = clamped[clamped["act"] == act]
        assert of_act.groupby("kind").size().to_dict() == {kind: 2 * count for kind, count in counts.items()}
        assert of_act.groupby("scenario")[["pressured", "calm"]].nunique().eq(1).all(axis=None)
        main = of_act[of_act["kind"] == PRESSURE]
        emotion = of_act[of_act["kind"] == EMOTION]
        distance = [(rows["clamped"] - rows["calm"]).abs().mean() for rows in (main, emotion)]
        assert distance[0] != distance[1]
    assert closed.written("clamped").empty


def test_every_part_has_its_evidence_and_a_verdict(opened):
    rows = evidence(opened)
    for claim in ("S01", "S02", "S03", "S06"):
        assert len(verdicts_on(claim, rows)) > 0
    by_part = {(row["claim"], row["part"]): row for row in rows}
    assert by_part["S01", "perplexity, equal variance"]["n"] == SIZES["passages"]
    assert by_part["S02", "accuracy"]["n"] == SIZES["framings"]
    of_pressure = [row for (claim, _), row in by_part.items() if claim == "S06"]
    assert all(row["n"] == SIZES["scenarios"] or "scenarios under clamps" in row["guard"] for row in of_pressure)


def test_closed_gates_leave_perplexity_alone(closed):
    rows = evidence(closed)
    assert closed.written("framed").empty
    assert {*closed.written("answers")["kind"]} == {NOTHING}
    testable = {(row["claim"], row["part"]) for row in rows if not row["guard"]}
    assert testable == {("S01", "perplexity, equal dimension"), ("S01", "perplexity, equal variance")}
    guards = {row["claim"]: row["guard"] for row in rows if row["guard"]}
    assert "must be 0.99 to 1" in guards["S02"]
    assert "gate shut" in guards["S06"]
