"""Sampled replies under conditions: complete, the same after an interruption, and never mixed with those of another kind."""

import json
from dataclasses import replace

import pandas as pd
import pytest
import torch

from emotion_vectors.engine import sampling
from emotion_vectors.models.tokens import TokenError
from emotion_vectors.replies import sampled
from emotion_vectors.replies.sampled import Sampler
from emotion_vectors.replies.steering import Steering
from emotion_vectors.replies.transcripts import COLUMNS, Condition, TranscriptError
from emotion_vectors.stimuli import situations
from emotion_vectors.stimuli.experiments import Experiment

SETTINGS = {"samples": 2, "new_tokens": 6, "temperature": 1.0, "top_p": 0.95, "side_by_side": 4}
KEYS = ["scenario", "variant", "sample"]
CONDITIONS = [Condition("calm", "emotion", 0.0), Condition("calm", "emotion", 0.5), Condition("sad", "emotion", 0.5)]


def item(scenario, variant, text):
    return situations.Item(
        scenario, variant, "-", "", f"she was at school {text} that evening", {"open": ("over the bridge",)}, {}, ()
    )


ITEMS = [
    item(scenario, variant, text)
    for scenario in ("b01", "b02", "b03")
    for variant, text in (
        ("none", f"with letter {scenario}"),
        ("tonight", f"before the storm and very calm {scenario}"),
    )
]


def steering(width, seed=1):
    drawn = torch.nn.functional.normalize(torch.randn(3, width, generator=torch.Generator().manual_seed(seed)), dim=-1)
    return Steering(CONDITIONS, 1, torch.tensor([0.0, 10.0, 10.0])[:, None] * drawn)


@pytest.fixture
def sample(llama, tmp_path):
    """Samples replies of a tiny model; returns the lines of the transcript."""

    def run(name="run", code="c", settings=SETTINGS, steered=None):
        sampler = Sampler(llama, sampled.sampling_of(settings), code, steered)
        return sampled.sample(sampler, "blackmail", ITEMS, settings["samples"], 3, tmp_path / name)

    return run


def table(lines):
    return pd.DataFrame([json.loads(line) for line in lines])


def test_every_situation_and_sample_is_there_once(sample):
    found = table(sample())
    assert list(found.columns) == COLUMNS
    assert found.groupby(["scenario", "variant"])["sample"].apply(list).tolist() == [[0, 1]] * 6
    assert set(found["kind"]) == {"unsteered"}
    assert found["tokens"].map(len).between(1, 6).all()
    assert found["text"].nunique() > 6


def test_an_interrupted_run_ends_like_one_that_was_not(sample, monkeypatch):
    expected, decode, calls = sample("whole"), sampling._decode, []

    def fail_at_the_third(*arguments):
        calls.append(len(arguments[1]))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return decode(*arguments)

    monkeypatch.setattr(sampling, "_decode", fail_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        sample("broken")
    assert sample("broken") == expected
    assert calls == [4, 4, 4, 4]


def test_steered_replies_share_their_random_numbers_with_unsteered_ones(sample, llama):
    plain = table(sample("plain")).set_index(KEYS)["text"]
    found = table(sample("steered", steered=steering(llama.width)))
    groups = found.groupby(["direction", "strength_norm_fraction"])
    texts = {name: group.set_index(KEYS)["text"] for name, group in groups}
    assert texts["calm", 0.0].equals(plain)
    assert not texts["calm", 0.5].equals(plain)
    assert not texts["calm", 0.5].equals(texts["sad", 0.5])


@pytest.mark.parametrize("changed", ["vectors", "temperature", "code"])
def test_a_run_does_not_go_on_with_replies_of_another_kind(sample, llama, monkeypatch, changed):
    first = {"steered": steering(llama.width), "settings": SETTINGS, "code": "c"}
    second = (
        first
        | {
            "vectors": {"steered": steering(llama.width, seed=2)},
            "temperature": {"settings": SETTINGS | {"temperature": 0.5}},
            "code": {"code": "d"},
        }[changed]
    )
    expected, whole = sample("expected", **second), sampling.generate

    def first_batch(*arguments, **options):
        yield next(whole(*arguments, **options))

    with monkeypatch.context() as patch:
        patch.setattr(sampled, "generate", first_batch)
        with pytest.raises(TranscriptError, match="are missing"):
            sample("broken", **first)
    begun = []
    monkeypatch.setattr(sampled, "generate", lambda *rest, **options: begun.append(options) or whole(*rest, **options))
    assert sample("broken", **second) == expected
    assert begun[0]["done"] == set()


def test_a_prompt_that_is_too_long_is_named_with_its_length_the_limit_and_the_remedy(llama, tmp_path):
    long = replace(
        item("b04", "tonight", "over the bridge " * 100), source="sets/blackmail.jsonl line 4: set blackmail"
    )
    items = [*ITEMS, long]
    expected = (
        r"^sets/blackmail\.jsonl line 4: set blackmail, item b04-tonight, replies of tiny-llama: the prompt has \d{3} tokens; "
        r"of the 256 that tiny-llama reads, 6 are for the reply, so that there must be 1 to 250: shorten the text, "
        r"or lower generation\.new_tokens"
    )
    sampler = Sampler(llama, sampled.sampling_of(SETTINGS), "c")
    with pytest.raises(TokenError, match=expected):
        sampled.sample(sampler, "blackmail", items, 1, 3, tmp_path / "run")
    assert not any(tmp_path.iterdir())


def test_replies_are_sampled_where_slopes_are_taken():
    values = dict.fromkeys(Experiment.__dataclass_fields__, ())
    texts = {"name": "blackmail", "kind": "conduct", "items": "blackmail", "target": "open", "alternative": "open"}
    asked = [Experiment(**(values | texts | {"variants": ("tonight",)}))]
    assert [each.name for each in sampled.sampled_items(ITEMS, asked, "blackmail")] == [
        "b01-tonight",
        "b02-tonight",
        "b03-tonight",
    ]
