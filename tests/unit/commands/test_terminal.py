"""Readings in colour where a terminal shows colours, and nowhere else."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
import torch
from rich.console import Console

from emotion_vectors.commands import terminal
from emotion_vectors.commands.terminal import SHADES
from emotion_vectors.trials.readings import TokenReadings

READ = TokenReadings(["<bos>", "a", " b\n"], ["calm", "sad"], torch.tensor([[90.0, 1.0], [0.4, -0.4], [0.0, 0.1]]))


def console(**options: object) -> Console:
    return Console(
        **{"file": io.StringIO(), "force_terminal": True, "color_system": "truecolor", "width": 120, **options}
    )


def test_colours_need_a_terminal_that_wants_them(monkeypatch: pytest.MonkeyPatch):
    assert terminal.shows_colours(console())
    assert not terminal.shows_colours(console(force_terminal=False))
    assert not terminal.shows_colours(console(color_system=None))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal.shows_colours(console())


def test_a_text_is_shown_once_for_each_name_with_a_legend():
    shown = console()
    terminal.print_readings(shown, READ)
    lines = shown.file.getvalue().splitlines()
    plain = Console(file=io.StringIO(), width=120)
    terminal.print_readings(plain, READ)
    texts = plain.file.getvalue().splitlines()
    assert [line.rstrip() for line in texts[:2]] == ["calm  <bos>a b\\n", " sad  <bos>a b\\n"]
    assert "-0.400" in texts[2]
    assert "fraction of the mean norm" in texts[2]
    assert all("\x1b[" in line for line in lines[:3])


@pytest.mark.parametrize(("value", "shade"), [(-0.4, 0), (0.4, 6), (0.0, 3), (90.0, 6), (-90.0, 0), (0.13, 4)])
def test_the_colour_says_sign_and_size(value: float, shade: int):
    style = terminal.style_of(value, 0.4)
    assert style.bgcolor.name == SHADES[shade]
    assert style.color.name == ("white" if shade in (0, 6) else "black")


def test_readings_that_are_all_zero_have_the_middle_colour():
    assert terminal.style_of(0.0, 0.0).bgcolor.name == SHADES[3]


def test_values_are_tab_separated_and_stay_on_their_line(capsys: pytest.CaptureFixture[str]):
    terminal.print_values(pd.DataFrame({"token": ["a\tb\n"], "calm": [0.123456], "tokens": [3]}))
    assert capsys.readouterr().out == "token\tcalm\ttokens\na\\tb\\n\t0.1235\t3\n"


def test_tables_and_texts_are_not_taken_for_markup():
    shown = Console(file=io.StringIO(), width=80)
    terminal.print_table(shown, pd.DataFrame({"side": ["[bold]x"], "nats": [-1.5]}), "title")
    terminal.print_side_by_side(shown, {"plain": "[red]a[/red]", "calm +0.1": "b"})
    assert all(text in shown.file.getvalue() for text in ("[bold]x", "-1.500", "[red]a[/red]", "calm +0.1"))


def test_heads_and_titles_are_not_taken_for_markup():
    shown = Console(file=io.StringIO(), width=80)
    terminal.print_table(shown, pd.DataFrame({"[red]side[/red]": ["as wide as the title"]}), "[blink]title[/blink]")
    terminal.print_side_by_side(shown, {"[link=a]joy[/link]": "text"})
    marked = ("[red]side[/red]", "[blink]title[/blink]", "[link=a]joy[/link]")
    assert all(text in shown.file.getvalue() for text in marked)


SIGNS = "\x1b]0;taken\x07\x9b31m\x7f\r\u202e\u2028"
SAID = r"\u001b]0;taken\u0007\u009b31m\u007f\r\u202e\u2028"


def test_no_sign_that_steers_a_terminal_is_printed(capsys: pytest.CaptureFixture[str]):
    shown = Console(file=io.StringIO(), width=300)
    table = pd.DataFrame({f"name{SIGNS}": [f"cell{SIGNS}"]})
    terminal.print_readings(shown, TokenReadings([f"token{SIGNS}"], [f"row{SIGNS}"], torch.ones(1, 1)))
    terminal.print_side_by_side(shown, {f"head{SIGNS}": f"text{SIGNS}"})
    terminal.print_table(shown, table, f"title{SIGNS}")
    terminal.print_values(table)
    terminal.print_json({"json": SIGNS})
    plain = capsys.readouterr().out
    assert terminal.on_one_line("half \ud800") == r"half \ud800"  # a table cannot hold it
    printed = shown.file.getvalue() + plain
    assert not {*SIGNS} - {*"]0;taken31m"} & {*printed}
    for name in ("token", "row", "head", "text", "title", "name", "cell"):
        assert f"{name}{SAID}" in printed
    assert json.loads(plain[plain.index("{") :]) == {"json": SIGNS}
