"""One file that holds a finished study without weights and activations, and a study made again from such a file."""

from emotion_vectors.archive.fetching import ArchiveLocation
from emotion_vectors.archive.manifest import ArchiveError
from emotion_vectors.claims.publication import below

# Also kept, where a study computes it: what claims were judged from, and directions of the models that were run, to be used elsewhere.
if config["rebuild"]:
    KEPT, TENSORS = [], []
else:
    KEPT = expand(f"{RESULTS}/{{model}}/evidence/{{step}}.parquet", model=MODELS, step=EVIDENCE)
    TENSORS = [
        *expand(f"{RESULTS}/{{model}}/vectors.safetensors", model=RUN_MODELS),
        *expand(DIRECTIONS, model=RUN_MODELS),
    ]


def results_across_models(models):
    """Results of these models that steps of no single model read, as their rules name them: what they are judged, compared and told by."""
    of_any_model = [Path(root, model) for root in ROOTS for model in MODELS]
    wanted = [Path(root, model) for root in ROOTS for model in models]
    # Read by the studies that say how valid the rules are; published by all, so that they can take models from others.
    for_validity = [PLANTED_ACTS, PLANTED_STRUCTURES, PLANTED_WRITERS, EXCHANGED_SIDES]
    files, met = set(), {f"{RESULTS}/published/{model}.json" for model in PUBLISHED_MODELS}
    waiting = [JUDGED, *MADE_FROM_TABLES, *expand(for_validity, model=models)]
    while waiting:
        file = waiting.pop()
        if file in met:
            continue
        met.add(file)
        if any(Path(file).is_relative_to(folder) for folder in of_any_model):
            files |= {file} if any(Path(file).is_relative_to(folder) for folder in wanted) else set()
            continue
        makers = [rule for rule in workflow.rules if rule.is_producer(file)]
        if makers and not Path(file).is_relative_to(WEIGHTS):
            # A pattern with more wildcards may fit by its form alone.
            maker = min(makers, key=lambda rule: len(rule.wildcard_names))
            waiting += map(str, maker.expand_input(maker.get_wildcards(file))[0])
    return sorted(files)


def published_tables():
    """Where the tables of a model are laid, with a wildcard for its name; their digests are looked at before any model is run."""
    if not PUBLISHED_MODELS:
        return []
    names = {below(Path(file), map(Path, ROOTS)).as_posix() for file in results_across_models(PUBLISHED_MODELS)}
    try:
        publications.check_files(PUBLISHED_DIGESTS, Path(PUBLISHED), sorted(names))
    except ArtefactError as error:
        raise WorkflowError(str(error)) from None
    return [f"{RESULTS}/{{model}}/{name}" for name in sorted({name.partition("/")[2] for name in names})]


if not config["rebuild"]:

    rule place_published:
        message:
            "Published tables of {wildcards.model}, each held against its digest"
        input:
            code=library_of("archive/place_published"),
        output:
            told=TOLD,
            tables=published_tables(),
        log:
            f"{LOGS}/place_published/{{model}}.log",
        benchmark:
            f"{BENCHMARKS}/place_published/{{model}}.jsonl"
        wildcard_constraints:
            # A pattern that nothing matches where every model is run.
            model="|".join(map(re.escape, PUBLISHED_MODELS)) or "$^",
        params:
            # No inputs: as inputs they would be taken anew after every `reference`, which writes the same tables again.
            facts=lambda wildcards: PUBLISHED_FACTS[wildcards.model],
            digests=lambda wildcards: {
                name: digest
                for name, digest in sorted(PUBLISHED_DIGESTS.items())
                if name.startswith(f"{wildcards.model}/")
            },
            folder=PUBLISHED,
            roots=ROOTS,
        resources:
            **resources_of("table"),
        conda:
            "../../environment.yml"
        script:
            "../../scripts/steps/archive/place_published.py"


try:
    SOURCE = ArchiveLocation.parse(config["archive"])
except ArchiveError as error:
    raise WorkflowError(str(error)) from None

# What is restored is written over figures and pages of a study that was run here, so there must be none.
if config["archive"] and Path(FOLDERS["results"], "claims.json").exists():
    raise WorkflowError(
        f"archive: {FOLDERS['results']}/claims.json is of a study of tier '{config['tier']}' that was run here, whose figures and pages "
        "would be overwritten; restore in a fresh clone, or leave archive= out"
    )


def basis_archived():
    """Inputs and models behind what is archived: of this checkout, or of the run that published what a rebuild reads."""
    if not config["rebuild"]:
        return basis_of(MODELS)
    try:
        return asdict(publications.load(Path(PUBLICATION)).basis)
    except ArtefactError as error:
        raise WorkflowError(str(error)) from None


# Who restores an archive does not write one, perhaps over the one that is named.
if not config["archive"]:

    rule archive:
        message:
            "Archive of the study of tier " + config["tier"]
        input:
            results=JUDGED,
            tables=sorted({*tables_read(), *KEPT}),
            tensors=TENSORS,
            figures=[*FIGURES, f"{FOLDERS['figures']}/README.md"],
            pages=[CLAIM_PAGE, f"{FOLDERS['results']}/verdicts.csv", f"{PAPER}/main.pdf", EXPLORER],
            times=f"{RESULTS}/run_times.json",
            citation="CITATION.cff",
            code=library_of("archive/archive"),
        output:
            archive=f"{FOLDERS['results']}/archive.tar.gz",
        log:
            f"{LOGS}/archive.log",
        benchmark:
            f"{BENCHMARKS}/archive.jsonl"
        params:
            roots=ROOTS,
            tier=config["tier"],
            models=MODELS,
            basis=lambda wildcards: basis_archived(),
            # No inputs: as inputs they would be written anew from the very study that is archived.
            reference=[file for file in (REFERENCE, RUN_TIMES, *PLACEBO_SHOWN) if Path(file).exists()],
            largest_megabytes=config["archive_megabytes"],
        resources:
            **resources_of("table"),
        conda:
            "../../environment.yml"
        script:
            "../../scripts/steps/archive/archive.py"


def archive_named(wildcards):
    """The archive that is to be restored where it is a file; what lies at an address is fetched by the step."""
    if not SOURCE.location:
        raise WorkflowError(
            "archive: none is named; say ./scripts/env snakemake restore --cores all --config archive=PATH_OR_URL (with --configfile, "
            "if any, at the end)"
        )
    if SOURCE.is_missing:
        raise WorkflowError(
            f"archive: no file {SOURCE.location}; correct the path, or give an address that begins with https://"
        )
    return [] if SOURCE.is_remote else [SOURCE.location]


rule unpack_archive:
    message:
        "Files of {params.source}, each held against its digest"
    input:
        archive=archive_named,
        code=library_of("archive/unpack_archive"),
    output:
        tables=[f"{RESTORED}/tables/{below(Path(file), map(Path, ROOTS))}" for file in tables_read()],
    log:
        f"{LOGS}/unpack_archive.log",
    benchmark:
        f"{BENCHMARKS}/unpack_archive.jsonl"
    params:
        source=config["archive"],
        folder=RESTORED,
        tier=config["tier"],
        models=MODELS,
        largest_megabytes=config["archive_megabytes"],
    resources:
        **resources_of("download"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/archive/unpack_archive.py"


# Everything that is made from the tables of an archive.
rule restore:
    input:
        archive_named,
        rules.all.input,
