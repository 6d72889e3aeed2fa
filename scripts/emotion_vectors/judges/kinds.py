"""The kinds of judges of conduct: a regression that is fitted on labelled replies, and a language model that is asked.

Both judge the replies of several sets; what sets them apart is how labelled replies measure them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from emotion_vectors.judges import conduct_judge
from emotion_vectors.judges.model_judge import ModelJudge
from emotion_vectors.judges.regression import Reader
from emotion_vectors.judges.verdicts import Judge
from emotion_vectors.models import language_model, sentence_encoder
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.stimuli.labelled import ConductReply, facts_of, of_set
from emotion_vectors.stimuli.reply_classes import ReplyClasses


class Judges(Protocol):
    """Judges of one kind, one for each set of replies."""

    @property
    def facts(self) -> dict[str, str]:
        """What identifies the judges, for the provenance of what they say."""
        ...

    def judge(self, classes: ReplyClasses) -> Judge:
        """The judge of the replies of a set."""
        ...

    def validate(self, classes: ReplyClasses) -> pd.DataFrame:
        """What is said of every labelled reply of a set by judges that were not fitted on it: id, behaviour, situation, label, verdict."""
        ...


@dataclass(frozen=True)
class FittedJudges:
    """Regressions on the states of a sentence encoder."""

    reader: Reader
    labelled: Sequence[ConductReply]
    seed: int

    @property
    def facts(self) -> dict[str, str]:
        return {}

    def judge(self, classes: ReplyClasses) -> Judge:
        return conduct_judge.fit_conduct_judge(self.labelled, classes, self.reader, self.seed)

    def validate(self, classes: ReplyClasses) -> pd.DataFrame:
        return conduct_judge.validate(self.labelled, classes, self.reader, self.seed)


@dataclass(frozen=True)
class AskedJudges:
    """A language model, to which nothing is fitted."""

    model: LanguageModel
    labelled: Sequence[ConductReply]

    @property
    def facts(self) -> dict[str, str]:
        return {"judge": self.model.name, "model_sha256": self.model.sha256}

    def judge(self, classes: ReplyClasses) -> Judge:
        return ModelJudge(self.model, classes)

    def validate(self, classes: ReplyClasses) -> pd.DataFrame:
        chosen = of_set(self.labelled, classes)
        judged = self.judge(classes).classify([reply.text for reply in chosen])
        return pd.concat([facts_of(chosen), judged], axis=1)


def conduct_judges(
    weights: Path, row: Mapping[str, Any] | None, labelled: Sequence[ConductReply], seed: int
) -> FittedJudges | AskedJudges:
    """Judges of the kind that the study asks for.

    Args:
        weights: folder of the sentence encoder, or of a converted language model.
        row: of the language model in the table of models; None for the encoder.
        seed: of the folds by which fitted judges are chosen.
    """
    if row is None:
        return FittedJudges(sentence_encoder.load(weights), labelled, seed)
    return AskedJudges(language_model.load(weights, **row), labelled)
