"""Made-up results on emotion in context, in the form in which the rules write them."""

import numpy as np
import pandas as pd

from emotion_vectors.stimuli.function.speakers import EMOTIONS_OF_SPEAKERS

KINDS = {
    "negation": ("all", "named", "shown", "negation means less", "negation means more"),
    "prefix": ("all",),
}
COMPARISONS = (
    "present and other speaker",
    "present speaker, Human and Assistant",
    "other speaker, Human and Assistant",
)


def order(generator, layers):
    rows = [
        (name, kind, layer, (layer + 1) / layers, 0.5 + 0.3 * layer / layers + 0.05 * generator.normal())
        for name, kinds in KINDS.items()
        for kind in kinds
        for layer in range(layers)
    ]
    table = pd.DataFrame(rows, columns=["set", "kind", "layer", "depth", "share"])
    return table.assign(low=table["share"] - 0.08, high=table["share"] + 0.08, null_95=0.62)


def speakers(generator):
    estimates = np.array([0.1, 0.95, 0.85]) + 0.05 * generator.normal(size=3)
    table = pd.DataFrame({"comparison": COMPARISONS, "estimate": estimates})
    return table.assign(low=estimates - 0.2, high=estimates + 0.2, null_95=1.25, reference=1.0)


def speaker_cosines(generator):
    rows = [
        (family, emotion, other, one, 0.6 * (family == other and emotion == one) + 0.1 * generator.normal())
        for family in ("present speaker", "other speaker")
        for emotion in EMOTIONS_OF_SPEAKERS
        for other in ("present speaker", "other speaker")
        for one in EMOTIONS_OF_SPEAKERS
    ]
    return pd.DataFrame(rows, columns=["family", "emotion", "other_family", "other_emotion", "cosine"])


def tables_of(seed, layers):
    """Every table by its path below the folder of a model."""
    generator = np.random.default_rng(seed)
    return {
        "context/order": order(generator, layers),
        "context/speakers": speakers(generator),
        "context/speaker_cosines": speaker_cosines(generator),
    }
