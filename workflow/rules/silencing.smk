"""Heads, neurons and circuits silenced and driven (W04-W06, O06)."""


rule check_silencing:
    message:
        "Heads of {wildcards.model} really silenced, beside their scores"
    input:
        directions=DIRECTIONS,
        events=EVENTS["fit"],
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("silencing/check_silencing"),
    output:
        comparison=HEAD_CHECK,
    log:
        f"{LOGS}/check_silencing/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/check_silencing/{{model}}.jsonl"
    params:
        row=row_of("check_silencing"),
        prompts=config["circuits"]["silenced_prompts"],
        heads=config["circuits"]["silenced_heads"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/silencing/check_silencing.py"


rule silence_components:
    message:
        "Top and random neurons and heads of {wildcards.model} silenced and driven"
    input:
        prompts=FIT_STATES,
        directions=DIRECTIONS,
        components=COMPONENTS,
        # Scores from one pass serve only where they are those of real silencing.
        # That they are is a matter of the engine and of no label.
        after=[] if LABELS_ALONE else HEAD_CHECK,
        code=library_of("silencing/silence_components"),
    output:
        curves=f"{RESULTS}/{{model}}/circuits/silenced.parquet",
        by_layer=f"{RESULTS}/{{model}}/circuits/silenced_by_layer.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/silence_components.parquet",
    log:
        f"{LOGS}/silence_components/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/silence_components/{{model}}.jsonl"
    params:
        **DRAWS,
        placebo=PLACEBO_SEED,
        seed=seed("silence_components"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/silencing/silence_components.py"


rule silence_for_stories:
    message:
        "Circuits of {wildcards.model} silenced, read along the story vectors"
    input:
        prompts=HELD_OUT_STATES,
        circuits=ASSEMBLED,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        events=EVENTS["held_out"],
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("silencing/silence_for_stories"),
    output:
        falls=f"{RESULTS}/{{model}}/circuits/silenced_for_stories.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/silence_for_stories.parquet",
    log:
        f"{LOGS}/silence_for_stories/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/silence_for_stories/{{model}}.jsonl"
    params:
        **DRAWS,
        row=row_of("silence_for_stories"),
        depth=config["vectors"]["main_depth"],
        story_events=config["circuits"]["story_events"],
        batch_tokens=config["compute"]["batch_tokens"],
        placebo=PLACEBO_SEED,
        seed=seed("silence_for_stories"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/silencing/silence_for_stories.py"
