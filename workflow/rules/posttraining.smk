"""What tuning moves a base model towards, where a model and its base are both studied (A30)."""

from emotion_vectors.weights.sources import tuned_pairs

TUNED_PAIRS = tuned_pairs(MODEL_ROWS)
STUDIED_BASES = {tuned: base for tuned, base in TUNED_PAIRS if {tuned, base} <= {*RUN_MODELS}}


def of_pair(pattern):
    """A file of the model and of its base, in this order; none where its base is not studied."""

    def files_of(wildcards):
        base = STUDIED_BASES.get(wildcards.model)
        return expand(pattern, model=[wildcards.model, base]) if base else []

    return files_of


rule read_prompts:
    message:
        "States of {wildcards.model} before its reply to prompts of several kinds"
    input:
        prompts=f"{STIMULI}/prompts/prompts.jsonl",
        after=expand(FUNCTION_REPORT, set="prompts"),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("posttraining/read_prompts"),
    output:
        states=PROMPT_STATES,
    log:
        f"{ACTIVATIONS}/logs/read_prompts/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/read_prompts/{{model}}.jsonl"
    params:
        row=row_of("read_prompts"),
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/posttraining/read_prompts.py"


rule compare_posttraining:
    message:
        "Readings of {wildcards.model} against those of its base model"
    input:
        states=of_pair(PROMPT_STATES),
        vectors=of_pair(f"{RESULTS}/{{model}}/vectors.safetensors"),
        shuffled_main=of_pair(f"{RESULTS}/{{model}}/shuffled_main.safetensors"),
        code=library_of("posttraining/compare_posttraining"),
    output:
        emotions=f"{RESULTS}/{{model}}/posttraining/emotions.parquet",
        table=f"{RESULTS}/{{model}}/evidence/compare_posttraining.parquet",
    log:
        f"{LOGS}/compare_posttraining/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compare_posttraining/{{model}}.jsonl"
    params:
        **DRAWS,
        base=lambda wildcards: dict(TUNED_PAIRS).get(wildcards.model, ""),
        pairs=TUNED_PAIRS,
        depth=config["vectors"]["main_depth"],
        seed=seed("compare_posttraining"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/posttraining/compare_posttraining.py"
