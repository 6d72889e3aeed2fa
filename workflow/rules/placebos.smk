"""The claims judged again under labels permuted by many seeds, from files that no label enters; asked for by name, and no part of a study."""

import functools

from emotion_vectors.placebos import runs

PLACEBOS = f"{RESULTS}/placebos"
LARGEST_MODEL = max(RUN_MODELS, key=lambda model: MILLIONS.get(model, 0))
OF_SUBJECTS = expand(
    f"{ACTIVATIONS}/{{model}}{{twin}}/activations/{{texts}}.safetensors",
    model=RUN_MODELS,
    twin=["", "/reinitialised"],
    texts=["stories", "neutral", "messages"],
)
# What a placebo reads of its study. All of it is there before one begins, so that none runs a model and two never write the same file.
WITHOUT_LABELS = [
    STIMULI_REPORT,
    SENTENCES,
    EMOTION_VALIDATION,
    *OF_SUBJECTS,
    *expand(
        [
            f"{WEIGHTS}/{{model}}/converted",
            FIT_STATES,
            HELD_OUT_STATES,
            WORDING_STATES,
            f"{ACTIVATIONS}/{{model}}/circuits/prompted.parquet",
            f"{ACTIVATIONS}/{{model}}/circuits/expressions.safetensors",
            f"{ACTIVATIONS}/{{model}}/circuits/fresh.safetensors",
            CONTEXTS,
            USER_STATES,
        ],
        model=RUN_MODELS,
    ),
    *expand(f"{ACTIVATIONS}/{{model}}/responses/{{behaviour}}.safetensors", model=RUN_MODELS, behaviour=DOSED_SETS),
    *expand(
        f"{ACTIVATIONS}/{{model}}/acts/{{behaviour}}.{{kind}}",
        model=RUN_MODELS,
        behaviour=SETS_OF_ACTS,
        kind=["parquet", "safetensors"],
    ),
]
# What a study is judged by besides, for which a model would have to run along the permuted vectors.
NOT_OF_LABELS = [
    *expand(f"{RESULTS}/{{model}}/evidence/{{step}}.parquet", model=RUN_MODELS, step={*EVIDENCE} - {*OF_LABELS_ALONE}),
    *expand(
        f"{RESULTS}/{{model}}/acts/steered/{{behaviour}}.parquet", model=RUN_MODELS, behaviour=STEERED_SETS_OF_ACTS
    ),
    *expand(HEAD_CHECK, model=RUN_MODELS),
    *expand(f"{RESULTS}/{{model}}/gates/motives.parquet", model=MODEL_ROWS),
]


@functools.cache
def sources_of_placebos():
    """Claims, stimuli and library files that a placebo is made from, as the rules of its steps name them: an edit of one repeats it."""
    sources, met, waiting = set(), {*WITHOUT_LABELS, *NOT_OF_LABELS}, [JUDGED]
    while waiting:
        file = waiting.pop()
        if file in met:
            continue
        met.add(file)
        makers = [rule for rule in workflow.rules if rule.is_producer(file)]
        if not makers:
            sources.add(file)
            continue
        # A pattern with more wildcards may fit by its form alone.
        maker = min(makers, key=lambda rule: len(rule.wildcard_names))
        waiting += map(str, maker.expand_input(maker.get_wildcards(file))[0])
    return sorted(sources)


rule judge_placebo:
    message:
        "The claims under labels permuted by seed {wildcards.seed}"
    input:
        after=WITHOUT_LABELS,
        code=lambda wildcards: sorted({*library_of("placebos/judge_placebo"), *sources_of_placebos()}),
    output:
        verdicts=f"{PLACEBOS}/{{seed}}/claims.json",
    log:
        f"{LOGS}/judge_placebo/{{seed}}.log",
    benchmark:
        f"{BENCHMARKS}/judge_placebo/{{seed}}.jsonl"
    wildcard_constraints:
        seed=r"\d+",
    params:
        settings=lambda wildcards: runs.settings_of(
            config, int(wildcards.seed), f"{PLACEBOS}/{wildcards.seed}/study", FAST
        ),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", LARGEST_MODEL),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/placebos/judge_placebo.py"


rule count_placebos:
    message:
        "How often permuted labels are judged replicated"
    input:
        judged=expand(f"{PLACEBOS}/{{seed}}/claims.json", seed=PLACEBO_SEEDS),
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        code=library_of("placebos/count_placebos"),
    output:
        table=f"{PLACEBOS}/counts.parquet",
        summary=PLACEBO_COUNTS,
    log:
        f"{LOGS}/count_placebos.log",
    benchmark:
        f"{BENCHMARKS}/count_placebos.jsonl"
    params:
        seeds=PLACEBO_SEEDS,
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("count_placebos"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/placebos/count_placebos.py"


rule placebos:
    input:
        PLACEBO_COUNTS,
