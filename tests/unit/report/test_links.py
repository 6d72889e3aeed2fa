"""Numbers and sentences of the paper lead to their claims in the explorer."""

import re
import shutil
import subprocess
from itertools import groupby
from pathlib import Path

import pytest

from emotion_vectors.report import latex, macros, sentences
from emotion_vectors.report import results as reported

MODEL = "small-model"
STUDY = sentences.DescribedStudy("default", {"small": MODEL})
PART = {"prediction": "positive", "at_least": 0, "smallest_effect": 0.05, "null_percentile": 95}
ENTRY = {"paper": "wider", "parts": [{"name": name, **PART} for name in ("above chance", "change at +0.1, own")]}
UNMEASURED = reported.Results(dict.fromkeys(("A01", "W01"), ENTRY), {MODEL: {}}, {})


@pytest.mark.parametrize(
    ("explorer", "written"),
    [
        ("../results/explorer.html", "../results/explorer.html"),
        ("../../my study~#1/explorer.html", r"../../my\%20study\%7E\%231/explorer.html"),
    ],
)
def test_a_path_to_the_explorer_holds_nothing_that_latex_reads(explorer, written):
    assert macros.link_base(explorer) == written


def addresses(pdf: Path) -> list[str]:
    """Addresses that a PDF without compressed objects leads to, in the order of its text; one that is broken over lines counts once."""
    addressed = [match.decode() for match in re.findall(rb"/URI ?\(([^)]*)\)", pdf.read_bytes())]
    return [address for address, _ in groupby(addressed)]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_numbers_and_sentences_lead_to_their_claims_without_a_box_or_colour(tmp_path):
    text = macros.macro_file(UNMEASURED, {}, {}, STUDY, held=True, explorer="../my study_1/explorer.html")
    latex.write(text, tmp_path / "macros.tex")
    body = [
        r"\paragraph{Of A01 (\verdicts{A01}).}",
        r"\ci{A01/change at +0.1, own}{small}",
        r"\est{W01}{small}",
        r"\beside{A01/above chance}{small}",
        r"\about{default}{small = small-model}",
        r"\holds{A01b/part@small: positive; W01: partial}{Without a number.}{}",
        r"\holds{placebo W01: partial}{None either.}{}",
        r"\holds{W01: partial}{It is \est{A01}{small}.}{}",
    ]
    preamble = [
        r"\documentclass{article}\pdfcompresslevel=0\pdfobjcompresslevel=0",
        r"\usepackage[colorlinks,allcolors=blue]{hyperref}\usepackage{xcolor}\input{macros}\begin{document}",
    ]
    (tmp_path / "main.tex").write_text("\n\n".join([*preamble, *body, r"\end{document}"]))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout[-2000:]
    claims = ["A01", "W01", "A01", "A01b", "W01", "A01"]
    assert addresses(tmp_path / "main.pdf") == [f"../my%20study_1/explorer.html#/claims/{claim}" for claim in claims]
    content = (tmp_path / "main.pdf").read_bytes()
    assert b"0 0 1 rg" not in content
    assert set(re.findall(rb"/Border ?\[([^\]]*)\]", content)) == {b"0 0 0"}
