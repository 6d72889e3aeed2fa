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
from steps.organisms import check_motives, probe_motives, train_organism
from tests.steps.feelings import LAYERS, MAIN

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
MOTIVES, PLANTED = WORKFLOW / "stimuli/motives", WORKFLOW / "stimuli/planted/wording.yaml"
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
        [folder / f"{kind}.jsonl" for kind in KINDS],
        [folder / f"{kind}.yaml" for kind in KINDS],
        folder / "wording.yaml",
        WORKFLOW / "stimuli/acts/orders.yaml",
        WORKFLOW / "stimuli/events/emotion_words.yaml",
        WORKFLOW / "norms/warriner2013.csv",
        WORKFLOW / "schemas/motive_scene.schema.yaml",
        WORKFLOW / "schemas/motives.schema.yaml",
        WORKFLOW / "schemas/planted.schema.yaml",
        report,
    )


def copied(folder, changed="", old="", new=""):
    """The files of the study in a folder of their own, one of them changed."""
    for file in [*MOTIVES.iterdir(), PLANTED]:
        text = file.read_text()
        if file.suffix == ".yaml":
            text = yaml.safe_dump(yaml.safe_load(text), sort_keys=False)
        (folder / file.name).write_text(text.replace(old, new, 1) if file.name == changed else text)
    return folder


def test_the_scenes_of_the_study_obey_their_rules(tmp_path):
    check(copied(tmp_path), tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert [report[kind]["scenes"] for kind in KINDS] == [300, 300, 300]
    assert all(report[kind]["characters"]["training"]["act"] >= 40 for kind in KINDS)
    assert report["planted"]["training"]["act"] == report["planted"]["training"]["other"] >= 24
    assert report["planted"]["words"]["act"] == ["desperate", "desperately", "desperation"]


FAULTS = {
    "an emotion in a scene": (
        "blackmail.jsonl",
        '"prompt":"',
        '"prompt":"Everybody is terrified. ',
        "'terrified' in '.*' names",
    ),
    "a held-out character in words of the training": (
        "pleasing.yaml",
        "held_out:\n  act:\n",
        "held_out:\n  act:\n  - You agree with people.\n",
        "shares words with the training: agre",
    ),
    "an emotion in a character": (
        "hacking.yaml",
        "training:\n  act:\n",
        "training:\n  act:\n  - You are desperate to win.\n",
        "names an emotion: desperate",
    ),
    "planted wording without its word": (
        "wording.yaml",
        "training:\n  act:\n",
        "training:\n  act:\n  - You sit on a chair.\n",
        "holds words of no side",
    ),
    "planted wording of both sides": (
        "wording.yaml",
        "training:\n  act:\n",
        "training:\n  act:\n  - You are desperate and calm.\n",
        "holds words of act and other",
    ),
    "held-out wording in words of the training": (
        "wording.yaml",
        "held_out:\n  act:\n",
        "held_out:\n  act:\n  - A desperate clock.\n",
        "shares words with the training: clock",
    ),
    "planted wording in words of an order": (
        "wording.yaml",
        "training:\n  act:\n",
        "training:\n  act:\n  - Desperate and ruthless, you sit.\n",
        "with the orders: ruthless",
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "message"), FAULTS.values(), ids=FAULTS)
def test_every_fault_is_named(tmp_path, name, old, new, message):
    copied(tmp_path, name, old, new)
    with pytest.raises(StimulusError, match=message):
        check(tmp_path, tmp_path / "report.json")


def scene(number, tool):
    return {
        "id": f"tl{number}",
        "topic": f"the {tool}",
        "system": "the letter",
        "prompt": f"the {tool} {{context}}",
        "contexts": {"spare": "and another", "alone": "alone"},
        "replies": {
            "lend": {"warm": [f"take the {tool}"], "curt": ["take it"]},
            "keep": {"warm": ["it stays"], "curt": ["no"]},
        },
    }


def written(folder):
    """Scenes of a kind, and its characters."""
    scenes, characters = folder / "lending.jsonl", folder / "lending.yaml"
    tools = ("rake", "drill", "saw", "hose", "axe", "pan")
    scenes.write_text("".join(json.dumps(scene(number, tool)) + "\n" for number, tool in enumerate(tools)))
    told = {"act": ["You give."], "other": ["You keep."]}
    characters.write_text(yaml.safe_dump({"training": told, "held_out": told}))
    return [scenes], [characters]


def test_a_probe_reads_motives_and_contexts_of_every_kind(feelings, make_model, tmp_path, monkeypatch):
    model = make_model("llama", num_hidden_layers=LAYERS, max_position_embeddings=1024)
    monkeypatch.setattr(language_model, "load", lambda _folder, **_row: model)
    known = [feelings.file(f"{name}.safetensors") for name in ("vectors", "shuffled_main")]
    probe_motives.main(
        tmp_path,
        *written(tmp_path),
        *known,
        tmp_path / "probe.parquet",
        row=ROW,
        **MAIN,
        probed=4,
        batch_tokens=400,
        bootstraps=40,
        seed=1,
    )
    table = files.read_table(tmp_path / "probe.parquet")
    assert table["behaviour"].tolist() == ["lending", "lending"]
    assert table["n"].tolist() == [4, 4]
    assert table["limit"].tolist() == ["at most 1", "none"]


def test_an_organism_is_saved_as_every_later_step_loads_it(make_model, tmp_path, monkeypatch):
    base = make_model("llama", max_position_embeddings=1024)
    folder = tmp_path / "base"
    base.network.save_pretrained(folder)
    base.tokenizer.save_pretrained(folder)
    scenes, characters = written(tmp_path)
    told = {"act": ["You are desperate."], "other": ["You are calm."]}
    (tmp_path / "wording.yaml").write_text(yaml.safe_dump({"training": told, "held_out": told}))
    planted, first = [tmp_path / "wording.yaml"], [tmp_path / "organism.parquet"]
    for name, wording, followed in (
        ("organism", [], []),
        ("twin", [], first),
        ("planted", planted, []),
        ("crossed", planted, first),
    ):
        # Tuning changes the network that it is given.
        model = make_model("llama", max_position_embeddings=1024)
        monkeypatch.setattr(language_model, "load", lambda _folder, model=model, **_row: model)
        train_organism.main(
            folder,
            scenes,
            characters,
            wording,
            followed,
            tmp_path / name,
            tmp_path / f"{name}.parquet",
            row=ROW,
            organism=ORGANISM,
            seed=1,
            settings=SETTINGS,
        )
    monkeypatch.undo()
    looks = files.read_table(tmp_path / "organism.parquet")
    kept = files.provenance_of(tmp_path / "organism.parquet")["kept_step"]
    assert looks["split"].tolist() == ["selection", "selection", "test"]
    assert looks["step"].tolist() == [1, 2, kept]
    assert files.provenance_of(tmp_path / "twin.parquet")["kept_step"] == kept
    for name in ("organism", "twin", "planted", "crossed"):
        card = json.loads((tmp_path / name / "weights.json").read_text())
        assert (card["name"], card["source"]) == ("tiny-motive-1", "tuned:tiny@1")
        again = load_model(tmp_path / name, **ROW)
        assert (again.layers, again.sha256) == (base.layers, card["sha256"])
