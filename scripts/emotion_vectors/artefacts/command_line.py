"""What is wrong with the configuration files of a Snakemake command, said before Snakemake would answer with a traceback.

`scripts/env` runs it on every Snakemake command:  python -m emotion_vectors.artefacts.command_line ARGUMENT ...
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

OPTIONS = ("--configfile", "--configfiles")
SUFFIXES = (".yaml", ".yml", ".json")


def configuration_files(arguments: Sequence[str]) -> list[str]:
    """Words that Snakemake takes for configuration files: all that follow `--configfile` up to the next option."""
    files: list[str] = []
    taking = False
    for argument in arguments:
        if argument.startswith("-"):
            option, _, value = argument.partition("=")
            taking = option in OPTIONS and not value
            files += [value] if option in OPTIONS and value else []
        elif taking:
            files.append(argument)
    return files


def faults(arguments: Sequence[str]) -> Iterator[str]:
    """One line for each configuration file that cannot be read, with the file and the remedy."""
    for name in configuration_files(arguments):
        file = Path(name)
        if not file.is_file():
            yield _missing(name)
            continue
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError as error:
            yield f"{name}: not UTF-8 (byte {error.start}); save the file as UTF-8"
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            yield f"{name}{line}: not YAML: {error.problem}; correct it there, see workflow/config/README.md"
        except yaml.YAMLError as error:
            yield f"{name}: not YAML: {' '.join(str(error).split())}; see workflow/config/README.md"
        else:
            if content is not None and not isinstance(content, dict):
                yield f"{name}: holds no keys with values; see workflow/config/README.md"


def _missing(name: str) -> str:
    if Path(name).suffix in SUFFIXES:
        return f"{name}: no such configuration file; correct the path after --configfile (those of this study are in workflow/config/)"
    return (
        f"{name}: stands after --configfile, which takes every word after it for a file; put targets first: "
        f"./scripts/env snakemake {name} --cores 1 --configfile FILE"
    )


def main() -> None:
    """Print every fault; exit with status 1 when there is one."""
    lines = [f"env: {fault}" for fault in faults(sys.argv[1:])]
    if lines:
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
