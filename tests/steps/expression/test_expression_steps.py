"""Steps of the expression stage on a tiny model: replies are generated, judged by both kinds of judge, and gated."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.artefacts import files
from emotion_vectors.judges import emotion_judge
from emotion_vectors.judges.emotion_judge import EmotionJudge
from emotion_vectors.models import language_model, sentence_encoder
from emotion_vectors.replies import transcripts
from emotion_vectors.stimuli.events import EMOTIONS, VALENCES
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES
from steps.expression import gate_expression, generate_prompted, judge_arms_by_model, judge_expressions

ROW = {"dtype": "float32", "template": "chat", "date": "2026-11-21"}
CLASSES = Path("workflow/stimuli/emotion_replies/classes.yaml")
THEMES = ("work", "home", "work")
LEAST = {"least_rate": 0.5, "least_kappa": 0.6, "least_nats": 1.0, "least_share": 0.75, "bootstraps": 20, "seed": 1}


class Reader:
    """States in which a text has the direction of the class that it names, and none of the others."""

    def read(self, texts):
        states = [[9.0 * (name in text) for name in EMOTION_CLASSES] for text in texts]
        return np.repeat(np.array(states, dtype=np.float32)[:, None], 6, axis=1)

    def embed(self, texts):
        vectors = np.array([[1.0, len(text)] for text in texts])
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def study(make_model, tmp_path_factory):
    """Folder with the events of three scenarios, a judge of emotions, and the replies of a tiny model to two of them."""
    folder, model = tmp_path_factory.mktemp("expression"), make_model("llama", max_position_embeddings=2048)
    scenarios = [
        {
            "skeleton_id": f"s{number}",
            "theme": theme,
            "scenario": f"Someone waits for train {number}.",
            "event": {valence: f"It is {valence} news." for valence in VALENCES},
        }
        for number, theme in enumerate(THEMES)
    ]
    (folder / "events.jsonl").write_text("".join(json.dumps(scenario) + "\n" for scenario in scenarios))
    classes = len(EMOTION_CLASSES)
    emotion_judge.store(
        EmotionJudge(Reader(), "layer 3", np.eye(classes), np.zeros(classes), 0.5), folder / "judge.safetensors"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda _folder, **_row: model)
        patch.setattr(sentence_encoder, "load", lambda _folder: Reader())
        generate_prompted.main(
            folder / "events.jsonl",
            folder / "weights",
            folder / "prompted.jsonl",
            row=ROW,
            partial=str(folder / ".partial"),
            scenarios=2,
            new_tokens=4,
            memory_mib=64,
            code_sha256="code",
            seed=1,
        )
        yield folder


def answer(study, name, change):
    """A transcript of the same prompts with other answers, judged: `change(line)` is what differs in a line."""
    lines = files.read_json_lines(study / "prompted.jsonl")
    files.write_json_lines([json.dumps({**line, **change(line)}) for line in lines], study / f"{name}.jsonl")
    judge_expressions.main(
        study / f"{name}.jsonl",
        study / "events.jsonl",
        study / "judge.safetensors",
        study / "encoder",
        study / "weights",
        study / f"{name}.parquet",
        replies="arms" if name == "arms" else "prompted",
        row=ROW,
    )
    return files.read_table(study / f"{name}.parquet")


def arms(line):
    """Every other emotion is steered towards; what is said names the emotion that is meant, but for fear."""
    steered = list(EMOTIONS).index(line["variant"]) % 2
    said = "none of them" if line["variant"] == "fear" else f"such {line['variant']}"
    return {
        "kind": "steering" if steered else "prompting",
        "direction": line["variant"],
        "strength_norm_fraction": 0.1 * steered,
        "variant": "-",
        "text": said,
    }


def test_every_event_of_some_scenarios_is_answered_in_every_voice(study):
    replies = transcripts.load(study / "prompted.jsonl")
    events = [f"s{number}-{valence}" for number in (0, 1) for valence in VALENCES]
    assert list(zip(replies["scenario"], replies["variant"], strict=True)) == [
        (event, emotion) for event in events for emotion in EMOTIONS
    ]
    assert replies["tokens"].str.len().between(1, 4).all()
    assert not (study / ".partial").exists()


def gate_files(folder):
    return [folder / f"{name}.parquet" for name in ("gates", "orders")]


def readings(folder):
    """Readings of written replies that no order moves, in the form of `read_expressions`."""
    file, shape = folder / "readings.safetensors", (4, 6)
    tensors = {"odds": torch.zeros(shape), "named": torch.zeros(4, 6, 6), "lengths": torch.full(shape, 30.0)}
    facts = {"emotions": json.dumps(list(EMOTIONS)), "scenarios": json.dumps(list("abcd"))}
    save_file(tensors | {"gradients": torch.zeros(*shape, 5)}, file, metadata=facts)
    return file


def test_answers_that_name_their_emotion_pass_the_gate_and_others_close_it(study, tmp_path):
    agreement = {"six or none": {"kappa": 0.9, "kappa_interval": [0.8, 1.0], "replies": 70}}
    files.write_table(pd.DataFrame({"id": ["r1"]}), tmp_path / "validation.parquet", agreement=agreement)
    gates = {}
    for name, said in (("voiced", "such {variant}"), ("always_angry", "such anger")):
        answer(study, name, lambda line, said=said: {"text": said.format(**line)})
        gate_expression.main(
            study / f"{name}.parquet",
            tmp_path / "validation.parquet",
            readings(tmp_path),
            *gate_files(tmp_path),
            **LEAST,
        )
        gates[name] = files.read_table(tmp_path / "gates.parquet")
    assert gates["voiced"]["value"].tolist() == [1.0, 0.9]
    assert gates["voiced"]["passed"].tolist() == [True, True]
    assert gates["always_angry"]["value"].tolist() == [pytest.approx(1 / 6), 0.9]
    assert gates["always_angry"]["passed"].tolist() == [False, True]


def test_a_judge_that_disagrees_with_hand_labels_closes_the_gate(study, tmp_path):
    agreement = {"six or none": {"kappa": 0.4, "kappa_interval": [0.3, 0.5], "replies": 70}}
    files.write_table(pd.DataFrame({"id": ["r1"]}), tmp_path / "validation.parquet", agreement=agreement)
    answer(study, "voiced", lambda line: {"text": f"such {line['variant']}"})
    outputs = gate_files(tmp_path)
    gate_expression.main(
        study / "voiced.parquet", tmp_path / "validation.parquet", readings(tmp_path), *outputs, **LEAST
    )
    assert files.read_table(outputs[1])["readout"].tolist() == ["generation"] * 2 + ["likelihood"] * 2
    assert files.read_table(tmp_path / "gates.parquet")["passed"].tolist() == [True, False]


def test_replies_of_arms_keep_arm_and_dose_and_are_judged_by_what_they_say(study):
    judged = answer(study, "arms", arms)
    assert set(zip(judged["arm"], judged["dose"], strict=True)) == {("steering", 0.1), ("prompting", 0.0)}
    assert judged["accepted"].equals(judged["emotion"] != "fear")
    assert set(judged.loc[judged["emotion"] == "fear", "verdict"]) == {"none"}
    assert np.isfinite(judged[["relevance", "fluency_nats", "repetition"]]).all(axis=None)


def test_a_second_judge_reads_the_same_replies_and_says_how_far_both_agree(study):
    first = answer(study, "arms", arms)
    judge_arms_by_model.main(
        study / "arms.jsonl",
        study / "arms.parquet",
        CLASSES,
        study / "weights",
        study / "second.parquet",
        model="tiny",
        judge="another",
        row=ROW,
        bootstraps=20,
        seed=1,
    )
    second, facts = files.read_table(study / "second.parquet"), files.provenance_of(study / "second.parquet")
    assert second["first"].tolist() == first["verdict"].tolist()
    assert set(second["verdict"]) <= set(EMOTION_CLASSES)
    assert second["accepted"].equals(second["verdict"] == second["emotion"])
    agreement = facts["agreement"]["replies of tiny"]
    assert facts["judge"] == "another"
    assert agreement["replies"] == len(first)
    assert agreement["accuracy"] == pytest.approx((second["first"] == second["verdict"]).mean())
