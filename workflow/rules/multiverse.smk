"""The claims judged again under other defensible choices; those of the analysis are asked for by name, and no part of a study."""

from emotion_vectors.multiverse import choices

CHOICES = choices.analyses(**config["multiverse"])
CHOICE_VERDICTS = f"{FOLDERS['results']}/multiverse/{{choice}}/claims.json"
EXACT_REFERENCE = "workflow/reference/float32.json"


def choices_judged():
    """Verdicts under other choices and their digests, which make the table follow them; empty where `multiverse` was not asked for."""
    there = [file for file in expand(CHOICE_VERDICTS, choice=CHOICES) if Path(file).exists()]
    return {file: set_digest([file], Path(file).parent) for file in there}


rule judge_choice:
    message:
        "The claims under another choice: {wildcards.choice}"
    input:
        after=WITHOUT_LABELS,
        code=lambda wildcards: sorted({*library_of("multiverse/judge_choice"), *sources_of_placebos()}),
    output:
        verdicts=CHOICE_VERDICTS,
    log:
        f"{LOGS}/judge_choice/{{choice}}.log",
    benchmark:
        f"{BENCHMARKS}/judge_choice/{{choice}}.jsonl"
    wildcard_constraints:
        choice="|".join(CHOICES),
    params:
        settings=lambda wildcards: choices.settings_of(
            config, CHOICES[wildcards.choice], f"{RESULTS}/multiverse/{wildcards.choice}/study", FAST
        ),
        edit=lambda wildcards: CHOICES[wildcards.choice].edit,
        stored=WITHOUT_LABELS,
        root=ACTIVATIONS,
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", LARGEST_MODEL),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/multiverse/judge_choice.py"


rule compare_choices:
    message:
        "Verdicts under other thresholds and choices"
    input:
        results=JUDGED,
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        exact=[EXACT_REFERENCE] if config["tier"] == "default" and Path(EXACT_REFERENCE).exists() else [],
        code=library_of("multiverse/compare_choices"),
    output:
        table=OTHER_CHOICES,
    log:
        f"{LOGS}/compare_choices.log",
    benchmark:
        f"{BENCHMARKS}/compare_choices.jsonl"
    params:
        # No input: as an input they would be judged anew with every study.
        analysed=choices_judged(),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/multiverse/compare_choices.py"


rule multiverse:
    input:
        expand(CHOICE_VERDICTS, choice=CHOICES),
