"""Causal importance of every attention and MLP sublayer for every emotion, and the depth of its peak (steps 9-10 of W; W07)."""

import json

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import importance, stored
from emotion_vectors.claims import judging
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.models import language_model, sublayers
from emotion_vectors.statistics import grouping
from emotion_vectors.stimuli import events
from emotion_vectors.weights import table


def chosen_events(file: str, used: list[str], count: int) -> list[events.Event]:
    """Events at equal distances among those that the directions are made of."""
    known = [event for event in events.load(file) if event.name in set(used)]
    places = np.linspace(0, len(known) - 1, min(count, len(known))).round().astype(int)
    return [known[place] for place in places]


def main(inputs, outputs, *, row, prompts: int, finite: int, bootstraps: int, draws: int, seed: int):
    known = stored.load_tensors(inputs.directions)
    directions, named = known["directions"], importance.references(known["directions"])
    names, emotions = list(named), known.emotions
    chosen = chosen_events(inputs.events, known.used, prompts)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    sublayers.check_sublayers(model)
    texts, targets = of_events(model, chosen), torch.stack(list(named.values()))
    shape = (len(names), len(emotions), len(sublayers.POINTS), model.layers, model.width)
    found, total, late = [], torch.zeros(shape), []
    for number, text in enumerate(tqdm(texts, desc=f"{model.name} importance", unit="prompt", mininterval=5)):
        gradient = importance.gradients(model, text, targets.flatten(0, 1)).reshape(shape)
        found.append(importance.importances(gradient, directions, targets))
        total += gradient / len(texts)
        late += [gradient[0]] if number < finite else []
    importances = torch.stack(found)
    tensors = {"importance": importances[:, 0].mean(0), "by_reference": importances.mean(0), "by_prompt": importances}
    facts = {
        "emotions": json.dumps(emotions),
        "references": json.dumps(names),
        "events": json.dumps([e.name for e in chosen]),
    }
    files.write_tensors(tensors, outputs.importance, model_sha256=model.sha256, **facts)
    files.write_table(importance.importance_table(importances.mean(0), names, emotions), outputs.by_reference)
    files.write_table(importance.peak_table(importances.mean(0), names, emotions), outputs.peaks)

    sizes = known["norms"] / model.width**0.5
    confirmed = importance.finite_table(
        model, texts[: len(late)], directions, named[importance.LATE], sizes, torch.stack(late), emotions
    )
    files.write_table(confirmed, outputs.finite)
    agree = f"finite doses and gradients correlate {confirmed['importance'].corr(confirmed['by_gradient']):.3f}"
    by_scenario, rows = grouping.means(importances, [event.scenario for event in chosen]), []
    for part, wanted in (
        ("late reference", [importance.LATE]),
        ("other references", importance.other_references(names)),
    ):
        place = [names.index(name) for name in wanted]
        effect = importance.peak_effect(by_scenario[:, place], total[place], targets[place], bootstraps, draws, seed)
        rows.append(judging.evidence("W07", f"peak depth, {part}", effect, beside=f"{', '.join(wanted)}; {agree}"))
    files.write_table(pd.DataFrame(rows), outputs.evidence)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, row=table.read_model(snakemake.input.models, snakemake.wildcards.model),
            prompts=snakemake.params.prompts, finite=snakemake.params.finite, bootstraps=snakemake.params.bootstraps,
            draws=snakemake.params.draws, seed=snakemake.params.seed,
        )  # fmt: skip
