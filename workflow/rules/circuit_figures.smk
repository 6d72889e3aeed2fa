"""Figures of the emotion circuits and of the overlap of both papers; their names stand with all others in figures.smk."""


rule plot_direction_clarity:
    message:
        "Figure: accuracy and silhouette of held-out prompts by depth"
    input:
        accuracy=expand(f"{RESULTS}/{{model}}/circuits/accuracy.parquet", model=MODELS),
        code=library_of("figures/plot_direction_clarity"),
    output:
        pdf=report(f"{FOLDERS['figures']}/direction_clarity.pdf", caption="../report/direction_clarity.rst", category="Directions"),
        png=report(f"{FOLDERS['figures']}/direction_clarity.png", caption="../report/direction_clarity.rst", category="Directions"),
    log:
        f"{LOGS}/plot_direction_clarity.log",
    benchmark:
        f"{BENCHMARKS}/plot_direction_clarity.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_direction_clarity.py"


rule plot_direction_cosines:
    message:
        "Figure: cosines between the directions of six emotions by depth"
    input:
        cosines=expand(f"{RESULTS}/{{model}}/circuits/cosines.parquet", model=MODELS),
        code=library_of("figures/plot_direction_cosines"),
    output:
        pdf=report(f"{FOLDERS['figures']}/direction_cosines.pdf", caption="../report/direction_cosines.rst", category="Directions"),
        png=report(f"{FOLDERS['figures']}/direction_cosines.png", caption="../report/direction_cosines.rst", category="Directions"),
    log:
        f"{LOGS}/plot_direction_cosines.log",
    benchmark:
        f"{BENCHMARKS}/plot_direction_cosines.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_direction_cosines.py"


rule plot_component_curves:
    message:
        "Figure: emotion scores with neurons and heads silenced or enhanced"
    input:
        curves=expand(f"{RESULTS}/{{model}}/circuits/silenced.parquet", model=MODELS),
        code=library_of("figures/plot_component_curves"),
    output:
        pdf=report(f"{FOLDERS['figures']}/component_curves.pdf", caption="../report/component_curves.rst", category="Circuits"),
        png=report(f"{FOLDERS['figures']}/component_curves.png", caption="../report/component_curves.rst", category="Circuits"),
    log:
        f"{LOGS}/plot_component_curves.log",
    benchmark:
        f"{BENCHMARKS}/plot_component_curves.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_component_curves.py"


rule plot_importance_profile:
    message:
        "Figure: importance of sublayers by depth"
    input:
        importance=expand(f"{RESULTS}/{{model}}/circuits/importance.safetensors", model=MODELS),
        peaks=expand(f"{RESULTS}/{{model}}/circuits/peaks.parquet", model=MODELS),
        code=library_of("figures/plot_importance_profile"),
    output:
        pdf=report(f"{FOLDERS['figures']}/importance_profile.pdf", caption="../report/importance_profile.rst", category="Circuits"),
        png=report(f"{FOLDERS['figures']}/importance_profile.png", caption="../report/importance_profile.rst", category="Circuits"),
    log:
        f"{LOGS}/plot_importance_profile.log",
    benchmark:
        f"{BENCHMARKS}/plot_importance_profile.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_importance_profile.py"


rule plot_circuit_map:
    message:
        "Figure: layers of the neurons and heads of every circuit"
    input:
        circuits=expand(f"{RESULTS}/{{model}}/circuits/circuits.json", model=MODELS),
        code=library_of("figures/plot_circuit_map"),
    output:
        pdf=report(f"{FOLDERS['figures']}/circuit_map.pdf", caption="../report/circuit_map.rst", category="Circuits"),
        png=report(f"{FOLDERS['figures']}/circuit_map.png", caption="../report/circuit_map.rst", category="Circuits"),
    log:
        f"{LOGS}/plot_circuit_map.log",
    benchmark:
        f"{BENCHMARKS}/plot_circuit_map.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_circuit_map.py"


rule plot_circuit_overlap:
    message:
        "Figure: how much the circuits of six emotions share"
    input:
        pairs=expand(f"{RESULTS}/{{model}}/circuits/shared.parquet", model=MODELS),
        circuits=expand(f"{RESULTS}/{{model}}/circuits/circuits.json", model=MODELS),
        components=expand(f"{RESULTS}/{{model}}/circuits/components.safetensors", model=MODELS),
        code=library_of("figures/plot_circuit_overlap"),
    output:
        pdf=report(f"{FOLDERS['figures']}/circuit_overlap.pdf", caption="../report/circuit_overlap.rst", category="Circuits"),
        png=report(f"{FOLDERS['figures']}/circuit_overlap.png", caption="../report/circuit_overlap.rst", category="Circuits"),
    log:
        f"{LOGS}/plot_circuit_overlap.log",
    benchmark:
        f"{BENCHMARKS}/plot_circuit_overlap.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_circuit_overlap.py"


rule plot_method_cosines:
    message:
        "Figure: story vectors and instruction directions side by side, by depth"
    input:
        similarity=expand(f"{RESULTS}/{{model}}/overlap/similarity.parquet", model=MODELS),
        decoding=expand(f"{RESULTS}/{{model}}/overlap/decoding.parquet", model=MODELS),
        code=library_of("figures/plot_method_cosines"),
    output:
        pdf=report(f"{FOLDERS['figures']}/method_cosines.pdf", caption="../report/method_cosines.rst", category="Overlap"),
        png=report(f"{FOLDERS['figures']}/method_cosines.png", caption="../report/method_cosines.rst", category="Overlap"),
    log:
        f"{LOGS}/plot_method_cosines.log",
    benchmark:
        f"{BENCHMARKS}/plot_method_cosines.jsonl"
    params:
        models=MODELS,
        depth=config["vectors"]["main_depth"],
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_method_cosines.py"


rule plot_shared_conduct:
    message:
        "Figure: slopes of behaviour along the directions of both methods"
    input:
        slopes=expand(f"{RESULTS}/{{model}}/overlap/slopes.parquet", model=MODELS),
        code=library_of("figures/plot_shared_conduct"),
    output:
        pdf=report(f"{FOLDERS['figures']}/shared_conduct.pdf", caption="../report/shared_conduct.rst", category="Overlap"),
        png=report(f"{FOLDERS['figures']}/shared_conduct.png", caption="../report/shared_conduct.rst", category="Overlap"),
    log:
        f"{LOGS}/plot_shared_conduct.log",
    benchmark:
        f"{BENCHMARKS}/plot_shared_conduct.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_shared_conduct.py"


rule plot_three_arms:
    message:
        "Figure: replies that voice the emotion aimed at, by arm"
    input:
        expression=expand(f"{RESULTS}/{{model}}/circuits/expression.parquet", model=MODELS),
        code=library_of("figures/plot_three_arms"),
    output:
        pdf=report(f"{FOLDERS['figures']}/three_arms.pdf", caption="../report/three_arms.rst", category="Circuits"),
        png=report(f"{FOLDERS['figures']}/three_arms.png", caption="../report/three_arms.rst", category="Circuits"),
    log:
        f"{LOGS}/plot_three_arms.log",
    benchmark:
        f"{BENCHMARKS}/plot_three_arms.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_three_arms.py"
