"""Readings at the reply token while a quantity in the message grows, and the evidence on A04 (figure 3 of A)."""

import numpy as np
import pandas as pd
from safetensors.torch import load_file
from scipy.stats import binomtest

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.engine import capture
from emotion_vectors.meaning import emotion_vectors, intensity
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.stimuli import tables
from emotion_vectors.weights import table as weights


def main(
    inputs,
    readings_file: str,
    correlations_file: str,
    evidence_file: str,
    *,
    row,
    depth,
    batch_tokens,
    bootstraps,
    seed,
):
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    templates, story_vectors = tables.load_templates(inputs.templates), emotion_vectors.load(inputs.vectors)
    emotions = sorted(templates[0].signs)
    layer = layers.main_layer(model.layers, depth)
    directions = story_vectors.of(emotions)
    columns = [story_vectors.emotions.index(emotion) for emotion in emotions]
    null_sets = load_file(inputs.shuffled_main)["vectors"][:, columns, 0]
    readings, correlations, null = [], [], []
    for template in templates:
        chats = [
            tokens.chat(model.tokenizer, [{"role": "user", "content": text}], model.template)
            for text in template.messages()
        ]
        states = capture.at_last_token(model, chats, batch_tokens)
        readings.append(reading_table(template, emotions, states[:, layer], directions[:, layer]))
        correlations.append(correlation_table(template, emotions, states, directions))
        shuffled = intensity.projections(states[:, layer], null_sets.flatten(0, 1))
        rho = intensity.rank_correlations(template.magnitudes, shuffled).reshape(len(null_sets), len(emotions))
        null.append(rho * [template.signs[emotion] for emotion in emotions])
    files.write_table(pd.concat(readings, ignore_index=True), readings_file, layer=layer)
    table = pd.concat(correlations, ignore_index=True)
    files.write_table(table, correlations_file, sign_test=sign_test(table[table["layer"] == layer]))
    here = table[table["layer"] == layer]
    rows = [
        judging.evidence("A04", part, signed_effect(here, chosen, np.stack(null, axis=1), bootstraps, seed))
        for part, chosen in (("signs of the paper", "from_paper"), ("all registered signs", "registered"))
    ]
    files.write_table(pd.DataFrame(rows), evidence_file)


def reading_table(template, emotions, states, directions) -> pd.DataFrame:
    """Projection on each emotion at each magnitude, in units of its standard deviation over the magnitudes."""
    values = intensity.projections(states, directions)
    scaled = (values - values.mean(0)) / values.std(0)
    table = pd.DataFrame(scaled, columns=emotions).assign(
        magnitude=template.magnitudes, template=template.id, unit=template.unit
    )
    return table.melt(["template", "unit", "magnitude"], var_name="emotion", value_name="projection_sd")


def correlation_table(template, emotions, states, directions) -> pd.DataFrame:
    """Spearman rho of each emotion's projection with the magnitude at every layer, with the registered sign."""
    rows = []
    for layer in range(states.shape[1]):
        values = intensity.projections(states[:, layer], directions[:, layer])
        for emotion, rho in zip(emotions, intensity.rank_correlations(template.magnitudes, values), strict=True):
            rows.append((template.id, emotion, layer, rho, template.signs[emotion], emotion in template.from_paper))
    table = pd.DataFrame(rows, columns=["template", "emotion", "layer", "rho", "sign", "from_paper"])
    return table.assign(registered=table["sign"] != 0, signed_rho=table["rho"] * table["sign"])


def sign_test(table: pd.DataFrame) -> dict[str, float]:
    """Cells whose correlation has the registered sign, of how many, and the one-sided binomial p."""
    cells = table[table["registered"]]
    right = int((cells["signed_rho"] > 0).sum())
    return {"right": right, "of": len(cells), "p": float(binomtest(right, len(cells), alternative="greater").pvalue)}


def signed_effect(table: pd.DataFrame, chosen: str, null: np.ndarray, bootstraps: int, seed: int) -> effects.Effect:
    """Mean signed rho over the chosen cells; interval over templates, null [set, template, emotion] over the same cells."""
    keys = {column: list(dict.fromkeys(table[column])) for column in ("template", "emotion")}
    grid = {
        name: table.pivot(index="template", columns="emotion", values=name)
        .loc[keys["template"], keys["emotion"]]
        .to_numpy()
        for name in ("signed_rho", chosen)
    }
    mask, values = grid[chosen].astype(bool), grid["signed_rho"].astype(float)
    interval = resampling.bootstrap(values, lambda rows: float(values[rows][mask[rows]].mean()), bootstraps, seed)
    return effects.effect(
        float(values[mask].mean()),
        interval,
        null[:, mask].mean(1),
        n=int(mask.sum()),
        scale=effects.Scale(of="template-emotion cells", unit="signed Spearman rho", two_sided=True),
    )


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.readings, snakemake.output.correlations, snakemake.output.evidence,
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), depth=snakemake.params.depth,
            batch_tokens=snakemake.params.batch_tokens, bootstraps=snakemake.params.bootstraps,
            seed=snakemake.params.seed,
        )  # fmt: skip
