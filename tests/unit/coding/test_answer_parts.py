"""Programs are taken out of answers however these set them, as a user would who copies them."""

from __future__ import annotations

import ast

import pytest

from emotion_vectors.coding.answer_parts import names_bound, parted, python_blocks, words

PROGRAM = "def late_fee(d):\n    if d < 0:\n        return 0\n\n    return min(2 * d, 20)\n"


def indented(text: str, by: str) -> str:
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))


FENCED = f"```python\n{PROGRAM}```\n"
FORMS = {
    "plain": FENCED,
    "in a list": "1. Here:\n\n" + indented(FENCED, "   ") + "\n2. That is all.\n",
    "in a list, with tabs": "- Here:\n\n" + indented(FENCED, "\t"),
    "behind the mark of a list": "1. ```python\n" + indented(PROGRAM, "   ") + "   ```\n",
    "fence indented, code not": f"  ```python\n{PROGRAM}  ```\n",
    "code indented, fence not": "```python\n" + indented(PROGRAM, "    ") + "```\n",
    "tildes": f"~~~python\n{PROGRAM}\n~~~\n",
    "longer fence": f"````python\n{PROGRAM}````\n",
    "closed by a longer fence": f"```python\n{PROGRAM}`````\n",
    "no language": f"```\n{PROGRAM}```\n",
    "short language": f"```py\n{PROGRAM}```\n",
    "capital language": f"```Python\n{PROGRAM}```\n",
    "language with version": f"```python3.11\n{PROGRAM}```\n",
    "language in braces": f"```{{.python .numberLines}}\n{PROGRAM}```\n",
    "file for a language": f"```late_fee.py\n{PROGRAM}```\n",
    "language and attributes": f'``` python title="fee.py"\n{PROGRAM}```\n',
    "wrong language": f"```text\n{PROGRAM}```\n",
    "never closed": f"```python\n{PROGRAM}",
    "closed behind the last line": f"```python\n{PROGRAM.rstrip()}```\nThat is all.\n",
    "quoted": "".join(f"> {line}\n" for line in FENCED.splitlines()),
    "inside Markdown": f"````markdown\n# Fee\n\n{FENCED}````\n",
    "other line ends": FENCED.replace("\n", "\r\n"),
    "old line ends": FENCED.replace("\n", "\r"),
    "no-break blanks": FENCED.replace("    ", "\u00a0" * 4),
    "narrow and wide blanks": FENCED.replace("    ", "\u2003\u202f  "),
    "invisible mark at the start": "\ufeff" + FENCED.replace("def ", "\ufeffdef\u200b "),
    "prompts of the interpreter": "```pycon\n>>> "
    + "... ".join(PROGRAM.splitlines(keepends=True))
    + ">>> late_fee(3)\n6\n```\n",
    "no-break blanks before all": "".join("\u00a0\u00a0" + line for line in FENCED.splitlines(keepends=True)),
    "no fence": PROGRAM,
    "no fence, between words": f"Here is the function:\n\n{PROGRAM}\nDone\n\nIt caps the fee: 20 at most.",
    "indented code": "Here:\n\n" + indented(PROGRAM, "    ") + "\nIs that right?\n",
    "no fence, odd blanks": f"Sure!\r\n\r\n{PROGRAM}".replace("    ", "\u00a0" * 4),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_program_is_the_same_in_every_form(form):
    code = "\n".join(python_blocks(FORMS[form]))
    assert ast.dump(ast.parse(code).body[0]) == ast.dump(ast.parse(PROGRAM).body[0])


def test_a_program_in_a_line():
    (block,) = python_blocks("```python def late_fee(d): return min(2 * d, 20)```")
    assert ast.parse(block).body[0].name == "late_fee"


@pytest.mark.parametrize("form", FORMS)
def test_words_are_without_the_program(form):
    assert "return" not in words(FORMS[form])


def test_characters_in_strings_and_comments_stay():
    code = "GAP = \"\u00a0\"\nNOTE = '''a\u200b\n\u2003'''  # \u00a0\n"
    assert python_blocks(f"```python\n{code}```\n") == [code]


def test_a_fence_in_a_docstring_closes_nothing():
    code = 'def f():\n    """\n    ```\n    f()\n    ```\n    """\n    return 1\n'
    assert python_blocks(f"```python\n{code}```\n") == [code]


def test_other_fences_do_not_close_a_block():
    code = 'TEXT = """\n~~~\n``\n"""\n'
    assert python_blocks(f"```python\n{code}```\n") == [code]


def test_blocks_come_in_their_order_and_other_languages_are_left_out():
    text = f"```bash\npip install x\n```\n```python\nRATE = 2\n```\nthen\n{FENCED}"
    assert python_blocks(text) == ["RATE = 2\n", PROGRAM]


@pytest.mark.parametrize(
    "text",
    [
        "Only words.",
        "Done",
        "Note: it\nis = what it is",
        "import what you need\nfrom here",
        "class of its own",
        "x = 3\nprint(x)",
        "```json\n{}\n```",
    ],
)
def test_words_are_no_program(text):
    assert parted(text)[1] == []


def test_words_before_and_behind_an_unfenced_program_are_kept():
    prose, programs = parted(f"The third test is wrong.\n{PROGRAM}See you\n")
    assert prose.split() == ["The", "third", "test", "is", "wrong.", "See", "you"]
    assert programs == [PROGRAM]


def test_text_of_an_unfenced_program_is_no_report():
    assert "wrong" not in words('def f(x):\n    raise ValueError("the value is wrong")\n')


def test_names_are_bound_in_branches():
    bound = names_bound(
        ast.parse("try:\n    import a.b\nexcept ImportError:\n    def f(): ...\nelse:\n    x = 1").body[0]
    )
    assert bound == {"a", "f", "x"}
