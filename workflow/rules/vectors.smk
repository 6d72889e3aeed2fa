"""Activations of stories, neutral texts and messages, and the vectors made of them."""


rule capture_stories:
    message:
        "Story activations of {wildcards.subject}"
    input:
        after=stimulus_files("stories"),
        report=STIMULI_REPORT,
        norms=NORMS,
        weights=lambda wildcards: f"{WEIGHTS}/{model_of(wildcards)}/converted",
        code=library_of("vectors/capture_stories"),
    output:
        activations=f"{ACTIVATIONS}/{{subject}}/activations/stories.safetensors",
    log:
        f"{ACTIVATIONS}/logs/capture_stories/{{subject}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/capture_stories/{{subject}}.jsonl"
    params:
        folder=f"{STIMULI}/stories",
        topics=config["stories"]["topics"],
        second=config["stories"]["second"],
        first_token=config["vectors"]["first_token"],
        row=row_of("capture_stories"),
        twin=twin_of,
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/vectors/capture_stories.py"


rule capture_neutral:
    message:
        "Neutral components of {wildcards.subject}"
    input:
        after=[STIMULI_REPORT, *stimulus_files("dialogues")],
        weights=lambda wildcards: f"{WEIGHTS}/{model_of(wildcards)}/converted",
        code=library_of("vectors/capture_neutral"),
    output:
        neutral=f"{ACTIVATIONS}/{{subject}}/activations/neutral.safetensors",
    log:
        f"{ACTIVATIONS}/logs/capture_neutral/{{subject}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/capture_neutral/{{subject}}.jsonl"
    params:
        folder=f"{STIMULI}/dialogues",
        per_topic=config["vectors"]["dialogues_per_topic"],
        share=config["vectors"]["neutral_variance"],
        row=row_of("capture_neutral"),
        twin=twin_of,
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/vectors/capture_neutral.py"


rule capture_messages:
    message:
        "Message activations of {wildcards.subject}"
    input:
        after=[STIMULI_REPORT, *stimulus_files("messages")],
        norms=NORMS,
        weights=lambda wildcards: f"{WEIGHTS}/{model_of(wildcards)}/converted",
        code=library_of("vectors/capture_messages"),
    output:
        states=f"{ACTIVATIONS}/{{subject}}/activations/messages.safetensors",
    log:
        f"{ACTIVATIONS}/logs/capture_messages/{{subject}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/capture_messages/{{subject}}.jsonl"
    params:
        folder=f"{STIMULI}/messages",
        row=row_of("capture_messages"),
        twin=twin_of,
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/vectors/capture_messages.py"


rule compute_vectors:
    message:
        "Emotion vectors of {wildcards.subject}"
    input:
        activations=f"{ACTIVATIONS}/{{subject}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{subject}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        norms=NORMS,
        code=library_of("vectors/compute_vectors"),
    output:
        vectors=f"{RESULTS}/{{subject}}/vectors.safetensors",
    log:
        f"{LOGS}/compute_vectors/{{subject}}.log",
    benchmark:
        f"{BENCHMARKS}/compute_vectors/{{subject}}.jsonl"
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/vectors/compute_vectors.py"


rule compute_variants:
    message:
        "Emotion vectors of {wildcards.model} under other choices, and activations without what words predict"
    input:
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        norms=NORMS,
        code=library_of("vectors/compute_variants"),
    output:
        variants=f"{RESULTS}/{{model}}/variants.safetensors",
        comparison=f"{RESULTS}/{{model}}/decoding/corpora.parquet",
        residual=f"{RESULTS}/{{model}}/word_residual.safetensors",
    log:
        f"{LOGS}/compute_variants/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compute_variants/{{model}}.jsonl"
    params:
        corpora=list(config["stories"]["topics"]),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/vectors/compute_variants.py"


rule shuffle_vectors:
    message:
        "Label-shuffled vectors of {wildcards.model}, layers: {wildcards.layers}"
    input:
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        norms=NORMS,
        code=library_of("vectors/shuffle_vectors"),
    output:
        shuffled=f"{RESULTS}/{{model}}/shuffled_{{layers}}.safetensors",
    log:
        f"{LOGS}/shuffle_vectors/{{model}}_{{layers}}.log",
    benchmark:
        f"{BENCHMARKS}/shuffle_vectors/{{model}}_{{layers}}.jsonl"
    params:
        depth=lambda wildcards: config["vectors"]["main_depth"] if wildcards.layers == "main" else None,
        sets=lambda wildcards: config["statistics"]["shuffles" if wildcards.layers == "main" else "shuffled_sets"],
        seed=lambda wildcards: seed(f"shuffle_{wildcards.layers}"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/vectors/shuffle_vectors.py"
