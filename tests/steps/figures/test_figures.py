"""Single figures: what must be shown is drawn, with its numbers."""

import importlib
import json

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.figures import marks
from emotion_vectors.stimuli import tables as stimuli
from emotion_vectors.stimuli.events import EMOTIONS as SIX
from tests import circuit_tables, figure_tables
from tests.figure_tables import EMOTIONS, NORMS
from tests.steps.figures.conftest import MODELS, REGISTER


def script(name):
    return importlib.import_module(f"steps.figures.plot_{name}")


def lines_of(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


@pytest.fixture
def generator():
    return np.random.default_rng(0)


@pytest.fixture
def tables():
    """Tables of the second model, by path."""
    return figure_tables.tables_of(1) | circuit_tables.tables_of(1)


def test_components_are_turned_to_agree_with_the_ratings_and_the_better_one_is_taken(generator):
    table = figure_tables.scores(generator).assign(pc1=-NORMS["valence_1to9"], pc3=-NORMS["arousal_1to9"])
    found = script("circumplex").judged_components(table)
    assert set(found["y_name"]) == {"pc3"}
    assert np.corrcoef(found["x"], found["valence"])[0, 1] == pytest.approx(1)
    assert np.corrcoef(found["y"], found["arousal"])[0, 1] == pytest.approx(1)


def test_the_cosine_matrix_is_ordered_by_family_and_compared_within_and_between(generator):
    families = stimuli.load_clusters("workflow/stimuli/words/clusters.yaml", emotions=EMOTIONS)
    order = [emotion for members in families.values() for emotion in members]
    table = figure_tables.square(generator, EMOTIONS, "left", "right", "cosine")
    matrix = script("cosine_matrix").matrix_of(table, order)
    assert list(matrix.index) == list(matrix.columns) == order
    family_of = {emotion: name for name, members in families.items() for emotion in members}
    planted = pd.DataFrame(
        [[float(family_of[left] == family_of[right]) for right in order] for left in order], index=order, columns=order
    )
    differences = script("cosine_matrix").within_minus_between(0.5 * planted - 0.1, families)
    assert differences.to_numpy() == pytest.approx(0.5)


def test_numbers_of_a_template_stand_in_order_at_equal_distances(tables):
    table = tables["intensity/readings"]
    found = script("intensity_curves").placed(table, tables["intensity/correlations"])
    one = found[(found["template"] == "days") & (found["emotion"] == "sad")].sort_values("magnitude")
    np.testing.assert_allclose(one["place"], np.linspace(0, 1, 7))
    assert set(one["sign"]) == {1}


def test_the_slopes_of_an_experiment_are_the_raw_ones_of_every_model(tables):
    table = tables["slopes/effects"]
    both = pd.concat([table.assign(model=model) for model in MODELS])
    found = script("conduct_slopes").slopes_of(both, "hacking")
    assert len(found) == len(MODELS) * len(EMOTIONS)
    known = table.set_index(["experiment", "measure", "emotion"])["estimate"]
    assert found.loc[(MODELS[1], "calm"), "estimate"] == known["hacking", "raw", "calm"]


def test_emotions_stand_in_the_order_of_valence_in_every_panel(drawn):
    axes = drawn("conduct_slopes").axes[0]
    valence = NORMS.set_index("emotion")["valence_1to9"]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert valence[names].is_monotonic_increasing


def test_diamonds_of_the_dose_curves_are_the_slopes_of_all_situations(drawn, results):
    axes = drawn("dose_curves").axes[0]
    slopes = files.read_table(results / MODELS[0] / "slopes/effects.parquet").set_index(
        ["experiment", "measure", "emotion"]
    )
    known = slopes["estimate"]["blackmail", "raw"][list(figure_tables.EXPERIMENTS["blackmail"].emotions)]
    diamonds = [line.get_ydata()[0] for line in axes.lines if line.get_marker() == "D" and len(line.get_xdata()) == 1]
    assert diamonds == pytest.approx(list(known))


def test_tangents_of_the_dose_curves_end_inside_their_panel(drawn):
    for axes in drawn("dose_curves").axes[:4]:
        low, high = axes.get_ylim()
        tangents = [line for line in axes.lines if line.get_linestyle() == ":" or len(line.get_xdata()) == 2]
        assert tangents
        assert all(low <= value <= high for line in tangents for value in line.get_ydata())


@pytest.mark.parametrize("name", ["slopes_by_depth", "tone_adjusted"])
def test_an_experiment_may_name_no_emotions(name, draw, tmp_path):
    table = pd.read_csv("workflow/experiments.tsv", sep="\t", dtype=str, keep_default_na=False)
    table.loc[table["name"] == "hacking", ["emotions", "ladder", "fine"]] = "-"
    table.to_csv(tmp_path / "experiments.tsv", sep="\t", index=False)
    draw(name, tmp_path, MODELS[:1], experiments=tmp_path / "experiments.tsv")


def test_the_plane_pairs_slopes_and_valence_of_the_same_emotion(tables):
    valence = NORMS.set_index("emotion")["valence_1to9"]
    plane = script("pleasing_plane").plane_of(tables["slopes/effects"], valence[::-1])
    known = tables["slopes/effects"].set_index(["experiment", "measure", "emotion"])["estimate"]
    expected = (known["pleasing", "raw", "calm"], known["harshness", "raw", "calm"], valence["calm"])
    assert tuple(plane.loc["calm", ["x", "y", "valence"]]) == expected


def test_own_words_and_those_of_others_are_averaged_apart(tables):
    curves = script("steered_words").curves_of(tables["feels/responses"], tables["feels/coherence"], 0.5)
    at = curves.set_index(["own", "strength_norm_fraction"])
    assert at.loc[(True, 0.1), "mean"] == pytest.approx(1.5, abs=0.2)
    assert at.loc[(False, 0.1), "mean"] == pytest.approx(0, abs=0.2)
    assert list(at.loc[True, "coherent"]) == [False, True, True, True, True, True, False]


def test_unsteered_conduct_groups_models_by_part(tables):
    found = script("unsteered_conduct").rows_of(dict.fromkeys(MODELS, tables["evidence/evaluate_conduct"]), "S04")
    assert list(found.index) == ["blackmail", "blackmail", "reward hacking", "reward hacking", "pleasing", "pleasing"]
    assert list(found["model"][:2]) == MODELS


def test_all_components_together_stand_apart_from_the_curves(drawn, tables):
    axes = drawn("component_curves").axes[4]
    (top,) = lines_of(axes, "top components, 95 % over scenarios")
    chosen = tables["circuits/silenced"].query(
        "kind == 'neurons' and action == 'silenced' and choice == 'top' and emotion == 'all'"
    )
    counts = sorted(chosen["components"])
    np.testing.assert_array_equal(top.get_xdata(), counts[1:-1])
    (whole,) = lines_of(axes, "all components of the layer")
    assert whole.get_ydata()[0] == chosen.set_index("components")["share"][counts[-1]]


def test_ticks_are_powers_of_two_within_reach():
    ticks = script("component_curves").ticks
    assert ticks(9) == [1, 4, 8][: len(ticks(9))] or ticks(9) == [1, 2, 4, 8]
    assert ticks(1) == [1]
    assert all(tick < 4864 for tick in ticks(4864))


def test_every_reference_reaches_one_where_its_mark_is(drawn):
    axes = drawn("importance_profile").axes[:4]
    found = [line for panel in axes for line in panel.lines if line.get_marker() == "v"]
    assert len(found) == len(MODELS) * len(circuit_tables.REFERENCES)
    assert all(line.get_ydata()[0] == 1 for line in found)


def test_the_map_counts_the_parts_of_every_layer(drawn, tables):
    cells = drawn("circuit_map").axes[3].collections[0].get_array()
    sizes = tables["circuits/sizes"].query("kind == 'heads'")
    expected = sizes.pivot(index="emotion", columns="layer", values="components").loc[list(SIX)]
    np.testing.assert_array_equal(cells, expected)


def test_the_overlap_is_what_exceeds_random_circuits(tables):
    sizes, pairs = tables["circuits/sizes"], tables["circuits/shared"]
    first, second = sorted(("anger", "fear"), key=list(SIX).index)
    of_kind = sizes[sizes["kind"] == "heads"]
    matrix = script("circuit_overlap").excess_of(pairs, sizes, "heads")
    found = pairs.query("kind == 'heads' and emotion == @first and other == @second")["jaccard"].item()
    expected = script("circuit_overlap").expected(of_kind, first, second)
    assert matrix.loc[second, first] == pytest.approx(found - expected)
    assert matrix.notna().to_numpy().sum() == len(circuit_tables.PAIRS)


def test_clarity_marks_chance(drawn):
    (chance,) = lines_of(drawn("direction_clarity").axes[0], "chance")
    assert chance.get_ydata()[0] == pytest.approx(1 / 6)


def test_only_the_named_pairs_have_colour_and_an_interval(drawn):
    axes = drawn("direction_cosines").axes[0]
    assert len(lines_of(axes, "other pairs")) == len(circuit_tables.PAIRS) - 2
    assert len(axes.collections) == 2


def test_slopes_of_both_methods_meet_in_the_point_of_their_emotion_on_equal_axes(drawn, results):
    axes = drawn("shared_conduct").axes[0]
    slopes = files.read_table(results / MODELS[0] / "overlap/slopes.parquet").set_index(
        ["experiment", "method", "emotion"]
    )
    (points,) = lines_of(axes, "emotion, 95 % over scenarios")
    at = dict(zip(sorted(SIX), zip(*points.get_data(), strict=True), strict=True))
    values = slopes["slope_nats"]["blackmail"]
    assert at["fear"] == (values["story vectors", "fear"], values["instruction directions", "fear"])
    assert axes.get_xlim() == axes.get_ylim()


def test_only_arms_with_replies_are_drawn_and_the_gate_is_marked(drawn):
    closed, passed = drawn("three_arms").axes[:2]
    assert len(closed.containers) == len(circuit_tables.WITHOUT_GATE)
    assert len(passed.containers) == len(circuit_tables.ARMS)
    assert "other arms were not run" in closed.get_title()
    assert "other arms were not run" not in passed.get_title()
    (gate,) = lines_of(closed, "gate: prompting must reach this overall")
    assert gate.get_ydata()[0] == 0.5


def test_claims_that_permuted_labels_pass_are_marked(draw, tmp_path, results):
    placebo = tmp_path / "placebo.json"
    placebo.write_text((results / "claims.json").read_text())
    figure = draw("verdict_matrix", tmp_path, placebo=[placebo])
    found = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    in_favour = [
        row
        for row in files.read_json(placebo)["claims"][MODELS[0]].values()
        if row["verdict"] in ("replicated", "partial")
    ]
    assert len(found) == len(MODELS) * len(in_favour) > 0


def test_a_claim_that_permuted_labels_reach_less_of_is_not_marked(draw, tmp_path, results):
    content = files.read_json(results / "claims.json")
    weaker = {"replicated": "partial", "partial": "inconclusive"}
    for by_claim in content["claims"].values():
        for row in by_claim.values():
            row["verdict"] = weaker.get(row["verdict"], row["verdict"])
    placebo = tmp_path / "placebo.json"
    placebo.write_text(json.dumps(content))
    axes = draw("verdict_matrix", tmp_path, placebo=[placebo]).axes
    assert not [line for panel in axes for line in panel.lines if line.get_marker() == "o"]


def test_nulls_of_estimates_spread_around_the_reference(drawn):
    axes = drawn("unsteered_conduct").axes[0]
    (null,) = axes.containers
    assert null[0].get_x() == pytest.approx(-0.05)
    assert null[0].get_width() == pytest.approx(0.1)
    assert null.get_label() == marks.NULL


def test_every_kind_of_result_that_figures_read_is_made_up_here(results, data):
    for name in REGISTER:
        for file in data(name).values():
            assert all(path.is_file() for path in (file if isinstance(file, list) else [file])), name
