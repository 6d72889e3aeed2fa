"""Figures of the study, and the list of them."""

FIGURE_NAMES = (
    "accuracy_by_depth",
    "implicit_messages",
    "intensity_curves",
    "logit_lens",
    "circumplex",
    "cosine_matrix",
    "similarity_across_depth",
    "training_or_words",
    "conduct_slopes",
    "slopes_by_depth",
    "dose_curves",
    "tone_adjusted",
    "pleasing_plane",
    "direction_clarity",
    "direction_cosines",
    "component_curves",
    "importance_profile",
    "circuit_map",
    "circuit_overlap",
    "method_cosines",
    "shared_conduct",
    "three_arms",
)
FIGURES = expand(f"{FOLDERS['figures']}/{{name}}.{{format}}", name=FIGURE_NAMES, format=("pdf", "png"))
FIGURE_REGISTER = "workflow/report/figures.yaml"


rule plot_accuracy_by_depth:
    message:
        "Figure: decoding of stories by depth"
    input:
        accuracy=expand(f"{RESULTS}/{{model}}/decoding/accuracy.parquet", model=MODELS),
        twins=expand(f"{RESULTS}/{{model}}/reinitialised/decoding/hits.parquet", model=MODELS),
        code=library_of("figures/plot_accuracy_by_depth"),
    output:
        pdf=report(f"{FOLDERS['figures']}/accuracy_by_depth.pdf", caption="../report/accuracy_by_depth.rst", category="Meaning"),
        png=report(f"{FOLDERS['figures']}/accuracy_by_depth.png", caption="../report/accuracy_by_depth.rst", category="Meaning"),
    log:
        f"{LOGS}/plot_accuracy_by_depth.log",
    benchmark:
        f"{BENCHMARKS}/plot_accuracy_by_depth.jsonl"
    params:
        models=MODELS,
        depth=config["vectors"]["main_depth"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("plot_accuracy_by_depth"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_accuracy_by_depth.py"


rule plot_implicit_messages:
    message:
        "Figure: messages that imply an emotion, against vectors"
    input:
        heatmaps=expand(f"{RESULTS}/{{model}}/messages/heatmap.parquet", model=MODELS),
        code=library_of("figures/plot_implicit_messages"),
    output:
        pdf=report(f"{FOLDERS['figures']}/implicit_messages.pdf", caption="../report/implicit_messages.rst", category="Meaning"),
        png=report(f"{FOLDERS['figures']}/implicit_messages.png", caption="../report/implicit_messages.rst", category="Meaning"),
    log:
        f"{LOGS}/plot_implicit_messages.log",
    benchmark:
        f"{BENCHMARKS}/plot_implicit_messages.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_implicit_messages.py"


rule plot_intensity_curves:
    message:
        "Figure: readings against the number in a message"
    input:
        readings=expand(f"{RESULTS}/{{model}}/intensity/readings.parquet", model=MODELS),
        correlations=expand(f"{RESULTS}/{{model}}/intensity/correlations.parquet", model=MODELS),
        code=library_of("figures/plot_intensity_curves"),
    output:
        pdf=report(f"{FOLDERS['figures']}/intensity_curves.pdf", caption="../report/intensity_curves.rst", category="Meaning"),
        png=report(f"{FOLDERS['figures']}/intensity_curves.png", caption="../report/intensity_curves.rst", category="Meaning"),
    log:
        f"{LOGS}/plot_intensity_curves.log",
    benchmark:
        f"{BENCHMARKS}/plot_intensity_curves.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_intensity_curves.py"


rule plot_logit_lens:
    message:
        "Figure: tokens that emotion vectors raise and lower most"
    input:
        words=expand(f"{RESULTS}/{{model}}/lens/words.parquet", model=MODELS),
        auc=expand(f"{RESULTS}/{{model}}/lens/auc.parquet", model=MODELS),
        code=library_of("figures/plot_logit_lens"),
    output:
        pdf=report(f"{FOLDERS['figures']}/logit_lens.pdf", caption="../report/logit_lens.rst", category="Meaning"),
        png=report(f"{FOLDERS['figures']}/logit_lens.png", caption="../report/logit_lens.rst", category="Meaning"),
    log:
        f"{LOGS}/plot_logit_lens.log",
    benchmark:
        f"{BENCHMARKS}/plot_logit_lens.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_logit_lens.py"


rule plot_circumplex:
    message:
        "Figure: emotions on two components, beside human ratings"
    input:
        scores=expand(f"{RESULTS}/{{model}}/geometry/scores.parquet", model=MODELS),
        correlations=expand(f"{RESULTS}/{{model}}/geometry/correlations.parquet", model=MODELS),
        code=library_of("figures/plot_circumplex"),
    output:
        pdf=report(f"{FOLDERS['figures']}/circumplex.pdf", caption="../report/circumplex.rst", category="Geometry"),
        png=report(f"{FOLDERS['figures']}/circumplex.png", caption="../report/circumplex.rst", category="Geometry"),
    log:
        f"{LOGS}/plot_circumplex.log",
    benchmark:
        f"{BENCHMARKS}/plot_circumplex.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_circumplex.py"


rule plot_cosine_matrix:
    message:
        "Figure: cosines between emotion vectors"
    input:
        cosines=expand(f"{RESULTS}/{{model}}/geometry/cosines.parquet", model=MODELS),
        families=f"{STIMULI}/words/clusters.yaml",
        code=library_of("figures/plot_cosine_matrix"),
    output:
        pdf=report(f"{FOLDERS['figures']}/cosine_matrix.pdf", caption="../report/cosine_matrix.rst", category="Geometry"),
        png=report(f"{FOLDERS['figures']}/cosine_matrix.png", caption="../report/cosine_matrix.rst", category="Geometry"),
    log:
        f"{LOGS}/plot_cosine_matrix.log",
    benchmark:
        f"{BENCHMARKS}/plot_cosine_matrix.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_cosine_matrix.py"


rule plot_similarity_across_depth:
    message:
        "Figure: similarity of the emotion structure between layers"
    input:
        similarity=expand(f"{RESULTS}/{{model}}/geometry/depths.parquet", model=MODELS),
        code=library_of("figures/plot_similarity_across_depth"),
    output:
        pdf=report(f"{FOLDERS['figures']}/similarity_across_depth.pdf", caption="../report/similarity_across_depth.rst", category="Geometry"),
        png=report(f"{FOLDERS['figures']}/similarity_across_depth.png", caption="../report/similarity_across_depth.rst", category="Geometry"),
    log:
        f"{LOGS}/plot_similarity_across_depth.log",
    benchmark:
        f"{BENCHMARKS}/plot_similarity_across_depth.jsonl"
    params:
        models=MODELS,
        depth=config["vectors"]["main_depth"],
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_similarity_across_depth.py"


rule plot_training_or_words:
    message:
        "Figure: what training adds"
    input:
        summaries=expand(f"{RESULTS}/{{model}}/training/summary.parquet", model=MODELS),
        training=expand(f"{RESULTS}/{{model}}/evidence/compare_training.parquet", model=MODELS),
        decoding=expand(f"{RESULTS}/{{model}}/evidence/evaluate_decoding.parquet", model=MODELS),
        messages=expand(f"{RESULTS}/{{model}}/evidence/evaluate_messages.parquet", model=MODELS),
        code=library_of("figures/plot_training_or_words"),
    output:
        pdf=report(f"{FOLDERS['figures']}/training_or_words.pdf", caption="../report/training_or_words.rst", category="Training or words"),
        png=report(f"{FOLDERS['figures']}/training_or_words.png", caption="../report/training_or_words.rst", category="Training or words"),
    log:
        f"{LOGS}/plot_training_or_words.log",
    benchmark:
        f"{BENCHMARKS}/plot_training_or_words.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_training_or_words.py"


rule plot_conduct_slopes:
    message:
        "Figure: slopes of conduct along every emotion vector"
    input:
        effects=expand(f"{RESULTS}/{{model}}/slopes/effects.parquet", model=MODELS),
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        code=library_of("figures/plot_conduct_slopes"),
    output:
        pdf=report(f"{FOLDERS['figures']}/conduct_slopes.pdf", caption="../report/conduct_slopes.rst", category="Conduct"),
        png=report(f"{FOLDERS['figures']}/conduct_slopes.png", caption="../report/conduct_slopes.rst", category="Conduct"),
    log:
        f"{LOGS}/plot_conduct_slopes.log",
    benchmark:
        f"{BENCHMARKS}/plot_conduct_slopes.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_conduct_slopes.py"


rule plot_slopes_by_depth:
    message:
        "Figure: slopes of conduct by depth"
    input:
        by_depth=expand(f"{RESULTS}/{{model}}/slopes/by_depth.parquet", model=MODELS),
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        code=library_of("figures/plot_slopes_by_depth"),
    output:
        pdf=report(f"{FOLDERS['figures']}/slopes_by_depth.pdf", caption="../report/slopes_by_depth.rst", category="Conduct"),
        png=report(f"{FOLDERS['figures']}/slopes_by_depth.png", caption="../report/slopes_by_depth.rst", category="Conduct"),
    log:
        f"{LOGS}/plot_slopes_by_depth.log",
    benchmark:
        f"{BENCHMARKS}/plot_slopes_by_depth.jsonl"
    params:
        models=MODELS,
        depth=config["vectors"]["main_depth"],
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_slopes_by_depth.py"


rule plot_dose_curves:
    message:
        "Figure: change of conduct against strength"
    input:
        steered=expand(f"{RESULTS}/{{model}}/steered/{{behaviour}}.parquet", model=MODELS, behaviour=DOSED_SETS),
        by_item=expand(f"{RESULTS}/{{model}}/slopes/by_item.parquet", model=MODELS),
        coherence=expand(f"{RESULTS}/{{model}}/steered/coherence.parquet", model=MODELS),
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        code=library_of("figures/plot_dose_curves"),
    output:
        pdf=report(f"{FOLDERS['figures']}/dose_curves.pdf", caption="../report/dose_curves.rst", category="Conduct"),
        png=report(f"{FOLDERS['figures']}/dose_curves.png", caption="../report/dose_curves.rst", category="Conduct"),
    log:
        f"{LOGS}/plot_dose_curves.log",
    benchmark:
        f"{BENCHMARKS}/plot_dose_curves.jsonl"
    params:
        models=MODELS,
        guard_nats=config["steering"]["guard_nats"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("plot_dose_curves"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_dose_curves.py"


rule plot_tone_adjusted:
    message:
        "Figure: slopes of conduct without what tone explains"
    input:
        effects=expand(f"{RESULTS}/{{model}}/slopes/effects.parquet", model=MODELS),
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        code=library_of("figures/plot_tone_adjusted"),
    output:
        pdf=report(f"{FOLDERS['figures']}/tone_adjusted.pdf", caption="../report/tone_adjusted.rst", category="Conduct"),
        png=report(f"{FOLDERS['figures']}/tone_adjusted.png", caption="../report/tone_adjusted.rst", category="Conduct"),
    log:
        f"{LOGS}/plot_tone_adjusted.log",
    benchmark:
        f"{BENCHMARKS}/plot_tone_adjusted.jsonl"
    params:
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_tone_adjusted.py"


rule plot_pleasing_plane:
    message:
        "Figure: pleasing against harshness, all emotions"
    input:
        effects=expand(f"{RESULTS}/{{model}}/slopes/effects.parquet", model=MODELS),
        norms=NORMS,
        code=library_of("figures/plot_pleasing_plane"),
    output:
        pdf=report(f"{FOLDERS['figures']}/pleasing_plane.pdf", caption="../report/pleasing_plane.rst", category="Conduct"),
        png=report(f"{FOLDERS['figures']}/pleasing_plane.png", caption="../report/pleasing_plane.rst", category="Conduct"),
    log:
        f"{LOGS}/plot_pleasing_plane.log",
    benchmark:
        f"{BENCHMARKS}/plot_pleasing_plane.jsonl"
    params:
        models=MODELS,
        across="pleasing",
        up="harshness",
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_pleasing_plane.py"


rule list_figures:
    message:
        "List of figures with their claims, rules and data"
    input:
        register=FIGURE_REGISTER,
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        code=library_of("figures/list_figures"),
    output:
        f"{FOLDERS['figures']}/README.md",
    log:
        f"{LOGS}/list_figures.log",
    benchmark:
        f"{BENCHMARKS}/list_figures.jsonl"
    params:
        results=RESULTS,
        models=MODELS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/list_figures.py"


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
