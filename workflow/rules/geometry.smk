"""How emotion vectors are arranged: components, clusters, depth (A06-A10, A06b-A10b)."""


rule analyze_components:
    message:
        "Principal components of the emotion vectors of {wildcards.model} against human valence and arousal"
    input:
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        second_stories=SECOND_STORIES,
        twin=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/stories.safetensors",
        twin_neutral=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/neutral.safetensors",
        norms=NORMS,
        code=library_of("geometry/analyze_components"),
    output:
        scores=f"{RESULTS}/{{model}}/geometry/scores.parquet",
        correlations=f"{RESULTS}/{{model}}/geometry/correlations.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/analyze_components.parquet",
        nonmodels=f"{RESULTS}/{{model}}/nonmodels/analyze_components.parquet",
    log:
        f"{LOGS}/analyze_components/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/analyze_components/{{model}}.jsonl"
    params:
        **DRAWS,
        depth=config["vectors"]["main_depth"],
        seed=seed("analyze_components"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/geometry/analyze_components.py"


rule cluster_vectors:
    message:
        "Clusters and opposites among the emotion vectors of {wildcards.model}"
    input:
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        second_stories=SECOND_STORIES,
        twin=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/stories.safetensors",
        twin_neutral=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/neutral.safetensors",
        families=f"{STIMULI}/words/clusters.yaml",
        antonyms=f"{STIMULI}/words/antonyms.yaml",
        code=library_of("geometry/cluster_vectors"),
    output:
        clusters=f"{RESULTS}/{{model}}/geometry/clusters.parquet",
        cosines=f"{RESULTS}/{{model}}/geometry/cosines.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/cluster_vectors.parquet",
        nonmodels=f"{RESULTS}/{{model}}/nonmodels/cluster_vectors.parquet",
    log:
        f"{LOGS}/cluster_vectors/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/cluster_vectors/{{model}}.jsonl"
    params:
        **DRAWS,
        depth=config["vectors"]["main_depth"],
        starts=config["statistics"]["cluster_starts"],
        runs=config["statistics"]["cluster_runs"],
        clusterings=config["statistics"]["clusterings"],
        seed=seed("cluster_vectors"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/geometry/cluster_vectors.py"


rule compare_depths:
    message:
        "Emotion structure of {wildcards.model} across depth"
    input:
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        norms=NORMS,
        twin=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/stories.safetensors",
        twin_neutral=f"{ACTIVATIONS}/{{model}}/reinitialised/activations/neutral.safetensors",
        second_stories=SECOND_STORIES,
        code=library_of("geometry/compare_depths"),
    output:
        similarity=f"{RESULTS}/{{model}}/geometry/depths.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/compare_depths.parquet",
    log:
        f"{LOGS}/compare_depths/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compare_depths/{{model}}.jsonl"
    params:
        resamples=config["statistics"]["depth_resamples"],
        seed=seed("compare_depths"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/geometry/compare_depths.py"
