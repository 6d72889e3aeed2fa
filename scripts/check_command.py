"""Says in one line what is wrong in a Snakemake command before Snakemake starts: the folder it runs in, and its configuration files.

Snakemake itself answers these with a traceback that names neither the file nor the remedy.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

DEFAULT = "workflow/config/config.yaml"
TAKES_FILES = ("--configfile", "--configfiles")
ELSEWHERE = ("-s", "--snakefile", "-d", "--directory", "-h", "--help", "-v", "--version")
"""Options with which the Snakefile need not lie in the present folder."""


def fault(arguments: Sequence[str], root: str) -> str:
    """What is wrong in the arguments of Snakemake, with its remedy; empty when all is well.

    Args:
        root: the folder of the project, where the command belongs.
    """
    if {argument.partition("=")[0] for argument in arguments} & {*ELSEWHERE}:
        return ""
    if not Path("Snakefile").is_file():
        return f"no Snakefile in {Path.cwd()}; run the command in {root}"
    return next(filter(None, map(fault_of_file, [DEFAULT, *configuration_files(arguments)])), "")


def configuration_files(arguments: Sequence[str]) -> Iterator[str]:
    """What follows each --configfile, up to the next option."""
    taking = False
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name in TAKES_FILES:
            taking = True
            yield from filter(None, [value])
        elif argument.startswith("-"):
            taking = False
        elif taking:
            yield argument


def fault_of_file(file: str) -> str:
    """Why a file cannot be a configuration, with the remedy; empty when it can."""
    if not Path(file).exists() and Path(file).suffix not in {".yaml", ".yml", ".json"}:
        return (
            f"'{file}' follows --configfile, which takes it for a configuration file, and there is none of that name; "
            f"put targets first: snakemake {file} --cores all --configfile ..."
        )
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        return f"{file}: {error.strerror}; correct the path behind --configfile, or see to the rights of the file"
    try:
        settings = yaml.safe_load(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return f"{file} line {line}: not UTF-8; save the file in UTF-8"
    except yaml.MarkedYAMLError as error:
        line = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return f"{file}{line}: not valid YAML ({error.problem}); correct the line, as workflow/config/README.md shows"
    except yaml.YAMLError as error:
        return f"{file}: not valid YAML ({str(error).splitlines()[0]}); remove what is no text"
    if not isinstance(settings, dict):
        return f"{file}: holds no settings; write them as 'key: value', as workflow/config/README.md shows"
    return ""


if __name__ == "__main__":
    sys.exit(fault(sys.argv[2:], root=sys.argv[1]) or 0)
