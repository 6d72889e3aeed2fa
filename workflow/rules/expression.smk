"""Emotion in written replies under prompts, steering and circuits (W02, W03, W08, O04, and the rate of W02b)."""

import re


rule generate_prompted:
    message:
        "Replies of {wildcards.model} in the voice of each emotion"
    input:
        events=EVENTS["fit"],
        after=EVENT_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/generate_prompted"),
    output:
        transcript=f"{ACTIVATIONS}/{{model}}/circuits/prompted.jsonl",
    log:
        f"{ACTIVATIONS}/logs/generate_prompted/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/generate_prompted/{{model}}.jsonl"
    params:
        row=row_of("generate_prompted"),
        # No output, so that it outlives a killed run and the next one goes on from it.
        partial=f"{ACTIVATIONS}/{{model}}/circuits/.prompted.partial",
        scenarios=CIRCUITS["scenarios"]["fit"],
        new_tokens=CIRCUITS["new_tokens"],
        memory_mib=config["compute"]["decoding_mib"],
        code_sha256=code_digest,
        seed=seed("generate_prompted"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/generate_prompted.py"


rule judge_expressions:
    message:
        "Emotion, relevance and fluency of the replies of {wildcards.model} in {wildcards.folder}, {wildcards.replies}"
    input:
        transcript="{folder}/{model}/circuits/{replies}.jsonl",
        events=lambda wildcards: EVENTS["fit" if wildcards.replies == "prompted" else "held_out"],
        judge=EMOTION_JUDGE,
        encoder=ENCODER,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/judge_expressions"),
    output:
        judgements="{folder}/{model}/circuits/{replies}.parquet",
    log:
        "{folder}/logs/judge_expressions/{model}/{replies}.log",
    benchmark:
        "{folder}/benchmarks/judge_expressions/{model}/{replies}.jsonl"
    params:
        row=row_of("judge_expressions"),
    wildcard_constraints:
        # Replies to prompts alone do not depend on labels, those of the arms do.
        folder="|".join(map(re.escape, {ACTIVATIONS, RESULTS})),
        replies="prompted|arms",
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/judge_expressions.py"


rule gate_expression:
    message:
        "Gate of the expression readout, {wildcards.model}"
    input:
        prompted=f"{ACTIVATIONS}/{{model}}/circuits/prompted.parquet",
        validation=EMOTION_VALIDATION,
        readings=f"{ACTIVATIONS}/{{model}}/circuits/expressions.safetensors",
        code=library_of("expression/gate_expression"),
    output:
        gates=EXPRESSION_GATE,
        orders=ORDER_GATE,
    log:
        f"{LOGS}/gate_expression/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/gate_expression/{{model}}.jsonl"
    params:
        least_rate=CIRCUITS["prompting"],
        least_kappa=config["gates"]["kappa"],
        least_nats=config["acts"]["gates"]["order_nats"],
        least_share=config["acts"]["gates"]["order_scenarios"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("gate_expression"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/gate_expression.py"


rule generate_arms:
    message:
        "Replies of {wildcards.model} with emotions asked for, steered and driven through circuits, where the gate was passed"
    input:
        events=EVENTS["held_out"],
        after=EVENT_REPORT,
        gates=EXPRESSION_GATE,
        directions=DIRECTIONS,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        circuits=ASSEMBLED,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/generate_arms"),
    output:
        transcript=ARMS,
    log:
        f"{LOGS}/generate_arms/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/generate_arms/{{model}}.jsonl"
    params:
        row=row_of("generate_arms"),
        # No output, so that it outlives a killed run and the next one goes on from it.
        partial=f"{RESULTS}/{{model}}/circuits/.arms.partial",
        settings={
            **{
                name: CIRCUITS[name]
                for name in ("arm_scenarios", "random_directions", "ladder_scenarios", "new_tokens")
            },
            "memory_mib": config["compute"]["decoding_mib"],
        },
        code_sha256=code_digest,
        seed=seed("generate_arms"),
        # Replies are greedy; that of the study names them, as everywhere.
        study=seed("study"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/generate_arms.py"


rule judge_arms_by_model:
    message:
        "Emotion of the replies of {wildcards.model} in every arm, by {wildcards.judge}"
    input:
        transcript=ARMS,
        judged=JUDGED_ARMS,
        classes=EMOTION_CLASSES,
        weights=f"{WEIGHTS}/{{judge}}/converted",
        code=library_of("expression/judge_arms_by_model"),
    output:
        judgements=f"{RESULTS}/{{model}}/circuits/arms_by_{{judge}}.parquet",
    log:
        f"{LOGS}/judge_arms_by_model/{{model}}/{{judge}}.log",
    benchmark:
        f"{BENCHMARKS}/judge_arms_by_model/{{model}}/{{judge}}.jsonl"
    params:
        row=lambda wildcards: used_of(wildcards.judge, "judge_arms_by_model"),
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("judge_arms_by_model"),
    threads: threads_of("model")
    resources:
        **resources_of("model", judge_of),
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
        after=EVENT_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/read_expressions"),
    output:
        readings=f"{ACTIVATIONS}/{{model}}/circuits/expressions.safetensors",
    log:
        f"{ACTIVATIONS}/logs/read_expressions/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/read_expressions/{{model}}.jsonl"
    params:
        row=row_of("read_expressions"),
        scenarios=CIRCUITS["expression_scenarios"],
        depth=config["vectors"]["main_depth"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
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
        hands=SAMPLED_VALIDATIONS[0],
        validation=EMOTION_VALIDATION,
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
        bootstraps=config["statistics"]["bootstraps"],
        shuffles=config["statistics"]["shuffles"],
        seed=seed("evaluate_expression"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/evaluate_expression.py"
