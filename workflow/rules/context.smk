"""Emotion in context: negations and sentences before, two speakers, and hidden emotions (A13, A14, A31)."""

CONTEXT_SETS = {
    "negations": f"{STIMULI}/negations/negations.jsonl",
    "prefixes": f"{STIMULI}/negations/prefixes.jsonl",
    "speakers": f"{STIMULI}/speakers/dialogues.jsonl",
    "hidden": f"{STIMULI}/hidden/dialogues.jsonl",
}


rule capture_context:
    message:
        "States of {wildcards.model} in pairs that end alike and in dialogues"
    input:
        **CONTEXT_SETS,
        after=expand(FUNCTION_REPORT, set=["negations", "speakers", "hidden"]),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("context/capture_context"),
    output:
        contexts=CONTEXTS,
    log:
        f"{ACTIVATIONS}/logs/capture_context/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/capture_context/{{model}}.jsonl"
    params:
        **config["context"],
        row=row_of("capture_context"),
        depth=config["vectors"]["main_depth"],
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/context/capture_context.py"


rule evaluate_context:
    message:
        "Order by meaning, vectors of two speakers and of hidden emotions, {wildcards.model}"
    input:
        **CONTEXT_SETS,
        contexts=CONTEXTS,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_all=f"{RESULTS}/{{model}}/shuffled_all.safetensors",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        code=library_of("context/evaluate_context"),
    output:
        ordered=f"{RESULTS}/{{model}}/context/order.parquet",
        compared=f"{RESULTS}/{{model}}/context/speakers.parquet",
        blocks=f"{RESULTS}/{{model}}/context/speaker_cosines.parquet",
        shares=f"{RESULTS}/{{model}}/context/outside.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/evaluate_context.parquet",
    log:
        f"{LOGS}/evaluate_context/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_context/{{model}}.jsonl"
    params:
        **DRAWS,
        placebo=PLACEBO_SEED,
        seed=seed("evaluate_context"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/context/evaluate_context.py"
