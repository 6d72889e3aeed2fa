"""The self-check notices wrong names of parts, and leaves a model as it found it."""

from dataclasses import replace

import pytest
import torch

from emotion_vectors.models import hooks, language_model, self_check
from emotion_vectors.models.families import ModelError
from emotion_vectors.weights.families import FAMILIES
from tests.unit.models.texts import ids_of

SILENCED = r"tiny.*self-check failed: residual stream with every projection silenced"


@pytest.mark.parametrize(
    "wrong",
    [
        {"final_norm": "layers.0.input_layernorm"},
        {"attention_output": "mlp.gate_proj"},
        {"mlp_output": "self_attn.k_proj"},
    ],
)
def test_self_check_notices_a_wrong_part_name(make_model, monkeypatch, wrong):
    network, tokenizer = make_model("llama").network, make_model("llama").tokenizer
    monkeypatch.setitem(FAMILIES, "llama", replace(FAMILIES["llama"], **wrong))
    with pytest.raises(ModelError, match="tiny"):
        language_model.assemble(network, tokenizer, name="tiny", sha256="0")


def test_self_check_notices_a_projection_of_the_right_shape_that_reads_the_residual_stream(make_model, monkeypatch):
    network, tokenizer = make_model("llama").network, make_model("llama").tokenizer
    wrong = replace(FAMILIES["llama"], attention_output="self_attn.q_proj")
    monkeypatch.setitem(FAMILIES, "llama", wrong)
    with pytest.raises(ModelError, match=SILENCED):
        language_model.assemble(network, tokenizer, name="tiny", sha256="0")


@pytest.mark.parametrize(
    "wrong",
    [
        {"attention_output": "self_attn"},
        {"mlp_output": "self_attn.o_proj"},
        {"attention_output": "mlp.down_proj"},
        {"attention_output": "mlp.down_proj", "mlp_output": "self_attn.q_proj"},
    ],
    ids=["no projection", "attention twice", "mlp twice", "exchanged and wrong"],
)
def test_self_check_notices_a_writer_that_has_no_name(make_model, monkeypatch, wrong):
    """Steps that silence or ablate components would leave out what no name covers."""
    network, tokenizer = make_model("llama").network, make_model("llama").tokenizer
    monkeypatch.setitem(FAMILIES, "llama", replace(FAMILIES["llama"], **wrong))
    with pytest.raises(ModelError, match="tiny"):
        language_model.assemble(network, tokenizer, name="tiny", sha256="0")


@pytest.mark.parametrize("layer", [1, 3])
def test_self_check_notices_what_a_block_writes_besides_its_projections(make_model, layer):
    """A part of its own, such as an adapter, at one block only: forwards agree with each other all the same."""
    model = make_model("llama")
    mlp = model.blocks[layer].mlp
    handle = mlp.register_forward_hook(lambda _module, _inputs, output: output + 0.5)
    with pytest.raises(ModelError, match=SILENCED):
        self_check.self_check(model)
    handle.remove()
    self_check.self_check(model)


def test_self_check_leaves_the_writers_speaking(make_model, monkeypatch):
    """Hooks that silence are gone whether the check passes or not."""
    model = make_model("llama")
    ids = ids_of(model)
    writers = [part(layer) for layer in range(model.layers) for part in (model.attention_output, model.mlp_output)]
    before = hooks.residual_streams(model, ids)
    self_check.self_check(model)
    assert not any(writer._forward_hooks for writer in writers)
    monkeypatch.setattr(self_check, "_agree", interrupted_when_silenced)
    with pytest.raises(ZeroDivisionError):
        self_check.self_check(model)
    assert not any(writer._forward_hooks for writer in writers)
    for stream, other in zip(before, hooks.residual_streams(model, ids), strict=True):
        assert torch.equal(stream, other)


def interrupted_when_silenced(_model, what, _ours, _theirs):
    if "silenced" in what:
        raise ZeroDivisionError
