"""Importance of every neuron and head for every emotion, without silencing any (steps 5 and 6 of W)."""

import json

import torch
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import scores, stored
from emotion_vectors.models import language_model, sublayers
from emotion_vectors.statistics import grouping
from emotion_vectors.weights import table


def written_by(there, given, directions, half) -> dict[str, torch.Tensor]:
    """Writes, scales and scores of one layer from inputs `given` [event, emotion, inputs] and directions [set, emotion, d_model]."""
    writes = there.writes(directions.to(there.projection.weight.device)).cpu()
    scales = there.scale(given.to(there.projection.weight.device)).cpu()
    per_unit = given / scales[..., None]
    halves = torch.stack([per_unit[half == number].mean(0) for number in (0, 1)])
    return {
        "writes": writes[0],
        "writes_halves": writes[1:],
        "scales": scales,
        "scores": per_unit.mean(0) * writes[0],
        "scores_halves": halves * writes[1:],
    }


def score_layer(model, prompts, directions, layer: int, half) -> dict[str, torch.Tensor]:
    """Everything about one layer. directions: [set, emotion, point, d_model]; the sets are all events and the two halves."""
    found = {}
    for kind, point in sublayers.POINT_OF.items():
        there, along = sublayers.sublayer(model, layer, point), directions[:, :, sublayers.POINTS.index(point)]
        inputs = prompts.inputs(kind, layer)
        for name, value in written_by(there, inputs, along, half).items():
            found[f"{kind[:-1]}_{name}"] = value
        if kind == sublayers.HEADS:
            stream = prompts.stream(point, layer)
            for name, reader in (("scores", None), ("scores_as_coded", sublayers.mlp_input_norm(model, layer))):
                scored = scores.head_scores(there, inputs, stream, along, reader)
                found[f"head_{name}"] = scored.by_event[:, :, 0].mean(0)
                by_half = scored.by_event[:, :, 1:].transpose(1, 2)
                found[f"head_{name}_halves"] = scores.means_of_halves(by_half, half)
                found[f"head_{name}_by_event"] = scored.by_event[:, :, 0]
            found["mean_falls_as_coded"] = scored.mean_falls
    return found


def main(inputs, output_file: str, *, row, permuted: int | None):
    known = stored.load_tensors(inputs.directions)
    prompts = stored.load_prompts(inputs.prompts, known.used, permuted)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    sublayers.check_sublayers(model)
    directions, half = torch.cat([known["directions"][None], known["halves"]]), grouping.halves(prompts.scenarios)
    with torch.inference_mode():
        layers = [
            score_layer(model, prompts, directions[:, :, :, layer], layer, half)
            for layer in tqdm(range(model.layers), desc=f"{model.name} components", mininterval=5)
        ]
    # The layer comes before what belongs to one layer alone: parts, or inputs, or heads and the residual stream.
    own = {name: 2 if name.startswith("mean_falls") else 0 if name.endswith("scales") else 1 for name in layers[0]}
    tensors = {
        name: torch.stack([each[name] for each in layers], dim=layers[0][name].ndim - count)
        for name, count in own.items()
    }
    facts = {"emotions": json.dumps(known.emotions), "used": json.dumps(known.used)}
    files.write_tensors(tensors | {"norms": known["norms"]}, output_file, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=table.read_model(snakemake.input.models, snakemake.wildcards.model),
            permuted=snakemake.params.permuted,
        )  # fmt: skip
