"""What LaTeX complains of reaches the user, with the place and the remedy."""

import pytest

from emotion_vectors.report import typesetting


def test_the_first_errors_of_a_latex_log_are_found():
    log = "(sections/a.tex\n./sections/a.tex:12: Undefined control sequence.\nl.12 \\nonsense\n  here\nmore\n! Emergency stop.\n"
    assert typesetting.first_errors(log) == [
        "./sections/a.tex:12: Undefined control sequence. l.12 \\nonsense here",
        "! Emergency stop.",
    ]


def test_without_latexmk_the_list_of_packages_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(typesetting.shutil, "which", lambda _: None)
    with pytest.raises(typesetting.TypesettingError, match=r"workflow/envs/apt\.txt(.|\n)*Everything but the PDF"):
        typesetting.typeset(tmp_path, tmp_path / "build")


def test_the_study_comes_before_the_sources_and_no_date_enters(tmp_path):
    variables = typesetting.environment(tmp_path)
    assert variables["TEXINPUTS"] == f"{tmp_path}:.:"
    assert variables["SOURCE_DATE_EPOCH"] == "0"
