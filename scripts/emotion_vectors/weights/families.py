"""Families of decoders by the `model_type` of their configuration: which are served, and why well-known others are not.

Another family is one row of `FAMILIES` and a tiny configuration of it in `tests/conftest.py`. The table is plain data, so that a model
is told to be served or not before weights travel.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """Dotted paths to the parts of a decoder; the paths of block parts start at the block.

    gguf: architectures of GGUF files that hold such a decoder; none where these files are not read.
    limit: what is read of it only in part, or under a condition.
    """

    title: str
    base: str = "model"
    blocks: str = "layers"
    embedding: str = "embed_tokens"
    rotary: str = "rotary_emb"
    final_norm: str = "norm"
    unembedding: str = "lm_head"
    attention_output: str = "self_attn.o_proj"
    mlp_output: str = "mlp.down_proj"
    gguf: tuple[str, ...] = ()
    limit: str = ""


FAMILIES: dict[str, Family] = {
    "llama": Family("Llama, SmolLM 2 and others of its form", gguf=("llama",)),
    "qwen2": Family("Qwen 2 and 2.5", gguf=("qwen2",)),
    "qwen3": Family("Qwen 3", gguf=("qwen3",)),
    "gemma2": Family("Gemma 2", gguf=("gemma2",)),
    "gemma3_text": Family("Gemma 3, text alone", gguf=("gemma3",)),
    "gemma3": Family("Gemma 3 with pictures", base="model.language_model", limit="the text part alone is studied"),
    "mistral": Family(
        "Mistral", gguf=("llama",), limit="GGUF files do not tell its sliding window: take safetensors where it has one"
    ),
    "olmo2": Family("OLMo 2"),
    "phi3": Family("Phi-3 and Phi-4", gguf=("phi3",)),
}

ARCHITECTURES = tuple(sorted({name for family in FAMILIES.values() for name in family.gguf}))
"""Architectures of GGUF files that can be converted."""

UNTRIED = "its parts bear the usual names, but no test holds the engine against it"
EXPERTS = "mixes experts: there is no one projection through which the MLP of a block writes"
NO_ATTENTION = "has blocks without attention, so that there are no heads to read, silence or drive"
SCALED = "scales what its sublayers write, or its logits, which the engine does not repeat"
OTHER_PARTS = "its blocks are built of other parts, which no row names"

REFUSED = {
    UNTRIED: (
        "gemma smollm3 olmo olmo3 glm glm4 stablelm nemotron ministral ministral3 arcee seed_oss exaone4 apertus "
        "ernie4_5 helium bitnet diffllama vaultgemma"
    ),
    EXPERTS: "mixtral qwen2_moe qwen3_moe gpt_oss granitemoe olmoe deepseek_v2 deepseek_v3 phimoe minimax llama4_text",
    NO_ATTENTION: "lfm2 mamba mamba2 jamba zamba2 falcon_h1 recurrent_gemma qwen3_next qwen3_5_text rwkv",
    SCALED: "granite cohere cohere2",
    OTHER_PARTS: (
        "phi gpt2 gpt_neox gptj gpt_bigcode opt bloom falcon mpt starcoder2 persimmon codegen xglm biogpt jetmoe "
        "gemma3n_text gemma4_text"
    ),
}
NOT_SERVED = {family: reason for reason, families in REFUSED.items() for family in families.split()}
"""Families that the library knows and this study refuses, each with its reason."""


def table() -> str:
    """Every family with what is done with its models, as a Markdown table."""
    lines = ["| family | `model_type` | models of it are | from GGUF files |", "| --- | --- | --- | --- |"]
    for kind, family in FAMILIES.items():
        state = f"served in part: {family.limit}" if family.limit else "served"
        lines.append(f"| {family.title} | `{kind}` | {state} | {'yes' if family.gguf else 'refused'} |")
    for reason in dict.fromkeys(NOT_SERVED.values()):
        kinds = ", ".join(f"`{kind}`" for kind in sorted(NOT_SERVED) if NOT_SERVED[kind] == reason)
        lines.append(f"| others that are known | {kinds} | refused: {reason} | refused |")
    lines.append("| all others | any other | refused: no row names its parts | refused |")
    return "\n".join(lines)


def refusal(model_type: object) -> str:
    """Why a `model_type` is not served, in words; empty where it is."""
    if model_type in FAMILIES:
        return ""
    known = f"known: {', '.join(sorted(FAMILIES))}"
    if not isinstance(model_type, str) or not model_type:
        return f"the configuration names no model_type ({known})"
    reason = NOT_SERVED.get(model_type, "no row names its parts")
    return f"model_type '{model_type}' is not served: {reason} ({known})"
