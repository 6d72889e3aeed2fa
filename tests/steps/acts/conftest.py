"""The act of a neighbour who asks, once every step of acts has run on a tiny model."""

from __future__ import annotations

import pandas as pd
import pytest

from emotion_vectors.acts.sensitivity import SensitivityLimits
from emotion_vectors.artefacts import files
from emotion_vectors.claims.evidence import unmark
from emotion_vectors.models import language_model
from steps.acts import capture_acts, compute_acts, evaluate_acts, steer_acts
from tests.steps.acts.asking import ACT, Asking
from tests.steps.feelings import LAYERS, MAIN, ROW, Feelings

LIMITS = SensitivityLimits(order_nats=99, order_scenarios=1, mention_share=0.5, ceiling_share=0.5, ceiling_nats=0.5)
"""An order by ninety-nine nats is not followed by random weights."""
DRAWS = {"bootstraps": 40, "seed": 3}


@pytest.fixture(scope="package")
def asking(feelings: Feelings, make_model, tmp_path_factory) -> Asking:
    study = Asking(tmp_path_factory.mktemp("asking"), feelings)
    study.write()
    model = make_model("llama", num_hidden_layers=LAYERS, max_position_embeddings=2048)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda _folder, **_row: model)
        capture_acts.main(
            study.file("lending.jsonl"),
            study.file("second/lending.jsonl"),
            study.file("orders.yaml"),
            study.file("feelings.yaml"),
            study.file("weights"),
            study.file("replies/lending.parquet"),
            study.file("gradients/lending.safetensors"),
            behaviour="lending",
            row=ROW,
            rows=[ACT],
            **MAIN,
            at_most=9,
            told_situations=3,
            told_wordings=2,
            told_acts=["act_lending"],
            batch_tokens=256,
        )
        compute(study)
        gates = files.read_table(study.file("gates.parquet"))
        files.write_table(gates.assign(passed=True), study.file("open_gates.parquet"))
        steer(study, "open_gates.parquet", "steered.parquet")
    return study


def steer(study: Asking, gates: str, steered: str) -> None:
    """Finite strengths behind some gates."""
    steer_acts.main(
        study.file("lending.jsonl"),
        study.file("weights"),
        *study.stories,
        study.feelings.file("shuffled_main.safetensors"),
        study.file(gates),
        study.file(steered),
        row=ROW,
        rows=[ACT],
        emotions={"act_lending": ["calm", "happy"]},
        **MAIN,
        at_most=3,
        strengths=[0.05, 0.1],
        nulls=20,
        batch_tokens=900,
        seed=3,
    )


def compute(study: Asking) -> None:
    """Effects and gates of what was captured."""
    compute_acts.main(
        *study.registered[:2],
        study.feelings.file("norms.csv"),
        *study.captured,
        *study.stories,
        *(study.feelings.file(f"shuffled_{layers}.safetensors") for layers in ("all", "main")),
        [],
        *(study.file(f"{name}.parquet") for name in ("effects", "by_scenario", "by_depth", "changes", "gates")),
        joint={"act_lending": [["calm", "happy"]]},
        **MAIN,
        limits=LIMITS,
        nulls=40,
        **DRAWS,
    )


def evaluate(
    study: Asking, *, opened: bool, steered: str | None = "steered.parquet", cost: float = 0.1
) -> pd.DataFrame:
    """Evidence of what was computed, with the gates as they are or all opened, with a table of finite strengths or without any.

    Args:
        cost: what every strength costs neutral text, nats per token; 0.5 is the most that counts.
    """
    costs = pd.DataFrame({"direction": "calm", "strength_norm_fraction": [-0.1, 0.1]})
    files.write_table(costs.assign(neutral_logprob_fall_nats_per_token=cost), study.file("coherence.parquet"))
    gates = files.read_table(study.file("gates.parquet"))
    files.write_table(gates.assign(passed=gates["passed"] | opened), study.file("gates_used.parquet"))
    evaluate_acts.main(
        *study.registered,
        study.file("effects.parquet"),
        study.file("gates_used.parquet"),
        [study.file(steered)] if steered else [],
        [study.file("coherence.parquet")] if steered else [],
        *study.captured,
        *study.stories,
        study.feelings.file("shuffled_main.safetensors"),
        study.file("evidence.parquet"),
        **MAIN,
        guard_nats=0.5,
        nulls=40,
        flips=40,
        **DRAWS,
    )
    return unmark(files.read_table(study.file("evidence.parquet"))).assign(step="evaluate_acts")
