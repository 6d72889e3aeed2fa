"""Prints the jobs that Snakemake plans, one JSON object a line: python plan_dump.py CONFIGFILE,... TARGET ...

Run in the folder of the Snakefile. Nothing is run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, Quietness, ResourceSettings


def main(configfiles: list[Path], targets: list[str]) -> None:
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=configfiles),
            snakefile=Path("Snakefile"),
        )
        workflow.dag(DAGSettings(targets=frozenset(targets))).execute_workflow(executor="dryrun")
        for job in workflow._workflow.dag.jobs:
            facts = {"rule": job.rule.name, "wildcards": dict(job.wildcards_dict)}
            print(json.dumps({**facts, "input": list(map(str, job.input)), "output": list(map(str, job.output))}))


if __name__ == "__main__":
    main([Path(file) for file in sys.argv[1].split(",")], sys.argv[2:])
