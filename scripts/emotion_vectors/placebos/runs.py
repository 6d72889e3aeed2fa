"""One more study of the same models, under permuted labels or other choices, run by this workflow from what the study has measured."""

from __future__ import annotations

import copy
import logging
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import MendableError

TIER = "placebo"
PROFILE = "workflow/profiles/local"
"""Settings of every run on one machine: without a lock of Snakemake's own, since the run that waits for this one holds the folder."""
OF_THE_STUDY = ("archive", "archive_megabytes", "rebuild", "multiverse", "published")
"""Keys that change no verdict on a model that is run: a study within the study has their defaults."""
LAST_LINES = 12

log = logging.getLogger(__name__)


class RunWithinError(MendableError, RuntimeError):
    """The workflow stopped before it had judged a study within the study."""


def settings_of(study: Mapping[str, Any], seed: int, folder: str, precision: str) -> dict[str, Any]:
    """Configuration of the placebo of a study: one seed permutes all labels, and only what follows of labels alone is judged.

    How many placebos there are is no part of it, so that more of them leave those alone that are judged.

    Args:
        study: configuration of the study, whose activations are shared.
        seed: by which labels of stories and of prompts are permuted.
        folder: in which everything that the placebo computes is kept.
        precision: in which the models of the study are read where they bear rounding. It is named rather than settled anew, as is the
            processor: another machine would find activations in another precision stale and measure them again.
    """
    settings = within(study, TIER, folder, precision)
    settings["stories"]["permuted_labels"] = True
    settings["seeds"]["placebo"] = seed
    return settings


def within(study: Mapping[str, Any], tier: str, folder: str, precision: str) -> dict[str, Any]:
    """Configuration of a study within a study, which judges what needs no further reading by a model, for the models that are run.

    Args:
        study, folder, precision: as in `settings_of`; tier: what the study within is called.
    """
    settings = copy.deepcopy({key: value for key, value in study.items() if key not in OF_THE_STUDY})
    # Of a model that is taken from published tables there are no activations.
    settings["models"] = [model for model in study["models"] if model not in study["published"]]
    settings |= {"tier": tier, "readme": False, "placebo": {"labels_alone": True, "left_out": []}}
    settings["folders"] |= {"results": folder, "figures": f"{folder}/figures", "paper": f"{folder}/paper"}
    settings["compute"] |= {"precision": precision, "device": "cpu"}
    return settings


def command(configuration: Path, target: Path, cores: int) -> list[str]:
    """The workflow in the current folder, run by this Python on so many cores until a target is there."""
    arguments = (
        "--cores",
        str(cores),
        "--executor",
        "local",
        "--profile",
        PROFILE,
        "--quiet",
        "rules",
        "reason",
        "host",
    )
    return [sys.executable, "-m", "snakemake", str(target), *arguments, "--configfile", str(configuration)]


def judge(settings: Mapping[str, Any], verdicts: Path, cores: int, name: str) -> None:
    """Run a study within a study, keep its verdicts alone, and delete whatever else it computed.

    Where it stops, what it computed stays, and the next run goes on from it.

    Args:
        settings: as `within` makes them; verdicts: where its claims.json is kept, outside its own folder; name: for the message.
    Raises:
        RunWithinError: the workflow stopped; its last lines are said.
    """
    folder = Path(settings["folders"]["results"])
    configuration, judged = folder / "configuration.yaml", folder / "claims.json"
    files.write_text(yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True), configuration)
    process = subprocess.Popen(
        command(configuration, judged, cores),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    last: deque[str] = deque(maxlen=LAST_LINES)
    for line in process.stdout or ():
        if text := line.rstrip():
            log.info("%s", text)
            last.append(text)
    if process.wait() != 0:
        said = "\n  ".join(last)
        raise RunWithinError(f"{name} stopped; mend what it says and repeat the command:\n  {said}")
    judged.replace(verdicts)
    shutil.rmtree(folder)
