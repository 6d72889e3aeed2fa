"""Held-out texts decoded by emotion vectors, beside an untrained twin and word counts (A01, A02, S05)."""


def residual_cells(wildcards):
    """Word-residual cells: an input of the trained model only."""
    return (
        []
        if wildcards.subject.endswith("/reinitialised")
        else [f"{RESULTS}/{wildcards.subject}/word_residual.safetensors"]
    )


rule decode_texts:
    message:
        "Held-out stories and implicit messages decoded by the vectors of {wildcards.subject}"
    input:
        activations=f"{ACTIVATIONS}/{{subject}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{subject}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        norms=NORMS,
        vectors=f"{RESULTS}/{{subject}}/vectors.safetensors",
        messages=f"{ACTIVATIONS}/{{subject}}/activations/messages.safetensors",
        residual=residual_cells,
        code=library_of("decoding/decode_texts"),
    output:
        hits=f"{RESULTS}/{{subject}}/decoding/hits.parquet",
        ranks=f"{RESULTS}/{{subject}}/messages/ranks.parquet",
    log:
        f"{LOGS}/decode_texts/{{subject}}.log",
    benchmark:
        f"{BENCHMARKS}/decode_texts/{{subject}}.jsonl"
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/decoding/decode_texts.py"


rule decode_words:
    message:
        "Held-out stories and implicit messages decoded by word counts"
    input:
        stories=f"{RESULTS}/stories.parquet",
        norms=NORMS,
        after=stimulus_files("messages"),
        code=library_of("decoding/decode_words"),
    output:
        hits=f"{RESULTS}/words/hits.parquet",
        ranks=f"{RESULTS}/words/message_ranks.parquet",
    log:
        f"{LOGS}/decode_words.log",
    benchmark:
        f"{BENCHMARKS}/decode_words.jsonl"
    params:
        folder=f"{STIMULI}/messages",
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/decoding/decode_words.py"


rule evaluate_decoding:
    message:
        "Accuracy of story decoding by depth, {wildcards.model}"
    input:
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        norms=NORMS,
        hits=f"{RESULTS}/{{model}}/decoding/hits.parquet",
        words=f"{RESULTS}/words/hits.parquet",
        code=library_of("decoding/evaluate_decoding"),
    output:
        accuracy=f"{RESULTS}/{{model}}/decoding/accuracy.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/evaluate_decoding.parquet",
    log:
        f"{LOGS}/evaluate_decoding/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_decoding/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        sets=config["statistics"]["shuffled_sets"],
        shuffles=config["statistics"]["shuffles"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("evaluate_decoding"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/decoding/evaluate_decoding.py"


rule evaluate_messages:
    message:
        "Implicit messages by depth, {wildcards.model}"
    input:
        messages=f"{ACTIVATIONS}/{{model}}/activations/messages.safetensors",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_all=f"{RESULTS}/{{model}}/shuffled_all.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        ranks=f"{RESULTS}/{{model}}/messages/ranks.parquet",
        words=f"{RESULTS}/words/message_ranks.parquet",
        code=library_of("decoding/evaluate_messages"),
    output:
        rates=f"{RESULTS}/{{model}}/messages/rates.parquet",
        heatmap=f"{RESULTS}/{{model}}/messages/heatmap.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/evaluate_messages.parquet",
    log:
        f"{LOGS}/evaluate_messages/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_messages/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("evaluate_messages"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/decoding/evaluate_messages.py"


rule compare_training:
    message:
        "{wildcards.model} beside its re-initialised twin, word counts and word-residual vectors"
    input:
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        messages=f"{ACTIVATIONS}/{{model}}/activations/messages.safetensors",
        residual=f"{RESULTS}/{{model}}/word_residual.safetensors",
        trained_hits=f"{RESULTS}/{{model}}/decoding/hits.parquet",
        reinitialised_hits=f"{RESULTS}/{{model}}/reinitialised/decoding/hits.parquet",
        word_hits=f"{RESULTS}/words/hits.parquet",
        trained_ranks=f"{RESULTS}/{{model}}/messages/ranks.parquet",
        reinitialised_ranks=f"{RESULTS}/{{model}}/reinitialised/messages/ranks.parquet",
        word_ranks=f"{RESULTS}/words/message_ranks.parquet",
        code=library_of("decoding/compare_training"),
    output:
        summary=f"{RESULTS}/{{model}}/training/summary.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/compare_training.parquet",
    log:
        f"{LOGS}/compare_training/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compare_training/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        shuffles=config["statistics"]["shuffles"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("compare_training"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/decoding/compare_training.py"
