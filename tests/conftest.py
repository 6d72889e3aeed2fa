"""Tiny decoders of every family and the tokenizer they share, made here from nothing: no test waits for weights."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from emotion_vectors.models.language_model import LanguageModel, assemble
from emotion_vectors.models.tokens import Encoded, encode

torch.set_num_threads(
    1
)  # Models as small as those here lose more to waiting for a second thread than they gain from it.


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook, and would read them too early.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all tests that need weights, the study among them, after the others: a model that waits for a core is slow."""
    items.sort(key=lambda item: item.get_closest_marker("weights") is not None)
    for item in items:
        if item.get_closest_marker("weights"):
            item.add_marker(pytest.mark.xdist_group("weights"))


SENTENCES = [
    "she was happy when the morning train came over the bridge",
    "he felt sad and very calm beside the quiet river that evening",
    "they were afraid of the storm but proud of their small boat",
    "the angry neighbour closed the door and walked into the garden",
    "a letter from the school lay open on the kitchen table",
]
WORDS = sorted({word for sentence in SENTENCES for word in sentence.split()})

CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}<turn>{{ message['role'] }}\n{{ message['content'] }}<end>\n{% endfor %}"
    "{% if add_generation_prompt %}<turn>assistant\n{% endif %}"
)

SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "initializer_range": 0.2,
}
WINDOW = 8
"""Sliding attention window of the families that have one: shorter than the test texts, so that a wrong mask shows."""

EXTRAS: dict[str, dict[str, Any]] = {
    "llama": {},
    "qwen2": {},
    "qwen3": {"head_dim": 8},
    "gemma2": {"head_dim": 8, "sliding_window": WINDOW, "query_pre_attn_scalar": 8},
    "gemma3_text": {"head_dim": 8, "sliding_window": WINDOW, "query_pre_attn_scalar": 8, "sliding_window_pattern": 2},
    "mistral": {"sliding_window": WINDOW},
    "olmo2": {},
    "phi3": {"sliding_window": WINDOW},
}
VISION = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "image_size": 8,
    "patch_size": 4,
}
FAMILY_NAMES = [*EXTRAS, "gemma3"]


def _train_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<pad>", "<bos>", "<eos>", "<turn>", "<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([f" {sentence}" for sentence in SENTENCES] * 4, trainer)
    return tokenizer


def _wrap(tokenizer: Tokenizer, **special: str) -> PreTrainedTokenizerFast:
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special, bos_token="<bos>", eos_token="<eos>")
    wrapped.chat_template = CHAT_TEMPLATE
    return wrapped


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE that puts a beginning-of-text token in front, as Llama and Gemma do."""
    trained = _train_tokenizer()
    trained.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", trained.token_to_id("<bos>"))]
    )
    return _wrap(trained, pad_token="<pad>")


@pytest.fixture(scope="session")
def tokenizer_without_bos() -> PreTrainedTokenizerFast:
    """The same vocabulary with nothing in front, as Qwen does."""
    return _wrap(_train_tokenizer(), pad_token="<pad>")


@pytest.fixture(scope="session")
def metaspace() -> PreTrainedTokenizerFast:
    """Puts a blank before every text, in the manner of Llama 2 and Mistral; every word is one piece with its blank."""
    trained = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    trained.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trained.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    special = ["<unk>", "<bos>", "<eos>", "<turn>", "<end>"]
    alphabet = sorted({*string.ascii_letters, *string.digits, *"▁.,:;!?'<>()[]/|_\n"})
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    trained.train_from_iterator(WORDS * 20, trainer)
    trained.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", trained.token_to_id("<bos>"))]
    )
    return _wrap(trained, unk_token="<unk>")


@pytest.fixture(scope="session")
def make_model(tokenizer: PreTrainedTokenizerFast) -> Callable[..., LanguageModel]:
    """Builds a new model of a family; tests that change one take it from here, not from a shared fixture."""

    def make(family: str, seed: int = 0, **changes: Any) -> LanguageModel:
        shape = {**SIZES, **changes, "vocab_size": len(tokenizer)}
        ends = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
        if family == "gemma3":
            text = {**shape, **EXTRAS["gemma3_text"]}
            image = {"mm_tokens_per_image": 4, "image_token_index": 3, "boi_token_index": 4, "eoi_token_index": 4}
            config = AutoConfig.for_model(family, text_config=text, vision_config=VISION, **image, **ends)
        else:
            config = AutoConfig.for_model(family, **shape, **EXTRAS[family], **ends)
        torch.manual_seed(seed)
        network = AutoModelForCausalLM.from_config(config)
        with torch.no_grad():
            for parameter in network.parameters():
                if parameter.ndim == 1:
                    parameter.add_(0.3 * torch.randn_like(parameter))
        return assemble(network, tokenizer, name=f"tiny-{family}", sha256="0" * 64)

    return make


@pytest.fixture(scope="session")
def family_names() -> list[str]:
    """Families that `any_model` goes through."""
    return FAMILY_NAMES


@pytest.fixture(scope="session", params=FAMILY_NAMES)
def any_model(request: pytest.FixtureRequest, make_model: Callable[..., LanguageModel]) -> LanguageModel:
    """A tiny model of each family in turn; not to be changed."""
    return make_model(request.param)


@pytest.fixture(scope="session")
def llama(make_model: Callable[..., LanguageModel]) -> LanguageModel:
    """One tiny model, for what does not depend on the family; not to be changed."""
    return make_model("llama")


@pytest.fixture(scope="session")
def stories(tokenizer: PreTrainedTokenizerFast) -> list[Encoded]:
    """Seven texts of 60 to 90 words, in no order of length."""
    generator = np.random.default_rng(3)
    return [encode(tokenizer, " ".join(generator.choice(WORDS, count))) for count in (75, 60, 90, 61, 83, 60, 70)]


@pytest.fixture(scope="session")
def reference_states() -> Callable[..., Tensor]:
    """States as the library itself reports them, for one row at a time: [layer, token, d_model].

    Its `hidden_states` lack the residual stream after the last block (their last entry is normalised), so that one is
    read from the block itself.
    """

    @torch.no_grad()
    def states(model: LanguageModel, ids: list[int], **keywords: Tensor) -> Tensor:
        last: list[Tensor] = []

        def read(_module: object, _inputs: object, output: Any) -> None:
            last.append(output[0] if isinstance(output, tuple) else output)

        handle = model.blocks[-1].register_forward_hook(read)
        try:
            output = model.network(
                input_ids=torch.tensor([ids]), use_cache=False, output_hidden_states=True, **keywords
            )
        finally:
            handle.remove()
        return torch.stack([*(hidden[0] for hidden in output.hidden_states[1:-1]), last[0][0]])

    return states
