"""A small study of six emotions on a tiny model: stimuli made here, and every step from stories to evidence on them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from emotion_vectors.artefacts import files
from emotion_vectors.meaning.feels import SteeringSettings
from steps.decoding import compare_training, decode_texts, decode_words, evaluate_decoding, evaluate_messages
from steps.geometry import analyze_components, cluster_vectors, compare_depths
from steps.meaning import read_intensity, read_lens, steer_feels
from steps.sources import decode_sources, embed_texts
from steps.stimuli import label_stories
from steps.vectors import (
    capture_messages,
    capture_neutral,
    capture_stories,
    compute_variants,
    compute_vectors,
    shuffle_vectors,
)
from tests.conftest import WORDS
from tests.steps.study_folder import StudyFolder

RATINGS = {"afraid": (2, 7), "angry": (3, 8), "calm": (7, 2), "happy": (8, 6), "proud": (6, 5), "sad": (2, 4)}
EMOTIONS = list(RATINGS)
REPLIES = Path(__file__).resolve().parents[2] / "workflow/stimuli/emotion_replies/replies.jsonl"
TOPICS, SECOND = {"scenes": 3, "plain": 3}, 3
ROW = {"dtype": "float32", "template": "chat", "date": "2026-11-21"}
TWIN = {"seed": 11, "depth": 0.6667}
BUDGET = {"batch_tokens": 640}
DRAWS = {"bootstraps": 40, "seed": 3}
MAIN = {"depth": 0.6667}
LAYERS, MAIN_LAYER, TWIN_LAYERS = 6, 3, 4
"""The twin ends at the main layer."""
SETS = 20
OTHERS = [word for word in WORDS if word not in RATINGS]


def sentence(generator: np.random.Generator, emotion: str, words: int) -> str:
    """Random words, every fourth of which names the emotion."""
    drawn = generator.choice(OTHERS, words)
    drawn[::4] = emotion
    return " ".join(drawn)


class Sentences:
    """An encoder that knows nothing but how long a text is."""

    def embed(self, texts: list[str]) -> np.ndarray:
        return np.array([[1.0, len(text) / 100] for text in texts], dtype=np.float32)


@dataclass(frozen=True)
class Feelings(StudyFolder):
    """A study of six emotions, from stories to evidence on a tiny model."""

    def write_lines(self, name: str, lines: list[dict[str, Any]]) -> None:
        self.file(name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")

    def write_texts(self) -> None:
        """Stories of every topic and emotion, dialogues without emotion, two messages of each emotion, norms."""
        generator = np.random.default_rng(5)
        for corpus, count in (TOPICS | {"second": SECOND}).items():
            for topic in range(count):
                name = f"{corpus}{topic}"
                stories = [
                    {"emotion": emotion, "topic": name, "person": "first", "text": sentence(generator, emotion, 24)}
                    for emotion in EMOTIONS
                ]
                self.write_lines(f"stories/{corpus}/{name}.jsonl", stories)
        turns = [
            [{"speaker": who, "text": " ".join(generator.choice(OTHERS, 9))} for who in ("Human", "Assistant")]
            for _ in range(4)
        ]
        dialogues = [{"id": f"d{number}", "topic": f"t{number}", "turns": each} for number, each in enumerate(turns)]
        self.write_lines("dialogues/all.jsonl", dialogues)
        messages = [
            {"id": f"{emotion}-{n}", "emotion": emotion, "writer": "a", "text": sentence(generator, emotion, 12)}
            for emotion in EMOTIONS
            for n in range(2)
        ]
        self.write_lines("messages/a.jsonl", messages)
        rows = [f"{emotion},{emotion},{valence},{arousal}" for emotion, (valence, arousal) in RATINGS.items()]
        self.file("norms.csv").write_text("emotion,norm_lemma,valence_1to9,arousal_1to9\n" + "\n".join(rows) + "\n")

    def write_words(self) -> None:
        """Families of words, groups and opposites of emotions, templates with a quantity, unfinished replies."""
        own = {emotion: [emotion, *OTHERS[place * 4 : place * 4 + 4]] for place, emotion in enumerate(EMOTIONS)}
        groups = {"low": ["sad", "calm"], "high": ["happy", "proud"], "hostile": ["afraid", "angry"]}
        template = {"unit": "trains", "magnitudes": [1, 2, 3, 5, 8], "from_paper": ["calm"]}
        signs = {"afraid": 1, "calm": -1, "happy": 0}
        templates = [
            {"id": name, "text": f"{{x}} boats on the {name}", "signs": signs, **template}
            for name in ("river", "bridge", "garden")
        ]
        prompts = [
            {"id": place, "user": f"the {place} that evening", "prefill": f"by the {place} he felt"}
            for place in ("river", "garden", "bridge")
        ]
        content = {
            "families": own,
            "clusters": groups,
            "antonyms": [["happy", "sad"], ["calm", "angry"]],
            "templates": templates,
            "feels": {"words": {emotion: emotion for emotion in EMOTIONS}, "prompts": prompts},
        }
        for name, value in content.items():
            self.file(f"{name}.yaml").write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")

    @property
    def measured(self) -> tuple[Path, Path, Path, Path]:
        """Activations, neutral components, labels and norms: what most steps read."""
        names = ("stories.safetensors", "neutral.safetensors", "stories.parquet", "norms.csv")
        activations, neutral, stories, norms = map(self.file, names)
        return activations, neutral, stories, norms

    @property
    def twin(self) -> tuple[Path, Path, Path, Path]:
        """The same of the re-initialised twin."""
        stories, norms = self.measured[2:]
        return self.file("twin/stories.safetensors"), self.file("twin/neutral.safetensors"), stories, norms

    @property
    def vectors(self) -> list[Path]:
        """Vectors, and those of permuted labels: at every layer, and at the main layer."""
        return self.files("vectors.safetensors", "shuffled_all.safetensors", "shuffled_main.safetensors")

    def capture(self) -> None:
        """Labels, and activations of the model and of its twin."""
        file, norms = self.file, self.file("norms.csv")
        files.write_json({"digests": {"sets": {"stories": "5" * 64}}}, file("report.json"))
        folder = str(file("stories"))
        labels = (file("stories.parquet"), file("second.parquet"))
        label_stories.main(norms, *labels, folder=folder, topics=TOPICS, second=SECOND, permuted=False, seed=1)
        for where, twin in (("", None), ("twin/", TWIN)):
            subject = {"row": ROW, "twin": twin, **BUDGET}
            inputs = (file("report.json"), norms, file("weights"), file(f"{where}stories.safetensors"))
            capture_stories.main(*inputs, folder=folder, topics=TOPICS, second=SECOND, first_token=4, **subject)
            dialogues = {"folder": str(file("dialogues")), "per_topic": 1, "share": 0.2}
            capture_neutral.main(file("weights"), file(f"{where}neutral.safetensors"), **dialogues, **subject)
            messages = file(f"{where}messages.safetensors")
            capture_messages.main(norms, file("weights"), messages, folder=str(file("messages")), **subject)

    def compute(self) -> None:
        """Vectors of the model and its twin, their variants, and label-shuffled sets."""
        file = self.file
        compute_vectors.main(*self.measured, file("vectors.safetensors"))
        compute_vectors.main(*self.twin, file("twin/vectors.safetensors"))
        outputs = (file("variants.safetensors"), file("corpora.parquet"), file("residual.safetensors"))
        compute_variants.main(*self.measured, *outputs, corpora=list(TOPICS))
        shuffle_vectors.main(*self.measured, file("shuffled_all.safetensors"), depth=None, sets=SETS, seed=1)
        shuffle_vectors.main(*self.measured, file("shuffled_main.safetensors"), **MAIN, sets=SETS, seed=2)

    def decode(self) -> None:
        """Stories and messages decoded by vectors, by those of the twin and by words, and what follows of that."""
        file = self.file
        read = (file("vectors.safetensors"), file("messages.safetensors"), [file("residual.safetensors")])
        decode_texts.main(*self.measured, *read, file("hits.parquet"), file("ranks.parquet"))
        read = (file("twin/vectors.safetensors"), file("twin/messages.safetensors"), [])
        decode_texts.main(*self.twin, *read, file("twin/hits.parquet"), file("twin/ranks.parquet"))
        words = (file("words/hits.parquet"), file("words/ranks.parquet"))
        decode_words.main(*self.measured[2:], *words, folder=str(file("messages")))
        inputs = (*self.measured, file("hits.parquet"), words[0])
        outputs = self.files("accuracy.parquet", "evidence/A01.parquet")
        evaluate_decoding.main(*inputs, *outputs, **MAIN, sets=2, shuffles=SETS, **DRAWS)
        inputs = (file("messages.safetensors"), *self.vectors, file("ranks.parquet"), words[1])
        outputs = self.files("rates.parquet", "heatmap.parquet", "evidence/A02.parquet")
        evaluate_messages.main(*inputs, *outputs, **MAIN, **DRAWS)
        inputs = self.files("vectors.safetensors", "messages.safetensors", "residual.safetensors")
        hits, ranks = self.files("hits.parquet", "twin/hits.parquet"), self.files("ranks.parquet", "twin/ranks.parquet")
        outputs = self.files("summary.parquet", "evidence/S05.parquet")
        compare_training.main(*inputs, *hits, words[0], *ranks, words[1], *outputs, **MAIN, shuffles=SETS, **DRAWS)

    def compare(self) -> None:
        """Vectors beside everything else that an emotion can be read from."""
        file, texts = self.file, {"stories": str(self.file("stories")), "messages": str(self.file("messages"))}
        sentences = file("sentences.safetensors")
        embed_texts.main(file("norms.csv"), file("encoder"), sentences, topics=TOPICS, second=SECOND, **texts)
        measured = (*self.measured[:2], file("messages.safetensors"), *self.twin[:2], file("twin/messages.safetensors"))
        outputs = (file("sources.parquet"), file("evidence/A01b.parquet"), file("nonmodels/A01b.parquet"))
        labels = (file("stories.parquet"), file("second.parquet"), file("norms.csv"))
        decode_sources.main(
            *measured, sentences, *labels, *outputs, folder=str(file("messages")), **MAIN, shuffles=SETS, **DRAWS
        )

    def arrange(self) -> None:
        """Geometry of the vectors."""
        second, twin = self.file("second.parquet"), self.twin[:2]
        known = (*self.files("vectors.safetensors", "shuffled_main.safetensors"), *self.measured[:3], second, *twin)
        outputs = self.files("scores.parquet", "correlations.parquet", "evidence/A06.parquet", "nonmodels/A06.parquet")
        analyze_components.main(*known, self.file("norms.csv"), *outputs, **MAIN, shuffles=SETS, **DRAWS)
        words = self.files("clusters.yaml", "antonyms.yaml")
        outputs = self.files("clusters.parquet", "cosines.parquet", "evidence/A09.parquet", "nonmodels/A09.parquet")
        draws = {"starts": 2, "runs": 1, "clusterings": SETS, "shuffles": SETS}
        cluster_vectors.main(*known, *words, *outputs, **MAIN, **draws, **DRAWS)
        outputs = self.files("depths.parquet", "evidence/A10.parquet")
        compare_depths.main(*self.measured, *twin, second, *outputs, resamples=SETS, seed=3)

    def read(self) -> None:
        """What a model is needed for once more: the lens, quantities, and words under steering."""
        vectors, *all_shuffled = self.vectors
        stories = (*self.measured[:3], self.file("second.parquet"))
        inputs = (*self.files("weights", "families.yaml"), vectors, *stories, *all_shuffled)
        outputs = self.files("auc.parquet", "lens.parquet", "evidence/A03.parquet")
        read_lens.main(*inputs, *outputs, row=ROW, **MAIN, **DRAWS)
        read_alone = (*self.files("families.yaml", "stories.parquet"), REPLIES)
        inputs = (*self.files("weights", "templates.yaml"), vectors, all_shuffled[1], *read_alone)
        outputs = self.files("readings.parquet", "rho.parquet", "words_alone.parquet", "evidence/A04.parquet")
        read_intensity.main(*inputs, *outputs, row=ROW, **MAIN, **BUDGET, **DRAWS)
        steering = SteeringSettings(
            [0.1, 0.5], judged_strength=0.1, guard_nats=5.0, every_dialogue=2, finite_nulls=SETS
        )
        inputs = (*self.files("weights", "feels.yaml"), vectors, all_shuffled[1])
        outputs = self.files("responses.parquet", "coherence.parquet", "evidence/A05.parquet")
        settings = {"dialogues": str(self.file("dialogues")), "row": ROW, "steering": steering}
        steer_feels.main(*inputs, *outputs, **settings, **MAIN, **BUDGET, **DRAWS)
