"""Which activities a model would rather do, and what emotion vectors read of that and add to it (A16-A18)."""

PREFERENCES = config["preferences"]


rule compare_activities:
    message:
        "Preferences between activities, {wildcards.model}"
    input:
        activities=f"{STIMULI}/activities/activities.jsonl",
        gate_pairs=f"{STIMULI}/activities/gate_pairs.jsonl",
        after=expand(FUNCTION_REPORT, set="activities"),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("preferences/compare_activities"),
    output:
        measured=COMPARED_ACTIVITIES,
    log:
        f"{ACTIVATIONS}/logs/compare_activities/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/compare_activities/{{model}}.jsonl"
    params:
        row=row_of("compare_activities"),
        depth=config["vectors"]["main_depth"],
        rounds=PREFERENCES["rounds"],
        batch_tokens=config["compute"]["batch_tokens"],
        seed=seed("compare_activities"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/preferences/compare_activities.py"


rule steer_activities:
    message:
        "Preferences of {wildcards.model} with vectors added on the words of an activity"
    input:
        measured=COMPARED_ACTIVITIES,
        weights=f"{WEIGHTS}/{{model}}/converted",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("preferences/steer_activities"),
    output:
        steered=f"{RESULTS}/{{model}}/preferences/steered.parquet",
    log:
        f"{LOGS}/steer_activities/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/steer_activities/{{model}}.jsonl"
    params:
        row=row_of("steer_activities"),
        depth=config["vectors"]["main_depth"],
        chosen=PREFERENCES,
        batch_tokens=config["compute"]["batch_tokens"],
        seed=seed("steer_activities"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/preferences/steer_activities.py"


rule evaluate_preferences:
    message:
        "Evidence on the preferences of {wildcards.model}"
    input:
        measured=COMPARED_ACTIVITIES,
        steered=f"{RESULTS}/{{model}}/preferences/steered.parquet",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        norms=NORMS,
        code=library_of("preferences/evaluate_preferences"),
    output:
        gates=PREFERENCE_GATES,
        emotions=f"{RESULTS}/{{model}}/preferences/emotions.parquet",
        activities=f"{RESULTS}/{{model}}/preferences/activities.parquet",
        table=f"{RESULTS}/{{model}}/evidence/evaluate_preferences.parquet",
    log:
        f"{LOGS}/evaluate_preferences/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_preferences/{{model}}.jsonl"
    params:
        **DRAWS,
        depth=config["vectors"]["main_depth"],
        order_bias_nats=config["gates"]["order_bias_nats"],
        # What the claim asks for, and not its file: a note on it changes no evidence.
        least_elo={part["name"]: part["smallest_effect"] for part in CLAIMS["A17"]["parts"]},
        seed=seed("evaluate_preferences"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/preferences/evaluate_preferences.py"
