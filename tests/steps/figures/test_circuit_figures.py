"""Figures of the circuits part: what must be shown is drawn, under its name and with its numbers."""

import functools
import importlib
import inspect
import json
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.artefacts.files import write_table
from emotion_vectors.circuits import sharing
from emotion_vectors.figures import style
from emotion_vectors.stimuli.events import EMOTIONS
from tests import circuit_tables

MODELS = ["one-small-model", "another-model"]
LAYERS = 10
DEPTH = "depth, (layer + 1) / layers"
SHOWN = {
    "component_curves": {
        "axes": {"neurons of each layer", "heads of each layer", "another-model\nchange / largest drop"},
        "series": {"top components, 95 % over scenarios", "random components, likewise", "half of the largest drop"},
    },
    "importance_profile": {
        "axes": {DEPTH, "MLP sublayers\nimportance / largest", "depth of reference,\npeak of each emotion"},
        "series": {"late reference", "reference from depth 0.2–0.4", "half of depth", *EMOTIONS},
    },
    "circuit_map": {"axes": {"layer", "neurons in the circuit", "heads in the circuit"}, "series": set()},
    "circuit_overlap": {"axes": {"neurons", "heads"}, "series": set()},
    "direction_clarity": {
        "axes": {DEPTH, "six-way accuracy", "silhouette"},
        "series": {"after the MLP", "after the attention sublayer", "40 % of depth", "chance"},
    },
    "direction_cosines": {
        "axes": {DEPTH, "cosine of two directions"},
        "series": {"anger and disgust", "sadness and fear", "other pairs", "mean that centring forces, −1/5"},
    },
    "method_cosines": {
        "axes": {DEPTH, "cosine", "six-way accuracy"},
        "series": {"matched, over reliability", "mismatched, as found", "split-half ceiling", "random, to 95 %", "main layer"},
    },
    "shared_conduct": {
        "axes": {"slope along story vectors, nats"},
        "series": {"equal slopes", "emotion, 95 % over scenarios", "Gaussian null, likewise"},
    },
    "three_arms": {
        "axes": {"share of replies that\nvoice the emotion"},
        "series": {"prompting", "circuit", "steering, story vectors", "unsteered", "chance"},
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def restored_style():
    """Drawing sets the style of the whole process."""
    with matplotlib.rc_context():
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("circuits")
    return [circuit_tables.write(folder / name, n, layers=LAYERS, gate=n > 0) for n, name in enumerate(MODELS)]


def draw(name, files, folder):
    """The figure that a script draws for both models."""
    script, kept, save = importlib.import_module(f"steps.figures.plot_{name}"), [], style.save
    given = SimpleNamespace(**{kind: [each[name][kind] for each in files] for kind in files[0][name]})
    depth = {"depth": 0.6667} if "depth" in inspect.signature(script.main).parameters else {}
    outputs = folder / f"{name}.pdf", folder / f"{name}.png"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(style, "save", lambda figure, *to, **facts: (kept.append(figure), save(figure, *to, **facts)))
        script.main(given, *map(str, outputs), models=MODELS, **depth)
    assert all(file.stat().st_size > 2000 for file in outputs)
    return kept[0]


@pytest.fixture(scope="module")
def drawn(files, tmp_path_factory):
    """The figure of a name, drawn once: `drawn(name)`."""
    return functools.cache(lambda name: draw(name, files, tmp_path_factory.mktemp(name)))


def lines_of(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


@pytest.mark.parametrize("name", SHOWN)
def test_axes_and_series_bear_their_names(name, drawn):
    figure = drawn(name)
    labels = {text for axes in figure.axes for text in (axes.get_xlabel(), axes.get_ylabel())}
    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes if axes.get_legend())]
    assert labels >= SHOWN[name]["axes"]
    assert {text.get_text() for legend in legends for text in legend.get_texts()} >= SHOWN[name]["series"]
    said = " ".join(axes.get_title() + axes.get_ylabel() for axes in figure.axes).replace("\n", "")
    assert all(model in said for model in MODELS)


@pytest.mark.parametrize("name", SHOWN)
def test_texts_do_not_overlap_and_stay_inside(name, drawn):
    """Titles, labels of axes and legends, as boxes on the page."""
    figure = drawn(name)
    figure.draw_without_rendering()
    texts = [
        text for axes in figure.axes for text in (axes.title, axes.xaxis.label, axes.yaxis.label) if text.get_text()
    ]
    boxes = [item.get_window_extent() for item in (*texts, *figure.legends)]
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:place]), texts[place : place + 1]
        assert figure.bbox.x0 - 2 <= box.x0, texts[place : place + 1]
        assert box.x1 <= figure.bbox.x1 + 2, texts[place : place + 1]


def test_component_curves_leave_out_none_and_show_every_emotion(drawn, files):
    axes = drawn("component_curves").axes[0]
    (top,) = lines_of(axes, "top components, 95 % over scenarios")
    table = pd.read_parquet(files[0]["component_curves"]["curves"])
    chosen = table.query("kind == 'neurons' and action == 'silenced' and choice == 'top' and emotion == 'all'")
    np.testing.assert_array_equal(top.get_xdata(), sorted(chosen["components"])[1:])
    np.testing.assert_array_equal(top.get_ydata(), chosen.sort_values("components")["share"][1:])
    assert sum(line.get_linewidth() == 0.4 and len(line.get_xdata()) > 2 for line in axes.lines) == 2 * len(EMOTIONS)
    assert axes.get_xscale() == "log"


def test_ticks_are_powers_of_two_within_reach():
    ticks = importlib.import_module("steps.figures.plot_component_curves").ticks
    assert ticks(9) == [1, 2, 4, 8]
    assert ticks(4864) == [1, 8, 64, 512, 4096]
    assert ticks(1) == [1]


def test_half_of_the_largest_drop_is_marked_where_there_are_drops(drawn):
    silenced, driven = drawn("component_curves").axes[:2]
    assert lines_of(silenced, "half of the largest drop")
    assert not lines_of(driven, "half of the largest drop")


def test_every_reference_reaches_one_where_its_mark_is(drawn):
    axes = drawn("importance_profile").axes[:4]
    marks = [line for each in axes for line in each.lines if line.get_marker() == "v"]
    assert len(marks) == len(MODELS) * len(circuit_tables.REFERENCES)
    for each in axes:
        curves = [line for line in each.lines if "reference" in line.get_label()]
        assert len(curves) == len(circuit_tables.REFERENCES)
        for mark in (line for line in each.lines if line.get_marker() == "v"):
            (curve,) = (line for line in curves if np.array_equal(line.get_color(), mark.get_color()))
            assert curve.get_ydata().max() == pytest.approx(1)
            assert curve.get_xdata()[np.argmax(curve.get_ydata())] == pytest.approx(mark.get_xdata()[0])


def test_the_map_counts_the_parts_of_every_layer(drawn, files):
    circuits = json.loads(Path(files[1]["circuit_map"]["circuits"]).read_text())["circuits"]
    cells = drawn("circuit_map").axes[3].collections[0].get_array()
    expected = [[len(circuits[emotion][str(layer)]["heads"]) for layer in range(LAYERS)] for emotion in EMOTIONS]
    np.testing.assert_array_equal(cells, expected)


def test_chance_of_the_overlap_is_that_of_many_random_circuits(files):
    """Beside circuits that are really drawn at random."""
    script = importlib.import_module("steps.figures.plot_circuit_overlap")
    known = files[0]["circuit_overlap"]
    circuits = json.loads(Path(known["circuits"]).read_text())["circuits"]
    parts = script.parts_of(known["components"], "neurons")
    assert parts == 40
    first, second = (circuits[emotion] for emotion in ("anger", "fear"))
    counts = [[len(each[layer]["neurons"]) for layer in each] for each in (first, second)]
    simulated = sharing.random_indices(parts, counts, 2000, seed=1).mean()
    assert script.expected(first, second, "neurons", parts) == pytest.approx(float(simulated), rel=0.05)


def test_found_indices_stand_above_the_diagonal(files):
    script = importlib.import_module("steps.figures.plot_circuit_overlap")
    pairs = pd.read_parquet(files[0]["circuit_overlap"]["pairs"])
    circuits = json.loads(Path(files[0]["circuit_overlap"]["circuits"]).read_text())["circuits"]
    matrix = script.matrix_of(pairs.sample(frac=1, random_state=1), circuits, "heads", 5).to_numpy()
    found = pairs.loc[pairs["kind"] == "heads", "jaccard"]
    np.testing.assert_allclose(matrix[np.triu_indices(len(EMOTIONS), 1)], found)
    assert np.isnan(np.diag(matrix)).all()
    assert (matrix[np.tril_indices(len(EMOTIONS), -1)] > 0).all()


def test_clarity_marks_chance_and_the_depth_that_the_claim_names(drawn):
    axes = drawn("direction_clarity").axes[0]
    (chance,), (depth,) = lines_of(axes, "chance"), lines_of(axes, "40 % of depth")
    assert chance.get_ydata()[0] == pytest.approx(1 / 6)
    assert depth.get_xdata()[0] == 0.4


def test_only_the_named_pairs_have_colour_and_an_interval(drawn):
    axes = drawn("direction_cosines").axes[0]
    assert len(lines_of(axes, "other pairs")) == len(circuit_tables.PAIRS) - 2
    assert len(axes.collections) == 2
    (forced,) = lines_of(axes, "mean that centring forces, −1/5")
    assert forced.get_ydata()[0] == pytest.approx(-0.2)


def test_what_follows_from_other_measures_is_worked_out_by_depth(files):
    table = pd.read_parquet(files[0]["method_cosines"]["similarity"])
    found = importlib.import_module("steps.figures.plot_method_cosines").measures_of(
        table.sample(frac=1, random_state=1)
    )
    last = table[table["layer"] == LAYERS - 1].set_index("measure")["value"]
    here = {name: each["value"].iloc[-1] for name, each in found.items()}
    assert here["corrected_mismatched"] == pytest.approx(last["corrected_matched"] - last["corrected_contrast"])
    assert here["ceiling"] == pytest.approx((last["story_reliability"] * last["instruction_reliability"]) ** 0.5)
    assert here["random"] == pytest.approx(last["space_overlap"] - last["above_random"])
    assert found["random"]["null_95"].iloc[-1] == pytest.approx(here["random"] + 0.03)


def test_ratios_without_bound_do_not_stretch_the_panels(files, tmp_path):
    table = pd.read_parquet(files[0]["method_cosines"]["similarity"])
    wild = table["value"].where((table["measure"] != "corrected_matched") | (table["layer"] > 0), 300.0)
    changed = tmp_path / "similarity.parquet"
    write_table(table.assign(value=wild), changed)
    first = {"method_cosines": files[0]["method_cosines"] | {"similarity": str(changed)}}
    axes = draw("method_cosines", [first, files[1]], tmp_path).axes[0]
    assert axes.get_ylim()[1] < 2


def test_slopes_of_both_methods_meet_in_the_point_of_their_emotion(drawn, files):
    axes = drawn("shared_conduct").axes[0]
    table = pd.read_parquet(files[0]["shared_conduct"]["slopes"]).set_index(["experiment", "method", "emotion"])
    (points,) = lines_of(axes, "emotion, 95 % over scenarios")
    at = dict(zip(sorted(EMOTIONS), zip(*points.get_data(), strict=True), strict=True))
    values = table["slope_nats"]["blackmail"]
    assert at["fear"] == (values["story vectors", "fear"], values["instruction directions", "fear"])
    assert {text.get_text() for text in axes.texts} >= set(EMOTIONS)


def test_arms_that_were_not_measured_are_named_in_the_panel(drawn, files):
    closed, open_one = drawn("three_arms").axes[:2]
    (note,) = [text.get_text() for text in closed.texts if "gate" in text.get_text()]
    assert note == "gate of expression closed, no replies for: steering, circuit, circuit last, stories, random"
    assert not [text for text in open_one.texts if "gate" in text.get_text()]
    (chance,) = lines_of(open_one, "chance")
    assert chance.get_ydata()[0] == pytest.approx(1 / 6)
    table = pd.read_parquet(files[1]["three_arms"]["expression"])
    full = table[table["dose"] != 0.5].drop_duplicates(["arm", "emotion", "valence"])
    rates = full.set_index(["arm", "emotion", "valence"])["target_rate"]
    bars = {bar.get_label(): [one.get_height() for one in bar] for bar in open_one.containers}
    assert len(bars) == len(circuit_tables.ARMS)
    expected = [rates["circuit", emotion, "all"] for emotion in ("all", *EMOTIONS)]
    assert bars["circuit"] == pytest.approx(expected)


def test_importance_made_up_here_peaks_where_its_table_says():
    """The made-up tables agree with each other, as the real ones do."""
    values = circuit_tables.importance(np.random.default_rng(0), LAYERS)
    table = circuit_tables.peaks(values).set_index(["reference", "emotion"])["peak_depth"]
    assert table["late", "fear"] == pytest.approx((int(torch.argmax(values[0, 3]) % LAYERS) + 1) / LAYERS)
