"""Conduct read as a difference in differences: the same short replies where they are an act, and where they are none (A19b-A29b, S04b, S07, S08)."""


rule check_acts:
    message:
        "Checking the set of acts {wildcards.behaviour} against its rules"
    input:
        first=lambda wildcards: act_table.files_of(ACT_SETS, wildcards.behaviour)[act_table.FIRST],
        second=lambda wildcards: act_table.files_of(ACT_SETS, wildcards.behaviour)[act_table.SECOND],
        orders=ORDERS,
        words=f"{STIMULI}/events/emotion_words.yaml",
        schema="workflow/schemas/act_item.schema.yaml",
        norms=NORMS,
        code=library_of("acts/check_acts"),
    output:
        report=ACT_REPORT,
    log:
        f"{ACTIVATIONS}/logs/check_acts/{{behaviour}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/check_acts/{{behaviour}}.jsonl"
    params:
        rows=acts_on,
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/acts/check_acts.py"


rule capture_acts:
    message:
        "Replies and gradients of {wildcards.model} on the acts of {wildcards.behaviour}"
    input:
        first=lambda wildcards: act_table.files_of(ACT_SETS, wildcards.behaviour)[act_table.FIRST],
        second=lambda wildcards: act_table.files_of(ACT_SETS, wildcards.behaviour)[act_table.SECOND],
        orders=ORDERS,
        feelings=FEELINGS,
        after=ACT_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("acts/capture_acts"),
    output:
        replies=f"{ACTIVATIONS}/{{model}}/acts/{{behaviour}}.parquet",
        gradients=f"{ACTIVATIONS}/{{model}}/acts/{{behaviour}}.safetensors",
    log:
        f"{ACTIVATIONS}/logs/capture_acts/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/capture_acts/{{model}}/{{behaviour}}.jsonl"
    params:
        row=row_of("capture_acts"),
        rows=acts_on,
        depth=config["vectors"]["main_depth"],
        at_most=config["acts"]["situations"],
        told_situations=config["acts"]["told_situations"],
        told_wordings=config["acts"]["told_wordings"],
        told_acts=TOLD_ACTS,
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/acts/capture_acts.py"


rule compute_acts:
    message:
        "Gates of every act, and slopes along every emotion vector of {wildcards.model}"
    input:
        acts=ACT_TABLE,
        schema=ACT_SCHEMA,
        norms=NORMS,
        replies=expand(f"{ACTIVATIONS}/{{{{model}}}}/acts/{{behaviour}}.parquet", behaviour=SETS_OF_ACTS),
        gradients=expand(f"{ACTIVATIONS}/{{{{model}}}}/acts/{{behaviour}}.safetensors", behaviour=SETS_OF_ACTS),
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_all=f"{RESULTS}/{{model}}/shuffled_all.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        probed=probe_of,
        code=library_of("acts/compute_acts"),
    output:
        effects=f"{RESULTS}/{{model}}/acts/effects.parquet",
        by_scenario=ACT_SLOPES,
        by_depth=f"{RESULTS}/{{model}}/acts/by_depth.parquet",
        changes=f"{RESULTS}/{{model}}/acts/changes.parquet",
        sensitivity_table=f"{RESULTS}/{{model}}/gates/acts.parquet",
    log:
        f"{LOGS}/compute_acts/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compute_acts/{{model}}.jsonl"
    params:
        # What claims ask for, and not their files: a note on a claim changes no effect.
        joint={name: act_table.joint_emotions(CLAIMS, act) for name, act in ACTS.items()},
        depth=config["vectors"]["main_depth"],
        limits=config["acts"]["gates"],
        nulls=config["statistics"]["shuffles"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("compute_acts"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/acts/compute_acts.py"


rule steer_acts:
    message:
        "Finite strengths of emotion vectors on the acts of {wildcards.behaviour}, {wildcards.model}"
    input:
        first=lambda wildcards: act_table.files_of(ACT_SETS, wildcards.behaviour)[act_table.FIRST],
        after=ACT_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        gates=f"{RESULTS}/{{model}}/gates/acts.parquet",
        code=library_of("acts/steer_acts"),
    output:
        steered=f"{RESULTS}/{{model}}/acts/steered/{{behaviour}}.parquet",
    log:
        f"{LOGS}/steer_acts/{{model}}/{{behaviour}}.log",
    benchmark:
        f"{BENCHMARKS}/steer_acts/{{model}}/{{behaviour}}.jsonl"
    params:
        row=row_of("steer_acts"),
        rows=lambda wildcards: [row for row in acts_on(wildcards) if row["name"] in STEERED_ACTS],
        emotions={name: act_table.dosed_emotions(CLAIMS, ACTS[name]) for name in STEERED_ACTS},
        depth=config["vectors"]["main_depth"],
        at_most=config["acts"]["dosed_situations"],
        strengths=config["acts"]["strengths"],
        nulls=config["acts"]["nulls_of_each_kind"],
        batch_tokens=config["compute"]["batch_tokens"],
        seed=seed("steer_acts"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/acts/steer_acts.py"


rule evaluate_acts:
    message:
        "Evidence on the acts of {wildcards.model}"
    input:
        acts=ACT_TABLE,
        schema=ACT_SCHEMA,
        claims=CLAIM_FILES,
        claim_schema=CLAIM_SCHEMA,
        effects=f"{RESULTS}/{{model}}/acts/effects.parquet",
        sensitivity_table=f"{RESULTS}/{{model}}/gates/acts.parquet",
        steered=expand(
            f"{RESULTS}/{{{{model}}}}/acts/steered/{{behaviour}}.parquet",
            behaviour=[] if LABELS_ALONE else STEERED_SETS_OF_ACTS,
        ),
        coherence=[] if LABELS_ALONE else [f"{RESULTS}/{{model}}/steered/coherence.parquet"],
        replies=expand(f"{ACTIVATIONS}/{{{{model}}}}/acts/{{behaviour}}.parquet", behaviour=SETS_OF_ACTS),
        gradients=expand(f"{ACTIVATIONS}/{{{{model}}}}/acts/{{behaviour}}.safetensors", behaviour=SETS_OF_ACTS),
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("acts/evaluate_acts"),
    output:
        table=f"{RESULTS}/{{model}}/evidence/evaluate_acts.parquet",
    log:
        f"{LOGS}/evaluate_acts/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_acts/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        guard_nats=config["steering"]["guard_nats"],
        nulls=config["statistics"]["shuffles"],
        flips=config["statistics"]["shuffles"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("evaluate_acts"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/acts/evaluate_acts.py"
