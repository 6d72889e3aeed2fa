"""Emotion in written replies under prompts, steering and circuits (W02, W03, W08, O04)."""

rule generate_prompted:
    message:
        "Replies of {wildcards.model} in the voice of each emotion"
    input:
        events=EVENTS["fit"],
        report=EVENT_REPORT,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/generate_prompted"),
    output:
        f"{ACTIVATIONS}/{{model}}/circuits/prompted.jsonl",
    log:
        f"{ACTIVATIONS}/logs/generate_prompted/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/generate_prompted/{{model}}.jsonl"
    params:
        row=row_of,
        # No output, so that it outlives a killed run and the next one goes on from it.
        partial=f"{ACTIVATIONS}/{{model}}/circuits/.prompted.partial",
        circuits={name: CIRCUITS[name] for name in ("scenarios", "new_tokens")},
        side_by_side=CIRCUITS["side_by_side"],
        seed=seed("generate_prompted"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/generate_prompted.py"


rule judge_prompted:
    message:
        "Emotion, relevance and fluency of the prompted replies of {wildcards.model}"
    input:
        transcript=f"{ACTIVATIONS}/{{model}}/circuits/prompted.jsonl",
        events=EVENTS["fit"],
        judge=EMOTION_JUDGE,
        encoder=ENCODER,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/judge_prompted"),
    output:
        f"{ACTIVATIONS}/{{model}}/circuits/prompted.parquet",
    log:
        f"{ACTIVATIONS}/logs/judge_prompted/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/judge_prompted/{{model}}.jsonl"
    params:
        row=row_of,
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/judge_prompted.py"


rule gate_expression:
    message:
        "Gate of the expression readout, {wildcards.model}"
    input:
        prompted=f"{ACTIVATIONS}/{{model}}/circuits/prompted.parquet",
        validation=EMOTION_VALIDATION,
        code=library_of("expression/gate_expression"),
    output:
        f"{RESULTS}/{{model}}/gates/expression.parquet",
    log:
        f"{LOGS}/gate_expression/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/gate_expression/{{model}}.jsonl"
    params:
        least_rate=CIRCUITS["prompting"],
        least_kappa=config["gates"]["kappa"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("gate_expression"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/gate_expression.py"


rule generate_arms:
    message:
        "Replies of {wildcards.model} with emotions asked for, steered and driven through circuits, where the gate was passed"
    input:
        events=EVENTS["held_out"],
        report=EVENT_REPORT,
        gates=EXPRESSION_GATE,
        directions=DIRECTIONS,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        circuits=ASSEMBLED,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/generate_arms"),
    output:
        ARMS,
    log:
        f"{LOGS}/generate_arms/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/generate_arms/{{model}}.jsonl"
    params:
        row=row_of,
        # No output, so that it outlives a killed run and the next one goes on from it.
        partial=f"{RESULTS}/{{model}}/circuits/.arms.partial",
        settings={
            name: CIRCUITS[name]
            for name in ("arm_scenarios", "random_directions", "ladder_scenarios", "new_tokens", "side_by_side")
        },
        seed=seed("generate_arms"),
        # Replies are greedy; that of the study names them, as everywhere.
        study=seed("study"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/generate_arms.py"


rule judge_arms:
    message:
        "Emotion, relevance and fluency of the replies of {wildcards.model} in every arm"
    input:
        transcript=ARMS,
        events=EVENTS["held_out"],
        judge=EMOTION_JUDGE,
        encoder=ENCODER,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/judge_arms"),
    output:
        JUDGED_ARMS,
    log:
        f"{LOGS}/judge_arms/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/judge_arms/{{model}}.jsonl"
    params:
        row=row_of,
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/judge_arms.py"


rule judge_arms_by_model:
    message:
        "Emotion of the replies of {wildcards.model} in every arm, by {wildcards.judge}"
    input:
        transcript=ARMS,
        judged=JUDGED_ARMS,
        classes=EMOTION_CLASSES,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{judge}}/converted",
        code=library_of("expression/judge_arms_by_model"),
    output:
        f"{RESULTS}/{{model}}/circuits/arms_by_{{judge}}.parquet",
    log:
        f"{LOGS}/judge_arms_by_model/{{model}}/{{judge}}.log",
    benchmark:
        f"{BENCHMARKS}/judge_arms_by_model/{{model}}/{{judge}}.jsonl"
    params:
        row=lambda wildcards: used_of(wildcards.judge),
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("judge_arms_by_model"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/judge_arms_by_model.py"


rule read_expressions:
    message:
        "Likelihood that {wildcards.model} gives to written replies in the voice of each emotion"
    input:
        # Written replies answer the events of this project, whatever other set stands in their place elsewhere.
        events=OWN_EVENTS["held_out"],
        expressions=f"{STIMULI}/events/expressions.jsonl",
        report=EVENT_REPORT,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/read_expressions"),
    output:
        f"{ACTIVATIONS}/{{model}}/circuits/expressions.safetensors",
    log:
        f"{ACTIVATIONS}/logs/read_expressions/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/read_expressions/{{model}}.jsonl"
    params:
        row=row_of,
        scenarios=CIRCUITS["expression_scenarios"],
        depth=config["vectors"]["main_depth"],
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/read_expressions.py"


rule evaluate_expression:
    message:
        "What the replies of {wildcards.model} express in every arm"
    input:
        judged=JUDGED_ARMS,
        gates=EXPRESSION_GATE,
        readings=f"{ACTIVATIONS}/{{model}}/circuits/expressions.safetensors",
        directions=DIRECTIONS,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        code=library_of("expression/evaluate_expression"),
    output:
        rates=f"{RESULTS}/{{model}}/circuits/expression.parquet",
        slopes=f"{RESULTS}/{{model}}/circuits/expression_slopes.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/evaluate_expression.parquet",
    log:
        f"{LOGS}/evaluate_expression/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_expression/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        statistics=config["statistics"],
        seed=seed("evaluate_expression"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/evaluate_expression.py"
