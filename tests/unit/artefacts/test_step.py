"""The frame around every step script: its log, its threads, and errors that are kept."""

import logging
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch

from emotion_vectors.artefacts import provenance, step
from emotion_vectors.artefacts.errors import ArtefactError, MendableError
from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.claims import judging
from emotion_vectors.conduct import responses
from emotion_vectors.expression import arms, likelihood
from emotion_vectors.models import tokens
from emotion_vectors.overlap import texts
from emotion_vectors.statistics import algebra
from emotion_vectors.stimuli import experiments, files
from emotion_vectors.weights import table


@pytest.fixture
def restored_logging():
    """Step scripts own the root logger; a test run has to give it back."""
    root = logging.getLogger()
    handlers, level, threads = root.handlers[:], root.level, torch.get_num_threads()
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    torch.set_num_threads(threads)


def asked(tmp_path, **params):
    log = [str(tmp_path / "logs" / "step.log")]
    return SimpleNamespace(log=log, rule="read_lens", config={"a": 1}, params=params, threads=1)


@pytest.mark.usefixtures("restored_logging")
def test_a_step_that_fails_leaves_its_traceback_in_the_log_and_still_fails(tmp_path):
    def failing():
        with step.frame(asked(tmp_path)):
            logging.getLogger("emotion_vectors.models").info("weights are loaded")
            raise ZeroDivisionError("no story")

    with pytest.raises(ZeroDivisionError):
        failing()
    text = (tmp_path / "logs" / "step.log").read_text()
    assert "weights are loaded" in text
    assert "Traceback" in text
    assert "ZeroDivisionError: no story" in text
    assert "read_lens: failed" in text


SAID = "a.jsonl line 3: the side is empty; write its replies"
PLAIN = (
    ArtefactError, experiments.ExperimentError, judging.ClaimError, tokens.TokenError, table.WeightsError, texts.OverlapError,
    prompt_states.PromptStateError, emotion_directions.DirectionError, arms.ArmError, likelihood.ReadingError, algebra.VectorError,
    responses.ResponseError,
)  # fmt: skip
MENDABLE = [
    files.StimulusError([files.Problem("a.jsonl", 3, "the side is empty", "write its replies")]),
    *(kind(SAID) for kind in PLAIN),
]


@pytest.mark.usefixtures("restored_logging")
@pytest.mark.parametrize("error", MENDABLE, ids=[type(error).__name__ for error in MENDABLE])
def test_what_a_user_can_mend_is_said_once_and_without_a_traceback(tmp_path, capsys, error):
    def stopping():
        with step.frame(asked(tmp_path)):
            raise error

    with pytest.raises(SystemExit) as stopped:
        stopping()
    assert stopped.value.code == 1
    for text in (capsys.readouterr().err, (tmp_path / "logs" / "step.log").read_text()):
        assert text.splitlines()[1:] == [SAID]
        assert "read_lens: stopped" in text


def test_every_mendable_error_is_among_those_that_are_tried():
    assert {type(error) for error in MENDABLE} == set(MendableError.__subclasses__())


@pytest.mark.usefixtures("restored_logging")
def test_a_step_knows_its_rule_settings_and_seed(tmp_path):
    with step.frame(asked(tmp_path, seed=11)):
        current = provenance.current()
        assert (current.rule, current.seed) == ("read_lens", 11)
        assert current.config_sha256 == provenance.digest({"a": 1})
        assert torch.get_num_threads() == 1
    assert "read_lens: done" in (tmp_path / "logs" / "step.log").read_text()


@pytest.mark.usefixtures("restored_logging")
def test_a_repeated_step_starts_its_log_anew_and_needs_none(tmp_path):
    for message in ("first attempt", "second attempt"):
        with step.frame(asked(tmp_path)):
            logging.getLogger().info(message)
    text = (tmp_path / "logs" / "step.log").read_text()
    assert "first attempt" not in text
    assert "second attempt" in text
    without = asked(tmp_path)
    without.log = []
    with step.frame(without):
        assert provenance.current().seed is None


def test_a_step_without_tensors_does_not_load_what_runs_models():
    """Loading PyTorch takes seconds, in each of a few dozen small steps."""
    code = (
        "import sys; from emotion_vectors.claims import judging; from emotion_vectors.figures import style; "
        "from emotion_vectors.weights import table; "
        "from emotion_vectors.stimuli import experiments; print('torch' in sys.modules)"
    )
    path = {"PYTHONPATH": str(provenance.REPOSITORY / "scripts")}
    found = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, **path}
    )
    assert found.stdout.strip() == "False"
