"""Where the weights and vectors of a model lie, as the configuration of a study says, and the command that makes what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.commands.arguments import CONFIGURATION
from emotion_vectors.commands.requests import AgreeRequest, CommandError, ExportRequest, Request
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli import configuration
from emotion_vectors.weights import folders, table
from emotion_vectors.weights.table import ModelRow

CONFIGURATION_OF_WEIGHTS, BLOCKS, WIDTH = folders.CONFIGURATION, "num_hidden_layers", "hidden_size"
SCHEMA = "workflow/schemas/config.schema.yaml"
MODELS = "workflow/models.tsv"


@dataclass(frozen=True)
class FinishedStudy:
    """A model of a study.

    settings: its configuration. configfiles: what was named beside the default one, for messages.
    """

    row: ModelRow
    settings: Mapping[str, Any]
    configfiles: Sequence[str]

    @property
    def weights(self) -> Path:
        """Folder of the converted weights.

        Raises:
            CommandError: they are not there (the command that makes them is named).
        """
        return self._made(self._folder("weights") / "converted", "weights")

    @property
    def source(self) -> Path:
        """The GGUF file that the weights were converted from.

        Raises:
            CommandError: the model has none, or it is not there.
        """
        if self.row.format != "gguf":
            raise CommandError(
                f"{self.row.name}: its weights are safetensors, which llama.cpp does not read; take a row with a GGUF file"
            )
        return self._made(self._folder("weights") / "source", "weights") / self.row.file

    @property
    def vectors(self) -> Path:
        """The vectors of the study.

        Raises:
            CommandError: they are not there (the command that makes them is named).
        """
        return self._made(self._folder("results") / "vectors.safetensors", "emotion vectors")

    @property
    def has_weights(self) -> bool:
        """Whether the converted weights are there."""
        return (self._folder("weights") / "converted").exists()

    def architecture(self) -> Mapping[str, Any]:
        """The part about the decoder of text in the configuration of the weights.

        Raises:
            CommandError: the weights are not there, or their configuration says too little.
        """
        file = self.weights / CONFIGURATION_OF_WEIGHTS
        try:
            whole = json.loads(file.read_text(encoding="utf-8"))
            text: Mapping[str, Any] = {**whole.get("text_config", whole), "model_type": whole["model_type"]}
            if not all(type(text[key]) is int for key in (BLOCKS, WIDTH)):
                raise ValueError(f"{BLOCKS} and {WIDTH} must be whole numbers")
        except (OSError, ValueError, LookupError, AttributeError, TypeError) as error:
            raise CommandError(f"{file}: no configuration of a model ({error}); make the weights again") from error
        return text

    def shape(self) -> tuple[int, int]:
        """Blocks and width of the model, as its weights say.

        Raises:
            CommandError: as `architecture`.
        """
        text = self.architecture()
        return text[BLOCKS], text[WIDTH]

    def check_output(self, request: ExportRequest | AgreeRequest) -> None:
        """Hold a file that is to be written against what would be lost.

        Raises:
            CommandError: it is read, or lies where the study keeps its files; or it exists, and nobody said to overwrite it.
        """
        output, target = request.output, Path(request.output)
        for folder in self.settings["folders"].values():
            if target.resolve().is_relative_to(Path(folder).resolve()):
                raise CommandError(
                    f"--output: {output} lies in {folder}, where the study keeps its files; name another"
                )
        if not target.exists():
            return
        if any(Path(file).exists() and target.samefile(file) for file in (*request.vectors, *request.configfile)):
            raise CommandError(f"--output: {output} is read by this command; name another")
        if not request.overwrite:
            raise CommandError(f"--output: {output} exists; name another, or say --overwrite")

    def main_layer(self, layers: int) -> int:
        """The layer at the registered depth of a model of so many layers."""
        return main_layer(layers, self.settings["vectors"]["main_depth"])

    def _folder(self, kind: str) -> Path:
        return Path(self.settings["folders"][kind], self.row.name)

    def _made(self, path: Path, what: str) -> Path:
        if not path.exists():
            named = f" --configfile {' '.join(self.configfiles)}" if self.configfiles else ""
            command = f"./scripts/env snakemake {path.as_posix()} --cores all{named}"
            raise CommandError(f"{path}: no {what} of {self.row.name} yet; make them with: {command}")
        return path


def of_request(request: Request) -> FinishedStudy:
    """The study that a request is about.

    Raises:
        CommandError: a configuration or the table of models cannot be read, or the model is not in the table.
    """
    settings: dict[str, Any] = {}
    for file in (CONFIGURATION, *request.configfile):
        settings = _merged(settings, _settings_in(file))
    if faults := configuration.configuration_faults(settings, SCHEMA):
        raise CommandError(faults.splitlines()[0])
    try:
        rows = table.read_models(MODELS)
    except ValueError as error:
        raise CommandError(str(error)) from error
    if request.model not in rows:
        meant = get_close_matches(request.model, rows, n=3, cutoff=0.4) or list(rows)
        raise CommandError(f"--model: no row '{request.model}' in {MODELS}; did you mean {' or '.join(meant)}?")
    return FinishedStudy(rows[request.model], settings, request.configfile)


def _settings_in(file: str) -> dict[str, Any]:
    if not Path(file).is_file():
        raise CommandError(f"{file}: no such file; run this at the root of the repository, or correct the name")
    try:
        settings = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: no YAML file ({' '.join(str(error).split())}); correct it") from error
    if not isinstance(settings, dict):
        raise CommandError(f"{file}: no keys with values; see workflow/config/README.md")
    return settings


def _merged(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with changes, key by key, as the workflow merges configurations."""
    merged = dict(settings)
    for key, value in changes.items():
        before = merged.get(key)
        nested = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(before, value) if nested else value  # type: ignore[arg-type]
    return merged
