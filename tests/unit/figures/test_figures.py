"""The library behind the figures: files, texts, labels, curves against strength, measures of the overlap."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from emotion_vectors.artefacts import provenance
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.figures import doses, labels, overlap, saving, style, verdicts, words
from emotion_vectors.figures.study import tables_of
from tests import circuit_tables

STEPS, SCENARIOS = (-0.3, -0.1, -0.05, 0.05, 0.1, 0.3), ("s1", "s2", "s3")


def save(folder, name="one"):
    figure, grid = style.bare_panels(1, 1, 1.5, 1.5)
    grid[0, 0].plot([0, 1], [0, 1])
    labels.freeze_layout(figure)
    labels.label_points(grid[0, 0], [0, 1, 1], [0, 1, 0.95], ["a", "b", "c"])
    files = folder / f"{name}.pdf", folder / f"{name}.png"
    saving.save(
        figure, *files, saving.Text("Ünusual (title)", "Caption"), note='a "quoted" (nested (twice) \\ slash), ü'
    )
    return files


def test_the_same_results_give_the_same_bytes_whenever_they_are_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "git_commit", lambda: "0" * 40)
    first, _ = save(tmp_path / "first")
    monkeypatch.setattr(provenance.time, "time", lambda: 1e9)
    again, _ = save(tmp_path / "second")
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.parametrize(
    "settings",
    [
        {"savefig.bbox": "tight"},
        {"figure.facecolor": "black", "savefig.transparent": True},
        {"lines.marker": "x", "lines.linestyle": ":"},
        {"axes.prop_cycle": "cycler(color=['red'])"},
        {"path.sketch": (3.0, 90.0, 2.0)},
        {"axes.xmargin": 0.4, "axes.unicode_minus": False},
        {"pdf.compression": 0, "svg.fonttype": "none"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_what_a_user_sets_for_figures_of_theirs_changes_none_of_ours(tmp_path, monkeypatch, settings):
    monkeypatch.setattr(provenance, "git_commit", lambda: "0" * 40)
    expected = [file.read_bytes() for file in save(tmp_path / "first")]
    matplotlib.rcParams.update(settings)
    assert [file.read_bytes() for file in save(tmp_path / "second")] == expected


def test_provenance_survives_characters_that_pdf_escapes(tmp_path):
    for file in save(tmp_path):
        assert saving.of_figure(file)["note"] == 'a "quoted" (nested (twice) \\ slash), ü'


def test_a_figure_without_provenance_is_refused(tmp_path):
    file = tmp_path / "stranger.pdf"
    file.write_bytes(b"%PDF-1.4")
    with pytest.raises(ArtefactError, match="stranger"):
        saving.of_figure(file)


def test_tables_and_models_have_to_match():
    with pytest.raises(ValueError, match="for 2 models"):
        tables_of(["one.parquet"], ["one", "two"])


def test_long_names_break_at_hyphens_and_keep_every_character():
    assert style.wrapped("qwen2.5-coder-0.5b-instruct", 19).split("\n") == ["qwen2.5-coder-0.5b-", "instruct"]
    assert style.wrapped("sister age at death", 14) == "sister age at\ndeath"


def test_numbers_have_a_true_minus_sign():
    assert style.decimal(-0.5) == "−0.50"
    assert style.decimal(0.5, signed=True) == "+0.50"


def test_words_are_read_once_however_they_are_spaced_and_others_are_counted():
    tokens = [" joy", "Joy", "joy", "$5", "\n", "快乐", "porém", "�", "x", "self-esteem"]
    assert words.readable_words(tokens) == (["joy", "porém", "self-esteem"], 5)


def test_as_many_words_are_printed_as_fit_and_at_least_one():
    assert words.cell_of(["joy", "glad", "$"], 40) == "joy, glad  (1 no words)"
    assert words.cell_of(["joy", "glad"], 5) == "joy"
    assert words.cell_of(["joy"], 1) == "joy"


def test_labels_at_the_ends_of_curves_move_no_more_than_they_have_to():
    np.testing.assert_allclose(labels.spread([0.1, 0.5, 0.9], 0.1), [0.1, 0.5, 0.9])
    np.testing.assert_allclose(labels.spread([0.5, 0.5, 0.9], 0.2), [0.4, 0.6, 0.9])


def test_dose_curves_pass_through_zero_and_know_where_text_is_coherent():
    rows = [(s, step, step * place) for place, s in enumerate(SCENARIOS, 1) for step in STEPS]
    changes = pd.DataFrame(rows, columns=["scenario", doses.STRENGTH, doses.CHANGE])
    cost = 8 * changes[doses.STRENGTH] ** 2
    curve = doses.curve_of(changes.assign(**{doses.COST: cost}), 0.5, 200, 3)
    assert list(curve.index) == [-0.3, -0.1, -0.05, 0, 0.05, 0.1, 0.3]
    assert (curve.loc[0.0, ["mean", "low", "high"]] == 0).all()
    assert tuple(curve.loc[0.1, ["mean", "low", "high"]]) == pytest.approx((0.2, 0.1, 0.3))
    assert list(curve["coherent"]) == [False, True, True, True, True, True, False]
    unknown = doses.curve_of(changes.assign(**{doses.COST: float("nan")}), 0.5, 20, 3)
    assert list(unknown.index[unknown["coherent"]]) == [0.0], "a strength of unknown cost does not pass for coherent"


def test_the_null_of_doses_is_over_directions():
    rows = [("Gaussian", f"g{n}", 0.1, s, float(n)) for n in range(101) for s in (1, 2)]
    changes = pd.DataFrame(rows, columns=["kind", "direction", doses.STRENGTH, "scenario", doses.CHANGE])
    assert tuple(doses.null_ends(changes).loc[0.1]) == pytest.approx((2.5, 97.5))


def test_what_follows_from_other_measures_is_worked_out_by_depth():
    table = circuit_tables.tables_of(0)["overlap/similarity"]
    found = overlap.measures_of(table.sample(frac=1, random_state=1))
    last = table[table["layer"] == table["layer"].max()].set_index("measure")["value"]
    at_end = {name: measure["value"].iloc[-1] for name, measure in found.items()}
    assert at_end["ceiling"] == pytest.approx((last["story_reliability"] * last["instruction_reliability"]) ** 0.5)
    assert at_end["random"] == pytest.approx(last["space_overlap"] - last["above_random"])
    assert found["random"]["null_95"].iloc[-1] == pytest.approx(at_end["random"] + 0.03)


def test_every_verdict_has_a_letter_of_its_own():
    seen = [letter for letter, _, _ in verdicts.LOOKS.values()]
    assert len(set(seen)) == len(seen)


def test_points_are_labelled_inside_the_panel():
    figure = Figure(figsize=(2, 2))
    axes = figure.subplots()
    x = np.array([0.0, 0.01, 1.0])
    axes.plot(x, x, "o")
    limits = axes.get_xlim(), axes.get_ylim()
    labels.label_points(axes, x, x, ["left", "other", "right"])
    assert (axes.get_xlim(), axes.get_ylim()) == limits
    assert {text.get_text() for text in axes.texts} == {"left", "other", "right"}


def test_panels_have_letters_of_their_own_beyond_the_alphabet():
    found = style.letters(30)
    assert (found[0], found[25], found[26], found[29]) == ("a", "z", "aa", "ad")
    assert len(set(found)) == 30
    assert style.letters(1) == [""]
