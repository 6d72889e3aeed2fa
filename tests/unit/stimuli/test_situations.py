"""Behaviour items: reading, encoding, contrasts, and what is said about wrong ones."""

import json

import pytest
import torch

from emotion_vectors.engine import prompts
from emotion_vectors.models.tokens import TokenError
from emotion_vectors.stimuli import situations
from emotion_vectors.stimuli.experiments import Experiment, ExperimentError
from emotion_vectors.stimuli.files import StimulusError

VALUE = {
    "id": "b01",
    "topic": "small boat",
    "system": "the quiet river",
    "prompt": "she was at school {variant} that evening",
    "variants": {"none": "with a letter", "tonight": "before the storm"},
    "continuations": {
        "blackmail": ["they closed the door", "into the garden"],
        "open": ["over the bridge", "a morning train"],
    },
}


def write(path, *values):
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


@pytest.fixture
def items(tmp_path):
    return situations.load_items(write(tmp_path / "blackmail.jsonl", VALUE, VALUE | {"id": "b02"}))


def experiment(**changes):
    values = {
        "name": "blackmail",
        "kind": "conduct",
        "items": "blackmail",
        "readouts": (),
        "target": "blackmail",
        "alternative": "open",
        "group": (),
        "variants": ("none", "tonight"),
        "pressure": ("none", "tonight"),
        "emotions": ("calm",),
        "ladder": (),
        "fine": (),
    }
    return Experiment(**(values | changes))


def test_every_situation_is_read_in_every_variant(items):
    assert [item.name for item in items] == ["b01-none", "b01-tonight", "b02-none", "b02-tonight"]
    assert items[1].prompt == "she was at school before the storm that evening"
    assert items[0].sides == ["blackmail", "blackmail", "open", "open"]


def test_an_item_is_packed_after_its_system_prompt_and_user_turn(llama, items):
    packed = prompts.encode(llama, items[0])
    text = llama.tokenizer.decode(packed.ids[: packed.prompt_length])
    assert text.index("the quiet river") < text.index("with a letter")
    assert text.endswith("<turn>assistant\n")
    first = llama.tokenizer("they closed the door", add_special_tokens=False).input_ids
    assert packed.targets[: len(first)].tolist() == first
    assert packed.continuations == 4


def test_an_item_longer_than_the_context_is_named(make_model, items):
    model = make_model("llama", max_position_embeddings=16)
    place = r".*/blackmail\.jsonl line 1: set blackmail"
    with pytest.raises(TokenError, match=rf"^{place}, item b01-none, likelihood of tiny-llama: .* shorten the prompt"):
        prompts.encode(model, items[0])


def test_contrasts_weigh_sides_equally(items):
    weights = prompts.contrast(items[0], "blackmail", "open")
    torch.testing.assert_close(weights, torch.tensor([0.5, 0.5, -0.5, -0.5]))
    with pytest.raises(ExperimentError, match="b01-none has no side harsh; it has blackmail, open"):
        prompts.contrast(items[0], "harsh", "open")


def test_an_experiment_takes_its_variants_only(items):
    chosen = situations.of_experiment(items, experiment(variants=("tonight",)))
    assert [item.name for item in chosen] == ["b01-tonight", "b02-tonight"]
    with pytest.raises(
        ExperimentError, match="row 'blackmail', column variants: no item has variant planned; use none, tonight"
    ):
        situations.of_experiment(items, experiment(variants=("planned",)))
    with pytest.raises(ExperimentError, match="row 'blackmail', column group: no item is in warm; use -"):
        situations.of_experiment(items, experiment(group=("warm",)))


@pytest.mark.parametrize(
    ("change", "message"),
    {
        "empty side": (
            {"continuations": {"blackmail": [], "open": ["a"]}},
            r"blackmail.jsonl line 2: side 'blackmail' is empty",
        ),
        "empty text": ({"continuations": {"blackmail": [" "], "open": ["a"]}}, r"line 2: side 'blackmail' is empty"),
        "no marker": ({"prompt": "no marker here"}, r"line 2: prompt must hold \{variant\} 1 times"),
        "no prompt": ({"prompt": ""}, "line 2: field 'prompt' is missing or empty"),
        "duplicate": ({"id": "b01"}, r"line 2: 'b01' is already at .* line 1"),
    }.values(),
)
def test_wrong_items_are_named(tmp_path, change, message):
    file = write(tmp_path / "blackmail.jsonl", VALUE, VALUE | {"id": "b02"} | change)
    with pytest.raises(StimulusError, match=message):
        situations.load_items(file)
