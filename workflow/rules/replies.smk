"""Sampled replies, unsteered and steered, and the rates of what they do."""


def check_rates():
    """Claims ask for rates only of sets in which replies are sampled."""
    for name, number, by in experiments.requests(CLAIMS):
        items = EXPERIMENTS[by["experiment"]].items if by["measure"] == "rate" else None
        if items and items not in SAMPLED_SETS:
            raise WorkflowError(
                f"workflow/claims, {name}: parts.{number}.measured_by.experiment: replies to '{items}' are not sampled, since "
                "column readouts of workflow/experiments.tsv names neither generation nor code for it; add one, or measure a slope"
            )


check_rates()


def sampling_of(wildcards):
    """How replies to a set are drawn. A program that is cut short cannot run, so answers to coding tasks have more tokens."""
    keys = ("situations", "samples", "new_tokens", "temperature", "top_p")
    drawn = {key: config["generation"][key] for key in keys} | {"memory_mib": config["compute"]["decoding_mib"]}
    return drawn | {"new_tokens": config["generation"]["program_tokens"]} if wildcards.behaviour in CODE_SETS else drawn


def validation_of(wildcards):
    """Agreement with hand labels of whatever sorts the replies of a set into classes."""
    return OUTCOME_VALIDATION if wildcards.behaviour in CODE_SETS else VALIDATION


rule generate_replies:
    message:
        "Unsteered replies of {wildcards.model} to {wildcards.behaviour}"
    input:
        scenarios=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        after=BEHAVIOUR_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("replies/generate_replies"),
    output:
        transcript=f"{ACTIVATIONS}/{{model}}/transcripts/{{behaviour}}_unsteered.jsonl",
    log:
        f"{ACTIVATIONS}/logs/generate_replies/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/generate_replies/{{model}}/{{behaviour}}.jsonl"
    params:
        row=row_of("generate_replies"),
        rows=experiments_on,
        # No output, so that it outlives a killed run and the next one goes on from it.
        partial=f"{ACTIVATIONS}/{{model}}/transcripts/.{{behaviour}}_unsteered.partial",
        settings=sampling_of,
        code_sha256=code_digest,
        seed=seed("generate_replies"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/replies/generate_replies.py"


rule steer_replies:
    message:
        "Steered replies of {wildcards.model} to {wildcards.behaviour}, where the gate was passed"
    input:
        claims=CLAIM_FILES,
        claim_schema=CLAIM_SCHEMA,
        scenarios=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        generation=f"{RESULTS}/{{model}}/gates/generation_{{behaviour}}.parquet",
        weights=f"{WEIGHTS}/{{model}}/converted",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("replies/steer_replies"),
    output:
        transcript=f"{RESULTS}/{{model}}/transcripts/{{behaviour}}_steered.jsonl",
    log:
        f"{LOGS}/steer_replies/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{BENCHMARKS}/steer_replies/{{model}}/{{behaviour}}.jsonl"
    params:
        row=row_of("steer_replies"),
        rows=experiments_on,
        partial=f"{RESULTS}/{{model}}/transcripts/.{{behaviour}}_steered.partial",
        depth=config["vectors"]["main_depth"],
        settings=sampling_of,
        code_sha256=code_digest,
        nulls=config["behaviour"]["nulls_of_each_kind"],
        # That of the unsteered replies, so that conditions are compared on the same random numbers.
        seed=seed("generate_replies"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/replies/steer_replies.py"


def transcript_of(wildcards):
    return transcript(wildcards.model, wildcards.behaviour, wildcards.steering)


def when_steered(file):
    """A file that steered replies alone depend on."""
    return lambda wildcards: file.format(model=wildcards.model) if wildcards.steering == "steered" else []


rule gate_generation:
    message:
        "Gate of the generation readout, {wildcards.behaviour}, {wildcards.model}"
    input:
        labels=f"{RESULTS}/{{model}}/labels/{{behaviour}}_unsteered.parquet",
        validation=validation_of,
        code=library_of("replies/gate_generation"),
    output:
        table=f"{RESULTS}/{{model}}/gates/generation_{{behaviour}}.parquet",
    log:
        f"{LOGS}/gate_generation/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{BENCHMARKS}/gate_generation/{{model}}/{{behaviour}}.jsonl"
    params:
        rows=experiments_on,
        limits=config["gates"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("gate_generation"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/replies/gate_generation.py"


rule evaluate_rates:
    message:
        "Evidence on the rates of conduct in replies of {wildcards.model}"
    input:
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        claims=CLAIM_FILES,
        claim_schema=CLAIM_SCHEMA,
        generation=expand(f"{RESULTS}/{{{{model}}}}/gates/generation_{{behaviour}}.parquet", behaviour=SAMPLED_SETS),
        unsteered=expand(f"{RESULTS}/{{{{model}}}}/labels/{{behaviour}}_unsteered.parquet", behaviour=SAMPLED_SETS),
        steered=expand(f"{RESULTS}/{{{{model}}}}/labels/{{behaviour}}_steered.parquet", behaviour=SAMPLED_SETS),
        code=library_of("replies/evaluate_rates"),
    output:
        table=f"{RESULTS}/{{model}}/evidence/evaluate_rates.parquet",
    log:
        f"{LOGS}/evaluate_rates/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_rates/{{model}}.jsonl"
    params:
        sets=SAMPLED_SETS,
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("evaluate_rates"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/replies/evaluate_rates.py"
