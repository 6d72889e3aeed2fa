"""The step that puts vectors of other people through the study's analyses, on files as the steps before it would have left them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.models.layers import main_layer
from emotion_vectors.overlap import conduct
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.stimuli.acts.table import load_acts
from emotion_vectors.vectors import emotion_vectors, story_cells
from steps.overlap import compare_imported
from tests.random_tensors import random
from tests.steps.overlap.measured import PLANTED, experiments_of, made_acts, made_responses
from tests.steps.prompted import DRAWS, LAYERS, ROOT, WIDTH, tables

MAIN = main_layer(LAYERS, 0.6667)
TAKEN = ("happy", "sad", "afraid", "calm")
SCHEMAS = {name: ROOT / f"workflow/schemas/{name}.schema.yaml" for name in ("experiment", "act")}


@pytest.fixture(scope="module")
def study(prompted: Path, tmp_path_factory) -> dict[str, Path | list[Path]]:
    """Inputs of the step by name, those of imported vectors left out."""
    folder = tmp_path_factory.mktemp("imported")
    names = emotion_vectors.load(prompted / "vectors.safetensors").emotions
    files.write_tensors({"vectors": random(20, len(names), LAYERS, WIDTH, seed=50)}, folder / "shuffled.safetensors")
    experiments_of(*conduct.PARTS).to_csv(folder / "experiments.tsv", sep="\t", index=False)
    gradients, gates = made_acts(folder / "acts", load_acts(ROOT / "workflow/acts.tsv", SCHEMAS["act"]))
    return {
        "activations": prompted / "stories.safetensors",
        "neutral": prompted / "neutral.safetensors",
        "stories": prompted / "stories.parquet",
        "vectors": prompted / "vectors.safetensors",
        "shuffled_all": folder / "shuffled.safetensors",
        "experiments": folder / "experiments.tsv",
        "schema": SCHEMAS["experiment"],
        "responses": made_responses(folder),
        "acts": ROOT / "workflow/acts.tsv",
        "act_schema": SCHEMAS["act"],
        "gradients": gradients,
        "sensitivity_table": gates,
    }


def compared(study, folder: Path, **sets: Path) -> pd.DataFrame:
    """Rows of the step for some files of vectors, by name."""
    (table,) = tables(folder, "rows")
    outputs = {"table": table, "page": folder / "README.md"}
    settings = {"model": "tiny", "sources": list(sets), "depth": 0.6667, "sets": 20}
    compare_imported.main(list(sets.values()), **study, **outputs, **settings, **DRAWS)
    return pd.read_parquet(table)


def own_vectors(study) -> dict[str, np.ndarray]:
    """Some vectors of the study, of twice their length, as another tool would write them."""
    stories = emotion_vectors.load(study["vectors"]).emotions
    cells = story_cells.load(study["activations"], study["neutral"], study["stories"], stories)
    values = emotion_vectors.from_cells(cells)
    return {name: 2 * values[stories.index(name)].numpy() for name in TAKEN}


def test_vectors_that_are_the_studys_own_get_the_studys_own_rows(study, tmp_path: Path):
    np.savez(tmp_path / "theirs.npz", **own_vectors(study), noise=random(LAYERS, WIDTH, seed=60).numpy())
    np.savez(tmp_path / "acting.npz", **{f"acting.{LAYERS - 2}": PLANTED[LAYERS - 2].numpy()})
    rows = compared(study, tmp_path, theirs=tmp_path / "theirs.npz", acting=tmp_path / "acting.npz")
    effect = ["estimate", "low", "high", "null_percentile", "null_95", "reference", "n"]
    assert np.isfinite(rows[effect]).all(axis=None)
    assert (rows["low"] <= rows["high"]).all()
    assert rows["layer"].dtype.kind == "i"

    cosines = (
        rows[rows["analysis"] == "cosine"]
        .set_index(["source", "direction", "layer", "against"])["estimate"]
        .sort_index()
    )
    assert all(cosines["theirs", name, layer, name] == pytest.approx(1) for name in TAKEN for layer in range(LAYERS))
    assert cosines["theirs", "noise"].abs().max() < 0.9
    assert {*cosines["acting"].index.get_level_values("layer")} == {LAYERS - 2}

    decoded = rows[rows["analysis"] == "decoding"].set_index(["source", "layer"])
    assert {*decoded.index} == {(source, layer) for source in ("theirs", "study") for layer in range(LAYERS)}
    assert {*decoded["direction"]} == {f"nearest of {len(TAKEN)}"}
    assert {*decoded["reference"]} == {1 / len(TAKEN)}
    assert (decoded.loc["theirs", "estimate"] >= decoded.loc["study", "estimate"]).all()
    assert decoded["null_percentile"].min() > 95

    slopes = (
        rows[rows["analysis"] == "slope"].set_index(["beside", "source", "against", "direction", "layer"]).sort_index()
    )
    theirs, of_study = (
        slopes.loc["theirs", source].loc[:, ["estimate", "low", "high"]] for source in ("theirs", "study")
    )
    shared = theirs.loc[of_study.index]
    assert len(of_study) > len(TAKEN) * LAYERS
    np.testing.assert_allclose(shared.to_numpy(), of_study.to_numpy(), rtol=1e-4, atol=1e-6)


def test_a_direction_that_acts_is_beyond_every_null_and_closed_gates_stand_beside(study, tmp_path: Path):
    np.savez(tmp_path / "acting.npz", **{f"acting.{LAYERS - 2}": PLANTED[LAYERS - 2].numpy()})
    rows = compared(study, tmp_path, acting=tmp_path / "acting.npz")
    assert {*rows["source"]} == {"acting"}
    assert {*rows["analysis"]} == {"cosine", "slope"}
    slopes = rows[rows["analysis"] == "slope"].set_index("against")
    assert slopes.loc[[*conduct.PARTS, *conduct.ACT_PARTS], "null_percentile"].min() == 100
    assert (slopes.loc[[*conduct.PARTS], "low"] > 0).all()
    assert {*slopes.index[slopes["guard"] != ""]} == {"act_blackmail"}
    assert {*slopes.loc[[*conduct.PARTS], "of"]} == {"items"}
    assert {*slopes.loc[[*conduct.ACT_PARTS], "of"]} == {"scenarios"}


def test_the_page_says_what_stands_out_and_is_no_markup_of_others(study, tmp_path: Path):
    named = {name.replace("calm", "<b>|x"): values for name, values in own_vectors(study).items()}
    np.savez(tmp_path / "theirs.npz", **named)
    np.savez(tmp_path / "acting.npz", **{"acting.1": PLANTED[1].numpy()})
    rows = compared(study, tmp_path, theirs=tmp_path / "theirs.npz", acting=tmp_path / "acting.npz")
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "## theirs" in page
    assert f"Layer {MAIN}, the main layer; layers in the table: {LAYERS}." in page
    assert f"Layer 1, the nearest to the main layer, {MAIN}; layers in the table: 1." in page
    assert "| happy | happy | 1" in page
    assert "\\<b\\>\\|x" in page
    assert "<b>" not in page
    assert "given to the nearest of 3 directions: theirs " in page
    assert "Fewer than 2 names are names of emotions of the study: no stories are decoded." in page
    slopes = rows[(rows["analysis"] == "slope") & (rows["source"] == "acting")]
    reaching = ((slopes["null_percentile"] > 95) & (slopes["guard"] == "")).sum()
    assert f"{reaching} of {len(slopes)} lie above percentile 95 behind open gates" in page


REFUSED: dict[str, Callable[[], dict[str, np.ndarray]]] = {
    f"its vectors have {WIDTH + 1} numbers, the residual stream of tiny has {WIDTH}": lambda: {
        "x": np.ones((LAYERS, WIDTH + 1))
    },
    f"layer {LAYERS} does not exist; tiny has layers 0 to {LAYERS - 1}": lambda: {f"x.{LAYERS}": np.ones(WIDTH)},
    "vector 'x' at layer 2 is zero or not finite": lambda: {"x.2": np.full(WIDTH, np.nan)},
    "'x' occurs twice at layer 0; keep one": lambda: {"x.0": np.ones(WIDTH), "x": np.ones((LAYERS, WIDTH))},
}


@pytest.mark.parametrize(("message", "arrays"), REFUSED.items(), ids=REFUSED)
def test_vectors_that_do_not_fit_are_refused_with_their_file(study, tmp_path: Path, message: str, arrays):
    np.savez(tmp_path / "theirs.npz", **arrays())
    with pytest.raises(VectorError, match=rf"theirs\.npz: {message}"):
        compared(study, tmp_path, theirs=tmp_path / "theirs.npz")
    assert not (tmp_path / "rows.parquet").exists()
