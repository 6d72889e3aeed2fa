"""A converted GGUF file computes what its original computes, or is refused by name: no setting of it is lost."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoConfig, PreTrainedModel

from emotion_vectors.weights import conversion, gguf_files, gguf_settings, loading, vocabulary
from emotion_vectors.weights.folders import WeightsError
from tests.unit.weights.gguf_made import BLOCKS, logits_of, network_of, write_gguf

LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
    "rope_theta": 10000.0,
}
LINEAR = {
    "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 10000.0},
    "sliding_attention": {"rope_type": "default", "rope_theta": 3000.0},
}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64, "rope_theta": 10000.0}


def llama3_factors(count: int) -> np.ndarray:
    """Straight from the definition: long waves are stretched, short ones kept, those between blended."""
    factors = []
    for pair in range(count):
        wave = 2 * math.pi * 10000.0 ** (pair / count)
        if wave < 64 / 4:
            factors.append(1.0)
        elif wave > 64:
            factors.append(8.0)
        else:
            blend = (64 / wave - 1.0) / (4.0 - 1.0)
            factors.append(1 / ((1 - blend) / 8.0 + blend))
    return np.array(factors, dtype=np.float32)


def converted(tmp_path: Path, row) -> PreTrainedModel:
    """The network in the form that later steps load, read as they read it."""
    return loading.load_network(conversion.convert(tmp_path / "tiny.gguf", tmp_path / "converted", row), torch.float32)


def same_as_its_file(tmp_path: Path, network, tokenizer, **more):
    read = converted(tmp_path, write_gguf(tmp_path / "tiny.gguf", network, tokenizer, **more))
    torch.testing.assert_close(logits_of(read), logits_of(network), atol=1e-5, rtol=1e-4)
    return read


@pytest.mark.parametrize(
    ("family", "tied"),
    [
        ("llama", True),
        ("llama", False),
        ("qwen2", True),
        ("qwen3", False),
        ("gemma2", True),
        ("gemma3_text", True),
        ("phi3", False),
    ],
)
def test_a_converted_file_computes_what_its_original_does(tmp_path, tokenizer, family, tied):
    network = network_of(family, len(tokenizer), tie_word_embeddings=tied)
    assert same_as_its_file(tmp_path, network, tokenizer).config.model_type == family


CARRIED = {
    "rotary factors of Llama 3": (
        "llama",
        {"rope_parameters": LLAMA3, "head_dim": 8},
        {"tensors": {"rope_freqs.weight": llama3_factors(4)}},
    ),
    "linear scaling of some layers": (
        "gemma3_text",
        {"rope_parameters": LINEAR},
        {"settings": {"rope.scaling.type": "linear", "rope.scaling.factor": 8.0, "rope.freq_base_swa": 3000.0}},
    ),
    "yarn": (
        "qwen3",
        {"rope_parameters": YARN},
        {
            "settings": {
                "rope.scaling.type": "yarn",
                "rope.scaling.factor": 4.0,
                "rope.scaling.original_context_length": 64,
            }
        },
    ),
    "soft caps": ("gemma2", {"attn_logit_softcapping": 2.0, "final_logit_softcapping": 3.0}, {}),
    "window": ("gemma2", {"sliding_window": 5}, {}),
    "window of every block": ("phi3", {"sliding_window": 3}, {}),
    "pattern of windows": (
        "gemma3_text",
        {"sliding_window_pattern": 3},
        {"settings": {"attention.sliding_window_pattern": 3}},
    ),
    "scale of queries": ("gemma3_text", {"query_pre_attn_scalar": 3}, {"settings": {"attention.scale": 3**-0.5}}),
    "base of rotary frequencies": ("qwen2", {"rope_theta": 77.0}, {}),
    "epsilon": ("qwen2", {"rms_norm_eps": 0.5}, {}),
}


@pytest.mark.parametrize(("family", "changes", "written"), CARRIED.values(), ids=CARRIED)
def test_a_setting_is_carried_over(tmp_path, tokenizer, family, changes, written):
    changes = ({"rope_theta": None} if "rope_parameters" in changes else {}) | changes
    network = network_of(family, len(tokenizer), **changes)
    same_as_its_file(tmp_path, network, tokenizer, **written)
    usual = network_of(family, len(tokenizer))
    usual.load_state_dict(network.state_dict())
    assert not torch.allclose(logits_of(usual), logits_of(network), atol=1e-3), "the setting changes nothing here"


REFUSED = {
    "unknown rotary factors": (
        {"tensors": {"rope_freqs.weight": np.array([1, 5, 2, 9], dtype=np.float32)}},
        r"rope_freqs\.weight: factors .* no known rule",
    ),
    "kind of rotary scaling": ({"settings": {"rope.scaling.type": "longrope"}}, r"rope\.scaling\.type = longrope"),
    "temperature of yarn": (
        {
            "settings": {
                "rope.scaling.type": "yarn",
                "rope.scaling.factor": 4.0,
                "rope.scaling.original_context_length": 64,
                "rope.scaling.yarn_beta_fast": 16.0,
            }
        },
        r"yarn_beta_fast = 16",
    ),
    "soft cap": ({"settings": {"attn_logit_softcapping": 50.0}}, r"attn_logit_softcapping = 50"),
    "window": ({"settings": {"attention.sliding_window": 8}}, r"attention\.sliding_window = 8"),
    "scale of attention": ({"settings": {"attention.scale": 0.2}}, r"attention\.scale = 0\.2"),
    "scale of logits": ({"settings": {"logit_scale": 0.5}}, r"logit_scale = 0\.5"),
    "part of each head rotated": (
        {"settings": {"rope.dimension_count": 4, "attention.key_length": 8}},
        r"rope\.dimension_count = 4",
    ),
    "experts": ({"settings": {"expert_count": 8}}, r"expert_count = 8"),
    "no causal mask": ({"settings": {"attention.causal": False}}, r"attention\.causal = False"),
    "a setting that nobody knows": ({"settings": {"attention.sink_count": 4}}, r"attention\.sink_count = 4"),
    "a further tensor": (
        {"tensors": {"blk.0.attn_q.bias": np.ones(32, dtype=np.float32)}},
        r"would lose: blk\.0\.attn_q\.bias",
    ),
    "a missing tensor": (
        {"without": "blk.2.ffn_down.weight"},
        r"missing tensors: model\.layers\.2\.mlp\.down_proj\.weight",
    ),
    "a tensor of another shape": (
        {"tensors": {"blk.1.attn_norm.weight": np.ones(31, dtype=np.float32)}},
        r"another shape: model\.layers\.1\.input_layernorm",
    ),
    "fewer blocks than tensors": ({"settings": {"block_count": BLOCKS - 1}}, r"would lose: blk\.3\.attn_k\.weight"),
    "more blocks than tensors": ({"settings": {"block_count": BLOCKS + 1}}, r"missing tensors: model\.layers\.4"),
    "heads that differ between blocks": (
        {"settings": {"attention.head_count_kv": [2, 2, 2, 1]}},
        r"head_count_kv = \[2, 2, 2, 1\]",
    ),
    "one of several parts": ({"facts": {"split.count": 3}}, r"split\.count: one of 3 parts"),
    "an adapter": ({"facts": {"general.type": "adapter"}}, r"general\.type: holds 'adapter'"),
    "an architecture that is not read": (
        {"facts": {"general.architecture": "mamba"}},
        r"'mamba' is not served: has blocks without att",
    ),
}


@pytest.mark.parametrize(("written", "message"), REFUSED.values(), ids=REFUSED)
def test_what_would_be_lost_is_refused_by_name(tmp_path, tokenizer, written, message):
    row = write_gguf(tmp_path / "tiny.gguf", network_of("llama", len(tokenizer), head_dim=8), tokenizer, **written)
    with pytest.raises(WeightsError, match=message):
        conversion.convert(tmp_path / "tiny.gguf", tmp_path / "converted", row)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.gguf"]


def test_a_window_that_no_text_reaches_changes_nothing(tmp_path, tokenizer):
    network = network_of("llama", len(tokenizer))
    same_as_its_file(tmp_path, network, tokenizer, settings={"attention.sliding_window": 256})


@pytest.mark.parametrize(("family", "blocks", "scalar"), [("gemma2", 46, 4), ("gemma3_text", 62, 4), ("gemma2", 26, 8)])
def test_queries_of_the_largest_gemma_are_scaled_by_width(tmp_path, tokenizer, family, blocks, scalar):
    """Its files do not say so: their readers know it from the number of blocks. Here four heads of 8 share a width of 16."""
    network = network_of(family, len(tokenizer), num_hidden_layers=1, hidden_size=16, sliding_window_pattern=1)
    written = {"block_count": blocks, "attention.sliding_window_pattern": None}
    write_gguf(tmp_path / "tiny.gguf", network, tokenizer, settings=written)
    config = AutoConfig.from_pretrained(tmp_path, gguf_file="tiny.gguf")
    gguf_settings.carry_over(config, gguf_files.open_gguf(tmp_path / "tiny.gguf"))
    assert config.query_pre_attn_scalar == scalar


def test_every_end_that_the_file_names_ends_a_reply(tmp_path, tokenizer):
    facts = {"tokenizer.ggml.eot_token_id": 4, "tokenizer.ggml.eom_token_id": 3}
    read = same_as_its_file(tmp_path, network_of("llama", len(tokenizer)), tokenizer, facts=facts)
    assert read.generation_config.eos_token_id == [2, 3, 4]


@pytest.mark.parametrize("factors", [np.ones(8), np.full(8, 4.0)], ids=["none", "linear"])
def test_factors_that_are_all_alike_need_no_rule_of_their_own(factors):
    expected = {} if factors[0] == 1 else {"rope_type": "linear", "factor": 4.0}
    assert gguf_settings.scaling_of(factors, 10000.0) == expected


def test_rows_without_a_piece_are_named_by_the_file_and_never_written(tmp_path, tokenizer):
    network = network_of("qwen2", len(tokenizer) + 7)
    same_as_its_file(tmp_path, network, tokenizer)
    read = loading.load_tokenizer(tmp_path / "converted")
    assert len(read) == len(tokenizer) + 7
    rows = vocabulary.rows_without_piece(read, len(tokenizer) + 7)
    assert rows.tolist() == list(range(len(tokenizer), len(tokenizer) + 7))
