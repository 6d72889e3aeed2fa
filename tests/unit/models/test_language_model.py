"""Naming the parts of a decoder: one layer convention for every family, and models as they are loaded."""

import json
from dataclasses import replace

import pytest
import torch

from emotion_vectors.artefacts import provenance
from emotion_vectors.models import hooks, language_model
from emotion_vectors.models import layers as depths
from emotion_vectors.models.families import ModelError, family_of
from emotion_vectors.weights.families import FAMILIES
from tests.unit.models.texts import ids_of


def test_every_known_family_has_a_tiny_model(family_names):
    assert set(FAMILIES) == set(family_names)


def test_layer_is_hidden_states_of_the_next_index(any_model):
    ids = ids_of(any_model)
    with torch.no_grad():
        expected = any_model.network(input_ids=ids, output_hidden_states=True, use_cache=False).hidden_states
    streams = hooks.residual_streams(any_model, ids)
    assert len(streams) == any_model.layers == 4
    for layer in range(any_model.layers - 1):
        torch.testing.assert_close(streams[layer], expected[layer + 1])


def test_last_residual_stream_is_taken_before_the_final_norm(any_model):
    ids = ids_of(any_model)
    with torch.no_grad():
        expected = any_model.network(input_ids=ids, output_hidden_states=True, use_cache=False).hidden_states[-1]
    last = hooks.residual_streams(any_model, ids)[-1]
    torch.testing.assert_close(any_model.final_norm(last), expected)
    assert not torch.allclose(last, expected, atol=1e-2)


def test_own_loop_over_the_blocks_is_the_forward_even_beyond_the_sliding_window(any_model):
    ids = ids_of(any_model)
    with torch.no_grad():
        loop = hooks.run_blocks(any_model, ids)
        logits = any_model.network(input_ids=ids, use_cache=False).logits
    torch.testing.assert_close(loop, hooks.residual_streams(any_model, ids)[-1])
    torch.testing.assert_close(any_model.logits(loop), logits, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("family", ["gemma2", "gemma3_text", "mistral", "phi3"])
def test_sliding_windows_of_the_tiny_models_hide_early_tokens(make_model, family):
    """Were the windows wider than the texts, the family tests could not notice a wrong mask."""
    model = make_model(family, num_hidden_layers=1)
    ids = ids_of(model)
    other = ids.clone()
    other[0, 0] = (ids[0, 0] + 1) % 100 + 5
    near, far = (hooks.residual_streams(model, each)[0][0] for each in (ids, other))
    assert not torch.allclose(near[1], far[1], atol=1e-4)
    torch.testing.assert_close(near[-1], far[-1])


def test_projections_are_those_that_write_into_the_residual_stream(any_model):
    """With both silenced a block hands on what it was given, whether it normalises before or after them."""
    layer = 1
    silenced = [any_model.attention_output(layer), any_model.mlp_output(layer)]
    handles = [part.register_forward_hook(lambda _module, _inputs, output: output * 0) for part in silenced]
    try:
        streams = hooks.residual_streams(any_model, ids_of(any_model))
    finally:
        for handle in handles:
            handle.remove()
    torch.testing.assert_close(streams[layer], streams[layer - 1])
    assert not torch.allclose(streams[layer + 1], streams[layer], atol=1e-3)


def test_embedding_is_what_the_first_block_reads(any_model):
    ids = ids_of(any_model)
    entry = []
    handle = any_model.blocks[0].register_forward_pre_hook(lambda _module, inputs: entry.append(inputs[0]))
    hooks.residual_streams(any_model, ids)
    handle.remove()
    torch.testing.assert_close(any_model.embedding(ids), entry[0])


def test_unknown_family_names_itself_and_the_known_ones(make_model):
    network = make_model("llama").network
    network.config.model_type = "mamba"
    with pytest.raises(ModelError, match=r"'mamba'.*llama.*qwen2"):
        family_of(network)


@pytest.mark.parametrize("part", ["base", "blocks", "attention_output", "final_norm", "unembedding"])
def test_a_part_that_does_not_exist_is_a_model_error(make_model, monkeypatch, part):
    network, tokenizer = make_model("llama").network, make_model("llama").tokenizer
    monkeypatch.setitem(FAMILIES, "llama", replace(FAMILIES["llama"], **{part: "no_such_part"}))
    with pytest.raises(ModelError, match="no_such_part"):
        language_model.assemble(network, tokenizer, name="tiny", sha256="0")


def test_assembled_networks_are_frozen_and_in_evaluation_mode(any_model):
    assert not any_model.network.training
    assert not any(parameter.requires_grad for parameter in any_model.network.parameters())


@pytest.fixture(scope="module")
def folder(make_model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model")
    model = make_model("llama", seed=11)
    model.network.save_pretrained(path)
    model.tokenizer.save_pretrained(path)
    (path / "weights.json").write_text(json.dumps({"name": "tiny-on-disk", "sha256": "ab" * 32}))
    return path


def test_a_saved_model_loads_as_itself(folder, make_model):
    original, loaded = make_model("llama", seed=11), language_model.load(folder)
    ids = ids_of(original)
    assert (loaded.name, loaded.sha256, loaded.conversation.template) == ("tiny-on-disk", "ab" * 32, "chat")
    assert torch.equal(loaded.network(input_ids=ids).logits, original.network(input_ids=ids).logits)
    assert loaded.tokenizer("she was happy").input_ids == original.tokenizer("she was happy").input_ids


def test_the_conversation_of_a_folder_needs_no_weights_and_is_that_of_the_loaded_model(folder, tmp_path):
    loaded = language_model.load(folder, date="2020-02-03")
    for file in folder.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    read = language_model.read_conversation(tmp_path, template="chat", date="2020-02-03")
    assert read.facts() == loaded.conversation.facts()
    (tmp_path / "generation_config.json").unlink()
    assert language_model.read_conversation(tmp_path, template="chat", date="2020-02-03").ends == read.ends


def test_a_step_that_loads_a_model_records_its_conversation(folder):
    with provenance.running(provenance.Run(rule="read_lens", config_sha256="0")):
        loaded = language_model.load(folder)
        assert provenance.current().record()["conversations"] == {"tiny-on-disk": loaded.conversation.facts()["sha256"]}


def test_dtype_is_the_one_asked_for_and_recorded(folder):
    with provenance.running(provenance.Run(rule="capture_stories", config_sha256="0")):
        assert language_model.load(folder, dtype="bfloat16").network.dtype == torch.bfloat16
        assert provenance.current().record()["precisions"] == {"tiny-on-disk": "bfloat16"}


def test_reinitialised_twin_shares_the_configuration_and_no_weight_matrix(folder):
    trained, twin = language_model.load(folder), language_model.load(folder, reinitialise=language_model.Twin(7))
    assert twin.network.config.to_dict() == trained.network.config.to_dict()
    assert twin.tokenizer.get_vocab() == trained.tokenizer.get_vocab()
    weights = dict(trained.network.named_parameters())
    compared = 0
    for name, parameter in twin.network.named_parameters():
        if parameter.ndim == 2:
            compared += 1
            correlation = torch.corrcoef(torch.stack([parameter.flatten(), weights[name].flatten()]))[0, 1]
            assert abs(correlation) < 0.2, name
    assert compared >= 4 * 7 + 1


def test_reinitialisation_is_repeatable_and_depends_on_the_seed(folder):
    first, again, other = (
        language_model.load(folder, reinitialise=language_model.Twin(seed)).unembedding.weight for seed in (7, 7, 8)
    )
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)


@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma3"])
def test_a_twin_ends_with_the_block_nearest_its_depth(make_model, tmp_path, family):
    model = make_model(family, seed=11)
    model.network.save_pretrained(tmp_path)
    model.tokenizer.save_pretrained(tmp_path)
    (tmp_path / "weights.json").write_text(json.dumps({"name": "tiny-on-disk", "sha256": "ab" * 32}))
    twin = language_model.load(tmp_path, reinitialise=language_model.Twin(7, depth=0.6667))
    assert twin.layers == depths.main_layer(model.layers, 0.6667) + 1 < model.layers
