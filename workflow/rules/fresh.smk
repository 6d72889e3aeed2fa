"""Own replies to events that no direction and no judge has met, along vectors and in three arms (W02b, W03b, W08b, O04b)."""


rule read_fresh_replies:
    message:
        "Likelihood that {wildcards.model} gives to written replies to fresh events"
    input:
        # Ours, whatever set stands in the place of the other events.
        events=f"{STIMULI}/events/fresh.jsonl",
        after=EVENT_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("fresh/read_fresh_replies"),
    output:
        readings=f"{ACTIVATIONS}/{{model}}/circuits/fresh.safetensors",
    log:
        f"{ACTIVATIONS}/logs/read_fresh_replies/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/read_fresh_replies/{{model}}.jsonl"
    params:
        row=row_of("read_fresh_replies"),
        scenarios=CIRCUITS["fresh_events"],
        depth=config["vectors"]["main_depth"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/fresh/read_fresh_replies.py"


rule evaluate_fresh_replies:
    message:
        "Own replies to fresh events along the vectors of both methods, {wildcards.model}"
    input:
        readings=f"{ACTIVATIONS}/{{model}}/circuits/fresh.safetensors",
        fit=FIT_STATES,
        directions=DIRECTIONS,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("fresh/evaluate_fresh_replies"),
    output:
        slopes=f"{RESULTS}/{{model}}/circuits/fresh_slopes.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/evaluate_fresh_replies.parquet",
    log:
        f"{LOGS}/evaluate_fresh_replies/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_fresh_replies/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        placebo=PLACEBO_SEED,
        bootstraps=config["statistics"]["bootstraps"],
        shuffles=config["statistics"]["shuffles"],
        seed=seed("evaluate_fresh_replies"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/fresh/evaluate_fresh_replies.py"


rule drive_fresh_replies:
    message:
        "Own replies to fresh events under orders, steering and circuits of {wildcards.model}"
    input:
        # Ours, whatever set stands in the place of the other events.
        events=f"{STIMULI}/events/fresh.jsonl",
        after=EVENT_REPORT,
        readings=f"{ACTIVATIONS}/{{model}}/circuits/fresh.safetensors",
        directions=DIRECTIONS,
        circuits=ASSEMBLED,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("fresh/drive_fresh_replies"),
    output:
        arms=f"{RESULTS}/{{model}}/circuits/fresh_arms.parquet",
        changes=f"{RESULTS}/{{model}}/circuits/fresh_changes.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/drive_fresh_replies.parquet",
    log:
        f"{LOGS}/drive_fresh_replies/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/drive_fresh_replies/{{model}}.jsonl"
    params:
        row=row_of("drive_fresh_replies"),
        scenarios=CIRCUITS["fresh_events"],
        depth=config["vectors"]["main_depth"],
        bootstraps=config["statistics"]["bootstraps"],
        shuffles=config["statistics"]["shuffles"],
        seed=seed("drive_fresh_replies"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/fresh/drive_fresh_replies.py"
