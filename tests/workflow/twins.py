"""Takes a tiny random twin of every model of the gpu tier through the whole quick study, each with a chat template of its family's kind:

    ./scripts/env python tests/workflow/twins.py                 all of them: about an hour on two cores
    ./scripts/env python tests/workflow/twins.py gemma-2-2b-it   some of them

What comes out means nothing, that it comes out is the test: no step, table, figure or page depends on a family. It is no part of the
tests, which take minutes; run it when a family is added, or when steps that run a model have changed.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
import yaml
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from tests.conftest import EXTRAS, SIZES, VISION
from tests.unit.models import families
from tests.workflow.project import QUICK, ROOT, Project

TWINS = {
    "gemma-2-2b-it": ("gemma2", families.REFUSES_SYSTEM),
    "llama-3.2-3b-instruct": ("llama", families.DATED),
    "qwen2.5-7b-instruct": ("qwen2", families.DEFAULT_SYSTEM),
    "qwen2.5-7b": ("qwen2", None),
    "llama-3.1-8b-instruct": ("llama", families.DATED),
    "qwen3-8b": ("qwen3", families.SWITCHED),
    "gemma-3-12b-it": ("gemma3", families.MERGES_SYSTEM),
}
"""Family and chat template of each model of the gpu tier; None for a base model."""
CONTEXT = 4096
VOCABULARY = 6000
SPECIAL = ["<pad>", "<bos>", "<eos>", "<turn>", "<end>", "<image>", "<begin>", "<over>"]
ENDS = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
IMAGE = {"mm_tokens_per_image": 4, "image_token_index": 5, "boi_token_index": 6, "eoi_token_index": 7}


def train_tokenizer(texts: Iterator[str]) -> PreTrainedTokenizerFast:
    """Byte-level pieces of the study's own texts, so that its prompts are no longer than real ones and its words are pieces."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", tokenizer.token_to_id("<bos>"))]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>")


def texts_of_study() -> Iterator[str]:
    for file in sorted((ROOT / "workflow" / "stimuli").rglob("*.jsonl")):
        yield file.read_text()


def configuration(family: str, vocabulary: int) -> AutoConfig:
    """A tiny decoder of a family, long enough for the study's prompts."""
    shape = {**SIZES, "max_position_embeddings": CONTEXT, "vocab_size": vocabulary}
    if family == "gemma3":
        text = {**shape, **EXTRAS["gemma3_text"]}
        return AutoConfig.for_model(family, text_config=text, vision_config=VISION, **IMAGE, **ENDS)
    return AutoConfig.for_model(family, **shape, **EXTRAS[family], **ENDS)


def make_twin(name: str, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Random weights, tokenizer and template of one model, as a repository of weights holds them."""
    family, template = TWINS[name]
    torch.manual_seed(sorted(TWINS).index(name))
    AutoModelForCausalLM.from_config(configuration(family, len(tokenizer))).save_pretrained(folder)
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)


def rows_of_twins(names: list[str], folder: Path) -> str:
    """Their rows of the table of models: the models' own, but for where weights come from and how large they are."""
    with (ROOT / "workflow" / "models.tsv").open() as table:
        rows = {row["name"]: row for row in csv.DictReader(table, delimiter="\t")}
    twins = [
        {
            **rows[name],
            "name": f"{name}-twin",
            "sources": f"folder:{folder / name}",
            "dtype": "float32",
            "parameters_millions": "1",
        }
        for name in names
    ]
    return "".join("\t".join(twin.values()) + "\n" for twin in twins)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "models", nargs="*", choices=[[], *TWINS], help="models of the gpu tier; all when none is named"
    )
    names = parser.parse_args().models or [*TWINS]
    tier = yaml.safe_load((ROOT / "workflow" / "config" / "gpu.yaml").read_text())["models"]
    if sorted(TWINS) != sorted(tier):
        sys.exit(f"twins.py makes twins of {', '.join(TWINS)}, the gpu tier names {', '.join(tier)}; correct TWINS")

    folder = Path(tempfile.mkdtemp(prefix="twins-"))
    tokenizer = train_tokenizer(texts_of_study())
    for name in names:
        make_twin(name, tokenizer, folder / name)
    project = Project.fresh(folder / "project")
    with (project.folder / "workflow" / "models.tsv").open("a") as table:
        table.write(rows_of_twins(names, folder))
    settings = project.folder / "workflow" / "config" / "twins.yaml"
    settings.write_text(json.dumps({"models": [f"{name}-twin" for name in names]}))
    status = project.start(*QUICK, "workflow/config/twins.yaml", output=sys.stderr).wait()
    print(f"{'failed' if status else 'all of it done'} in {project.folder}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
