"""Stimuli: held against their rules before anything uses them, and stories with the labels of this study."""


rule check_stimuli:
    message:
        "Checking every stimulus set against its rules"
    input:
        files=stimulus_files("stories", "dialogues", "messages", "words", "continuations", "intensity"),
        norms=NORMS,
        code=library_of("stimuli/check_stimuli"),
    output:
        STIMULI_REPORT,
    log:
        f"{ACTIVATIONS}/logs/check_stimuli.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/check_stimuli.jsonl"
    params:
        folder=STIMULI,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/stimuli/check_stimuli.py"


rule label_stories:
    message:
        "Stories of this study with their emotion labels"
    input:
        files=stimulus_files("stories"),
        report=STIMULI_REPORT,
        norms=NORMS,
        code=library_of("stimuli/label_stories"),
    output:
        f"{RESULTS}/stories.parquet",
    log:
        f"{LOGS}/label_stories.log",
    benchmark:
        f"{BENCHMARKS}/label_stories.jsonl"
    params:
        folder=f"{STIMULI}/stories",
        topics=config["stories"]["topics"],
        permuted=config["stories"]["permuted_labels"],
        seed=seed("placebo"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/stimuli/label_stories.py"
