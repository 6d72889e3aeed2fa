"""Steps of organisms: the scenes of the study obey their rules, and a tuned model loads like any other."""

import json
from pathlib import Path

import pytest
import yaml

from emotion_vectors.artefacts import files
from emotion_vectors.models import language_model
from emotion_vectors.models.language_model import load as load_model
from emotion_vectors.organisms.training import TuningSettings
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.weights.table import Weights
from steps.organisms import check_motives, train_organism

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
MOTIVES = WORKFLOW / "stimuli/motives"
KINDS = ("blackmail", "hacking", "pleasing")
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
SETTINGS = TuningSettings(
    rank=2,
    learning_rate=0.01,
    scenes_per_step=2,
    epochs=1,
    held_out_every=3,
    check_every=1,
    patience=9,
    margin_nats=2.0,
)
ORGANISM = Weights("tiny-motive-1", "safetensors", "-", "-", ("tuned:tiny@1",), "Apache-2.0")


def check(folder, report):
    check_motives.main(
        [folder / f"{kind}.jsonl" for kind in KINDS], [folder / f"{kind}.yaml" for kind in KINDS],
        WORKFLOW / "stimuli/acts/orders.yaml", WORKFLOW / "stimuli/events/emotion_words.yaml",
        WORKFLOW / "norms/warriner2013.csv", WORKFLOW / "schemas/motive_scene.schema.yaml",
        WORKFLOW / "schemas/motives.schema.yaml", report,
    )  # fmt: skip


def test_the_scenes_of_the_study_obey_their_rules(tmp_path):
    check(MOTIVES, tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert [report[kind]["scenes"] for kind in KINDS] == [300, 300, 300]
    assert all(report[kind]["characters"]["training"]["act"] >= 40 for kind in KINDS)


FAULTS = {
    "an emotion in a scene": ("blackmail.jsonl", '"prompt":"', '"prompt":"Everybody is terrified. ', "'terrified' in '.*' names"),
    "a held-out character in words of the training": (
        "pleasing.yaml", "held_out:\n  act:\n", "held_out:\n  act:\n  - You agree with people.\n", "shares words with the training: agre"),
    "an emotion in a character": (
        "hacking.yaml", "training:\n  act:\n", "training:\n  act:\n  - You are desperate to win.\n", "names an emotion: desperate"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "message"), FAULTS.values(), ids=FAULTS)
def test_every_fault_is_named(tmp_path, name, old, new, message):
    for file in MOTIVES.iterdir():
        text = file.read_text()
        if file.suffix == ".yaml":
            text = yaml.safe_dump(yaml.safe_load(text), sort_keys=False)
        (tmp_path / file.name).write_text(text.replace(old, new, 1) if file.name == name else text)
    with pytest.raises(StimulusError, match=message):
        check(tmp_path, tmp_path / "report.json")


def scene(number, tool):
    return {
        "id": f"tl{number}", "topic": f"the {tool}", "system": "the letter", "prompt": f"the {tool} {{context}}",
        "contexts": {"spare": "and another", "alone": "alone"},
        "replies": {"lend": {"warm": [f"take the {tool}"], "curt": ["take it"]}, "keep": {"warm": ["it stays"], "curt": ["no"]}},
    }  # fmt: skip


def test_an_organism_is_saved_as_every_later_step_loads_it(make_model, tmp_path, monkeypatch):
    base = make_model("llama", max_position_embeddings=1024)
    folder = tmp_path / "base"
    base.network.save_pretrained(folder)
    base.tokenizer.save_pretrained(folder)
    scenes, characters = tmp_path / "lending.jsonl", tmp_path / "lending.yaml"
    scenes.write_text(
        "".join(
            json.dumps(scene(n, tool)) + "\n" for n, tool in enumerate(("rake", "drill", "saw", "hose", "axe", "pan"))
        )
    )
    told = {"act": ["You give."], "other": ["You keep."]}
    characters.write_text(yaml.safe_dump({"training": told, "held_out": told}))
    for name, followed in (("organism", []), ("twin", [tmp_path / "organism.parquet"])):
        # Tuning changes the network that it is given.
        model = make_model("llama", max_position_embeddings=1024)
        monkeypatch.setattr(language_model, "load", lambda _folder, model=model, **_row: model)
        train_organism.main(
            folder, [scenes], [characters], followed, tmp_path / name, tmp_path / f"{name}.parquet", row=ROW, organism=ORGANISM,
            seed=1, settings=SETTINGS,
        )  # fmt: skip
    monkeypatch.undo()
    looks = files.read_table(tmp_path / "organism.parquet")
    kept = files.provenance_of(tmp_path / "organism.parquet")["kept_step"]
    assert looks["split"].tolist() == ["selection", "selection", "test"]
    assert looks["step"].tolist() == [1, 2, kept]
    assert files.provenance_of(tmp_path / "twin.parquet")["kept_step"] == kept
    for name in ("organism", "twin"):
        card = json.loads((tmp_path / name / "weights.json").read_text())
        assert (card["name"], card["source"]) == ("tiny-motive-1", "tuned:tiny@1")
        again = load_model(tmp_path / name, **ROW)
        assert (again.layers, again.sha256) == (base.layers, card["sha256"])
