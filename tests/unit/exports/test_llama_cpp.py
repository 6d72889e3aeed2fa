"""Control vectors in llama.cpp: on tiny networks where its wheel runs; what a run on real weights has found is kept in the repository."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch

from emotion_vectors.exports import control_vectors, llama_cpp
from emotion_vectors.exports.llama_cpp import LlamaCppError
from emotion_vectors.exports.vector_set import VectorSet
from emotion_vectors.models.language_model import assemble
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.trials import llama_agreement
from emotion_vectors.trials.llama_agreement import TwoRuntimes
from tests.random_tensors import random
from tests.unit.weights.gguf_made import BLOCKS, network_of, write_gguf

ROOT = Path(__file__).resolve().parents[3]
RECORDED = ROOT / "workflow/reference/llama_cpp.json"
TEXTS = ([5, 17, 40, 8, 90, 33], [61, 7, 7, 120])
NORM = 6.0


def runs() -> bool:
    try:
        llama_cpp.load("no model", 8)
    except LlamaCppError as error:
        return "does not read this model" in str(error)
    return True


where_it_runs = pytest.mark.skipif(not runs(), reason=f"{llama_cpp.WHEEL} does not run; see {llama_cpp.REQUIREMENTS}")


@pytest.fixture
def runtimes(request, tokenizer, tmp_path: Path) -> TwoRuntimes:
    """A tiny network of a family in float32, in llama.cpp and here."""
    network = network_of(request.param, len(tokenizer))
    write_gguf(tmp_path / "tiny.gguf", network, tokenizer)
    model = assemble(network, tokenizer, name="tiny", sha256="0" * 64)
    return TwoRuntimes(llama_cpp.load(tmp_path / "tiny.gguf", 32), model, [Encoded(ids, 0) for ids in TEXTS])


@where_it_runs
@pytest.mark.parametrize("runtimes", ["llama", "qwen2"], indirect=True)
@pytest.mark.parametrize("layer", range(1, BLOCKS))
def test_direction_n_is_added_after_block_n_with_strength_as_scale(runtimes: TwoRuntimes, layer: int, tmp_path: Path):
    width = runtimes.model.width
    vectors = VectorSet(["calm"], [layer], random(1, 1, width), torch.tensor([NORM]), "study")
    control_vectors.save(vectors, tmp_path / "calm.gguf", architecture="llama")
    table = llama_agreement.changes_agree(
        runtimes, vectors.rows(["calm"], layer), {"calm": tmp_path / "calm.gguf"}, [0.5, -0.1]
    )
    right = table[table["shift"] == 0]
    assert table["r_plain"].min() > 0.99999
    assert right["r"].min() > 0.9999
    assert right["sd_ratio"].between(0.999, 1.001).all()
    assert table.loc[table["shift"] != 0, "r"].max() < 0.999


@where_it_runs
@pytest.mark.parametrize("runtimes", ["llama"], indirect=True)
def test_what_does_not_fit_the_model_is_refused(runtimes: TwoRuntimes):
    width = runtimes.model.width
    for block, size in ((0, width), (BLOCKS, width), (1, width + 1)):
        with pytest.raises(LlamaCppError, match=f"direction.{block} of"):
            runtimes.llama.logits([5, 6], {block: random(size).numpy()})
    with pytest.raises(LlamaCppError, match="a text of 300 tokens, where"):
        runtimes.llama.logits([5] * 300)


@pytest.mark.skipif(llama_cpp.is_installed(), reason="the wheel is installed")
def test_without_the_wheel_the_remedy_is_said():
    with pytest.raises(LlamaCppError, match=r"llama-cpp-cffi is not installed; workflow/envs/requirements-llama.txt"):
        llama_cpp.load("model.gguf", 8)
    assert f"\n{llama_cpp.WHEEL}==" in (ROOT / llama_cpp.REQUIREMENTS).read_text()


def test_the_recorded_run_agrees_at_strength_one_half_and_best_after_the_right_block():
    recorded = json.loads(RECORDED.read_text())
    assert recorded["plain"]["mean_r"] >= 0.99
    by_condition = {(line["strength"], line["shift"]): line for line in recorded["agreement"]}
    assert {strength for strength, _ in by_condition} == {0.1, 0.5}
    assert by_condition[0.5, 0]["low"] >= 0.99
    for strength in (0.1, 0.5):
        right = by_condition[strength, 0]
        assert right["low"] > max(by_condition[strength, shift]["high"] for shift in (-1, 1))
        assert right["n"] == right["prompts"] * len(recorded["vectors"]["names"])


def test_the_recorded_run_says_what_was_compared():
    recorded = json.loads(RECORDED.read_text())
    models = (ROOT / "workflow/models.tsv").read_text()
    assert f"{recorded['model']['name']}\t" in models
    assert f"\t{recorded['model']['sha256']}\t" in models
    assert f"{llama_cpp.WHEEL}=={recorded['llama_cpp']['version']}\n" in (ROOT / llama_cpp.REQUIREMENTS).read_text()


def test_the_recorded_run_is_of_a_commit_without_local_changes():
    commit = json.loads(RECORDED.read_text())["provenance"]["git_commit"]
    assert re.fullmatch("[0-9a-f]{40}", commit), f"{commit}: run `agree` again in a clean clone"
