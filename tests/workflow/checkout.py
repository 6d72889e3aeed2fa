"""A copy of scripts/env with stand-ins for Python, df and apt-get, and nothing else on its PATH."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["awk", "bash", "cat", "cp", "dirname", "env", "flock", "mkdir", "mv", "printenv", "readlink", "rm", "sleep"]
TOOLS += ["sha256sum", "shasum", "true"]

# Answers the probe, makes an environment whose python is a copy of itself, and logs each pip call.
PYTHON = """#!/usr/bin/env bash
case "$1 $2" in
    "-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo "version = 3.12.1" >"$3/pyvenv.cfg" ;;
    "-m pip") echo "$*" >>"$PIP_LOG"; echo "pip talks"; sleep "${PIP_SECONDS:-0}"; exit "${PIP_STATUS:-0}" ;;
    *) echo "${PROBE_ANSWER:-$0}"; exit "${PROBE_STATUS:-0}" ;;
esac
"""


@dataclass
class Checkout:
    """A copy of scripts/env and workflow/envs, and the only folder on its PATH."""

    root: Path
    bin: Path

    @property
    def lock(self) -> Path:
        return self.root / "workflow/envs/requirements.lock"

    @property
    def stamp(self) -> Path:
        return self.root / ".venv/.lock-sha256"

    def fake(self, name: str, script: str) -> None:
        """Puts a bash program on the PATH."""
        file = self.bin / name
        file.write_text(script if script.startswith("#!") else f"#!/usr/bin/env bash\n{script}\n")
        file.chmod(0o755)

    def calls(self, log: str = "pip") -> list[str]:
        """Lines that a stand-in logged."""
        file = self.bin.parent / f"{log}.log"
        return file.read_text().splitlines() if file.exists() else []

    def start(self, *command: str, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
        logs = {f"{log.upper()}_LOG": str(self.bin.parent / f"{log}.log") for log in ("pip", "apt")}
        return subprocess.Popen(
            [self.root / "scripts/env", *command],
            env={"PATH": str(self.bin), **logs, **variables},
            cwd=cwd or self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*command, cwd=cwd, **variables)
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, err)
