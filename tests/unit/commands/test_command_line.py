"""The command line: help at once, one line for what has to be mended, and results that other programs can read."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from emotion_vectors.commands.arguments import EXAMPLES, PROGRAM, parse
from emotion_vectors.commands.entry import main
from emotion_vectors.exports import array_files, formats
from tests.unit.commands.conftest import MODEL, ROOT

QUICK = ["--model", MODEL, "--configfile", "workflow/config/quick.yaml"]
VECTORS = f"results/quick/{MODEL}/vectors.safetensors"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Standard output of a command that succeeds."""
    capsys.readouterr()
    assert main([*words]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that a command with bad input ends in."""
    capsys.readouterr()
    assert main([*words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    said = [line for line in err.splitlines() if line.startswith("emotion_vectors: ")]
    assert len(said) == 1
    assert err.splitlines()[-1] == said[0]
    return said[0]


@pytest.mark.parametrize("words", [["--help"], *([command, "--help"] for command in EXAMPLES)])
def test_help_comes_before_anything_that_runs_models_is_loaded(words: list[str]):
    code = f"import sys; from emotion_vectors.commands.entry import main\ntry: main({words})\nexcept SystemExit: pass\n"
    code += "print({'torch', 'transformers', 'pandas', 'numpy', 'rich'} & {*sys.modules})"
    start = time.perf_counter()
    environment = {"PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert time.perf_counter() - start < 10  # of a busy machine; a tenth of a second of an idle one
    assert done.stdout.splitlines()[-1] == "set()"
    assert f"{PROGRAM} " in done.stdout


def test_every_example_is_a_request():
    for command, examples in EXAMPLES.items():
        for example in examples:
            words = shlex.split(example.removeprefix(PROGRAM))
            assert parse(words)[0] == words[0] == command


def test_the_module_runs_as_a_program():
    environment = {"PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run(
        [sys.executable, "-m", "emotion_vectors", "read"], capture_output=True, text=True, env=environment
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"emotion_vectors: the following arguments are required: --model, text; see {PROGRAM} read --help\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sing"], "invalid choice: 'sing'"),
        (["read", "x", "--model", "smollm2-135m-instrukt"], "did you mean smollm2-135m-instruct"),
        (["read", "x", *QUICK, "--emotions", "joy"], "no vector for joy; there are afraid,"),
        (["read", " ", *QUICK], "the text is empty"),
        (["read", "<turn>", *QUICK, "--emotions", "calm"], "spells the control token '<turn>'"),
        (["read", "x", *QUICK, "--layer", "9"], "no vectors at layer 9; it has layers 0 to 3"),
        (["read", "x", *QUICK, "--vectors", "theirs.pt"], "theirs.pt: a file of vectors ends in"),
        (["read", "x", "--model", MODEL, "--configfile", "mine.yaml"], "mine.yaml: no such file"),
        (
            ["read", "x", "--model", MODEL],
            f"make them with: ./scripts/env snakemake results/{MODEL}/vectors.safetensors --cores",
        ),
        (["read", "x", *QUICK[2:], "--model", "gemma-3-270m"], "--cores all --configfile workflow/config/quick.yaml"),
        (["read", "x", *QUICK[2:], "--model", "gemma-3-270m", "--vectors", VECTORS], "no weights of gemma-3-270m yet"),
        (["steer", "x", *QUICK, "--emotion", "calm", "--strengths", "inf"], "'inf' is not finite"),
        (["steer", "x", *QUICK, "--emotion", "calm", "--temperature", "-1"], "'-1' is below 0"),
        (["steer", "x", *QUICK, "--emotion", "calm", "--tokens", "0"], "'0' is not between 1 and 4096"),
        (["score", *QUICK, "--item", "b01", "--emotions", "calm"], "did you mean b01-none or"),
        (["export", *QUICK, "--output", "a.gguf"], "a GGUF control vector holds one vector, not 48; write a file each"),
        (["export", *QUICK, "--output", "a.pickle"], "a.pickle: a file of vectors ends in"),
    ],
)
def test_bad_input_ends_in_one_line_and_status_2(inside: Path, capsys, words: list[str], said: str):
    assert said in refused(capsys, *words)


def test_a_configuration_with_an_unknown_key_is_refused(inside: Path, capsys, tmp_path: Path):
    (tmp_path / "mine.yaml").write_text("colours: []\n")
    said = refused(capsys, "read", "x", "--model", MODEL, "--configfile", str(tmp_path / "mine.yaml"))
    assert "colours: unknown key" in said


def test_readings_are_values_where_no_terminal_is(inside: Path, capsys):
    out = run(capsys, "read", "she was happy", *QUICK, "--emotions", "happy", "afraid")
    lines = [line.split("\t") for line in out.splitlines()]
    assert lines[0] == ["token", "happy", "afraid"]
    assert "".join(line[0] for line in lines[1:]) == "<bos>she was happy"
    content = json.loads(run(capsys, "read", "she was happy", *QUICK, "--emotions", "happy", "afraid", "--json"))
    assert [[f"{row['happy']:.4f}", f"{row['afraid']:.4f}"] for row in content["readings"]] == [
        line[1:] for line in lines[1:]
    ]
    assert (content["model"], content["layer"], content["depth"]) == (MODEL, 2, 0.75)


def test_a_text_can_be_a_turn_and_come_from_standard_input(inside: Path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("she was happy"))
    content = json.loads(run(capsys, "read", "-", *QUICK, "--emotions", "happy", "--as", "turn", "--json"))
    assert "".join(row["token"] for row in content["readings"]).endswith("she was happy<end>\n<turn>assistant\n")


def test_steered_replies_stand_beside_the_plain_one(inside: Path, capsys):
    words = ["steer", "was she happy", *QUICK, "--emotion", "calm", "--strengths", "0.1", "5", "--tokens", "6"]
    content = json.loads(run(capsys, *words, "--json"))
    assert [one["strength_norm_fraction"] for one in content["replies"]] == [0.0, 0.1, 5.0]
    assert content["replies"][0]["text"] != content["replies"][2]["text"]
    assert (content["layer"], content["temperature"]) == (2, 0.0)
    shown = run(capsys, *words)
    assert all(title in shown for title in ("plain", "calm +0.1", "calm +5"))
    sampled = [run(capsys, *words, "--temperature", "1", "--seed", seed, "--json") for seed in ("1", "1", "2")]
    assert sampled[0] == sampled[1] != sampled[2]


@pytest.mark.parametrize(
    ("words", "counted"),
    [
        (
            ["steer", "was she happy", "--emotion", "calm", "--strengths", "0.1", "0.3", "--tokens", "4"],
            "replies: 100%|",
        ),
        (["score", "--item", "p01-neutral", "--emotions", "calm", "--strengths", "0.1", "0.3"], "p01-neutral: 100%|"),
    ],
)
def test_progress_goes_to_standard_error_and_no_further(inside: Path, capsys, words: list[str], counted: str):
    """From the model that is loaded to the last condition, beside JSON that other programs can read."""
    capsys.readouterr()
    assert main([*words, *QUICK, "--json"]) == 0
    out, err = capsys.readouterr()
    json.loads(out)
    assert err.index(f"loading {MODEL}") < err.index(counted)
    assert {"steer": " 3/3 ", "score": " 2/2 "}[words[0]] in err


def test_scores_of_an_item_are_printed_by_reply_and_by_pair(inside: Path, capsys):
    words = ["score", *QUICK, "--item", "p01-neutral", "--emotions", "calm", "angry", "--strengths", "-0.1", "0.1"]
    content = json.loads(run(capsys, *words, "--json"))
    assert [(row["target"], row["alternative"]) for row in content["logodds"]] == [
        ("pleasing", "candid"),
        ("harsh", "candid"),
    ]
    conditions = ["calm -0.1", "calm +0.1", "angry -0.1", "angry +0.1"]
    assert [*content["replies"][0]][4:] == conditions
    replies, pairs = (block.splitlines() for block in run(capsys, *words).split("\n\n"))
    assert len(replies) == 1 + len(content["replies"])
    assert pairs[1].split("\t")[3] == f"{content['logodds'][0]['logodds']:.4f}"


@pytest.mark.parametrize("ending", ["safetensors", "npz", "gguf"])
def test_what_is_exported_reads_the_same_as_the_study(inside: Path, capsys, tmp_path: Path, ending: str):
    path = str(tmp_path / f"calm.{ending}")
    run(capsys, "export", *QUICK, "--emotions", "calm", "--output", path)
    assert formats.load(path).layers == ([2] if ending == "gguf" else [0, 1, 2, 3])
    asked = ["read", "she was happy", *QUICK, "--emotions", "calm", "--json"]
    study, exported = (json.loads(run(capsys, *asked, "--vectors", file)) for file in (VECTORS, path))
    for ours, theirs in zip(study["readings"], exported["readings"], strict=True):
        assert theirs["calm"] == pytest.approx(ours["calm"], abs=1e-6)


def test_nothing_is_written_over_what_is_read_kept_or_not_given_up(inside: Path, capsys, tmp_path: Path):
    theirs, link = tmp_path / "theirs.npz", tmp_path / "link.npz"
    np.savez(theirs, calm=np.ones((4, 32)))
    link.symlink_to(theirs)
    given, study = theirs.read_bytes(), (inside / VECTORS).read_bytes()
    asked = ["export", *QUICK, "--vectors", str(theirs)]
    for output in (theirs, link):
        assert "is read by this command; name another" in refused(
            capsys, *asked, "--output", str(output), "--overwrite"
        )
    for output in (VECTORS, f"results/../{VECTORS}", str(inside / "results/quick/new.npz")):
        for command in (asked, ["export", *QUICK], ["agree", *QUICK, "--emotions", "calm"]):
            said = refused(capsys, *command, "--output", output, "--overwrite")
            assert "where the study keeps its files; name another" in said
    assert (theirs.read_bytes(), (inside / VECTORS).read_bytes()) == (given, study)
    other = tmp_path / "other.npz"
    other.write_text("mine")
    for command in (asked, ["agree", *QUICK, "--emotions", "calm"]):
        assert "other.npz exists; name another, or say --overwrite" in refused(capsys, *command, "--output", str(other))
    assert other.read_text() == "mine"
    run(capsys, *asked, "--output", str(other), "--overwrite")
    assert formats.load(other).names == ["calm"]


def test_vectors_of_another_model_are_not_exported(inside: Path, capsys, tmp_path: Path):
    theirs = str(tmp_path / "theirs.npz")
    asked = ["export", *QUICK, "--vectors", theirs, "--output", str(tmp_path / "new.npz")]
    np.savez(theirs, calm=np.ones((4, 31)))
    assert "have 31 numbers" in refused(capsys, *asked)
    np.savez(theirs, calm=np.ones((5, 32)))
    assert "layer 4 does not exist" in refused(capsys, *asked)
    assert not (tmp_path / "new.npz").exists()


def test_the_main_layer_is_that_of_the_model_however_many_a_file_holds(inside: Path, capsys, tmp_path: Path):
    some, output = str(tmp_path / "some.npz"), str(tmp_path / "calm.gguf")
    array_files.save(formats.load(VECTORS).only(["calm"], [1, 2]), some)
    run(capsys, "export", *QUICK, "--vectors", some, "--output", output)
    assert formats.load(output).layers == [2]
    array_files.save(formats.load(VECTORS).only(["calm"], [0, 1]), some)
    words = ["export", *QUICK, "--vectors", some, "--output", output, "--overwrite"]
    assert "no vectors at layer 2; it has layers 0 to 1" in refused(capsys, *words)
    run(capsys, *words, "--layer", "1")
    assert formats.load(output).layers == [1]


def test_vectors_of_other_people_become_rows_beside_those_of_the_study(inside: Path, capsys, tmp_path: Path):
    theirs, rows = str(tmp_path / "theirs.npz"), formats.load(VECTORS)
    np.savez(theirs, joy=-rows.values[rows.names.index("calm")].numpy(), dread=np.ones((4, 32)))
    asked = ["read", "she was happy", *QUICK, "--emotions", "calm", "joy", "dread", "--json"]
    content = json.loads(run(capsys, *asked, "--vectors", VECTORS, "--vectors", theirs))
    assert all(row["joy"] == pytest.approx(-row["calm"]) for row in content["readings"])
    assert "no mean norm of the residual stream" in refused(capsys, *asked[:-4], "joy", "--vectors", theirs)
    np.savez(theirs, joy=np.ones((5, 32)))
    assert "layer 4 does not exist" in refused(capsys, *asked[:4], "--vectors", VECTORS, "--vectors", theirs)
    np.savez(theirs, joy=np.ones((4, 31)))
    assert "have 31 numbers" in refused(capsys, *asked[:4], "--vectors", VECTORS, "--vectors", theirs)
