"""One file that holds a finished study without weights and activations, and a study made again from such a file."""

from emotion_vectors.archive.fetching import ArchiveLocation
from emotion_vectors.archive.manifest import ArchiveError
from emotion_vectors.claims.publication import below

# Also kept, where a study computes it: what claims were judged from, and directions to be used elsewhere.
if config["rebuild"]:
    KEPT, TENSORS = [], []
else:
    KEPT = expand(f"{RESULTS}/{{model}}/evidence/{{step}}.parquet", model=MODELS, step=EVIDENCE)
    TENSORS = [*expand(f"{RESULTS}/{{model}}/vectors.safetensors", model=MODELS), *expand(DIRECTIONS, model=MODELS)]


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
