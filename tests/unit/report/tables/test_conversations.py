"""The appendix shows for each model what it is told, letter by letter."""

import re

import pytest

from emotion_vectors.models.conversation import of_tokenizer
from emotion_vectors.report import latex
from emotion_vectors.report.tables.conversations import conversation_list

LETTERS = {written: letter for letter, written in latex.ESCAPES.items()} | {"~": " "}


def read_back(listing):
    """A listing as a reader sees it: escapes undone, one line of print a line."""
    tokens = re.compile("|".join(map(re.escape, sorted(LETTERS, key=len, reverse=True))))
    lines = re.findall(r"\\mbox\{\}\\texttt\{(.*)\}(?:\\\\)?$", listing, flags=re.MULTILINE)
    read = [tokens.sub(lambda match: LETTERS[match[0]], line) for line in lines]
    return re.sub(r"\n→ ", "", "\n".join(read))


@pytest.mark.parametrize("template", ["chat", "plain"])
def test_a_sample_prompt_is_shown_as_it_stands(tokenizer, template):
    facts = of_tokenizer(tokenizer, template).facts()
    shown = conversation_list([{"name": "tiny", "conversation": facts}])
    assert read_back(shown) == facts["sample"]
    assert "platform is nearly empty." in facts["sample"]


def test_facts_of_every_model_stand_beside_its_prompt(tokenizer):
    cards = [
        {"name": f"tiny-{kind}", "conversation": of_tokenizer(tokenizer, kind).facts()} for kind in ("chat", "plain")
    ]
    chat, plain = conversation_list(cards).split("\n\n")
    for card, shown in zip(cards, (chat, plain), strict=True):
        assert card["name"] in shown
        assert card["conversation"]["sha256"] in shown.replace(latex.BREAK, "")
        assert "template adds nothing" in shown
    assert r"\textless{}end\textgreater{}" in chat
    assert "or where a further turn begins" in plain
    assert "with 1 blank of its own" in plain


def test_long_lines_go_on_after_an_arrow(tokenizer):
    facts = of_tokenizer(tokenizer, "chat").facts() | {"sample": "  " + "word " * 40 + "\n\nend"}
    assert read_back(conversation_list([{"name": "tiny", "conversation": facts}])) == facts["sample"]
