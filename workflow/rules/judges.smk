"""Judges of written replies, and how far each can be trusted.

A judge is `encoder`, a regression on the states of the sentence encoder, or a model of the table, which is asked.
"""


def judge_weights(judge):
    """What a judge reads with."""
    return ENCODER if judge == "encoder" else f"{WEIGHTS}/{judge}/converted"


def judge_row(judge, step):
    """What a step uses of the row of a judge that is a model; None for the encoder."""
    return None if judge == "encoder" else used_of(judge, step)


def judge_of(wildcards):
    """Judge that a rule names."""
    return wildcards.judge


rule label_replies:
    message:
        f"Classes of the {{wildcards.steering}} replies of {{wildcards.model}} to {{wildcards.behaviour}}, by {JUDGE}"
    input:
        transcript=transcript_of,
        replies=REPLIES,
        classes=REPLY_CLASSES,
        weights=judge_weights(JUDGE),
        code=library_of("judges/label_replies"),
    output:
        labels=f"{RESULTS}/{{model}}/labels/{{behaviour}}_{{steering}}.parquet",
    log:
        f"{LOGS}/label_replies/{{model}}/{{behaviour}}_{{steering}}.log",
    benchmark:
        f"{BENCHMARKS}/label_replies/{{model}}/{{behaviour}}_{{steering}}.jsonl"
    params:
        row=judge_row(JUDGE, "label_replies"),
        seed=seed("label_replies"),
    wildcard_constraints:
        behaviour="|".join(JUDGED_SETS),
    threads: threads_of("model")
    resources:
        **resources_of("model", JUDGE),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/label_replies.py"


rule validate_replies:
    message:
        "Having {wildcards.judge} judge every labelled reply without having seen its situation"
    input:
        replies=REPLIES,
        classes=REPLY_CLASSES,
        mirrored=expand(f"{BEHAVIOURS}/{{behaviour}}.jsonl", behaviour=JUDGED_SETS),
        weights=lambda wildcards: judge_weights(wildcards.judge),
        code=library_of("judges/validate_replies"),
    output:
        predictions=f"{ACTIVATIONS}/validation/replies_by_{{judge}}.parquet",
    log:
        f"{ACTIVATIONS}/logs/validate_replies/{{judge}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/validate_replies/{{judge}}.jsonl"
    params:
        row=lambda wildcards: judge_row(wildcards.judge, "validate_replies"),
        bootstraps=config["statistics"]["bootstraps"],
        # The same for every judge, so that intervals are those of the same resampled situations.
        seed=seed("validate_replies"),
    threads: threads_of("model")
    resources:
        **resources_of("model", judge_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/validate_replies.py"


rule fit_emotions:
    message:
        "Fitting the judge of emotions, with and without written replies"
    input:
        # No report of a tier: what is fitted depends on no model and no tier, so that all of them share it.
        stories=stimulus_files("stories"),
        dialogues=stimulus_files("dialogues"),
        families=f"{STIMULI}/words/clusters.yaml",
        training=TRAINING_REPLIES,
        norms=NORMS,
        encoder=ENCODER,
        code=library_of("judges/fit_emotions"),
    output:
        judge=EMOTION_JUDGE,
        beside=EMOTION_JUDGE_BESIDE,
    log:
        f"{WEIGHTS}/logs/fit_emotions.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/fit_emotions.jsonl"
    params:
        seed=seed("fit_emotions"),
    threads: threads_of("model")
    resources:
        **resources_of("model", "encoder"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/fit_emotions.py"


# Replies with their emotions, by where they come from: written in the voice of each, or sampled from models and labelled by two hands.
LABELLED = {"emotions": "emotion_replies", "sampled": "sampled_replies"}


rule validate_emotions:
    message:
        "Having {wildcards.judge} judge the emotion of every labelled reply, {wildcards.origin}"
    input:
        replies=lambda wildcards: f"{STIMULI}/{LABELLED[wildcards.origin]}/replies.jsonl",
        # The loader asks for event and model of sampled replies; another row of the table changes nothing.
        events=list(OWN_EVENTS.values()),
        model_table=ancient(MODEL_TABLE),
        classes=EMOTION_CLASSES,
        # The encoder reads for the fitted judge, and for the one that was fitted on stories alone.
        fitted=lambda wildcards: [EMOTION_JUDGE, EMOTION_JUDGE_BESIDE] if wildcards.judge == "encoder" else [],
        weights=lambda wildcards: judge_weights(wildcards.judge),
        after=EVENT_REPORT,
        code=library_of("judges/validate_emotions"),
    output:
        predictions=f"{ACTIVATIONS}/validation/{{origin}}_by_{{judge}}.parquet",
    log:
        f"{ACTIVATIONS}/logs/validate_emotions/{{judge}}/{{origin}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/validate_emotions/{{judge}}/{{origin}}.jsonl"
    params:
        row=lambda wildcards: judge_row(wildcards.judge, "validate_emotions"),
        bootstraps=config["statistics"]["bootstraps"],
        # The same for every judge, so that intervals are those of the same resampled situations.
        seed=seed("validate_emotions"),
    wildcard_constraints:
        origin="|".join(LABELLED),
    threads: threads_of("model")
    resources:
        **resources_of("model", judge_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/validate_emotions.py"
