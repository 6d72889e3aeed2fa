"""States of prompts that name an emotion, and of stories, in which both methods see the same planted emotions."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.torch import save_file

from emotion_vectors.circuits import prompt_states
from emotion_vectors.claims import registry
from emotion_vectors.stimuli.events import EMOTIONS, VALENCES, Event
from emotion_vectors.stimuli.tables import load_emotions
from steps.circuits import compute_directions
from tests.random_tensors import random

ROOT = Path(__file__).resolve().parents[2]
LAYERS, WIDTH, TOPICS = 5, 24, 6
NORMS = ROOT / "workflow/norms/warriner2013.csv"
DRAWS = {"shuffles": 40, "bootstraps": 60, "seed": 1}
TRUTH = random(6, LAYERS, WIDTH, seed=77)


def write_states(path, scenarios, seed):
    events = [Event(f"s{seed}-{n}", "work", valence, "x") for n in range(scenarios) for valence in VALENCES]
    count = len(events)
    scene = 5 * random(count, 1, 2, LAYERS, WIDTH, seed=seed)
    tensors = {
        "residual": scene + 2 * TRUTH[:, None] + random(count, 6, 2, LAYERS, WIDTH, seed=seed + 1),
        "neurons": random(count, 6, LAYERS, 7, seed=seed + 2),
        "heads": random(count, 6, LAYERS, 8, seed=seed + 3),
    }
    facts = prompt_states.facts_of(events, list(EMOTIONS))
    save_file(tensors, path, metadata={**facts, "model_sha256": "0" * 64, "events_sha256": "1" * 64})
    return events


def write_study(folder):
    """Files of a small study in which both methods see the same emotions; of two events one reply each was refused."""
    events = write_states(folder / "fit.safetensors", 8, seed=10)
    write_states(folder / "held_out.safetensors", 6, seed=20)
    refused = {(events[1].name, "fear"), (events[5].name, "anger")}
    rows = [(event.name, emotion, (event.name, emotion) not in refused) for event in events for emotion in EMOTIONS]
    pd.DataFrame(rows, columns=["event", "emotion", "accepted"]).to_parquet(folder / "prompted.parquet")
    outputs = (folder / "directions.safetensors", folder / "groups.parquet")
    compute_directions.main(folder / "fit.safetensors", folder / "prompted.parquet", *outputs, least=4, placebo=None)
    write_stories(folder)


def write_stories(folder):
    emotions = load_emotions(NORMS)
    means = random(len(emotions), LAYERS, WIDTH, seed=30)
    for place, name in enumerate(EMOTIONS.values()):
        means[emotions.index(name)] = 2 * TRUTH[place]
    late = (means + random(TOPICS, len(emotions), LAYERS, WIDTH, seed=31)).flatten(0, 1)
    names = [f"t{topic}-{emotion}" for topic in range(TOPICS) for emotion in emotions]
    facts = {"story_ids": json.dumps(names), "model_sha256": "0", "stories_sha256": "0"}
    tensors = {"late": late, "early": late + 0, "embedding": late[:, 0] + 0, "norms": torch.ones(LAYERS)}
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "stories.safetensors", metadata=facts
    )
    basis = torch.linalg.qr(random(WIDTH, 1, seed=32)).Q.T.contiguous()
    save_file({f"{layer:02d}": basis.clone() for layer in range(LAYERS)}, folder / "neutral.safetensors")
    labels = [
        (name, topic, emotion)
        for name, (topic, emotion) in zip(names, [(t, e) for t in range(TOPICS) for e in emotions], strict=True)
    ]
    pd.DataFrame(labels, columns=["story_id", "topic", "emotion"]).to_parquet(folder / "stories.parquet")
    metadata = {"emotions": json.dumps(emotions)}
    save_file(
        {"vectors": means - means.mean(0), "norms": torch.ones(LAYERS)},
        folder / "vectors.safetensors",
        metadata=metadata,
    )


def tables(folder, *names):
    return [folder / f"{name}.parquet" for name in names]


def of_instructions(study):
    """States of both splits, and the directions made of the first."""
    return [study / f"{name}.safetensors" for name in ("fit", "held_out", "directions")]


def parts_of(*names):
    registered = registry.load(
        [ROOT / f"workflow/claims/{name}.yaml" for name in ("wang-2025", "overlap", "conduct", "contrasts")],
        ROOT / "workflow/schemas/claim.schema.yaml",
    )
    return {(name, part["name"]) for name in names for part in registered[name]["parts"]}


def evidence_of(path):
    found = pd.read_parquet(path)
    assert np.isfinite(found[["estimate", "low", "high", "null_percentile"]]).all(axis=None)
    return found.set_index(["claim", "part"])
