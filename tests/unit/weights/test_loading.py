"""Every tensor comes from the files: what is missing, left over, of another shape or packed is named before anything runs."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from emotion_vectors.models import language_model
from emotion_vectors.weights import conversion, loading
from emotion_vectors.weights.folders import WeightsError
from tests.unit.weights.made import configured, tiny_tokenizer

DOWN = "model.layers.1.mlp.down_proj.weight"


def tensors(folder: Path, change) -> None:
    stored = load_file(folder / "model.safetensors")
    save_file(change(stored), folder / "model.safetensors", metadata={"format": "pt"})


def without(*names):
    return lambda stored: {name: tensor for name, tensor in stored.items() if name not in names}


def replaced(name, tensor):
    return lambda stored: stored | {name: tensor}


def in_parts(folder: Path, *, mapped: str = "", left_out: str = "") -> None:
    """Split the file in two with an index; one tensor is mapped to the wrong part, or left out of both."""
    stored = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    parts = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    names = [name for name in sorted(stored) if name != left_out]
    for number, part in enumerate(parts):
        save_file({name: stored[name] for name in names[number::2]}, folder / part, metadata={"format": "pt"})
    table = {name: parts[index % 2] for index, name in enumerate(names)} | ({left_out: parts[0]} if left_out else {})
    table |= {mapped: parts[1 - parts.index(table[mapped])]} if mapped else {}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": table}))


def unembedded_otherwise(folder: Path) -> None:
    configured(folder, tie_word_embeddings=True)


BROKEN = {
    "no unembedding": (lambda folder: tensors(folder, without("lm_head.weight")), r"missing tensors: lm_head\.weight"),
    "one projection less": (lambda folder: tensors(folder, without(DOWN)), rf"missing tensors: {DOWN}"),
    "another prefix": (
        lambda folder: tensors(folder, lambda stored: {f"decoder.{name}": tensor for name, tensor in stored.items()}),
        r"missing tensors: .*; tensors that nothing uses: decoder\.lm_head\.weight",
    ),
    "more blocks than tensors": (
        lambda folder: configured(folder, num_hidden_layers=3),
        r"missing tensors: model\.layers\.2\..* and 4",
    ),
    "fewer blocks than tensors": (
        lambda folder: configured(folder, num_hidden_layers=1),
        r"nothing uses: model\.layers\.1\.",
    ),
    "another shape": (
        lambda folder: tensors(folder, replaced(DOWN, torch.zeros(16, 31))),
        r"down_proj\.weight \(16, 31\) in the files, \(16, 32\)",
    ),
    "another width": (
        lambda folder: configured(folder, intermediate_size=24),
        r"tensors of another shape: model\.layers\.0\.mlp",
    ),
    "an adapter's tensors": (
        lambda folder: tensors(folder, replaced("model.layers.0.mlp.up_proj.lora_A.weight", torch.zeros(2, 16))),
        r"nothing uses: .*lora_A",
    ),
    "a bias that the configuration does not have": (
        lambda folder: tensors(folder, replaced("model.layers.0.self_attn.q_proj.bias", torch.ones(16))),
        r"nothing uses: .*q_proj\.bias",
    ),
    "a part without its tensor": (lambda folder: in_parts(folder, left_out=DOWN), rf"missing tensors: {DOWN}"),
    "parts without an index": (
        lambda folder: (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors"),
        r"neither model\.safetensors nor an index of its parts",
    ),
    "an index of nothing": (
        lambda folder: (folder / "model.safetensors.index.json").write_text("{}"),
        r"index\.json: no index of split weights",
    ),
    "an unembedding that is said to be tied": (unembedded_otherwise, r"tie_word_embeddings: lm_head\.weight differs"),
    "numbers of eight bits": (
        lambda folder: tensors(folder, lambda stored: stored | {DOWN: stored[DOWN].to(torch.float8_e4m3fn)}),
        r"stored as F8_E4M3",
    ),
    "whole numbers": (
        lambda folder: tensors(folder, replaced(DOWN, torch.zeros(16, 32, dtype=torch.int8))),
        r"stored as I8",
    ),
    "padding outside the embedding": (
        lambda folder: configured(folder, pad_token_id=8),
        r"pad_token_id: 8 lies outside the 8 rows",
    ),
    "an end outside the embedding": (
        lambda folder: configured(folder, eos_token_id=[2, 900]),
        r"eos_token_id: 900 lies outside",
    ),
    "unknown rotary scaling": (
        lambda folder: configured(folder, rope_parameters={"rope_type": "spiral", "rope_theta": 1e4}),
        r"rotary type 'spiral'",
    ),
    "no JSON": (lambda folder: (folder / "config.json").write_text('{"model_type": '), r"config\.json: not valid JSON"),
    "quantised": (
        lambda folder: configured(folder, quantization_config={"quant_method": "gptq", "bits": 4}),
        r"quantization_config: .*\(gptq\)",
    ),
    "another family": (
        lambda folder: configured(folder, model_type="mamba"),
        r"'mamba' is not served: has blocks without attention",
    ),
}


def card(folder: Path) -> None:
    (folder / "weights.json").write_text(json.dumps({"name": "tiny", "sha256": "0" * 64}))


@pytest.mark.parametrize(("spoil", "message"), BROKEN.values(), ids=BROKEN)
def test_a_folder_that_does_not_fit_is_refused_when_it_is_converted_and_when_it_is_loaded(
    tmp_path, local, spoil, message
):
    folder, model = local
    spoil(folder)
    with pytest.raises(WeightsError, match=message):
        conversion.convert(folder, tmp_path / "converted", model)
    assert not (tmp_path / "converted").exists()
    card(folder)
    with pytest.raises(WeightsError, match=message):
        language_model.load(folder, template="plain")


@pytest.mark.parametrize(
    "spoil", [lambda folder: None, in_parts, lambda folder: tensors(folder, without("lm_head.weight"))]
)
def test_two_loads_of_one_folder_are_equal_and_equal_its_files(local, spoil):
    folder, _ = local
    before = load_file(folder / "model.safetensors")
    spoil(folder)
    tied = not list(folder.glob("*.index.json")) and "lm_head.weight" not in load_file(folder / "model.safetensors")
    configured(folder, tie_word_embeddings=tied)
    card(folder)
    first, second = (loading.load_network(folder, torch.float32).state_dict() for _ in range(2))
    for name, tensor in first.items():
        stored = "model.embed_tokens.weight" if tied and name == "lm_head.weight" else name
        assert torch.equal(tensor, second[name])
        assert torch.equal(tensor, before[stored])


def test_a_tied_unembedding_that_is_written_twice_is_no_fault(local):
    folder, _ = local
    tensors(folder, lambda stored: stored | {"lm_head.weight": stored["model.embed_tokens.weight"].clone()})
    configured(folder, tie_word_embeddings=True)
    card(folder)
    assert loading.load_network(folder, torch.float32).config.num_hidden_layers == 2


def test_tables_of_rotary_frequencies_of_older_files_are_no_fault(local):
    folder, _ = local
    tensors(folder, replaced("model.layers.0.self_attn.rotary_emb.inv_freq", torch.ones(4)))
    card(folder)
    assert loading.load_network(folder, torch.float32).config.num_hidden_layers == 2


# Vocabulary ----------------------------------------------------------------------------------------------------------


def test_a_tokenizer_longer_than_the_embedding_is_refused(tmp_path, local):
    folder, model = local
    tokenizer = tiny_tokenizer()
    tokenizer.add_tokens([f"new{number}" for number in range(6)])
    tokenizer.save_pretrained(folder)
    with pytest.raises(
        WeightsError, match=r"3 pieces outside the 8 rows of the embedding \('new3' 8, 'new4' 9, 'new5' 10\)"
    ):
        conversion.convert(folder, tmp_path / "converted", model)


def test_a_padding_token_beyond_the_embedding_is_refused(local):
    folder, _ = local
    tokenizer = tiny_tokenizer()
    tokenizer.add_tokens(["b", "c", "d"])
    tokenizer.add_special_tokens({"pad_token": "[PAD]"})
    tokenizer.save_pretrained(folder)
    card(folder)
    with pytest.raises(WeightsError, match=r"'\[PAD\]' 8"):
        language_model.load(folder, template="plain")


def test_a_folder_without_a_tokenizer_is_refused(tmp_path, local):
    folder, model = local
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    with pytest.raises(WeightsError, match="its tokenizer cannot be loaded"):
        conversion.convert(folder, tmp_path / "converted", model)
