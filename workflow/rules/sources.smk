"""What else an emotion can be read from, and what vectors add to it (A01b, A02b, S05b)."""


rule embed_texts:
    message:
        "Sentence embeddings of the texts that vectors are held against"
    input:
        norms=NORMS,
        after=[STIMULI_REPORT, *stimulus_files("stories", "messages")],
        encoder=ENCODER,
        code=library_of("sources/embed_texts"),
    output:
        sentences=SENTENCES,
    log:
        f"{ACTIVATIONS}/logs/embed_texts.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/embed_texts.jsonl"
    params:
        stories=f"{STIMULI}/stories",
        messages=f"{STIMULI}/messages",
        topics=config["stories"]["topics"],
        second=config["stories"]["second"],
    threads: threads_of("model")
    resources:
        **resources_of("model", "encoder"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/sources/embed_texts.py"


rule decode_sources:
    message:
        "Vectors of {wildcards.model} beside words, style, input embeddings and the re-initialised twin"
    input:
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        messages=f"{ACTIVATIONS}/{{model}}/activations/messages.safetensors",
        twin=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/stories.safetensors",
        twin_neutral=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/neutral.safetensors",
        twin_messages=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/messages.safetensors",
        sentences=SENTENCES,
        stories=f"{RESULTS}/stories.parquet",
        second_stories=SECOND_STORIES,
        norms=NORMS,
        after=stimulus_files("messages"),
        code=library_of("sources/decode_sources"),
    output:
        rates=f"{RESULTS}/{{model}}/decoding/sources.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/decode_sources.parquet",
        nonmodels=f"{RESULTS}/{{model}}/nonmodels/decode_sources.parquet",
    log:
        f"{LOGS}/decode_sources/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/decode_sources/{{model}}.jsonl"
    params:
        **DRAWS,
        folder=f"{STIMULI}/messages",
        depth=config["vectors"]["main_depth"],
        seed=seed("decode_sources"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/sources/decode_sources.py"
