"""What does a model do when it writes freely? Programs that it writes are run in a sandbox and sorted into classes."""


rule validate_outcomes:
    message:
        "Classes of answers to coding tasks against answers of known label"
    input:
        tasks=f"{BEHAVIOURS}/hacking.jsonl",
        answers=f"{STIMULI}/hacking_answers/answers.jsonl",
        schema="workflow/schemas/hacking_answer.schema.yaml",
        code=library_of("validate_outcomes"),
    output:
        f"{ACTIVATIONS}/generation/outcomes.parquet",
    log:
        f"{ACTIVATIONS}/logs/validate_outcomes.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/validate_outcomes.jsonl"
    conda:
        "../../environment.yml"
    script:
        "../../scripts/validate_outcomes.py"
