"""Does a quantity in the user's words move the readings as its meaning asks for? (A04; figure 3 of A.)"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest, rankdata
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.stimuli.templates import Template

Array = NDArray[np.float64]


def projections(states: Tensor, directions: Tensor) -> Array:
    """Scalar projections of states [item, d_model] on the unit directions [direction, d_model]: [item, direction]."""
    return (states @ unit(directions).T).double().numpy()


def rank_correlations(magnitudes: Sequence[float], readings: Array) -> Array:
    """Spearman rho of each column of readings [item, direction] with the magnitudes."""
    order, columns = rankdata(magnitudes), rankdata(readings, axis=0)
    order, columns = order - order.mean(), columns - columns.mean(axis=0)
    scale = np.sqrt((order**2).sum() * (columns**2).sum(axis=0))
    rho: Array = np.divide(order @ columns, scale, out=np.zeros(readings.shape[1]), where=scale > 0)
    return rho


def reading_table(template: Template, emotions: Sequence[str], states: Tensor, directions: Tensor) -> pd.DataFrame:
    """Projection on each emotion at each magnitude, in units of its standard deviation over the magnitudes.

    Args:
        states: [magnitude, d_model]; directions: [emotion, d_model].
    Returns:
        Tidy table: template, unit, magnitude, emotion, projection_sd.
    """
    values = projections(states, directions)
    scaled = (values - values.mean(0)) / values.std(0)
    table = pd.DataFrame(scaled, columns=list(emotions)).assign(
        magnitude=template.magnitudes, template=template.id, unit=template.unit
    )
    return table.melt(["template", "unit", "magnitude"], var_name="emotion", value_name="projection_sd")


def correlation_table(template: Template, emotions: Sequence[str], states: Tensor, directions: Tensor) -> pd.DataFrame:
    """Spearman rho of each emotion's projection with the magnitude at every layer, with the registered sign.

    Args:
        states: [magnitude, layer, d_model]; directions: [emotion, layer, d_model].
    Returns:
        Tidy table: template, emotion, layer, rho, sign, from_paper, registered, signed_rho.
    """
    rows = []
    for layer in range(states.shape[1]):
        values = projections(states[:, layer], directions[:, layer])
        for emotion, rho in zip(emotions, rank_correlations(template.magnitudes, values), strict=True):
            rows.append((template.id, emotion, layer, rho, template.signs[emotion], emotion in template.from_paper))
    table = pd.DataFrame(rows, columns=["template", "emotion", "layer", "rho", "sign", "from_paper"])
    return table.assign(registered=table["sign"] != 0, signed_rho=table["rho"] * table["sign"])


def permuted_correlations(template: Template, emotions: Sequence[str], states: Tensor, shuffled: Tensor) -> Array:
    """Signed rho with label-shuffled vectors at the main layer: [set, emotion].

    Args:
        states: [magnitude, d_model]; shuffled: [set, emotion, d_model].
    """
    values = projections(states, shuffled.flatten(0, 1))
    rho = rank_correlations(template.magnitudes, values).reshape(len(shuffled), len(emotions))
    return rho * [template.signs[emotion] for emotion in emotions]


def sign_test(correlations: pd.DataFrame) -> dict[str, float]:
    """Cells whose correlation has the registered sign, of how many, and the one-sided binomial p."""
    cells = correlations[correlations["registered"]]
    right = int((cells["signed_rho"] > 0).sum())
    return {"right": right, "of": len(cells), "p": float(binomtest(right, len(cells), alternative="greater").pvalue)}


def evidence_on_signs(correlations: pd.DataFrame, null: Array, bootstraps: int, seed: int) -> pd.DataFrame:
    """Evidence on A04: mean signed rho over the cells with a sign in the paper, and over all with a registered one.

    Args:
        correlations: rows of `correlation_table` at the main layer; null: [set, template, emotion].
    """
    parts = (("signs of the paper", "from_paper"), ("all registered signs", "registered"))
    return pd.DataFrame(
        evidence_row("A04", part, _signed_effect(correlations, chosen, null, bootstraps, seed))
        for part, chosen in parts
    )


def _signed_effect(correlations: pd.DataFrame, chosen: str, null: Array, bootstraps: int, seed: int) -> effects.Effect:
    """Mean signed rho over the chosen cells; interval over templates, null over the same cells."""
    templates, emotions = (list(dict.fromkeys(correlations[column])) for column in ("template", "emotion"))

    def grid(column: str) -> pd.DataFrame:
        return correlations.pivot(index="template", columns="emotion", values=column).loc[templates, emotions]

    mask, values = grid(chosen).to_numpy().astype(bool), grid("signed_rho").to_numpy().astype(float)
    interval = resampling.bootstrap(values, lambda rows: float(values[rows][mask[rows]].mean()), bootstraps, seed)
    scale = Scale(of="template-emotion cells", unit="signed Spearman rho", two_sided=True)
    return effects.effect(float(values[mask].mean()), interval, null[:, mask].mean(1), n=int(mask.sum()), scale=scale)
