"""Figures: every script draws for one and for several models, the same bytes each time, with its provenance inside."""

import functools
import importlib
import inspect
import re
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pytest
import yaml

from emotion_vectors.artefacts import provenance
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.artefacts.files import write_table
from emotion_vectors.claims import judging
from emotion_vectors.figures import labels, style, text_widths
from emotion_vectors.stimuli import tables as stimuli
from emotion_vectors.stimuli.experiments import load_experiments
from tests import circuit_tables

REPOSITORY = Path(__file__).resolve().parents[3]
WORKFLOW = REPOSITORY / "workflow"
REGISTER = yaml.safe_load((WORKFLOW / "report" / "figures.yaml").read_text())
RULES = "\n\n".join((WORKFLOW / "rules" / f"{name}.smk").read_text() for name in ("figures", "circuit_figures"))
NORMS = pd.read_csv(WORKFLOW / "norms" / "warriner2013.csv")
EMOTIONS = list(NORMS["emotion"])
NAMES = ["tiny-instruct", "a-model-with-a-longer-name-0.5b-instruct", "third"]
LAYERS, MAIN, TOPICS = 6, 3, 4
SETTINGS = {
    "depth": 0.6667, "bootstraps": 20, "seed": 3, "guard_nats": 0.5, "across": "pleasing", "up": "harshness",
}  # fmt: skip
EXPERIMENT_FILES = {
    "experiments": str(WORKFLOW / "experiments.tsv"),
    "schema": str(WORKFLOW / "schemas" / "experiment.schema.yaml"),
}
EXPERIMENTS = load_experiments(*EXPERIMENT_FILES.values())
DOSED = sorted({experiment.items for experiment in EXPERIMENTS.values() if experiment.emotions})
SCENARIOS, STEPS = ("s1", "s2", "s3"), (-0.3, -0.1, -0.05, 0.05, 0.1, 0.3)


def hits(generator):
    index = pd.MultiIndex.from_product([range(LAYERS), range(TOPICS), EMOTIONS], names=["layer", "topic", "emotion"])
    rates = generator.random(len(index)) < 0.1
    return pd.DataFrame({"hit": rates}, index=index).reset_index().assign(method="vectors", scheme="both corpora")


def accuracy(generator):
    values = np.append(np.linspace(0.1, 0.4, LAYERS), 0.2) + 0.01 * generator.random(LAYERS + 1)
    methods, layers = ["vectors"] * LAYERS + ["words"], [*range(LAYERS), -1]
    table = pd.DataFrame(
        {"method": methods, "layer": layers, "accuracy": values, "low": values - 0.03, "high": values + 0.03}
    )
    return table.assign(scheme="both corpora", null_95=0.04, stories=192)


def square(generator, names, left, right, value):
    matrix = np.tanh(generator.normal(size=(len(names), len(names))))
    np.fill_diagonal(matrix, 1.0)
    table = pd.DataFrame(matrix, index=names, columns=names).rename_axis(left).reset_index()
    return table.melt(left, var_name=right, value_name=value)


def readings(generator):
    rows = [
        (template, unit, 10 * step, emotion, generator.normal())
        for template, unit in (("dose_of_a_painkiller", "milligrams"), ("days", "days"))
        for step in range(7)
        for emotion in ("afraid", "calm", "happy", "sad")
    ]
    return pd.DataFrame(rows, columns=["template", "unit", "magnitude", "emotion", "projection_sd"])


def correlations_of(curves):
    cells = curves.drop_duplicates(["template", "emotion"])[["template", "emotion"]]
    return cells.assign(layer=MAIN, sign=[1, -1, -1, 1] * 2, signed_rho=0.4)


def lens_words():
    tokens = [" joy", "$5", "\n\t", "快乐", "a\\b", "\ufffd", " $x$ wonderful", "é"]
    rows = [(e, side, rank, token) for e in EMOTIONS for side in ("up", "down") for rank, token in enumerate(tokens, 1)]
    return pd.DataFrame(rows, columns=["emotion", "side", "rank", "token"])


def lens_auc(generator):
    grid = pd.MultiIndex.from_product([range(LAYERS), EMOTIONS], names=["layer", "emotion"])
    values = {"auc": 0.5 + 0.5 * generator.random(len(grid)), "null_95": 0.55, "family_tokens": 9}
    return pd.DataFrame(values, index=grid).reset_index()


def scores(generator):
    table = pd.DataFrame(generator.normal(size=(len(EMOTIONS), 3)), columns=["pc1", "pc2", "pc3"])
    return table.assign(emotion=EMOTIONS, layer=MAIN, valence=NORMS["valence_1to9"], arousal=NORMS["arousal_1to9"])


def components():
    rows = [(c, 0.3 / c, norm, 0.5, MAIN) for c in (1, 2, 3) for norm in ("valence", "arousal")]
    return pd.DataFrame(rows, columns=["component", "variance_fraction", "norm", "r", "layer"])


def summary():
    rows = [
        (measure, method, 0.4 - 0.1 * place, 0.35 - 0.1 * place, 0.46 - 0.1 * place, n)
        for measure, n in (("stories, top-1 of 48", 192), ("messages, top-3 of 24", 144))
        for place, method in enumerate(("trained", "word-residual", "re-initialised", "words"))
    ]
    return pd.DataFrame(rows, columns=["measure", "method", "rate", "low", "high", "n"])


def evidence(*parts):
    return pd.DataFrame([{"claim": claim, "part": part, "null_95": 0.05, "reference": 1 / 48} for claim, part in parts])


def effects(generator):
    measures = {name: ("raw", "adjusted") if each.kind == "conduct" else ("raw",) for name, each in EXPERIMENTS.items()}
    rows = [(name, measure, emotion) for name, each in measures.items() for measure in each for emotion in EMOTIONS]
    table = pd.DataFrame(rows, columns=["experiment", "measure", "emotion"])
    values = generator.normal(0, 0.1, len(table))
    return table.assign(estimate=values, low=values - 0.02, high=values + 0.03, null_95=0.06)


def by_depth(generator):
    grid = pd.MultiIndex.from_product([EXPERIMENTS, EMOTIONS, range(LAYERS)], names=["experiment", "emotion", "layer"])
    values = {
        "slope_nats": generator.normal(0, 0.1, len(grid)),
        "null_95_gaussian": 0.05,
        "null_95_label_shuffled": 0.07,
    }
    return pd.DataFrame(values, index=grid).reset_index()


def by_item(generator):
    rows = [
        (name, scenario, variant, emotion, generator.normal(0, 0.1))
        for name, experiment in EXPERIMENTS.items()
        for scenario in (*SCENARIOS, "s4")
        for variant in experiment.variants or ("-",)
        for emotion in EMOTIONS
    ]
    return pd.DataFrame(rows, columns=["experiment", "scenario", "variant", "emotion", "slope_nats"])


def steered(generator, items):
    rows = [
        (name, scenario, experiment.variants[0], direction, kind, step, generator.normal(0, 0.1))
        for name, experiment in EXPERIMENTS.items()
        if experiment.items == items
        for direction, kind in [(each, "emotion") for each in experiment.emotions]
        + [("Gaussian 0", "Gaussian"), ("shuffled 0", "label-shuffled")]
        for step in (STEPS if kind == "emotion" else (-0.1, 0.1))
        for scenario in SCENARIOS
    ]
    columns = ["experiment", "scenario", "variant", "direction", "kind", "strength_norm_fraction", "delta_logodds_nats"]
    return pd.DataFrame(rows, columns=columns)


def coherence():
    named = sorted({emotion for experiment in EXPERIMENTS.values() for emotion in experiment.emotions})
    rows = [(emotion, "emotion", step, 8 * step**2) for emotion in named for step in STEPS]
    return pd.DataFrame(
        rows, columns=["direction", "kind", "strength_norm_fraction", "neutral_logprob_fall_nats_per_token"]
    )


def tables_of(model):
    """One small table of every kind that the figures read, under the name of the rules' inputs."""
    generator = np.random.default_rng(len(model))
    curves = readings(generator)
    return {
        "accuracy": accuracy(generator), "twins": hits(generator),
        "heatmaps": square(generator, EMOTIONS[::2], "message_emotion", "vector", "cosine"),
        "readings": curves, "correlations_intensity": correlations_of(curves),
        "words": lens_words(), "auc": lens_auc(generator), "scores": scores(generator), "correlations": components(),
        "cosines": square(generator, EMOTIONS, "left", "right", "cosine"),
        "similarity": square(generator, range(LAYERS), "left_layer", "right_layer", "r"), "summaries": summary(),
        "training": evidence(("S05", "stories: word-residual"), ("S05", "messages: word-residual")),
        "decoding": evidence(("A01", "above chance")), "messages": evidence(("A02", "top-3 rate")),
        "effects": effects(generator), "by_depth": by_depth(generator), "by_item": by_item(generator), "coherence": coherence(),
        **{f"steered_{items}": steered(generator, items) for items in DOSED},
    }  # fmt: skip


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Inputs of every figure for so many models: `inputs(count, figure)`."""
    folder = tmp_path_factory.mktemp("tables")

    @functools.cache
    def of_circuits(place):
        """Figure -> input -> file; the first model does not pass the gate of expression."""
        return circuit_tables.write(folder / NAMES[place] / "circuits", place, gate=place > 0)

    def make(count, name):
        if name in of_circuits(0):
            found = [of_circuits(place)[name] for place in range(count)]
            return SimpleNamespace(**{kind: [each[kind] for each in found] for kind in found[0]})
        files = {}
        for model in NAMES[:count]:
            for kind, table in tables_of(model).items():
                file = folder / model / f"{kind}.parquet"
                if not file.exists():
                    write_table(table, file, layer=MAIN)
                files.setdefault(kind, []).append(str(file))
        if name == "intensity_curves":
            files["correlations"] = files["correlations_intensity"]
        files["steered"] = [files[f"steered_{items}"][place] for place in range(count) for items in DOSED]
        norms, families = WORKFLOW / "norms" / "warriner2013.csv", WORKFLOW / "stimuli" / "words" / "clusters.yaml"
        return SimpleNamespace(**files, **EXPERIMENT_FILES, norms=str(norms), families=str(families))

    return make


@pytest.fixture(autouse=True)
def one_commit(monkeypatch):
    """Figures name the state of the checkout, which may change while tests run."""
    monkeypatch.setattr(provenance, "git_commit", lambda: "0" * 40)


@pytest.fixture(autouse=True)
def restored_style():
    """Drawing sets the style of the whole process."""
    with matplotlib.rc_context():
        yield


def draw(name, given, count, folder):
    script = importlib.import_module(f"steps.figures.plot_{name}")
    wanted = {key: value for key, value in SETTINGS.items() if key in inspect.signature(script.main).parameters}
    files = folder / f"{name}.pdf", folder / f"{name}.png"
    script.main(given, *map(str, files), models=NAMES[:count], **wanted)
    return files


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", REGISTER)
def test_every_figure_repeats_itself_with_embedded_fonts_and_provenance(name, count, inputs, tmp_path, monkeypatch):
    pdf, png = draw(name, inputs(count, name), count, tmp_path / "first")
    monkeypatch.setattr(provenance.time, "time", lambda: 1e9)
    again, _ = draw(name, inputs(count, name), count, tmp_path / "second")
    content = pdf.read_bytes()
    assert content == again.read_bytes(), "the same tables have to give the same file, whenever it is drawn"
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    assert b"/CreationDate" not in content
    assert png.read_bytes().startswith(b"\x89PNG")
    for file in (pdf, png):
        known = style.of_figure(file)
        assert (known["rule"], known["seed"]) == ("plot_test", 3)
        assert known["git_commit"] == "0" * 40


def test_a_figure_without_provenance_is_refused(tmp_path):
    file = tmp_path / "stranger.pdf"
    file.write_bytes(b"%PDF-1.4")
    with pytest.raises(ArtefactError, match="stranger"):
        style.of_figure(file)


def test_provenance_survives_characters_that_pdf_escapes(tmp_path):
    drawing, _ = style.panels(1, 1, 1.0, 1.0)
    note = 'a "quoted" (nested (twice) \\ slash), ü and \n a line'
    pdf, png = tmp_path / "one.pdf", tmp_path / "one.png"
    style.save(drawing, pdf, png, title="Ünusual (title)", note=note)
    assert style.of_figure(pdf)["note"] == note
    assert style.of_figure(png)["note"] == note


def test_tables_and_models_have_to_match():
    with pytest.raises(ValueError, match="for 2 models"):
        style.read_tables(["one.parquet"], ["one", "two"])


def test_tokens_outside_printable_ascii_are_escaped_and_plain_ones_are_not():
    assert [text_widths.visible(token) for token in (" joy", "$5", "\n", "快", "a\\n", "\ufffd")] == [
        "␣joy", "$5", "\\n", "\\u5feb", "a\\\\n", "\\ufffd",
    ]  # fmt: skip


def test_long_names_break_at_hyphens_and_keep_every_character():
    lines = style.wrapped("qwen2.5-coder-0.5b-instruct", 19).split("\n")
    assert lines == ["qwen2.5-coder-0.5b-", "instruct"]
    assert style.wrapped("sister age at death", 14) == "sister age at\ndeath"


def test_as_many_tokens_are_printed_as_fit_and_at_least_one():
    assert text_widths.fitting(["joy", "glad"], 100.0, 6) == "joy   glad"
    assert text_widths.fitting(["joy", "glad"], 15.0, 6) == "joy"
    assert text_widths.fitting(["joy", "glad"], 1.0, 6) == "joy"


def test_components_are_turned_to_agree_with_the_ratings():
    turned = importlib.import_module("steps.figures.plot_circumplex").turned
    table = scores(np.random.default_rng(0)).assign(pc1=-NORMS["valence_1to9"], pc2=NORMS["arousal_1to9"])
    found = turned(table)
    assert np.corrcoef(found["pc1"], found["valence"])[0, 1] == pytest.approx(1)
    assert np.corrcoef(found["pc2"], found["arousal"])[0, 1] == pytest.approx(1)


def test_the_cosine_matrix_is_ordered_by_family():
    matrix_of = importlib.import_module("steps.figures.plot_cosine_matrix").matrix_of
    families = stimuli.load_clusters(WORKFLOW / "stimuli" / "words" / "clusters.yaml", emotions=EMOTIONS)
    order = [emotion for members in families.values() for emotion in members]
    table = square(np.random.default_rng(0), EMOTIONS, "left", "right", "cosine")
    matrix = matrix_of(table, order)
    assert list(matrix.index) == list(matrix.columns) == order
    expected = table[(table["left"] == "calm") & (table["right"] == "sad")]["cosine"].item()
    assert matrix.loc["calm", "sad"] == expected


@pytest.mark.parametrize("name", ["conduct_slopes", "slopes_by_depth", "dose_curves", "tone_adjusted"])
def test_an_experiment_may_name_no_emotions(name, inputs, tmp_path):
    given = inputs(1, name)
    table = pd.read_csv(given.experiments, sep="\t", dtype=str, keep_default_na=False)
    table.loc[table["name"] == "hacking", ["emotions", "ladder", "fine"]] = "-"
    given.experiments = str(tmp_path / "experiments.tsv")
    table.to_csv(given.experiments, sep="\t", index=False)
    pdf, _ = draw(name, given, 1, tmp_path)
    assert pdf.exists()


def test_the_slopes_of_an_experiment_are_the_raw_ones_of_every_model():
    slopes_of = importlib.import_module("steps.figures.plot_conduct_slopes").slopes_of
    tables = {name: effects(np.random.default_rng(place)) for place, name in enumerate(NAMES)}
    found = slopes_of(tables, "hacking")
    assert len(found) == len(NAMES) * len(EMOTIONS)
    table = tables[NAMES[1]].set_index(["experiment", "measure", "emotion"])
    assert found.loc[(NAMES[1], "calm"), "estimate"] == table.loc[("hacking", "raw", "calm"), "estimate"]


def test_tables_of_several_sets_keep_their_model(inputs):
    given = inputs(3, "dose_curves")
    found = importlib.import_module("steps.figures.plot_dose_curves").together(given.steered, NAMES)
    for model in NAMES:
        expected = {name for name, experiment in EXPERIMENTS.items() if experiment.items in DOSED}
        assert set(found.loc[found["model"] == model, "experiment"]) == expected
    assert not found.duplicated().any()
    third = pd.read_parquet(given.steered[-1])
    assert found["delta_logodds_nats"].iloc[-1] == third["delta_logodds_nats"].iloc[-1]


def test_dose_curves_pass_through_zero_and_know_where_text_is_coherent():
    curve_of = importlib.import_module("steps.figures.plot_dose_curves").curve_of
    changes = pd.DataFrame([(s, step, step * place) for place, s in enumerate(SCENARIOS, 1) for step in STEPS],
                           columns=["scenario", "strength_norm_fraction", "delta_logodds_nats"])  # fmt: skip
    cost = 8 * changes["strength_norm_fraction"] ** 2
    curve = curve_of(changes.assign(neutral_logprob_fall_nats_per_token=cost), 0.5, 200, 3)
    assert list(curve.index) == [-0.3, -0.1, -0.05, 0, 0.05, 0.1, 0.3]
    assert (curve.loc[0.0, ["mean", "low", "high"]] == 0).all()
    assert curve.loc[0.1, "mean"] == pytest.approx(0.2)
    assert curve.loc[0.1, "low"] == pytest.approx(0.1)
    assert curve.loc[0.1, "high"] == pytest.approx(0.3)
    assert list(curve["coherent"]) == [False, True, True, True, True, True, False]
    unknown = curve_of(changes.assign(neutral_logprob_fall_nats_per_token=float("nan")), 0.5, 20, 3)
    assert list(unknown.index[unknown["coherent"]]) == [0.0], (
        "a strength without a measured cost does not pass for coherent"
    )


def test_the_plane_pairs_slopes_and_valence_of_the_same_emotion():
    plane_of = importlib.import_module("steps.figures.plot_pleasing_plane").plane_of
    table, valence = effects(np.random.default_rng(0)), NORMS.set_index("emotion")["valence_1to9"]
    plane = plane_of(table, valence[::-1], "pleasing", "harshness")
    known = table.set_index(["experiment", "measure", "emotion"])["estimate"]
    expected = (known["pleasing", "raw", "calm"], known["harshness", "raw", "calm"], valence["calm"])
    assert tuple(plane.loc["calm", ["x", "y", "valence"]]) == expected


def test_labels_keep_apart_and_inside_where_there_is_room():
    points = np.array([[50.0, 50.0], [51.0, 50.0], [50.0, 51.0], [99.0, 99.0], [1.0, 1.0]])
    sizes = np.tile([20.0, 5.0], (5, 1))
    centres = labels.place(points, sizes, (100.0, 100.0))
    apart = np.abs(centres[:, None] - centres)
    overlapping = (apart < sizes).all(-1) & ~np.eye(5, dtype=bool)
    assert not overlapping.any()
    assert (centres >= sizes / 2).all()
    assert (centres <= 100 - sizes / 2).all()
    np.testing.assert_array_equal(centres, labels.place(points, sizes, (100.0, 100.0)))


def test_wider_texts_measure_wider():
    narrow, wide = text_widths.text_widths(["ill", "mmm"], 6)
    assert narrow < wide < 18


def test_the_register_names_the_figures_of_the_rules():
    names = re.search(r"FIGURE_NAMES = \(([^)]*)\)", RULES)[1]
    assert re.findall(r'"(\w+)"', names) == list(REGISTER)
    assert [f"plot_{name}" for name in REGISTER] == re.findall(r"rule (plot_\w+):", RULES)
    for name, entry in REGISTER.items():
        assert set(entry) == {"title", "claims", "rule", "data"}
        assert entry["rule"] == f"plot_{name}"
        assert (WORKFLOW / "report" / f"{name}.rst").read_text().strip()
        assert f"../report/{name}.rst" in RULES


def test_the_register_names_the_data_of_the_rules():
    for name, entry in REGISTER.items():
        body = RULES.split(f"rule plot_{name}:")[1].split("output:")[0]
        used = re.findall(r'\{RESULTS\}/\{\{model\}\}/([\w/{}]+\.\w+)"', body)
        assert [f"{{model}}/{path.format()}" for path in used] == entry["data"], name


def test_the_register_serves_registered_claims_only():
    files = sorted((WORKFLOW / "claims").glob("*.yaml"))
    registered = judging.load(files, WORKFLOW / "schemas" / "claim.schema.yaml")
    for name, entry in REGISTER.items():
        assert entry["claims"], name
        assert set(entry["claims"]) <= set(registered), name


def test_the_list_of_figures_names_claims_rules_and_data(tmp_path):
    script = importlib.import_module("list_figures")
    given = SimpleNamespace(
        register=str(WORKFLOW / "report" / "figures.yaml"), schema=str(WORKFLOW / "schemas" / "claim.schema.yaml"),
        claims=[str(file) for file in sorted((WORKFLOW / "claims").glob("*.yaml"))],
    )  # fmt: skip
    script.main(given, str(tmp_path / "README.md"), results="results/quick", models=NAMES[:2])
    text = (tmp_path / "README.md").read_text()
    for name, entry in REGISTER.items():
        assert f"{name}.pdf" in text
        assert f"`{entry['rule']}`" in text
        assert all(claim in text for claim in entry["claims"])
        assert all(f"results/quick/{path}" in text for path in entry["data"])
    given.register = str(tmp_path / "wrong.yaml")
    Path(given.register).write_text("one: {title: One, claims: [Z99], rule: plot_one, data: []}\n")
    with pytest.raises(ValueError, match="Z99"):
        script.main(given, str(tmp_path / "README.md"), results="results", models=NAMES[:1])
