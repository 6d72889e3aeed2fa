"""Vectors of other people in the study's own analyses: cosines, decoding of held-out stories, slopes of behaviours and acts."""

from pathlib import Path

from emotion_vectors.acts.evidence import closed_gates
from emotion_vectors.acts.responses import load_gradients
from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct.responses import load as load_responses
from emotion_vectors.exports import formats
from emotion_vectors.exports.vector_set import check_fit
from emotion_vectors.models import layers
from emotion_vectors.overlap import imported_page, imported_slopes
from emotion_vectors.overlap.imported import StudyLayers
from emotion_vectors.statistics.random_directions import gaussian
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.acts.table import load_acts
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(
    imported: list[Path],
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_all: Path,
    experiments: Path,
    schema: Path,
    responses: list[Path],
    acts: Path,
    act_schema: Path,
    gradients: list[Path],
    sensitivity_table: Path,
    table: Path,
    page: Path,
    *,
    model: str,
    sources: list[str],
    depth: float,
    sets: int,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    known, draws = emotion_vectors.load(vectors), Draws(bootstraps, shuffles, seed)
    count, width = known.values.shape[1:]
    main_layer = layers.main_layer(count, depth)
    theirs = {source: formats.load(file) for source, file in zip(sources, imported, strict=True)}
    for of_source in theirs.values():
        check_fit(of_source, model, count, width)
    study = StudyLayers(
        emotions=known.emotions,
        norms=known.norms,
        cells=story_cells.load(activations, neutral, stories, known.emotions),
        bases=emotion_vectors.load_bases(neutral),
        gaussian=gaussian((shuffles, count, width), seed),
        shuffled=emotion_vectors.load_shuffled(shuffled_all).flatten(0, 1),
    )
    of_sets = {file.stem: load_responses(file) for file in responses}
    readouts = [
        imported_slopes.of_behaviour(row, of_sets[row.items], draws)
        for row in load_experiments(experiments, schema).values()
    ]
    of_acts, gates = {file.stem: load_gradients(file) for file in gradients}, files.read_table(sensitivity_table)
    readouts += [
        imported_slopes.of_act(row, of_acts[row.items], closed_gates(gates, row), draws)
        for row in load_acts(acts, act_schema).values()
    ]
    rows = imported_slopes.all_rows(theirs, study, readouts, sets, draws)
    files.write_table(rows, table, layer=main_layer)
    named_files = {source: str(file) for source, file in zip(sources, imported, strict=True)}
    files.write_text(imported_page.markdown_of(rows, model, main_layer, named_files), page)


if __name__ == "__main__":
    step.run(main, snakemake)
