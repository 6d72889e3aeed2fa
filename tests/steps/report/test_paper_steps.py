"""Facts and tables of the paper, from the results of a small study to files that LaTeX reads."""

import json
from pathlib import Path

import numpy as np
import pytest

from emotion_vectors.artefacts import files
from steps.report import collect_facts, write_tables
from tests.act_tables import effects as act_table_rows
from tests.figure_tables import EMOTIONS
from tests.steps.report.paper_study import EXPERIMENTS, MODEL, SETTINGS, PaperStudy

WORKFLOW = Path("workflow")
OVERLAP = WORKFLOW / "claims/textual_overlap.tsv"
CLAIMS = sorted(WORKFLOW.glob("claims/*.yaml"))
ROW = {"licence": "Apache-2.0", "dtype": "float32", "template": "chat", "tier": "quick", "source": "folder:tiny"}
NAMES = (
    *(
        "claim_table",
        "overlap_table",
        "deviations",
        "robustness",
        "run_times",
        "benchmark",
        "costs",
        "precision",
        "model_cards",
        "differences",
        "conversations",
        "gates",
    ),
    *(
        "act_slopes",
        "choices",
        "transcripts",
        "validation",
        "emotion_judge",
        "sampled_judge",
        "expression",
        "secondary",
        "controls",
        "spans",
        "placebos",
        "planted",
    ),
    *(
        f"numbers_{group}"
        for group in (
            *(
                "meaning",
                "arrangement",
                "context",
                "preferences",
                "conduct",
                "circuits",
                "overlap",
            ),
            "others",
        )
    ),
)
"""Tables that the sources of the paper read."""


@pytest.fixture(scope="module")
def study(make_model, tmp_path_factory):
    """The study once its facts are collected."""
    study = PaperStudy(tmp_path_factory.mktemp("paper"))
    study.write_weights(make_model("llama"))
    study.write_counts()
    study.write_replies()
    study.write_measurements()
    (study.folder / "claims.json").write_text(json.dumps({**reference(), "tier": "quick"}))
    of = {name: [study.file(f"{name}.parquet")] for name in ("heatmap", "correlations", "groups", "sizes", "gates")}
    collect_facts.main(
        study.file("stories.parquet"),
        study.file("stimuli.json"),
        [study.file("lending.json")],
        of["heatmap"],
        of["correlations"],
        study.file("events.json"),
        OVERLAP,
        study.file("emotions.parquet"),
        study.file("hands.parquet"),
        of["groups"],
        of["sizes"],
        of["gates"],
        [study.file("silencing.json")],
        [study.file("weights")],
        [],
        [study.file(f"{name}.jsonl") for name in ("unsteered", "steered")],
        [study.file(f"{name}.parquet") for name in ("unsteered", "steered")],
        study.file("facts.json"),
        study.file("replies.parquet"),
        models=[MODEL],
        sampled=["lending"],
        rows={MODEL: ROW},
        settings=SETTINGS,
        date="2026-11-21",
    )
    return study


def reference():
    return json.loads((WORKFLOW / "reference/quick.json").read_text())


def write(study, folder, names=NAMES):
    """Tables by name."""
    one_each = (
        "accuracy",
        "summary",
        "rates",
        "coherence",
        "corpora",
        "gates",
        "effects",
        "by_depth",
        "spans",
        "choices",
    )
    of_model = [[study.file(f"{name}.parquet")] for name in one_each]
    act_effects = study.file("act_effects.parquet")
    made = act_table_rows(np.random.default_rng(1), EMOTIONS)
    files.write_table(made.assign(null_percentile=50.0, n=3, of="scenarios", unit="nats"), act_effects)
    write_tables.main(
        study.file("claims.json"),
        CLAIMS,
        WORKFLOW / "schemas/claim.schema.yaml",
        OVERLAP,
        study.file("facts.json"),
        study.file("replies.parquet"),
        *of_model,
        [act_effects],
        [study.file("validation.parquet")],
        study.file("emotions.parquet"),
        [],
        [study.file("hands.parquet")],
        [study.file("expression_slopes.parquet")],
        [study.file("engine.json")],
        [],
        [],
        study.file("differences.parquet"),
        study.file("times.json"),
        WORKFLOW / "models.tsv",
        WORKFLOW / "report/deviations.yaml",
        [folder / f"{name}.tex" for name in names],
        models=[MODEL],
        judge="encoder",
        experiments=EXPERIMENTS,
    )
    return {name: (folder / f"{name}.tex").read_text() for name in names}


def test_facts_are_those_of_the_texts_the_settings_and_the_models(study):
    facts = files.read_json(study.file("facts.json"))
    said = {
        "stories": "3",
        "scenes": "2",
        "plainstories": "1",
        "topics": "2",
        "dialogues": "4",
        "lendingsituations": "12",
        "messageemotions": "2",
        "mainlayers": "3 of 5",
        "bootstraps": "2,000",
        "neutralvariance": "50 %",
        "fitscenarios": "20",
        "heldoutscenarios": "32",
        "emotionreplies": "40",
        "emotionkappa": "0.80 [0.70, 0.90]",
        "handreplies": "40",
        "handkappa": "0.61 [0.50, 0.70]",
        "handsalike": "31",
        "handsnone": "24",
        "handsnosense": "17",
        "handjudgekappa": "0.43 [0.30, 0.50]",
        "handsvoiced": "7",
        "handsixwaykappa": "0.27 [0.10, 0.40]",
        "groupskept": f"{MODEL} 1 of 2",
        "promptingrates": f"{MODEL} 60 % [50 %, 70 %]",
        "circuitheads": f"{MODEL} 50 %",
        "headpasses": f"{MODEL} 2 in place of 1,346, with no difference",
    }
    assert {name: facts["study"][name] for name in said} == said
    (card,) = facts["models"]
    assert (card["name"], card["file"], card["shape"]) == (MODEL, "tiny.gguf", "4 × 32")
    assert card["conversation"]["sample"].endswith("<turn>assistant\n")


def test_replies_to_the_first_situation_are_shown_with_their_class(study):
    shown = files.read_table(study.file("replies.parquet"))
    assert shown["text"].tolist() == ["unsteered reply to n1", "steered reply to n1"]
    assert shown["steering"].tolist() == ["unsteered", "calm +0.05"]
    assert set(shown["class"]) == {"lend"}


def test_every_table_holds_its_numbers(study, tmp_path):
    tables = write(study, tmp_path)
    for name, text in {
        "robustness": "0.40 [0.30, 0.50]",
        "run_times": r"\texttt{read\_lens}",
        "benchmark": "0.97",
        "costs": "qwen3-32b & cluster & 32,762 M",
        "gates": r"\textbf{0.60 [0.50, 0.70]",
        "choices": r"$-$0.12 [$-$0.13, $-$0.11]",
        "secondary": r"$-$0.030",
        "controls": r"tone\_warm",
        "spans": "2.0",
        "planted": "Nothing has been planted in a default study yet.",
        "transcripts": "steered reply to n1",
        "validation": "accuracy 0.90",
        "emotion_judge": "fitted without written replies",
        "sampled_judge": "31 replies in 10 situations, accuracy 0.90, kappa 0.43 [0.30, 0.50]",
        "expression": "0.030 [0.020, 0.040]",
        "model_cards": "folder:tiny",
        "conversations": MODEL,
        "overlap_table": "similar",
        "act_slopes": r"A19b & desperate",
    }.items():
        assert text in tables[name], name
    measured = [claim for claim, row in reference()["claims"][MODEL].items() if row["verdict"] != "not yet measured"]
    assert all(claim in tables["claim_table"] for claim in measured)
    numbers = "".join(text for name, text in tables.items() if name.startswith("numbers_"))
    assert all(claim in numbers for claim in measured)


def test_a_table_that_no_output_is_named_for_stops_the_step(study, tmp_path):
    with pytest.raises(
        ValueError, match=r"tables without an output file: spans; name them in workflow/rules/report\.smk"
    ):
        write(study, tmp_path, [name for name in NAMES if name != "spans"])


def test_it_is_said_on_how_few_replies_the_judge_of_sampled_ones_rests(study, tmp_path):
    table = write(study, tmp_path)["sampled_judge"]
    assert "Both hands label 31 replies alike, 24 of them none, and 17 of 40 make sense to neither" in table
    assert "how judges do on replies of models that voice an emotion rests on 7." in table
    assert "six-way choice on replies to which both hands give the same emotion: 7 replies" in table
