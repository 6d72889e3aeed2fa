"""What does a model write? Sampled replies to the behaviour situations, kept word by word."""


rule generate_replies:
    message:
        "Sampled replies of {wildcards.model} to {wildcards.behaviour}"
    input:
        situations=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        report=f"{ACTIVATIONS}/behaviours.json",
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("generate_replies"),
    output:
        f"{RESULTS}/{{model}}/transcripts/{{behaviour}}.jsonl",
    log:
        f"{LOGS}/generate_replies/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{BENCHMARKS}/generate_replies/{{model}}/{{behaviour}}.jsonl"
    params:
        row=row_of,
        # No output, so that it outlives a killed run and the next one goes on from it.
        partial=f"{RESULTS}/{{model}}/transcripts/.{{behaviour}}.partial",
        settings=config["generation"],
        seed=seed("generate_replies"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/generate_replies.py"
