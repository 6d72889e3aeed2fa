"""A small study of one behaviour that the study itself does not have, on a tiny model: every step that conduct goes through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_vectors.judges import conduct_judge
from emotion_vectors.models import language_model, sentence_encoder
from steps.conduct import capture_responses
from steps.judges import validate_replies
from steps.replies import gate_generation, generate_replies
from tests.steps import components as circuit_study
from tests.steps import prompted as prompted_study
from tests.steps.feelings import LAYERS, TWIN_LAYERS, Feelings, Sentences
from tests.steps.lending import LIMITS, ROW, SAMPLING, Lending, Reader


@pytest.fixture(scope="package")
def lending(make_model, tmp_path_factory) -> Iterator[Lending]:
    """The study in a folder of its own; whatever loads a model gets a tiny one, and whatever loads the encoder gets made-up states."""
    model = make_model("llama", max_position_embeddings=2048)
    study = Lending(tmp_path_factory.mktemp("lending"), model)
    study.write()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda _folder, **_row: model)
        patch.setattr(sentence_encoder, "load", lambda _folder: Reader())
        yield study


@pytest.fixture(scope="package")
def measured(lending: Lending) -> Lending:
    """The study once the model has read the items: responses of both sets."""
    for items in ("lending", "tone"):
        capture_responses.main(
            lending.file(f"{items}.jsonl"),
            lending.file("weights"),
            lending.file(f"responses/{items}.safetensors"),
            behaviour=items,
            row=ROW,
            rows=lending.rows(items),
            at_most=9,
        )
    return lending


@pytest.fixture(scope="package")
def labelled(lending: Lending) -> Lending:
    """The study once unsteered replies are sampled, labelled and gated, and the judge is validated."""
    options = {"behaviour": "lending", "rows": lending.rows("lending"), "seed": 1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conduct_judge, "OUTER_FOLDS", 3)
        patch.setattr(conduct_judge, "INNER_FOLDS", 2)
        patch.setattr(conduct_judge, "CONDUCT_PENALTIES", (0.1,))
        generate_replies.main(
            lending.file("lending.jsonl"),
            lending.file("weights"),
            lending.file("unsteered.jsonl"),
            row=ROW,
            partial=str(lending.file("unsteered.partial")),
            settings=SAMPLING,
            code_sha256="code",
            **options,
        )
        lending.label("unsteered")
        validate_replies.main(
            lending.file("replies.jsonl"),
            [lending.file("lending.yaml")],
            [lending.file("lending.jsonl")],
            lending.file("encoder"),
            lending.file("validation.parquet"),
            row=None,
            bootstraps=50,
            seed=1,
        )
    gate_generation.main(
        lending.file("unsteered.parquet"),
        lending.file("validation.parquet"),
        lending.file("generation.parquet"),
        limits=LIMITS,
        bootstraps=50,
        **options,
    )
    return lending


@pytest.fixture(scope="package")
def feelings(make_model, tmp_path_factory) -> Feelings:
    """The study of six emotions once every step of vectors, meaning and geometry has run on a tiny model and its twin."""
    sizes = ({"num_hidden_layers": LAYERS}, {"num_hidden_layers": TWIN_LAYERS, "seed": 1})
    trained, twin = (make_model("llama", **size) for size in sizes)
    study = Feelings(tmp_path_factory.mktemp("feelings"))
    study.write_texts()
    study.write_words()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            language_model, "load", lambda _folder, reinitialise=None, **_row: twin if reinitialise else trained
        )
        patch.setattr(sentence_encoder, "load", lambda _folder: Sentences())
        for part in (study.capture, study.compute, study.decode, study.compare, study.arrange, study.read):
            part()
    return study


@pytest.fixture(scope="package")
def prompted(tmp_path_factory) -> Path:
    """Folder of states in which directions of prompts and of stories tell the same planted emotions."""
    folder = tmp_path_factory.mktemp("prompted")
    prompted_study.write_study(folder)
    return folder


@pytest.fixture(scope="package")
def components(tmp_path_factory, make_model) -> Path:
    """Folder of a study of circuits on a tiny model, once every step on components has run."""
    folder = tmp_path_factory.mktemp("components")
    circuit_study.run_steps(folder, make_model("llama"))
    return folder
