"""Prints the rules of a workflow as Snakemake itself has read them, one JSON object a line: python rule_dump.py [CONFIGFILE ...]

Run in the folder of the Snakefile. Nothing is planned and nothing is run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from snakemake.api import SnakemakeApi
from snakemake.io import is_flagged
from snakemake.iocontainers import Wildcards
from snakemake.settings.types import ConfigSettings, OutputSettings, Quietness, ResourceSettings

COMMON = {"_nodes", "tmpdir"}


def names_of(section: Any) -> tuple[list[str], int]:
    """Names of a section of a rule, and how many of its entries have none."""
    named = section._names
    covered = sum(1 if end is None else end - start for start, end in named.values())
    return list(named), len(section) - covered


def files_named(rule: Any, name: str) -> list[str] | None:
    """Files of an input of a rule; None where they depend on its wildcards."""
    named = dict(rule.input.items()).get(name, [])
    return None if callable(named) else [str(named)] if isinstance(named, str) else list(map(str, named))


def loads_weights(rule: Any) -> bool:
    """Whether a rule reads with a model, as the names of its inputs say."""
    return bool({"weights", "encoder"} & {*dict(rule.input.items())})


def asked_of(rule: Any) -> dict[str, int]:
    """What a first job of a rule asks for, of the first model of the study; what jobs have in common is not repeated."""
    model = rule.workflow.config["models"][0]
    wildcards = Wildcards(fromdict={"model": model, "subject": f"{model}/reinitialised", "judge": model})
    amounts = {name: amount for name, amount in rule.resources.items() if name not in COMMON}
    return {name: amount.evaluate(wildcards, attempt=1).value for name, amount in amounts.items()}


def facts_of(rule: Any) -> dict[str, Any]:
    """What the tests ask of a rule."""
    sections = {name: names_of(getattr(rule, name)) for name in ("input", "output", "params")}
    return {
        "name": rule.name,
        "file": Path(str(rule.snakefile)).name,
        "line": rule.lineno,
        "message": rule.message,
        "script": rule.script,
        "shell": rule.shellcmd is not None,
        "conda": str(rule.conda_env) if rule.conda_env else None,
        "log": list(map(str, rule.log)),
        "benchmark": str(rule.benchmark) if rule.benchmark else None,
        "wildcards": sorted(rule.wildcard_names),
        "unnamed": {name: unnamed for name, (_, unnamed) in sections.items()},
        "reads": [str(file) for file in rule.input if not callable(file)],
        "writes": list(map(str, rule.output)),
        "ancient": [str(file) for file in rule.input if is_flagged(file, "ancient")],
        "code": files_named(rule, "code"),
        "after": files_named(rule, "after"),
        "weights": loads_weights(rule),
        "resources": asked_of(rule),
        **{name: names for name, (names, _) in sections.items()},
    }


def main(configfiles: list[Path]) -> None:
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=2),
            config_settings=ConfigSettings(configfiles=configfiles),
            snakefile=Path("Snakefile"),
        )._workflow
        for rule in workflow.rules:
            print(json.dumps(facts_of(rule)))


if __name__ == "__main__":
    main([Path(file) for file in sys.argv[1:]])
