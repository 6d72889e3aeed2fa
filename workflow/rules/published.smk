"""Models whose results are taken from published tables while the others are run, and what these tables must share with the study."""

import re

from emotion_vectors.archive import publications, taken
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.weights.sources import TunedSource

# What `reference` has published, with digests and with what it rests on.
PUBLICATION = f"workflow/reference/{config['tier']}/published.json"
# What is told of a model beside its tables.
TOLD = f"{RESULTS}/published/{{model}}.json"
# Rules that compute know the models that are run alone, so that no published table is ever computed beside.
A_MODEL_THAT_IS_RUN = (
    rf"(?!(?:{'|'.join(map(re.escape, PUBLISHED_MODELS))})(?:/|$))[^/]+" if PUBLISHED_MODELS else "[^/]+"
)


def basis_of(models):
    """What results on different models must share to stand beside each other, and what identifies these models."""
    sets = sorted(folder.name for folder in Path(STIMULI).iterdir() if folder.is_dir())
    tables = (NORMS, EXPERIMENT_TABLE, ACT_TABLE)
    return {
        "settings": publications.settings_compared(config),
        "inputs": {f"{STIMULI}/{name}": set_digest(stimulus_files(name), STIMULI) for name in sets}
        | {table: set_digest([table], ".") for table in tables},
        "rows": {model: publications.row_compared(asdict(MODEL_ROWS[model])) for model in models},
    }


def check_published():
    """What is wrong about `published` without a look at any table."""
    strangers = [model for model in config["published"] if model not in MODELS]
    if strangers:
        raise WorkflowError(f"published: {', '.join(strangers)} not in `models`; add it there, or correct the name")
    if not RUN_MODELS:
        raise WorkflowError(
            "published: these are all models of the study, so that none is run; to make figures, README and paper from their tables, "
            "leave `published` empty and say --config rebuild=True"
        )
    if PUBLISHED_MODELS and ACTIVATIONS != RESULTS:
        raise WorkflowError(
            "published: folders.activations is shared with another study, which would lose its own files; name one folder for "
            "folders.activations and folders.results, or leave `published` empty"
        )
    for model in RUN_MODELS:
        for source in map(parse_source, MODEL_ROWS[model].sources):
            if isinstance(source, TunedSource) and not source.planted and source.model in PUBLISHED_MODELS:
                raise WorkflowError(
                    f"published: '{model}' is run and is held against '{source.model}', which it was tuned from; take '{source.model}' "
                    "out of `published`, so that it is run"
                )


def published_facts():
    """Digests of all published files, and what is told of each model that is taken; nothing is read where there is none."""
    if not PUBLISHED_MODELS:
        return {}, {}
    folder = Path(PUBLISHED)
    try:
        publication = publications.load(Path(PUBLICATION))
        basis = publications.Basis(**basis_of(PUBLISHED_MODELS))
        publications.check_basis(publication, basis, Path(PUBLICATION), MODEL_TABLE)
        publications.check_files(publication.digests, folder, [taken.FACTS_FILE, taken.TIMES_FILE])
        told = {model: taken.told_of(publication, folder, model) for model in PUBLISHED_MODELS}
    except ArtefactError as error:
        raise WorkflowError(str(error)) from None
    return publication.digests, told


check_published()
PUBLISHED_DIGESTS, PUBLISHED_FACTS = published_facts()
# Precisions in which the models behind the claims ran, those that were taken among them.
PRECISIONS_JUDGED = " and ".join(
    sorted(
        {*PRECISION.split(" and ")}.union(
            *(one["origin"]["precision"].split(" and ") for one in PUBLISHED_FACTS.values())
        )
    )
)
