"""The tutorial, and what the README takes from it: every command and every piece of Python, in its order, on a tiny model in a study of
its own."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest
import yaml

from emotion_vectors.commands.arguments import CONFIGURATION
from emotion_vectors.commands.entry import main
from emotion_vectors.exports import formats
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli.configuration import configuration_faults
from tests.unit.commands.conftest import MODEL, ROOT

PAGE = (ROOT / "workflow/TUTORIAL.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
OURS = "./scripts/env python -m emotion_vectors "
README = (ROOT / "README.md").read_text(encoding="utf-8")
SIZES = {"size=(30, 576)": "size=(4, 32)", "layer=19": "layer=2"}
"""Layers, width and main layer of the model that the page is about, and those of the tiny one."""


def of_the_tiny_model(code: str) -> str:
    for printed, tiny in SIZES.items():
        code = code.replace(printed, tiny)
    return code


def test_sizes_on_the_page_are_those_of_its_model():
    code = "".join(text for kind, text in BLOCKS if kind == "python")
    assert [code.count(printed) for printed in SIZES] == [1, 1]
    assert (
        main_layer(30, yaml.safe_load((ROOT / CONFIGURATION).read_text(encoding="utf-8"))["vectors"]["main_depth"])
        == 19
    )


def test_the_page_runs_from_its_top_to_its_end(inside: Path, capsys: pytest.CaptureFixture[str]):
    commands = pieces = 0
    for kind, text in BLOCKS:
        if kind == "python":
            exec(compile(of_the_tiny_model(text), "workflow/TUTORIAL.md", "exec"), {})
            pieces += 1
        for line in text.splitlines() if kind == "bash" else []:
            if line.startswith(OURS):
                assert main(shlex.split(line.removeprefix(OURS))) == 0, line
                commands += 1
    assert (commands, pieces) == (8, 2)
    out = capsys.readouterr().out
    assert all(said in out for said in ("desperate +0.3", "blackmail", "contrast", "frustrated"))
    assert formats.load("desperate.gguf").names == ["desperate"]
    for file in ("emotions.safetensors", "emotions.npz", "desperate.gguf", "theirs.npz"):
        Path(file).unlink()


def test_other_commands_of_the_page_are_targets_that_exist():
    others = [
        line for kind, text in BLOCKS if kind == "bash" for line in text.splitlines() if not line.startswith(OURS)
    ]
    assert others == [
        f"./scripts/env snakemake results/quick/{MODEL}/vectors.safetensors --cores all --configfile workflow/config/quick.yaml",
        f"./scripts/env snakemake results/quick/{MODEL}/imported/rows.parquet --cores all --configfile workflow/config/quick.yaml "
        "workflow/config/mine.yaml",
    ]


def test_settings_on_the_page_are_settings_of_a_study():
    (text,) = [text for kind, text in BLOCKS if kind == "yaml"]
    settings = yaml.safe_load((ROOT / "workflow/config/config.yaml").read_text(encoding="utf-8")) | yaml.safe_load(text)
    assert configuration_faults(settings, ROOT / "workflow/schemas/config.schema.yaml") == ""
    assert [*settings["imported"].values()] == [{"file": "theirs.npz", "models": [MODEL]}]


def test_links_of_the_page_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)", PAGE)
    assert len(links) >= 4
    assert [link for link in links if not (ROOT / "workflow" / link).exists()] == []


def test_the_piece_of_python_in_the_readme_runs_and_is_that_of_the_tutorial(
    inside: Path, capsys: pytest.CaptureFixture[str]
):
    (piece,) = re.findall(r"^```python\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
    assert statements(piece) == statements([text for kind, text in BLOCKS if kind == "python"][-1])
    exec(compile(of_the_tiny_model(piece), "README.md", "exec"), {})
    out = capsys.readouterr().out
    assert all(said in out for said in ("token", "sad", "happy", "letter"))


def statements(piece: str) -> str:
    """Python without its comments."""
    return ast.unparse(ast.parse(piece))


def test_the_command_of_the_readme_reads_a_text(inside: Path, capsys: pytest.CaptureFixture[str]):
    """On the quick study, which is the one that is there; without a configuration it is the default study's vectors that are asked for."""
    (command,) = re.findall(rf"`{re.escape(OURS)}([^`]*)`", README)
    assert main([*shlex.split(command), "--configfile", "workflow/config/quick.yaml"]) == 0
    assert "sad" in capsys.readouterr().out
    assert main(shlex.split(command)) != 0
    assert f"results/{MODEL}/vectors.safetensors" in capsys.readouterr().err
