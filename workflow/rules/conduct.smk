"""What emotion vectors do to blackmail, people-pleasing and reward hacking (A19-A29, S04)."""


rule capture_responses:
    message:
        "Readouts and gradients of {wildcards.model} on {wildcards.behaviour}"
    input:
        scenarios=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        after=BEHAVIOUR_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("conduct/capture_responses"),
    output:
        measured=f"{ACTIVATIONS}/{{model}}/responses/{{behaviour}}.safetensors",
    log:
        f"{ACTIVATIONS}/logs/capture_responses/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/capture_responses/{{model}}/{{behaviour}}.jsonl"
    params:
        row=row_of("capture_responses"),
        rows=experiments_on,
        at_most=config["behaviour"]["situations"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/conduct/capture_responses.py"


rule compute_slopes:
    message:
        "Slopes of every behaviour along every emotion vector of {wildcards.model}"
    input:
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        measured=expand(f"{ACTIVATIONS}/{{{{model}}}}/responses/{{behaviour}}.safetensors", behaviour=BEHAVIOUR_SETS),
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_all=f"{RESULTS}/{{model}}/shuffled_all.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("conduct/compute_slopes"),
    output:
        effects=f"{RESULTS}/{{model}}/slopes/effects.parquet",
        by_depth=f"{RESULTS}/{{model}}/slopes/by_depth.parquet",
        by_item=ITEM_SLOPES,
        spans=f"{RESULTS}/{{model}}/slopes/spans.parquet",
    log:
        f"{LOGS}/compute_slopes/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compute_slopes/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        nulls=config["statistics"]["shuffles"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("compute_slopes"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/conduct/compute_slopes.py"


rule steer_items:
    message:
        "Finite strengths of emotion vectors on {wildcards.behaviour}, {wildcards.model}"
    input:
        scenarios=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        after=BEHAVIOUR_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("conduct/steer_items"),
    output:
        steered=f"{RESULTS}/{{model}}/steered/{{behaviour}}.parquet",
    log:
        f"{LOGS}/steer_items/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{BENCHMARKS}/steer_items/{{model}}/{{behaviour}}.jsonl"
    params:
        row=row_of("steer_items"),
        rows=experiments_on,
        depth=config["vectors"]["main_depth"],
        dosing=config["behaviour"],
        batch_tokens=config["compute"]["batch_tokens"],
        seed=seed("steer_items"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/conduct/steer_items.py"


rule measure_coherence:
    message:
        "What steering costs neutral text, {wildcards.model}"
    input:
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        passages=f"{STIMULI}/passages/passages.jsonl",
        weights=f"{WEIGHTS}/{{model}}/converted",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        code=library_of("conduct/measure_coherence"),
    output:
        costs=f"{RESULTS}/{{model}}/steered/coherence.parquet",
    log:
        f"{LOGS}/measure_coherence/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/measure_coherence/{{model}}.jsonl"
    params:
        row=row_of("measure_coherence"),
        depth=config["vectors"]["main_depth"],
        dosing=config["behaviour"],
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/conduct/measure_coherence.py"


rule measure_choices:
    message:
        "Choices between options, {wildcards.behaviour}, {wildcards.model}"
    input:
        scenarios=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        after=BEHAVIOUR_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("conduct/measure_choices"),
    output:
        answers=f"{RESULTS}/{{model}}/choices/{{behaviour}}_answers.parquet",
        effects=f"{RESULTS}/{{model}}/choices/{{behaviour}}_effects.parquet",
        comprehension=f"{RESULTS}/{{model}}/gates/choices_{{behaviour}}.parquet",
    log:
        f"{LOGS}/measure_choices/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{BENCHMARKS}/measure_choices/{{model}}/{{behaviour}}.jsonl"
    params:
        row=row_of("measure_choices"),
        rows=experiments_on,
        depth=config["vectors"]["main_depth"],
        limits=config["gates"],
        nulls=config["statistics"]["shuffles"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("measure_choices"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/conduct/measure_choices.py"


rule tabulate_gates:
    message:
        "Gates of the readouts of {wildcards.model}"
    input:
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        measured=expand(f"{ACTIVATIONS}/{{{{model}}}}/responses/{{behaviour}}.safetensors", behaviour=DOSED_SETS),
        choices=[
            *expand(f"{RESULTS}/{{{{model}}}}/gates/choices_{{behaviour}}.parquet", behaviour=CHOICE_SETS),
            PREFERENCE_GATES,
        ],
        generation=expand(f"{RESULTS}/{{{{model}}}}/gates/generation_{{behaviour}}.parquet", behaviour=SAMPLED_SETS),
        expression=f"{RESULTS}/{{model}}/gates/expression.parquet",
        shown=VALIDATION_BESIDE,
        code=library_of("conduct/tabulate_gates"),
    output:
        table=f"{RESULTS}/{{model}}/gates.parquet",
    log:
        f"{LOGS}/tabulate_gates/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/tabulate_gates/{{model}}.jsonl"
    params:
        limits=config["gates"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("tabulate_gates"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/conduct/tabulate_gates.py"


rule evaluate_conduct:
    message:
        "Evidence on the conduct of {wildcards.model}"
    input:
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        claims=CLAIM_FILES,
        claim_schema=CLAIM_SCHEMA,
        effects=f"{RESULTS}/{{model}}/slopes/effects.parquet",
        steered=expand(f"{RESULTS}/{{{{model}}}}/steered/{{behaviour}}.parquet", behaviour=DOSED_SETS),
        coherence=f"{RESULTS}/{{model}}/steered/coherence.parquet",
        measured=expand(f"{ACTIVATIONS}/{{{{model}}}}/responses/{{behaviour}}.safetensors", behaviour=BEHAVIOUR_SETS),
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("conduct/evaluate_conduct"),
    output:
        table=f"{RESULTS}/{{model}}/evidence/evaluate_conduct.parquet",
    log:
        f"{LOGS}/evaluate_conduct/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_conduct/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        flips=config["statistics"]["shuffles"],
        bootstraps=config["statistics"]["bootstraps"],
        guard_nats=config["steering"]["guard_nats"],
        seed=seed("evaluate_conduct"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/conduct/evaluate_conduct.py"
