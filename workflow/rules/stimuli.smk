"""Checks of every set of stimuli, and the labels of stories."""


rule check_stimuli:
    message:
        "Checking every stimulus set against its rules"
    input:
        norms=NORMS,
        after=stimulus_files("stories", "dialogues", "messages", "words", "continuations", "intensity"),
        code=library_of("stimuli/check_stimuli"),
    output:
        report=STIMULI_REPORT,
    log:
        f"{ACTIVATIONS}/logs/check_stimuli.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/check_stimuli.jsonl"
    params:
        folder=STIMULI,
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/stimuli/check_stimuli.py"


rule label_stories:
    message:
        "Stories of this study with their emotion labels"
    input:
        norms=NORMS,
        after=[STIMULI_REPORT, *stimulus_files("stories")],
        code=library_of("stimuli/label_stories"),
    output:
        labelled=f"{RESULTS}/stories.parquet",
        second_labelled=SECOND_STORIES,
    log:
        f"{LOGS}/label_stories.log",
    benchmark:
        f"{BENCHMARKS}/label_stories.jsonl"
    params:
        folder=f"{STIMULI}/stories",
        topics=config["stories"]["topics"],
        second=config["stories"]["second"],
        permuted=config["stories"]["permuted_labels"],
        seed=seed("placebo"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/stimuli/label_stories.py"


rule check_behaviour:
    message:
        "Checking the behaviour set {wildcards.behaviour} against its rules"
    input:
        situations=f"{BEHAVIOURS}/{{behaviour}}.jsonl",
        schema="workflow/schemas/behaviour.schema.yaml",
        norms=NORMS,
        code=library_of("stimuli/check_behaviour"),
    output:
        report=BEHAVIOUR_REPORT,
    log:
        f"{ACTIVATIONS}/logs/check_behaviour/{{behaviour}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/check_behaviour/{{behaviour}}.jsonl"
    params:
        experiments=experiments_on,
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/stimuli/check_behaviour.py"


rule check_set:
    message:
        "Checking the set {wildcards.set} against its rules"
    input:
        words=f"{STIMULI}/events/emotion_words.yaml",
        norms=NORMS,
        after=lambda wildcards: [*stimulus_files(wildcards.set), *FUNCTION_SCHEMAS[wildcards.set]],
        code=library_of("stimuli/check_set"),
    output:
        report=FUNCTION_REPORT,
    log:
        f"{ACTIVATIONS}/logs/check_set/{{set}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/check_set/{{set}}.jsonl"
    params:
        folder=f"{STIMULI}/{{set}}",
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/stimuli/check_set.py"


rule check_events:
    message:
        "Checking the events, the expressions and the replies with their emotions against their rules"
    input:
        fit=EVENTS["fit"],
        held_out=EVENTS["held_out"],
        expressions=f"{STIMULI}/events/expressions.jsonl",
        fresh=f"{STIMULI}/events/fresh.jsonl",
        orders=ORDER_WORDINGS,
        words=f"{STIMULI}/events/emotion_words.yaml",
        replies=EMOTION_REPLIES,
        training=TRAINING_REPLIES,
        norms=NORMS,
        after=expand(
            "workflow/schemas/{name}.schema.yaml",
            name=["events", "expressions", "emotion_words", "emotion_replies", "orders", "fresh"],
        ),
        code=library_of("stimuli/check_events"),
    output:
        report=EVENT_REPORT,
    log:
        f"{ACTIVATIONS}/logs/check_events.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/check_events.jsonl"
    params:
        # Of another set in the same form, such as the original one, the form alone is checked.
        ours=EVENTS == OWN_EVENTS,
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/stimuli/check_events.py"
