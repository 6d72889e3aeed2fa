"""Speed and memory of the engine."""


rule benchmark_engine:
    message:
        "Speed and memory of the engine"
    input:
        weights=f"{WEIGHTS}/{RUN_MODELS[0]}/converted",
        norms=NORMS,
        situations=f"{BEHAVIOURS}/blackmail.jsonl",
        events=EVENTS["fit"],
        after=[STIMULI_REPORT, *stimulus_files("stories")],
        code=library_of("benchmarks/benchmark_engine"),
    output:
        measured=ENGINE_BENCHMARK,
    log:
        f"{ACTIVATIONS}/logs/benchmark_engine.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/benchmark_engine.jsonl"
    params:
        row=used_of(RUN_MODELS[0], "benchmark_engine"),
        stories={"folder": f"{STIMULI}/stories", "topics": config["stories"]["topics"], "count": 16},
        settings={
            "first_token": config["vectors"]["first_token"],
            "depth": config["vectors"]["main_depth"],
            "batch_tokens": config["compute"]["batch_tokens"],
            "repetitions": config["compute"]["benchmark_repetitions"],
        },
        sampling={
            "new_tokens": CIRCUITS["new_tokens"],
            **{name: config["generation"][name] for name in ("temperature", "top_p")},
        },
    threads: threads_of("benchmark")
    resources:
        **resources_of("benchmark", RUN_MODELS[0]),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/benchmarks/benchmark_engine.py"


rule record_run_times:
    message:
        "How long the study took"
    input:
        after=[f"{RESULTS}/claims.json", *FIGURES],
        told=expand(TOLD, model=PUBLISHED_MODELS),
        code=library_of("benchmarks/record_run_times"),
    output:
        times=report(f"{RESULTS}/run_times.json", caption="../report/run_times.rst", category="Run times"),
    log:
        f"{LOGS}/record_run_times.log",
    benchmark:
        f"{BENCHMARKS}/record_run_times.jsonl"
    params:
        tier=config["tier"],
        models=RUN_MODELS,
        benchmark_folders=BENCHMARK_FOLDERS,
        precision=PRECISION,
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/benchmarks/record_run_times.py"
