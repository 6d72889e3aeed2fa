"""The bibliography holds exactly what the paper cites, and findings hold no number typed by hand."""

import re
from pathlib import Path

import pytest
from pybtex.database import parse_file

PAPER = Path(__file__).resolve().parents[3] / "paper"
SOURCES = sorted([PAPER / "main.tex", *(PAPER / "sections").glob("*.tex")])
BIBLIOGRAPHY = parse_file(str(PAPER / "references.bib"), "bibtex")

COMMENT = re.compile(r"(?<!\\)%.*")
CITATION = re.compile(r"\\[cC]ite[a-zA-Z]*\*?(?:\[[^\]]*\])*\{([^}]*)\}")
# What may hold a decimal: citations, numbers quoted from the two papers, conditions of sentences, names of parts and of models.
ALLOWED = re.compile(
    CITATION.pattern + r"|\\(?:original|holds)\{[^}]*\}|\\(?:est|ci|beside|gate)\{[^}]*\}\{[^}]*\}|\b0\.5B\b"
)
FINDINGS = ("abstract", "results", "conduct", "circuits", "discussion", "first_registration")
DECIMAL = re.compile(r"\d*[.]\d+")


def without_comments(text: str) -> str:
    return COMMENT.sub("", text)


def cited_keys(text: str) -> set[str]:
    groups = CITATION.findall(without_comments(text))
    return {key.strip() for group in groups for key in group.split(",")}


def typed_decimals(text: str) -> list[str]:
    return DECIMAL.findall(ALLOWED.sub("", without_comments(text)))


def cited_by_the_paper() -> set[str]:
    return set().union(*(cited_keys(path.read_text(encoding="utf-8")) for path in SOURCES))


def test_every_cited_key_has_an_entry():
    assert sorted(cited_by_the_paper() - set(BIBLIOGRAPHY.entries)) == []


def test_every_entry_is_cited():
    assert sorted(set(BIBLIOGRAPHY.entries) - cited_by_the_paper()) == []


@pytest.mark.parametrize("key", list(BIBLIOGRAPHY.entries))
def test_every_entry_can_be_found_by_a_reader(key):
    entry = BIBLIOGRAPHY.entries[key]
    assert entry.persons.get("author"), f"{key} has no author"
    assert {"title", "year"} <= set(entry.fields), f"{key} needs a title and a year"
    assert {"doi", "url"} & set(entry.fields), f"{key} needs a doi or a url"


@pytest.mark.parametrize("section", FINDINGS)
def test_findings_hold_no_number_typed_by_hand(section):
    assert typed_decimals((PAPER / "sections" / f"{section}.tex").read_text(encoding="utf-8")) == []


def test_every_section_is_part_of_the_paper():
    included = {
        name for path in SOURCES for name in re.findall(r"\\input\{sections/(\w+)\}", path.read_text(encoding="utf-8"))
    }
    assert included == {path.stem for path in (PAPER / "sections").glob("*.tex")}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"r is 0.31 here", ["0.31"]),
        (r"n. 5 and .7", [".7"]),
        (r"\original{0.81} over \original{45} words \citep[p.~3.2]{a2}", []),
        (r"\est{A05/change at +0.1, own minus others}{0.5B} on the 0.5B model", []),
        (r"\holds{A09 < 0.1; A05: replicated}{It is 0.2.}{}", ["0.2"]),
        ("text % 0.5 in a comment", []),
        (r"95\,\% of 0.5", ["0.5"]),
    ],
)
def test_the_search_for_typed_numbers(text, found):
    assert typed_decimals(text) == found


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (r"\citep{one,two} and \citet[see][p. 2]{three}", {"one", "two", "three"}),
        (r"\Citet*{four} % \citep{five}", {"four"}),
    ],
)
def test_the_search_for_citations(text, keys):
    assert cited_keys(text) == keys
