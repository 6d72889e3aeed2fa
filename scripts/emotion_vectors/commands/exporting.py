"""`export`: vectors as a file for other tools."""

from __future__ import annotations

import sys
from pathlib import Path

from emotion_vectors.commands.materials import vectors_of
from emotion_vectors.commands.requests import CommandError, ExportRequest
from emotion_vectors.commands.study import FinishedStudy, of_request
from emotion_vectors.exports import array_files, control_vectors, formats, tensor_files
from emotion_vectors.exports.vector_set import VectorSet, check_fit
from emotion_vectors.statistics.wording import visible
from emotion_vectors.weights.families import FAMILIES


def export(request: ExportRequest) -> None:
    """Write the file.

    Raises:
        MendableError: something that the user gave has to be mended.
    """
    study, ending = of_request(request), formats.ending_of(request.output)
    study.check_output(request)
    whole = _one_set(vectors_of(study, request))
    if study.has_weights:
        check_fit(whole, study.row.name, *study.shape())
    names = request.emotions or whole.names
    if request.layer is not None:
        layers = [request.layer]
    else:
        layers = [study.main_layer(study.shape()[0])] if ending == formats.GGUF else whole.layers
    chosen = whole.only(names, layers)
    facts = {"model": study.row.name, "made_from": Path(whole.source).name}
    if ending == formats.GGUF:
        control_vectors.save(chosen, request.output, architecture=architecture_of(study), **facts)
    elif ending == formats.NPZ:
        array_files.save(chosen, request.output, **facts)
    else:
        tensor_files.save(chosen, request.output, **facts)
    said = f"{request.output}: {', '.join(names)} at {len(layers)} layers of {study.row.name}"
    print(visible(said), file=sys.stderr)


def _one_set(sets: list[VectorSet]) -> VectorSet:
    if len(sets) > 1:
        raise CommandError("--vectors: name one file to export from")
    return sets[0]


def architecture_of(study: FinishedStudy) -> str:
    """Architecture of the GGUF files of a model, as llama.cpp calls it.

    Raises:
        CommandError: its weights are not there, or no such files are read of its family.
    """
    family = str(study.architecture()["model_type"])
    if family not in FAMILIES or not (names := FAMILIES[family].gguf):
        raise CommandError(
            f"{study.row.name}: no GGUF files are known of the family {family}; export .safetensors or .npz"
        )
    return names[0]
