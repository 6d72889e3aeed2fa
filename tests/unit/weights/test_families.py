"""Families: the table that users read is made from the code, and the reasons for refusals are true of tiny models."""

from pathlib import Path

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from emotion_vectors.models.families import ModelError
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.self_check import self_check
from emotion_vectors.weights import families
from tests.conftest import SIZES

README = Path(__file__).parents[3] / "workflow/config/README.md"
EXPERTS = {"num_experts": 4, "num_local_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
TINY = {
    **{key: {} for key in ("smollm3", "olmo", "olmo3", "stablelm", "nemotron", "arcee", "exaone4")},
    **{key: {"head_dim": 8} for key in ("gemma", "glm", "glm4", "helium", "seed_oss", "ministral", "vaultgemma")},
    **dict.fromkeys(("mixtral", "qwen2_moe", "olmoe"), EXPERTS),
    "qwen3_moe": {**EXPERTS, "head_dim": 8},
    **{key: {} for key in ("mamba", "lfm2", "jamba", "recurrent_gemma")},
    "granite": {"residual_multiplier": 0.3, "logits_scaling": 8.0},
    **{key: {} for key in ("cohere", "cohere2")},
    **{key: {} for key in ("phi", "gpt2", "gpt_neox", "opt", "bloom", "starcoder2")},
}


def test_users_read_what_the_code_does():
    text = README.read_text(encoding="utf-8")
    shown = text.partition("<!-- families:begin -->\n")[2].partition("\n<!-- families:end -->")[0]
    assert shown == families.table(), "make it again with emotion_vectors.weights.families.table()"


def test_no_family_is_served_and_refused():
    assert not set(families.FAMILIES) & set(families.NOT_SERVED)
    assert not any(families.refusal(kind) for kind in families.FAMILIES)
    assert set(families.NOT_SERVED.values()) == {families.NOT_SERVED[kind] for kind in TINY}


@pytest.mark.parametrize("kind", TINY)
def test_the_reason_for_a_refusal_is_true_of_a_tiny_model(kind):
    """With the part names that most families share, only models whose parts are merely untried pass the self-check."""
    ends = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    torch.manual_seed(0)
    network = AutoModelForCausalLM.from_config(
        AutoConfig.for_model(kind, **{**SIZES, "vocab_size": 100, **ends, **TINY[kind]})
    )
    usual = families.Family(kind)
    model = LanguageModel(kind, network.eval(), None, usual, "0", "chat")
    reason = families.NOT_SERVED[kind]
    blocks = (
        []
        if reason == families.OTHER_PARTS
        else [{name for name, _ in block.named_modules()} for block in network.base_model.layers]
    )
    if reason == families.UNTRIED:
        self_check(model)
        return
    with pytest.raises(ModelError):
        self_check(model)
    if reason == families.EXPERTS:
        assert any("mlp.experts" in names and "mlp.down_proj" not in names for names in blocks)
    if reason == families.NO_ATTENTION:
        assert any("self_attn.o_proj" not in names for names in blocks)
    if reason == families.SCALED:
        assert all({"self_attn.o_proj", "mlp.down_proj"} <= names for names in blocks)
