"""llama.cpp through the wheel `llama-cpp-cffi`, where it is installed: logits of a GGUF file with and without a control vector.

workflow/envs/requirements-llama.txt says how the wheel is installed. Its compiled part alone is loaded: the Python around it would bring
another way to load models, and imports far more than is needed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.artefacts.errors import MendableError

Array = NDArray[np.float32]
WHEEL, PACKAGE, COMPILED = "llama-cpp-cffi", "llama", "_llama_cpp_cpu"
REQUIREMENTS = "workflow/envs/requirements-llama.txt"


class LlamaCppError(MendableError, RuntimeError):
    """llama.cpp is not there, or refuses a model or a vector."""


def is_installed() -> bool:
    """Whether the wheel is there."""
    return importlib.util.find_spec(PACKAGE) is not None


def version() -> str:
    """Version of the wheel."""
    return metadata.version(WHEEL)


@dataclass(frozen=True)
class LlamaCpp:
    """A GGUF file in llama.cpp, on one thread, with keys and values in float32.

    bindings: what the wheel has compiled. model, context: its own handles.
    """

    bindings: Any
    model: Any
    context: Any

    def logits(self, ids: Sequence[int], directions: Mapping[int, Array] | None = None, scale: float = 1.0) -> Array:
        """Logits after the last token of a text.

        Args:
            directions: [d_model] by block N, as `direction.N` of a control vector; scale: what the command line calls so.
        Raises:
            LlamaCppError: the directions do not fit the model, or the text is longer than the context.
        """
        lib = self.bindings.lib
        if len(ids) > lib.llama_n_batch(self.context):
            raise LlamaCppError(f"a text of {len(ids)} tokens, where {lib.llama_n_batch(self.context)} were announced")
        lib.llama_kv_self_clear(self.context)
        self._steer(directions or {}, scale)
        batch = lib.llama_batch_init(len(ids), 0, 1)
        try:
            batch.n_tokens = len(ids)
            for index, token in enumerate(ids):
                batch.token[index], batch.pos[index] = token, index
                batch.n_seq_id[index], batch.seq_id[index][0] = 1, 0
                batch.logits[index] = index == len(ids) - 1
            if lib.llama_decode(self.context, batch):
                raise LlamaCppError(f"llama.cpp has failed on a text of {len(ids)} tokens")
        finally:
            lib.llama_batch_free(batch)
        vocabulary = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(self.model))
        read = self.bindings.ffi.buffer(lib.llama_get_logits(self.context), 4 * vocabulary)
        return np.frombuffer(read, dtype=np.float32).copy()

    def _steer(self, directions: Mapping[int, Array], scale: float) -> None:
        """Hand directions over as the programs of llama.cpp do: one row a block from 1 on, zero where there is none."""
        lib, ffi = self.bindings.lib, self.bindings.ffi
        width, blocks = lib.llama_model_n_embd(self.model), lib.llama_model_n_layer(self.model)
        rows = np.zeros((blocks - 1, width), dtype=np.float32)
        for block, direction in directions.items():
            if not 1 <= block < blocks or direction.shape != (width,):
                raise LlamaCppError(
                    f"direction.{block} of {direction.shape}: the model takes blocks 1 to {blocks - 1}, {width} wide"
                )
            rows[block - 1] = scale * direction
        data = ffi.cast("float *", ffi.from_buffer(rows))
        if lib.llama_apply_adapter_cvec(self.context, data, rows.size, width, 1, blocks):
            raise LlamaCppError("llama.cpp refuses the control vector")


def load(path: str | Path, longest: int) -> LlamaCpp:
    """Open a GGUF file for texts of at most `longest` tokens.

    Raises:
        LlamaCppError: the wheel is not there, or the file is no model that it reads.
    """
    bindings = _compiled()
    lib, ffi = bindings.lib, bindings.ffi
    lib.llama_log_set(_silence(bindings), ffi.NULL)
    lib.llama_backend_init()
    of_model, of_context = lib.llama_model_default_params(), lib.llama_context_default_params()
    of_model.n_gpu_layers = 0
    model = lib.llama_model_load_from_file(str(path).encode(), of_model)
    of_context.n_ctx = of_context.n_batch = of_context.n_ubatch = longest
    of_context.n_threads = of_context.n_threads_batch = 1
    of_context.type_k = of_context.type_v = lib.GGML_TYPE_F32
    context = lib.llama_init_from_model(model, of_context) if model else ffi.NULL
    if not context:
        raise LlamaCppError(f"{path}: llama.cpp does not read this model")
    return LlamaCpp(bindings, model, context)


_SILENT: list[Any] = []
"""What is called in place of printing; it has to outlive the models."""


def _silence(bindings: Any) -> Any:
    if not _SILENT:
        signature = bindings.ffi.typeof(bindings.lib.llama_log_set).args[0]
        _SILENT.append(bindings.ffi.callback(signature, lambda _level, _text, _data: None))
    return _SILENT[0]


def _compiled() -> Any:
    """The compiled part of the wheel, with `lib` and `ffi`.

    Raises:
        LlamaCppError: it is not there, or cannot be loaded on this system.
    """
    package = importlib.util.find_spec(PACKAGE)
    folders = list(package.submodule_search_locations or ()) if package else []
    files = [file for folder in folders for file in sorted(Path(folder).glob(f"{COMPILED}.*"))]
    spec = importlib.util.spec_from_file_location(COMPILED, files[0]) if files else None
    if spec is None or spec.loader is None:
        raise LlamaCppError(f"{WHEEL} is not installed; {REQUIREMENTS} says how")
    try:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except ImportError as error:
        raise LlamaCppError(f"{WHEEL} cannot be loaded ({error}); {REQUIREMENTS} says what it needs") from error
    return module
