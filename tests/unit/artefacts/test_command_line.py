"""A configuration that cannot be read is named with its remedy, before Snakemake starts."""

from pathlib import Path

import pytest

from emotion_vectors.artefacts import command_line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_bytes(b"\xef\xbb\xbftier: mine\r\n")
    (tmp_path / "empty.yaml").write_text("# nothing yet\n")
    (tmp_path / "latin.yaml").write_bytes("tier: caf\u00e9\n".encode("latin-1"))
    (tmp_path / "broken.yaml").write_text("tier: mine\nmodels: [a\nseeds: 1\n")
    (tmp_path / "tab.yaml").write_text("tier:\n\tmine\n")
    (tmp_path / "list.yaml").write_text("- tier\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["all", "--cores", "2"], []),
        (["--configfile", "a.yaml", "b.yaml", "-n"], ["a.yaml", "b.yaml"]),
        (["--configfile=a.yaml", "all"], ["a.yaml"]),
        (["--configfiles", "a.yaml", "--", "verify"], ["a.yaml"]),
        (["verify", "--cores", "1", "--configfile", "a.yaml"], ["a.yaml"]),
    ],
)
def test_every_word_after_the_option_is_a_file(arguments: list[str], files: list[str]):
    assert command_line.configuration_files(arguments) == files


@pytest.mark.parametrize("name", ["good.yaml", "empty.yaml"])
def test_a_readable_configuration_passes(folder: Path, name: str):
    assert list(command_line.faults(["--configfile", name])) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.yaml", "absent.yaml: no such configuration file; correct the path"),
        ("latin.yaml", "latin.yaml: not UTF-8 (byte 9); save the file as UTF-8"),
        ("broken.yaml", "broken.yaml line 3, column 6: not YAML: "),
        ("tab.yaml", "tab.yaml line 2, column 1: not YAML: "),
        ("list.yaml", "list.yaml: holds no keys with values"),
        (
            "verify",
            "verify: stands after --configfile, which takes every word after it for a file; put targets first: ",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_the_remedy(folder: Path, name: str, message: str):
    [fault] = command_line.faults(["--cores", "1", "--configfile", "good.yaml", name])
    assert fault.startswith(message)


def test_the_command_stops_with_all_that_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(command_line.sys, "argv", ["command_line", "--configfile", "latin.yaml", "verify"])
    with pytest.raises(SystemExit) as stop:
        command_line.main()
    assert str(stop.value).count("\nenv: ") == 1
