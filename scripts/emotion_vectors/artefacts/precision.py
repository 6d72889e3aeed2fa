"""The precision in which each step runs a model: bfloat16 where the machine multiplies it fast and the step bears it, else float32.

PyTorch is not loaded here: rules ask when the workflow is read, before any step runs.
"""

from __future__ import annotations

from collections.abc import Collection, MutableMapping

from emotion_vectors.artefacts import machine

FLOAT32, BFLOAT16, AUTO = "float32", "bfloat16", "auto"

MAY_ROUND = frozenset(
    {
        "answer_users",
        "benchmark_engine",
        "capture_acts",
        "capture_context",
        "capture_messages",
        "capture_neutral",
        "capture_prompts",
        "capture_responses",
        "capture_stories",
        "compare_activities",
        "drive_fresh_replies",
        "generate_arms",
        "generate_prompted",
        "generate_replies",
        "judge_arms_by_model",
        "judge_expressions",
        "label_replies",
        "measure_choices",
        "measure_coherence",
        "probe_motives",
        "read_expressions",
        "read_fresh_replies",
        "read_intensity",
        "read_prompts",
        "read_situations",
        "revise_answers",
        "silence_for_stories",
        "steer_activities",
        "steer_feels",
        "steer_replies",
        "validate_emotions",
        "validate_replies",
    }
)
"""Steps whose means, gradients and replies bear the rounding of bfloat16; every other one runs in float32."""

IN_FLOAT32 = {
    "check_silencing": "it proves scores of heads to a thousandth of the largest",
    "clamp_pressure": "it reads small differences between clamped subspaces",
    "contrast_components": "it multiplies weights with stored states, so that nothing is gained",
    "measure_framings": "what a few words change, and a clamp takes away of it, is near rounding",
    "measure_importance": "circuits are chosen by it: in bfloat16 their overlap moved by half of its interval",
    "plant_writers": "it multiplies weights with stored states, so that nothing is gained",
    "read_lens": "it reads vectors through the unembedding alone, so that nothing is gained",
    "remove_subspaces": "what a random subspace costs is near rounding: in bfloat16 a cost moved by a tenth of its interval",
    "score_components": "it multiplies weights with stored states, so that nothing is gained",
    "steer_acts": "a curvature is a small difference of changes: in bfloat16 it moved by more than its interval is wide",
    "steer_items": "a curvature is a small difference of changes: in bfloat16 it moved by a tenth of its interval",
    "train_organism": "small steps of an optimiser are lost in rounding",
}
"""Steps that run a model of the table in float32 on every machine, each with its reason."""

HANDED_ON = "EMOTION_VECTORS_PRECISION"
"""Variable by which what `auto` stands for reaches the jobs of a study, whatever machines they run on."""


def fast_here(on_gpu: bool) -> str:
    """The precision in which this machine multiplies fastest: bfloat16 where hardware multiplies it, else float32."""
    return BFLOAT16 if on_gpu or machine.multiplies_bfloat16() else FLOAT32


def settled(setting: str, on_gpu: bool, environment: MutableMapping[str, str]) -> str:
    """What a study's `compute.precision` stands for: float32 or bfloat16.

    Jobs read the workflow again, on a cluster on other machines. What `auto` stood for when the study was planned is kept in
    `environment`, which they inherit: asked again there, it could differ from job to job.

    Args:
        on_gpu: whether models of the study run on a GPU.
    """
    return environment.setdefault(HANDED_ON, fast_here(on_gpu)) if setting == AUTO else setting


def of_step(step: str, dtype: str, fast: str) -> str:
    """The precision in which a step runs a model.

    Args:
        dtype: of the model's row. Weights that are meant in bfloat16 run in it everywhere: their memory was planned for that.
        fast: what the study's setting stands for, as `settled` says.
    """
    return fast if step in MAY_ROUND and dtype == FLOAT32 else dtype


def of_study(dtypes: Collection[str], fast: str) -> str:
    """Every precision in which models of these rows run, in words, as in "bfloat16 and float32"."""
    steps = MAY_ROUND | IN_FLOAT32.keys()
    return " and ".join(sorted({of_step(step, dtype, fast) for step in steps for dtype in dtypes}))
