"""Named vectors as tools exchange them, and those of them that act at one layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from emotion_vectors.engine.edits import dose
from emotion_vectors.statistics.algebra import VectorError

STRENGTH_CONVENTION = (
    "strength s adds s * norms[layer] * v / |v| to the residual stream after block `layer`, at every position; "
    "norms are mean L2 norms of the residual stream over story tokens, the first token excluded"
)


@dataclass(frozen=True)
class Rows:
    """Vectors at one layer.

    values: [name, d_model], of any length; norm: mean norm of the residual stream there, the unit of strengths and readings.
    """

    names: list[str]
    layer: int
    values: Tensor
    norm: float

    def additions(self, strengths: Sequence[float]) -> Tensor:
        """Vectors to add, every strength of the first name, then of the next: [name x strength, d_model]."""
        return torch.cat(
            [dose(value[None], torch.tensor(self.norm), strength) for value in self.values for strength in strengths]
        )


@dataclass(frozen=True)
class VectorSet:
    """Vectors by name at some layers of one model.

    Attributes:
        names: of the vectors. layers: number of the layer in each entry of the second axis of `values`.
        values: [name, layer, d_model], float32, of any length. norms: [layer], mean norms of the residual stream; None where unknown.
        source: the file, for messages.
    """

    names: list[str]
    layers: list[int]
    values: Tensor
    norms: Tensor | None
    source: str

    def __post_init__(self) -> None:
        """Refuse what cannot be vectors.

        Raises:
            VectorError: names or layers occur twice or do not match the values, or a vector is zero or not finite (file and name).
        """
        if faults := self._faults():
            raise VectorError(f"{self.source}: {faults[0]}")

    def _faults(self) -> list[str]:
        if self.values.ndim != 3 or list(self.values.shape[:2]) != [len(self.names), len(self.layers)]:
            shape, wanted = list(self.values.shape), f"[{len(self.names)}, {len(self.layers)}, d_model]"
            return [f"its vectors are {shape} where {wanted} is needed; correct names, layers or vectors"]
        if not self.names or not self.layers:
            return ["it holds no vector; name a file that does"]
        faults = [f"layer {layer} is below 0; count layers from 0" for layer in self.layers if layer < 0]
        faults += [f"the name '{name}' occurs {count} times; rename" for name, count in _twice(self.names)]
        faults += [f"layer {layer} occurs {count} times; keep one" for layer, count in _twice(self.layers)]
        if self.norms is not None and (len(self.norms) != len(self.layers) or not _are_lengths(self.norms)):
            faults.append("its norms must be one number above 0 for each layer, none infinite; correct or remove them")
        lengths = self.values.norm(dim=-1)
        for row, entry in (~(lengths.isfinite() & (lengths > 0))).nonzero().tolist():
            fault = f"vector '{self.names[row]}' at layer {self.layers[entry]} is zero or not finite"
            faults.append(f"{fault}; leave it out, or make it again")
        return faults

    def only(self, names: Sequence[str], layers: Sequence[int]) -> VectorSet:
        """The named vectors at the given layers, in this order.

        Raises:
            VectorError: a name or a layer is not in the set (what is there is named).
        """
        if unknown := [name for name in names if name not in self.names]:
            raise VectorError(
                f"{self.source}: no vector for {', '.join(unknown)}; it has {', '.join(sorted(self.names))}"
            )
        if absent := [layer for layer in layers if layer not in self.layers]:
            raise VectorError(f"{self.source}: no vectors at layer {absent[0]}; it has {_ranges(self.layers)}")
        rows, entries = [self.names.index(name) for name in names], [self.layers.index(layer) for layer in layers]
        norms = None if self.norms is None else self.norms[entries]
        return VectorSet(list(names), list(layers), self.values[rows][:, entries], norms, self.source)

    def rows(self, names: Sequence[str], layer: int) -> Rows:
        """The named vectors at one layer.

        Raises:
            VectorError: as `only`, or the file holds no norm.
        """
        return rows_of([self], names, layer)


def _are_lengths(norms: Tensor) -> bool:
    return bool((norms.isfinite() & (norms > 0)).all())


def _twice(values: Sequence[object]) -> list[tuple[object, int]]:
    return [(value, count) for value, count in Counter(values).items() if count > 1]


def _ranges(layers: Sequence[int]) -> str:
    """Layers in words: "0 to 29", or each where some lie between."""
    low, high = min(layers), max(layers)
    whole = len(layers) > 1 and sorted(layers) == list(range(low, high + 1))
    return f"layers {low} to {high}" if whole else f"layers {', '.join(map(str, sorted(layers)))}"


def check_fit(vectors: VectorSet, model: str, layers: int, width: int) -> None:
    """Vectors that were made for a model of this shape.

    Raises:
        VectorError: another width, or layers that the model does not have (file and remedy are named).
    """
    if vectors.values.shape[-1] != width:
        raise VectorError(
            f"{vectors.source}: its vectors have {vectors.values.shape[-1]} numbers, the residual stream of {model} has {width}; "
            "take vectors that were made from this model"
        )
    if beyond := [layer for layer in vectors.layers if not 0 <= layer < layers]:
        raise VectorError(
            f"{vectors.source}: layer {beyond[0]} does not exist; {model} has layers 0 to {layers - 1}, where layer l is the residual "
            "stream after block l. A table with one row more than blocks begins with the embedding: leave that row out"
        )


def rows_of(sets: Sequence[VectorSet], names: Sequence[str], layer: int) -> Rows:
    """The named vectors at one layer, from the set that has each; the norm is that of the first set that knows it.

    Args:
        names: in this order; none takes all of every set.
    Raises:
        VectorError: a name is in no set or in two, a set lacks the layer, or none knows the norm.
    """
    homes: dict[str, VectorSet] = {}
    for one in sets:
        for name in one.names:
            if name in homes:
                raise VectorError(f"'{name}' is in {homes[name].source} and in {one.source}; rename one of the two")
            homes[name] = one
    if unknown := [name for name in names if name not in homes]:
        sources = ", ".join(one.source for one in sets)
        raise VectorError(f"{sources}: no vector for {', '.join(unknown)}; there are {', '.join(sorted(homes))}")
    chosen = list(names) or list(homes)
    values = torch.cat([homes[name].only([name], [layer]).values[:, 0] for name in chosen])
    return Rows(chosen, layer, values, _norm_at(sets, layer))


def _norm_at(sets: Sequence[VectorSet], layer: int) -> float:
    for one in sets:
        if one.norms is not None and layer in one.layers:
            return float(one.norms[one.layers.index(layer)])
    sources = ", ".join(one.source for one in sets)
    raise VectorError(
        f"{sources}: no mean norm of the residual stream at layer {layer}, which is the unit of strengths and readings; name the "
        "vectors file of a study of this model beside it"
    )
