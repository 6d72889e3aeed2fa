"""Made-up results in the form in which the rules write them, one file for every pattern of the register of figures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.artefacts.files import write_json, write_table
from emotion_vectors.claims import judging
from emotion_vectors.stimuli.experiments import load_experiments
from tests import act_tables, choice_tables, circuit_tables, context_tables, removal_tables, turn_tables

WORKFLOW = Path(__file__).resolve().parents[1] / "workflow"
NORMS = pd.read_csv(WORKFLOW / "norms" / "warriner2013.csv")
EMOTIONS = list(NORMS["emotion"])
EXPERIMENT_FILES = (str(WORKFLOW / "experiments.tsv"), str(WORKFLOW / "schemas" / "experiment.schema.yaml"))
EXPERIMENTS = load_experiments(*EXPERIMENT_FILES)
DOSED = sorted({experiment.items for experiment in EXPERIMENTS.values() if experiment.emotions})
LAYERS, MAIN, TOPICS = 6, 3, 4
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
    tokens = [" joy", "$5", "\n\t", "快乐", "Joy", "�", " wonderful", "é"]
    rows = [(e, side, rank, token) for e in EMOTIONS for side in ("up", "down") for rank, token in enumerate(tokens, 1)]
    return pd.DataFrame(rows, columns=["emotion", "side", "rank", "token"])


def lens_auc(generator):
    grid = pd.MultiIndex.from_product([range(LAYERS), EMOTIONS], names=["layer", "emotion"])
    values = {"auc": 0.5 + 0.5 * generator.random(len(grid)), "null_95": 0.55, "family_tokens": 9}
    return pd.DataFrame(values, index=grid).reset_index()


def feels_responses(generator):
    names = EMOTIONS[:12]
    grid = pd.MultiIndex.from_product([STEPS, names, names], names=["strength_norm_fraction", "direction", "word"])
    table = pd.DataFrame({"delta_logprob_nats": generator.normal(0, 0.2, len(grid))}, index=grid).reset_index()
    own = table["direction"] == table["word"]
    return table.assign(
        delta_logprob_nats=table["delta_logprob_nats"] + 15 * own * table["strength_norm_fraction"], measure="change"
    )


def scores(generator):
    table = pd.DataFrame(generator.normal(size=(len(EMOTIONS), 3)), columns=["pc1", "pc2", "pc3"])
    return table.assign(emotion=EMOTIONS, layer=MAIN, valence=NORMS["valence_1to9"], arousal=NORMS["arousal_1to9"])


def components():
    rows = [(c, 0.16 / c, norm, 0.5, MAIN) for c in range(1, 48) for norm in ("valence", "arousal")]
    return pd.DataFrame(rows, columns=["component", "variance_fraction", "norm", "r", "layer"])


def summary():
    rows = [
        (measure, method, 0.4 - 0.1 * place, 0.35 - 0.1 * place, 0.46 - 0.1 * place, n)
        for measure, n in (("stories, top-1 of 48", 192), ("messages, top-3 of 24", 144))
        for place, method in enumerate(("trained", "word-residual", "re-initialised", "words"))
    ]
    return pd.DataFrame(rows, columns=["measure", "method", "rate", "low", "high", "n"])


def sources():
    names = ("word counts", "style counts", "re-initialised twin", "vectors", "vectors and words")
    measures = {"stories": 1 / 48, "second hand": 1 / 48, "message mean": 0.125, "reply token": 0.125}
    rows = [
        (measure, source, 0.9 - 0.1 * place, 0.8 - 0.1 * place, 0.95 - 0.1 * place, chance + 0.02, chance, 24)
        for measure, chance in measures.items()
        for place, source in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=["measure", "source", "rate", "low", "high", "null_95", "chance", "n"])


def evidence(*parts, null_95=0.05, reference=1 / 48):
    values = {"estimate": 0.4, "low": 0.3, "high": 0.5, "null_95": null_95, "reference": reference}
    return pd.DataFrame([{"claim": claim, "part": part, **values} for claim, part in parts])


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


def coherence(named):
    rows = [(emotion, "emotion", step, 8 * step**2) for emotion in named for step in STEPS]
    return pd.DataFrame(
        rows, columns=["direction", "kind", "strength_norm_fraction", "neutral_logprob_fall_nats_per_token"]
    )


def tables_of(seed: int) -> dict[str, pd.DataFrame]:
    """Path below the folder of a model -> table."""
    generator = np.random.default_rng(seed)
    curves = readings(generator)
    named = sorted({emotion for experiment in EXPERIMENTS.values() for emotion in experiment.emotions})
    a05 = [("A05", part) for part in ("slope, own minus others", "change at +0.1, own minus others", "others fall")]
    a12 = [
        ("A11", "user and reply token"),
        ("A12", "reply token"),
        ("A12", "reply minus user token"),
        ("A15", "arousal across speakers"),
    ]
    conduct = [("S04", part) for part in ("blackmail", "reward hacking", "pleasing")]
    return {
        "decoding/accuracy": accuracy(generator),
        "reinitialised/decoding/hits": hits(generator),
        "messages/heatmap": square(generator, EMOTIONS[::2], "message_emotion", "vector", "cosine"),
        "intensity/readings": curves,
        "intensity/correlations": correlations_of(curves),
        "lens/words": lens_words(),
        "lens/auc": lens_auc(generator),
        "feels/responses": feels_responses(generator),
        "feels/coherence": coherence(["any"]).drop(columns=["direction", "kind"]),
        "geometry/scores": scores(generator),
        "geometry/correlations": components(),
        "geometry/cosines": square(generator, EMOTIONS, "left", "right", "cosine"),
        "geometry/depths": square(generator, range(LAYERS), "left_layer", "right_layer", "r"),
        "training/summary": summary(),
        "decoding/sources": sources(),
        "evidence/compare_training": evidence(("S05", "stories: word-residual"), ("S05", "messages: word-residual")),
        "evidence/evaluate_decoding": evidence(("A01", "above chance")),
        "evidence/evaluate_messages": evidence(("A02", "top-3 rate")),
        "evidence/read_intensity": evidence(
            ("A04", "signs of the paper"), ("A04", "all registered signs"), reference=0.0
        ),
        "evidence/steer_feels": evidence(*a05, reference=0.0),
        "evidence/analyze_components": evidence(("A08", "share of PC1 and PC2"), reference=0.0),
        "evidence/evaluate_conduct": evidence(*conduct, ("A24", "desperate, over variants"), reference=0.0),
        "evidence/evaluate_anticipation": evidence(*a12, reference=0.0),
        "slopes/effects": effects(generator),
        "slopes/by_depth": by_depth(generator),
        "slopes/by_item": by_item(generator),
        "steered/coherence": coherence(named),
        **{f"steered/{items}": steered(generator, items) for items in DOSED},
    }


def write(root: Path, models: Sequence[str]) -> None:
    """All results that figures read, of several models; the first does not pass the gate of expression."""
    for seed, model in enumerate(models):
        found = tables_of(seed) | circuit_tables.tables_of(seed, gate=seed > 0) | act_tables.tables_of(seed, EMOTIONS)
        found |= context_tables.tables_of(seed, LAYERS) | removal_tables.tables_of(seed, gate=seed > 0)
        found |= turn_tables.tables_of(seed, EMOTIONS, gate=seed > 0)
        for path, table in found.items():
            write_table(table, root / model / f"{path}.parquet", layer=MAIN)
    write_table(choice_tables.table(models), root / "multiverse.parquet")
    claims = [f"{letter}{number:02d}" for letter in "AWSO" for number in range(1, 9)]
    judged = {claim: {"verdict": judging.VERDICTS[n % len(judging.VERDICTS)]} for n, claim in enumerate(claims)}
    parts = {model: act_tables.parts_of(seed) for seed, model in enumerate(models)}
    write_json({"tier": "test", "claims": dict.fromkeys(models, judged), "parts": parts}, root / "claims.json")
