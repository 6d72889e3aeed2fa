"""`agree`: whether llama.cpp does with a control vector what the same vector does here."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_vectors.artefacts import files, provenance
from emotion_vectors.commands.exporting import architecture_of
from emotion_vectors.commands.materials import gather
from emotion_vectors.commands.requests import AgreeRequest, CommandError
from emotion_vectors.commands.study import of_request
from emotion_vectors.exports import control_vectors, llama_cpp
from emotion_vectors.statistics.resampling import evenly_spaced
from emotion_vectors.stimuli import tables
from emotion_vectors.trials import llama_agreement
from emotion_vectors.trials.llama_agreement import TwoRuntimes

if TYPE_CHECKING:
    import pandas as pd

    from emotion_vectors.commands.materials import Materials
    from emotion_vectors.models.tokens import Encoded

PROMPTS = 8
"""User messages of the study, evenly spaced over the set."""
MESSAGES, NORMS = "workflow/stimuli/messages", "workflow/norms/warriner2013.csv"


def agree(request: AgreeRequest) -> None:
    """Write what was found, and print how alike the changes are.

    Raises:
        MendableError: something that the user gave has to be mended.
    """
    of_request(request).check_output(request)
    if not llama_cpp.is_installed():
        raise CommandError(f"{llama_cpp.WHEEL} is not installed; {llama_cpp.REQUIREMENTS} says how")
    materials = gather(request, request.emotions)
    if materials.layer == 0:
        raise CommandError("--layer: llama.cpp adds nothing after block 0; choose a layer from 1 on")
    settings = materials.study.settings
    seed = settings["seeds"]["study"]
    with provenance.running(provenance.Run("agree", provenance.digest(settings), seed)):
        table = _compared(request, materials)
        lines = llama_agreement.summary(table, settings["statistics"]["bootstraps"], seed)
        files.write_json(_content(request, materials, table, lines), request.output)
    for line in lines:
        print("\t".join(f"{key} {value:.4g}" for key, value in line.items()))


def _compared(request: AgreeRequest, materials: Materials) -> pd.DataFrame:
    prompts = prompts_of(materials)
    llama = llama_cpp.load(materials.study.source, max(len(prompt.ids) for prompt in prompts))
    with tempfile.TemporaryDirectory() as folder:
        exported: dict[str, Path] = {}
        for name in request.emotions:
            (home,) = [one for one in materials.sets if name in one.names]
            exported[name] = Path(folder, f"{len(exported)}.gguf")
            one = home.only([name], [materials.layer])
            control_vectors.save(one, exported[name], architecture=architecture_of(materials.study))
        print(f"{len(prompts)} prompts in llama.cpp {llama_cpp.version()} and here", file=sys.stderr)
        runtimes = TwoRuntimes(llama, materials.model, prompts)
        return llama_agreement.changes_agree(runtimes, materials.rows(request.emotions), exported, request.strengths)


def prompts_of(materials: Materials) -> list[Encoded]:
    """User messages as the model is given them."""
    messages = tables.load_messages(MESSAGES, emotions=tables.load_emotions(NORMS))["text"].tolist()
    chosen = [messages[row] for row in evenly_spaced(len(messages), PROMPTS)]
    return [materials.model.conversation.prompt([{"role": "user", "content": text}]) for text in chosen]


def _content(
    request: AgreeRequest, materials: Materials, table: pd.DataFrame, lines: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "model": {"name": materials.model.name, "sha256": materials.model.sha256},
        "llama_cpp": {"wheel": llama_cpp.WHEEL, "version": llama_cpp.version()},
        "vectors": {"names": request.emotions, "layer": materials.layer, "made_from": _made_from(materials)},
        "measure": "Pearson r of the change of log-probabilities of the next token, over the vocabulary, after each prompt",
        "plain": {"mean_r": float(table["r_plain"].mean()), "smallest_r": float(table["r_plain"].min())},
        "agreement": lines,
    }


def _made_from(materials: Materials) -> str:
    """What the file of the vectors says of its stories."""
    source = materials.sets[0].source
    if not source.endswith(".safetensors"):
        return Path(source).name
    with files.open_tensors(source, "vectors file") as file:
        return next(
            (file.fact(name) for name in ("stories", "stories_sha256") if file.has_fact(name)), Path(source).name
        )
