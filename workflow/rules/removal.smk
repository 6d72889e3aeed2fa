"""What emotion subspaces cost when they are removed, and what emotional wording and pressure do without them (S01-S03, S06)."""

from emotion_vectors.removal.kinds import PRESSURE_PARTS

# Acts of which it is asked whether clamps protect from pressure, and their sets.
CLAMPED_ACTS = [act for _, act in PRESSURE_PARTS.values()]
CLAMPED_SETS = sorted({ACTS[name].items for name in CLAMPED_ACTS})


rule remove_subspaces:
    message:
        "Neutral text and two-choice questions without the emotion subspace of {wildcards.model}"
    input:
        capability=f"{STIMULI}/capability/items.jsonl",
        passages=f"{STIMULI}/passages/passages.jsonl",
        after=FUNCTION_REPORT.format(set="capability"),
        weights=f"{WEIGHTS}/{{model}}/converted",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_all=f"{RESULTS}/{{model}}/shuffled_all.safetensors",
        code=library_of("removal/remove_subspaces"),
    output:
        falls=f"{RESULTS}/{{model}}/removal/falls.parquet",
        answers=f"{RESULTS}/{{model}}/removal/answers.parquet",
        first_order=f"{RESULTS}/{{model}}/removal/first_order.parquet",
    log:
        f"{LOGS}/remove_subspaces/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/remove_subspaces/{{model}}.jsonl"
    params:
        row=row_of("remove_subspaces"),
        depth=config["vectors"]["main_depth"],
        plan=config["removal"],
        batch_tokens=config["compute"]["batch_tokens"],
        seed=seed("remove_subspaces"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/removal/remove_subspaces.py"


rule measure_framings:
    message:
        "Questions after emotional and flat words, {wildcards.model}"
    input:
        capability=f"{STIMULI}/capability/items.jsonl",
        framing_words=f"{STIMULI}/framings/framings.jsonl",
        after=[FUNCTION_REPORT.format(set=name) for name in ("capability", "framings")],
        answers=f"{RESULTS}/{{model}}/removal/answers.parquet",
        weights=f"{WEIGHTS}/{{model}}/converted",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("removal/measure_framings"),
    output:
        framed=f"{RESULTS}/{{model}}/removal/framed.parquet",
        nulls=f"{RESULTS}/{{model}}/removal/nulls.parquet",
    log:
        f"{LOGS}/measure_framings/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/measure_framings/{{model}}.jsonl"
    params:
        row=row_of("measure_framings"),
        depth=config["vectors"]["main_depth"],
        plan=config["removal"],
        batch_tokens=config["compute"]["batch_tokens"],
        seed=seed("measure_framings"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/removal/measure_framings.py"


rule clamp_pressure:
    message:
        "Acts of {wildcards.model} under pressure with the emotion subspace clamped"
    input:
        scenes=[act_table.files_of(ACT_SETS, items)[act_table.FIRST] for items in CLAMPED_SETS],
        after=expand(ACT_REPORT, behaviour=CLAMPED_SETS),
        evidence_on_acts=f"{RESULTS}/{{model}}/evidence/evaluate_acts.parquet",
        weights=f"{WEIGHTS}/{{model}}/converted",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("removal/clamp_pressure"),
    output:
        clamped=f"{RESULTS}/{{model}}/removal/clamped.parquet",
    log:
        f"{LOGS}/clamp_pressure/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/clamp_pressure/{{model}}.jsonl"
    params:
        row=row_of("clamp_pressure"),
        rows=[asdict(ACTS[name]) for name in CLAMPED_ACTS],
        depth=config["vectors"]["main_depth"],
        plan=config["removal"],
        batch_tokens=config["compute"]["batch_tokens"],
        seed=seed("clamp_pressure"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/removal/clamp_pressure.py"


rule evaluate_removal:
    message:
        "Evidence on removed and clamped emotion subspaces of {wildcards.model}"
    input:
        falls=f"{RESULTS}/{{model}}/removal/falls.parquet",
        answers=f"{RESULTS}/{{model}}/removal/answers.parquet",
        first_order=f"{RESULTS}/{{model}}/removal/first_order.parquet",
        framed=f"{RESULTS}/{{model}}/removal/framed.parquet",
        nulls=f"{RESULTS}/{{model}}/removal/nulls.parquet",
        clamped=f"{RESULTS}/{{model}}/removal/clamped.parquet",
        evidence_on_acts=f"{RESULTS}/{{model}}/evidence/evaluate_acts.parquet",
        code=library_of("removal/evaluate_removal"),
    output:
        table=f"{RESULTS}/{{model}}/evidence/evaluate_removal.parquet",
    log:
        f"{LOGS}/evaluate_removal/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_removal/{{model}}.jsonl"
    params:
        **DRAWS,
        accuracy=config["removal"]["accuracy"],
        seed=seed("evaluate_removal"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/removal/evaluate_removal.py"
