"""Made-up results of one model in the form in which the rules write them: everything that the paper's facts and tables read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import files
from emotion_vectors.conduct import gates
from emotion_vectors.expression.arm_names import ALL
from emotion_vectors.judges import validation
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.replies.transcripts import UNSTEERED, Condition, Sample
from emotion_vectors.report.tables.conduct import CONTROLS
from emotion_vectors.sizes.differences import COLUMNS
from tests.steps.study_folder import StudyFolder

MODEL, MAIN = "smollm2-135m-instruct", 3
EXPERIMENTS = {"blackmail": ["calm"]}
SETTINGS = {
    "vectors": {"first_token": 50, "neutral_variance": 0.5, "dialogues_per_topic": 2},
    "statistics": {"shuffles": 1000, "shuffled_sets": 20, "bootstraps": 2000, "clusterings": 9, "depth_resamples": 8},
    "steering": {"finite_nulls": 7, "guard_nats": 0.5},
    "behaviour": {"dosed_situations": 6, "nulls_of_each_kind": 10, "situations": 12},
    "gates": {"kappa": 0.6},
    "circuits": {"scenarios": {"fit": 64, "held_out": 32}, "least_groups": 40, "prompting": 0.5},
}
AGREEMENT = {
    "kappa": 0.8,
    "kappa_interval": [0.7, 0.9],
    "accuracy": 0.9,
    "replies": 40,
    "situations": 10,
    "classes": ["keep", "lend"],
    "confusion_label_by_predicted": [[18, 2], [3, 17]],
}
HANDS = {
    validation.EACH_OTHER: AGREEMENT | {"kappa": 0.61, "kappa_interval": [0.5, 0.7]},
    validation.SENSE: AGREEMENT | {"classes": ["yes", "no"]},
    validation.BOTH: AGREEMENT
    | {"kappa": 0.43, "kappa_interval": [0.3, 0.5], "replies": 31, "classes": ["fear", "none"]}
    | {"confusion_label_by_predicted": [[5, 2], [1, 23]]},
    validation.SIX_WAY: AGREEMENT | {"kappa": 0.27, "kappa_interval": [0.1, 0.4], "replies": 7},
}


@dataclass(frozen=True)
class PaperStudy(StudyFolder):
    """A study whose measurements are made up, for the steps that write the paper."""

    def table(self, name: str, rows: Any, **facts: Any) -> None:
        files.write_table(pd.DataFrame(rows), self.file(f"{name}.parquet"), **facts)

    def object(self, name: str, content: dict[str, Any]) -> None:
        files.write_json(content, self.file(f"{name}.json"))

    def write_weights(self, model: LanguageModel) -> None:
        """Weights of a tiny model in the place of converted ones."""
        model.network.save_pretrained(self.file("weights/config.json").parent)
        model.tokenizer.save_pretrained(self.folder / "weights")
        origin = {"name": MODEL, "source": "tiny.gguf", "sha256": "ab" * 32}
        (self.folder / "weights/weights.json").write_text(json.dumps(origin))

    def write_counts(self) -> None:
        """What was counted: texts, events, agreement of judges, circuits."""
        corpora = [("scenes", "t1", "calm"), ("scenes", "t2", "sad"), ("plain", "t2", "calm")]
        self.table("stories", [{"corpus": c, "topic": t, "emotion": e} for c, t, e in corpora])
        documents = {"templates": {"entries": 5}, "feels": {"entries": {"prompts": 4}}}
        sets = {"dialogues": {"items": 9}, "messages": {"items": 24}}
        digests = {"files": {"dialogues/a.jsonl": "0", "dialogues/b.jsonl": "0", "messages/a.jsonl": "0"}}
        self.object("stimuli", {"sets": sets, "documents": documents, "digests": digests})
        self.object("lending", {"situations": 30, "mean_words": {"keep": 10.0, "lend": 12.0}})
        self.object("events", {"sets": {"fit": {"scenarios": 20}, "held_out": {"scenarios": 100}}})
        self.table("heatmap", {"message_emotion": ["calm", "sad", "calm"]})
        self.table("correlations", {"layer": [0, 1, 2, 3, 4]}, layer=MAIN)
        agreement = {"six or none": AGREEMENT}
        self.table("emotions", {"id": ["r1"]}, agreement=agreement, agreement_stories_only=agreement)
        self.table("hands", {"id": ["h1"]}, agreement=HANDS)
        self.table("groups", {"event": ["a", "b"], "kept": [True, False], "used": [True, False]})
        self.table("sizes", {"kind": ["heads"] * 2, "emotion": ["joy"] * 2, "components": [3, 1], "parts": [4, 4]})
        passes = {"writing": 2, "silencing_all": 1346}
        self.object("silencing", {"passes": passes, "largest_difference": {"as_written": 0.0}})

    def write_replies(self) -> None:
        """Two unsteered and two steered replies, one of each to the first situation."""
        for name, condition in (("unsteered", UNSTEERED), ("steered", Condition("calm", "emotion", 0.05))):
            samples = [
                Sample("lending", f"n{n}", "pressed", **asdict(condition), sample=0, seed=1, prompt_sha256="0")
                for n in (1, 2)
            ]
            said = [{"text": f"{name} reply to {sample.scenario}", "tokens": [5], "ended": True} for sample in samples]
            lines = [json.dumps({**asdict(sample), **more}) for sample, more in zip(samples, said, strict=True)]
            files.write_json_lines(lines, self.file(f"{name}.jsonl"))
            self.table(name, {"label": ["lend", "keep"]})

    def write_measurements(self) -> None:
        """What the tables of the paper show."""
        ends = {"low": 0.3, "high": 0.5}
        self.table("differences", pd.DataFrame(columns=COLUMNS))
        self.table(
            "accuracy", [{"method": "vectors", "scheme": "both corpora", "layer": MAIN, "accuracy": 0.4, **ends}]
        )
        stories = {"measure": "stories, top-1 of 48", "method": "re-initialised", "rate": 0.35, **ends}
        self.table("summary", [stories], layer=MAIN)
        top = {"top3_rate": 0.45, "top3_low": 0.3, "top3_high": 0.5}
        self.table("rates", [{"layer": MAIN, "method": "vectors", "position": "last token", **top}])
        self.table("coherence", [{"strength_norm_fraction": 0.1, "neutral_logprob_fall_nats_per_token": 0.123}])
        cosines = {"matched_cosine": 0.7, "mismatched_cosine": -0.1}
        self.table("corpora", [{"layer": MAIN, "comparison": "scenes and plain", **cosines}])
        gate = gates.Gate(
            "lending", "choice", "answered rightly", 0.6, 0.5, 0.7, 48, "questions", "at least 0.8", False
        )
        files.write_table(gates.table([gate]), self.file("gates.parquet"))
        named = [("blackmail", "calm"), *[(control, emotion) for control, both in CONTROLS.items() for emotion in both]]
        effects = [
            {**slope(-0.12), "experiment": e, "emotion": emotion, "measure": m}
            for e, emotion in named
            for m in ("raw", "adjusted")
        ]
        self.table("effects", effects)
        self.table("choices", effects[:1])
        self.table("by_depth", [{"experiment": "blackmail", "emotion": "calm", "band_slope_nats": -0.03}])
        self.table("spans", [{"experiment": "blackmail", "share": 0.02, "shuffled_95": 0.03, "gaussian_95": 0.04}])
        self.table("validation", {"id": ["r1"]}, agreement={"lending": AGREEMENT})
        method = {"method": "story vectors", "change_nats": 0.03, "low": 0.02, "high": 0.04, "n": 6}
        slopes = [
            {**method, "emotion": emotion, "own_most": 1.0, "null_95_or_missing": np.nan} for emotion in ("anger", ALL)
        ]
        self.table("expression_slopes", slopes)
        self.object("engine", {"ratios": {"extraction_vs_bare_forward": 0.97}})
        times = {"jobs": 1, "wall_seconds": 60.0, "processor_seconds": 50.0}
        self.object("times", {"elapsed_minutes": 7.5, "wall_seconds": 60.0, "steps": {"read_lens": {MODEL: times}}})


def slope(estimate: float) -> dict[str, Any]:
    """Numbers of a slope."""
    ends = {"estimate": estimate, "low": estimate - 0.01, "high": estimate + 0.01}
    return {
        **ends,
        "null_percentile": 99.0,
        "null_95": 0.02,
        "n": 36,
        "of": "items",
        "unit": "nats",
        "reference": 0.0,
        "p": 0.01,
    }
