"""Made-up results of the circuits part, in the form in which its rules write them, for the figures that draw them."""

from itertools import combinations

import numpy as np
import pandas as pd
import torch

from emotion_vectors.stimuli.events import EMOTIONS

NAMES = list(EMOTIONS)
PAIRS = list(combinations(NAMES, 2))
REFERENCES = ["late", "0.0-0.2", "0.2-0.4", "0.4-0.6", "0.6-0.8", "0.8-1.0"]
ARMS = ("prompting", "steering", "circuit", "circuit_last", "stories", "random", "unsteered")
WITHOUT_GATE = ("prompting", "unsteered")
POINTS = ("attention", "mlp")


def around(table, value, width=0.05):
    """The table with an interval of this half width around a column."""
    return table.assign(low=table[value] - width, high=table[value] + width)


def silenced(generator, parts):
    rows = []
    for kind, most in parts.items():
        counts = sorted({*(2**power for power in range(most.bit_length())), 0, most})
        grid = [(a, c, e) for a in ("silenced", "enhanced") for c in ("top", "random") for e in ("all", *NAMES)]
        for action, choice, emotion in grid:
            each, speed = np.array(counts), 1.5 + (0 if emotion == "all" else generator.random())
            top = 1 - np.exp(-each / speed) - 0.3 * each / most
            share = (top if choice == "top" else 0.7 * each / most) * (1 if action == "silenced" else 0.6)
            rows += [(kind, action, choice, emotion, *pair) for pair in zip(counts, share, strict=True)]
    return around(pd.DataFrame(rows, columns=["kind", "action", "choice", "emotion", "components", "share"]), "share")


def importance(generator, layers):
    """By reference [reference, emotion, point, layer], with peaks late for all references but the first bands."""
    depths = torch.linspace(0, 1, layers)
    centres = torch.tensor([0.8, 0.15, 0.4, 0.55, 0.75, 0.9])[:, None, None, None]
    noise = 0.15 * torch.from_numpy(generator.random((len(REFERENCES), len(NAMES), len(POINTS), layers))).float()
    return torch.exp(-((depths - centres) ** 2) / 0.03) + noise


def peaks(values):
    at = (values.flatten(-2).argmax(-1) % values.shape[-1] + 1) / values.shape[-1]
    index = pd.MultiIndex.from_product([REFERENCES, NAMES], names=["reference", "emotion"])
    return pd.DataFrame({"peak_depth": at.flatten().numpy()}, index=index).reset_index()


def circuits(generator, layers, parts):
    """Emotion -> layer -> kind -> parts, more of them in deeper layers."""

    def chosen(kind, layer):
        count = min(parts[kind], 1 + layer // 2 + int(generator.integers(3)))
        return sorted(int(part) for part in generator.choice(parts[kind], count, replace=False))

    return {e: {str(layer): {kind: chosen(kind, layer) for kind in parts} for layer in range(layers)} for e in NAMES}


def shared(generator):
    rows = [
        (kind, *pair, level + 0.1 * generator.random())
        for kind, level in (("neurons", 0.03), ("heads", 0.4))
        for pair in PAIRS
    ]
    return pd.DataFrame(rows, columns=["kind", "emotion", "other", "jaccard"])


def by_layer(generator, layers, top, null, **facts):
    values = top / (1 + np.exp(-12 * (np.linspace(0, 1, layers) - 0.35))) + 0.02 * generator.random(layers)
    return around(pd.DataFrame({"layer": range(layers), "value": values, "null_95": null}), "value").assign(**facts)


def accuracy(generator, layers):
    levels = {"accuracy": (0.9, 0.2), "silhouette": (0.35, -0.02)}
    tables = [by_layer(generator, layers, *level, measure=m, point=p) for m, level in levels.items() for p in POINTS]
    return pd.concat(tables, ignore_index=True).assign(depth=lambda table: (table["layer"] + 1) / layers)


def cosines(generator, layers):
    rows = [
        (layer, *pair, point, (0.2 if pair == PAIRS[4] else -0.25) + 0.3 * np.sin(place + layer / layers))
        for point in POINTS
        for layer in range(layers)
        for place, pair in enumerate(PAIRS)
    ]
    table = pd.DataFrame(rows, columns=["layer", "left", "right", "point", "cosine"])
    return around(table, "cosine").assign(null_95=0.4)


def similarity(generator, layers):
    levels = {
        "matched": 0.3,
        "mismatched": -0.06,
        "corrected_matched": 0.5,
        "corrected_contrast": 0.6,
        "story_reliability": 0.6,
        "instruction_reliability": 0.9,
        "space_overlap": 0.2,
        "space_share": 0.45,
        "space_ceiling": 0.6,
        "above_random": 0.18,
    }
    tables = [by_layer(generator, layers, level, 0.03, measure=name) for name, level in levels.items()]
    table = pd.concat(tables, ignore_index=True).rename(columns={"null_95": "null_95_or_missing"})
    return table.assign(depth=(table["layer"] + 1) / layers)


def decoding(generator, layers):
    readings = {"story vectors on instructed prompts": 0.7, "instruction vectors on stories": 0.45}
    return pd.concat([by_layer(generator, layers, top, 0.22, reading=name) for name, top in readings.items()])


def slopes(generator):
    grid = pd.MultiIndex.from_product(
        [("blackmail", "hacking", "pleasing"), ("instruction directions", "story vectors"), NAMES],
        names=["experiment", "method", "emotion"],
    )
    table = pd.DataFrame({"slope_nats": generator.normal(0, 0.015, len(grid))}, index=grid).reset_index()
    return around(table, "slope_nats", 0.006).assign(null_95_gaussian=0.01, null_95_label_shuffled=0.014)


def expression(generator, arms):
    doses = {"circuit": (1.0, 0.5, 1.5), "circuit_last": (1.0,), "prompting": (0.0,), "unsteered": (0.0,)}
    rows = [
        (arm, dose, emotion, valence, np.clip(0.95 - 0.12 * ARMS.index(arm) + 0.1 * generator.random(), 0.05, 1))
        for arm in arms
        for dose in doses.get(arm, (0.144,))
        for emotion in ("all", *NAMES)
        for valence in ("all", "positive", "neutral", "negative")
    ]
    table = pd.DataFrame(rows, columns=["arm", "dose", "emotion", "valence", "target_rate"])
    facts = {"n": 96, "relevance": 0.4, "fluency_nats": -3.0, "repetition": 0.1, "none_share": 0.1}
    return around(table, "target_rate", 0.04).assign(**facts)


def fresh(generator, column, names):
    """Changes of own replies by method or arm, those of the later ones smaller."""
    rows = [
        (name, emotion, 2.0 - 0.5 * place + 0.3 * generator.normal(), 24)
        for place, name in enumerate(names)
        for emotion in (*NAMES, "all")
    ]
    return around(pd.DataFrame(rows, columns=[column, "emotion", "change_nats", "n"]), "change_nats", 0.2)


def fresh_slopes(generator):
    table = fresh(generator, "method", ("named in the prompt", "instruction directions", "story vectors"))
    return table.assign(own_most=1.0, null_95_or_missing=0.5, shuffled_95_or_missing=0.35)


def sizes(found, parts):
    """Parts of every circuit in every layer."""
    rows = [
        (kind, emotion, int(layer), len(by_kind[kind]), parts[kind])
        for kind in parts
        for emotion, layers in found.items()
        for layer, by_kind in layers.items()
    ]
    return pd.DataFrame(rows, columns=["kind", "emotion", "layer", "components", "parts"])


def importance_table(values):
    names = ["reference", "emotion", "point", "layer"]
    index = pd.MultiIndex.from_product([REFERENCES, NAMES, POINTS, range(values.shape[-1])], names=names)
    return pd.DataFrame({"importance": values.flatten().numpy()}, index=index).reset_index()


def tables_of(seed, *, layers=6, parts=None, gate=True):
    """Path below the folder of a model -> table."""
    generator, parts = np.random.default_rng(seed), parts or {"neurons": 40, "heads": 5}
    values = importance(generator, layers)
    return {
        "circuits/silenced": silenced(generator, parts),
        "circuits/importance": importance_table(values),
        "circuits/peaks": peaks(values),
        "circuits/sizes": sizes(circuits(generator, layers, parts), parts),
        "circuits/shared": shared(generator),
        "circuits/accuracy": accuracy(generator, layers),
        "circuits/cosines": cosines(generator, layers),
        "circuits/expression": expression(generator, ARMS if gate else WITHOUT_GATE),
        "circuits/fresh_slopes": fresh_slopes(generator),
        "circuits/fresh_changes": fresh(
            generator, "arm", ("circuit", "steering", "steering, layer by layer", "prompting")
        ),
        "overlap/similarity": similarity(generator, layers),
        "overlap/decoding": decoding(generator, layers),
        "overlap/slopes": slopes(generator),
    }
