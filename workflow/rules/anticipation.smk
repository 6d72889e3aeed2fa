"""What is held at the end of a user's turn, before the reply and in it, and of the other speaker (A11, A12, A15)."""

ANTICIPATION = config["anticipation"]
USER_SITUATIONS = f"{STIMULI}/states/situations.jsonl"
USER_PROMPTS = f"{STIMULI}/prompts/prompts.jsonl"


rule answer_users:
    message:
        "Replies of {wildcards.model} to situations and prompts of users"
    input:
        situations=USER_SITUATIONS,
        prompts=USER_PROMPTS,
        after=expand(FUNCTION_REPORT, set=["states", "prompts"]),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("anticipation/answer_users"),
    output:
        transcript=ANSWERED_USERS,
    log:
        f"{ACTIVATIONS}/logs/answer_users/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/answer_users/{{model}}.jsonl"
    params:
        row=row_of("answer_users"),
        # No output, so that it outlives a killed run and the next one goes on from it.
        partial=f"{ACTIVATIONS}/{{model}}/anticipation/.replies.partial",
        amounts=ANTICIPATION,
        settings={
            **{name: config["generation"][name] for name in ("temperature", "top_p")},
            "memory_mib": config["compute"]["decoding_mib"],
        },
        code_sha256=code_digest,
        seed=seed("answer_users"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/anticipation/answer_users.py"


rule read_situations:
    message:
        "States of {wildcards.model} around the end of users' turns and over what follows"
    input:
        situations=USER_SITUATIONS,
        prompts=USER_PROMPTS,
        dialogues=f"{STIMULI}/speakers/dialogues.jsonl",
        after=expand(FUNCTION_REPORT, set=["states", "prompts", "speakers"]),
        transcript=ANSWERED_USERS,
        encoder=ENCODER,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("anticipation/read_situations"),
    output:
        states=USER_STATES,
    log:
        f"{ACTIVATIONS}/logs/read_situations/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/read_situations/{{model}}.jsonl"
    params:
        row=row_of("read_situations"),
        amounts=ANTICIPATION,
        depth=config["vectors"]["main_depth"],
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/anticipation/read_situations.py"


rule evaluate_anticipation:
    message:
        "What the states of {wildcards.model} hold of users, of the coming reply, and of the other speaker"
    input:
        situations=USER_SITUATIONS,
        prompts=USER_PROMPTS,
        states=USER_STATES,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        norms=NORMS,
        code=library_of("anticipation/evaluate_anticipation"),
    output:
        points=f"{RESULTS}/{{model}}/anticipation/points.parquet",
        lines=f"{RESULTS}/{{model}}/anticipation/lines.parquet",
        conditions=f"{RESULTS}/{{model}}/gates/anticipation.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/evaluate_anticipation.parquet",
    log:
        f"{LOGS}/evaluate_anticipation/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_anticipation/{{model}}.jsonl"
    params:
        **DRAWS,
        amounts=ANTICIPATION,
        coherent=config["gates"]["coherent"],
        depth=config["vectors"]["main_depth"],
        placebo=PLACEBO_SEED,
        seed=seed("evaluate_anticipation"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/anticipation/evaluate_anticipation.py"
