"""A small study of circuits: states of prompts by plain hooks, and every step on components from scores to silenced circuits."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.engine.component_edits import read_last
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.models import language_model
from emotion_vectors.models.points import ATTENTION, MLP, POINTS
from emotion_vectors.models.sublayers import sublayer
from emotion_vectors.stimuli import events
from steps.circuits import assemble_circuits, measure_importance, score_components
from steps.silencing import check_silencing, silence_components, silence_for_stories

EMOTIONS = list(events.EMOTIONS)
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}


PLACES = ("train", "river", "school", "kitchen", "garden", "bridge")


def write_events(folder: Path, places: Sequence[str] = PLACES) -> Path:
    """A file of events, three at each of some places."""
    lines = [
        {
            "skeleton_id": f"s{number}",
            "theme": "travel",
            "scenario": f"You are by the {place}.",
            "event": {"positive": "the boat came", "neutral": "a door closed", "negative": f"the {place} lay open"},
        }
        for number, place in enumerate(places)
    ]
    file = folder / "fit.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def capture(model, known, file: Path) -> None:
    """Residual streams, neurons and heads at the last token, by plain hooks, in the form of `capture_prompts`."""
    kept = {name: [] for name in ("residual", "neurons", "heads")}
    for event in known:
        for emotion in EMOTIONS:
            ids = torch.tensor([of_events(model, [event], emotion)[0].ids])
            inputs = {}
            handles = [
                sublayer(model, layer, point).projection.register_forward_pre_hook(
                    lambda _module, given, place=(layer, point), into=inputs: into.__setitem__(place, given[0][0, -1])
                )
                for layer in range(model.layers)
                for point in POINTS
            ]
            kept["residual"].append(read_last(model, ids)[0])
            for handle in handles:
                handle.remove()
            for name, point in (("neurons", MLP), ("heads", ATTENTION)):
                kept[name].append(torch.stack([inputs[layer, point] for layer in range(model.layers)]))
    tensors = {name: torch.stack(each).unflatten(0, (len(known), len(EMOTIONS))).clone() for name, each in kept.items()}
    facts = prompt_states.facts_of(known, EMOTIONS)
    save_file(tensors, file, metadata={**facts, "model_sha256": "0", "events_sha256": "0"})


def write_directions(states: Path, known, used: int, file: Path) -> None:
    """Directions of the first events, where the replies to all others were refused."""
    accepted = [row < used for row in range(len(known))]
    emotion_directions.save(emotion_directions.compute(prompt_states.load(states), accepted, least=4), file)


def run_steps(place: Path, model) -> None:
    """All steps in their order; the last scenario's events are not used for directions."""
    known = events.load_events(write_events(place))
    capture(model, known, place / "fit.safetensors")
    write_directions(place / "fit.safetensors", known, 15, place / "directions.safetensors")
    story = torch.randn(6, model.layers, model.width, generator=torch.Generator().manual_seed(0))
    save_file(
        {"vectors": story, "norms": torch.ones(model.layers)},
        place / "vectors.safetensors",
        metadata={"emotions": json.dumps(list(events.EMOTIONS.values()))},
    )
    directions, states, asked = (place / name for name in ("directions.safetensors", "fit.safetensors", "fit.jsonl"))
    components, importances = place / "components.safetensors", place / "importance.safetensors"
    circuits, weights = place / "circuits.json", place
    draws = {"shuffles": 60, "seed": 0}

    def evidence(step):
        return place / f"{step}.parquet"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: model)
        score_components.main(states, directions, weights, components, row=ROW, placebo=None)
        check_silencing.main(directions, asked, weights, place / "check.json", row=ROW, prompts=2, heads=5)
        silence_components.main(
            states,
            directions,
            components,
            place / "curves.parquet",
            place / "by_layer.parquet",
            evidence("silence_components"),
            placebo=None,
            bootstraps=100,
            **draws,
        )
        measure_importance.main(
            states,
            directions,
            asked,
            weights,
            importances,
            place / "by_reference.parquet",
            place / "p.parquet",
            place / "f.parquet",
            evidence("measure_importance"),
            row=ROW,
            prompts=5,
            finite_prompts=1,
            bootstraps=100,
            permutations=30,
            placebo=None,
            **draws,
        )
        assemble_circuits.main(
            states,
            components,
            importances,
            circuits,
            place / "sizes.parquet",
            place / "pairs.parquet",
            evidence("assemble_circuits"),
            placebo=None,
            resamples=20,
            **draws,
        )
        silence_for_stories.main(
            states,
            circuits,
            place / "vectors.safetensors",
            asked,
            weights,
            place / "falls.parquet",
            evidence("silence_for_stories"),
            row=ROW,
            depth=0.6667,
            story_events=3,
            batch_tokens=640,
            placebo=None,
            bootstraps=100,
            **draws,
        )
