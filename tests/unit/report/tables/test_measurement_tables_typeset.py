"""Tables of the engine, of costs and of both precisions can be typeset, with and without measurements, and fit into the page."""

import shutil
import subprocess

import pytest

from emotion_vectors.report.tables.benchmark import benchmark_table, cost_table
from emotion_vectors.report.tables.precision import precision_table
from tests.unit.report.tables.test_benchmark import MEASURED, STUDY, TIMED, table_of_models
from tests.unit.report.tables.test_precision import COMPARED

TABLES = {
    "engine": benchmark_table(MEASURED),
    "engine not timed": benchmark_table({}),
    "engine beside nothing": benchmark_table({**MEASURED, "peers": {"nnsight": {"skipped": "not installed"}}}),
    "costs": cost_table(STUDY, TIMED, table_of_models()),
    "costs not measured": cost_table({**STUDY, "steps": {}}, {}, table_of_models()),
    "precision": precision_table(COMPARED),
    "precision not run": precision_table({}),
}
HEAD = (
    r"\documentclass{article}\usepackage[a4paper,hmargin=16mm]{geometry}\usepackage[T1]{fontenc}"
    r"\usepackage{array,booktabs,tabularx,longtable}\begin{document}"
)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_can_be_typeset(table, tmp_path):
    (tmp_path / "main.tex").write_text(f"{HEAD}\n{table}\n\\end{{document}}", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout[-2000:]
    assert "Overfull" not in finished.stdout, finished.stdout[-2000:]
