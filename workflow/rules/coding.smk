"""Answers to coding tasks: revised after failed tests, run, sorted into outcomes."""


rule revise_answers:
    message:
        "Further {wildcards.steering} answers of {wildcards.model} to {wildcards.behaviour}, after the output of the visible tests"
    input:
        transcript=lambda wildcards: first_replies(wildcards.model, wildcards.behaviour, wildcards.steering),
        tasks=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        weights=f"{WEIGHTS}/{{model}}/converted",
        vectors=when_steered(f"{RESULTS}/{{model}}/vectors.safetensors"),
        shuffled_main=when_steered(f"{RESULTS}/{{model}}/shuffled_main.safetensors"),
        code=library_of("coding/revise_answers"),
    output:
        revised=f"{RESULTS}/{{model}}/transcripts/{{behaviour}}_{{steering}}_revised.jsonl",
    log:
        f"{LOGS}/revise_answers/{{model}}/{{behaviour}}_{{steering}}.log",
    benchmark:
        f"{BENCHMARKS}/revise_answers/{{model}}/{{behaviour}}_{{steering}}.jsonl"
    params:
        row=row_of("revise_answers"),
        # A folder with a file for each round.
        partial=f"{RESULTS}/{{model}}/transcripts/.{{behaviour}}_{{steering}}_revised.partial",
        depth=config["vectors"]["main_depth"],
        settings=sampling_of,
        code_sha256=code_digest,
        attempts=config["generation"]["attempts"],
        minimum=config["generation"]["isolation"],
        nulls=config["behaviour"]["nulls_of_each_kind"],
        # That of the first answers, whose null directions are steered with again.
        seed=seed("generate_replies"),
    wildcard_constraints:
        behaviour="|".join(CODE_SETS),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/coding/revise_answers.py"


rule run_programs:
    message:
        "Running the {wildcards.steering} programs of {wildcards.model} for {wildcards.behaviour} in the sandbox"
    input:
        transcript=transcript_of,
        tasks=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        code=library_of("coding/run_programs"),
    output:
        labels=f"{RESULTS}/{{model}}/labels/{{behaviour}}_{{steering}}.parquet",
    log:
        f"{LOGS}/run_programs/{{model}}/{{behaviour}}_{{steering}}.log",
    benchmark:
        f"{BENCHMARKS}/run_programs/{{model}}/{{behaviour}}_{{steering}}.jsonl"
    params:
        minimum=config["generation"]["isolation"],
    wildcard_constraints:
        behaviour="|".join(CODE_SETS),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/coding/run_programs.py"


rule validate_outcomes:
    message:
        "Classes of answers to coding tasks against answers of known label"
    input:
        tasks=f"{BEHAVIOURS}/hacking.jsonl",
        answers=ANSWERS,
        code=library_of("coding/validate_outcomes"),
    output:
        predictions=OUTCOME_VALIDATION,
    log:
        f"{ACTIVATIONS}/logs/validate_outcomes.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/validate_outcomes.jsonl"
    params:
        behaviour="hacking",
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("validate_outcomes"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/coding/validate_outcomes.py"
