"""What emotion vectors say of words and quantities, and what they do to the words that follow (A03-A05)."""


rule read_lens:
    message:
        "Logit lens of the vectors of {wildcards.model}"
    input:
        weights=f"{WEIGHTS}/{{model}}/converted",
        families=f"{STIMULI}/words/families.yaml",
        after=STIMULI_REPORT,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        second_stories=SECOND_STORIES,
        shuffled_all=f"{RESULTS}/{{model}}/shuffled_all.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("meaning/read_lens"),
    output:
        auc=f"{RESULTS}/{{model}}/lens/auc.parquet",
        words=f"{RESULTS}/{{model}}/lens/words.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/read_lens.parquet",
    log:
        f"{LOGS}/read_lens/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/read_lens/{{model}}.jsonl"
    params:
        row=row_of("read_lens"),
        depth=config["vectors"]["main_depth"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("read_lens"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/meaning/read_lens.py"


rule read_intensity:
    message:
        "Readings while a quantity grows, and of words alone, {wildcards.model}"
    input:
        weights=f"{WEIGHTS}/{{model}}/converted",
        templates=f"{STIMULI}/intensity/templates.yaml",
        after=STIMULI_REPORT,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        families=f"{STIMULI}/words/families.yaml",
        stories=f"{RESULTS}/stories.parquet",
        replies=EMOTION_REPLIES,
        code=library_of("meaning/read_intensity"),
    output:
        readings=f"{RESULTS}/{{model}}/intensity/readings.parquet",
        correlations=f"{RESULTS}/{{model}}/intensity/correlations.parquet",
        words=WORD_READINGS,
        evidence=f"{RESULTS}/{{model}}/evidence/read_intensity.parquet",
    log:
        f"{LOGS}/read_intensity/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/read_intensity/{{model}}.jsonl"
    params:
        row=row_of("read_intensity"),
        depth=config["vectors"]["main_depth"],
        batch_tokens=config["compute"]["batch_tokens"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("read_intensity"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/meaning/read_intensity.py"


rule steer_feels:
    message:
        "Emotion words after 'feels' under steering, {wildcards.model}"
    input:
        weights=f"{WEIGHTS}/{{model}}/converted",
        continuations=f"{STIMULI}/continuations/feels.yaml",
        after=[STIMULI_REPORT, *stimulus_files("dialogues")],
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("meaning/steer_feels"),
    output:
        responses=f"{RESULTS}/{{model}}/feels/responses.parquet",
        coherence=f"{RESULTS}/{{model}}/feels/coherence.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/steer_feels.parquet",
    log:
        f"{LOGS}/steer_feels/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/steer_feels/{{model}}.jsonl"
    params:
        row=row_of("steer_feels"),
        depth=config["vectors"]["main_depth"],
        dialogues=f"{STIMULI}/dialogues",
        steering=config["steering"],
        batch_tokens=config["compute"]["batch_tokens"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("steer_feels"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/meaning/steer_feels.py"
