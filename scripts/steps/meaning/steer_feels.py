"""Steering and the emotion word after "feels": slopes at strength zero with their null, finite strengths, and A05.

The coherence guard is the fall of the log-probability of neutral text under the judged strength.
"""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine.coherence import guard, logprob_falls
from emotion_vectors.engine.edits import Addition, dose
from emotion_vectors.meaning import feels
from emotion_vectors.models import language_model, tokens
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import emotion_vectors


def main(
    weights: Path,
    continuations: Path,
    vectors: Path,
    shuffled_main: Path,
    responses: Path,
    coherence: Path,
    evidence: Path,
    *,
    dialogues: str,
    row: Mapping[str, str],
    depth: float,
    steering: feels.SteeringSettings,
    batch_tokens: int,
    bootstraps: int,
    seed: int,
) -> None:
    model, story_vectors = language_model.load(weights, **row), emotion_vectors.load(vectors)
    layer, judged = main_layer(model.layers, depth), steering.judged_strength
    stimuli = tables.load_feels(continuations, emotions=story_vectors.emotions)
    words = feels.word_tokens(model, stimuli.words)
    packed = feels.pack_prompts(
        model, stimuli.prompts, {stimuli.words[emotion]: token for emotion, token in words.items()}
    )
    norm, columns = story_vectors.norms[layer], [story_vectors.emotions.index(emotion) for emotion in words]
    directions = story_vectors.of(list(words))[:, layer]
    doses = {strength: dose(directions, norm, strength) for strength in steering.strengths}
    null = dose(emotion_vectors.load_shuffled(shuffled_main)[:, columns, 0], norm, judged)

    slopes = feels.slopes(feels.word_gradients(model, packed, layer), doses[judged], null, norm * judged, seed)
    prompts = feels.record(model, packed, layer, batch_tokens)
    changes = {strength: prompts.changes(additions) for strength, additions in doses.items()}
    bent = prompts.changes_of_sets(null[: steering.finite_nulls], seed)
    files.write_table(feels.response_table(slopes.values, changes, list(words), judged), responses, layer=layer)
    turns = tables.load_dialogues(dialogues)["turns"].iloc[:: steering.every_dialogue]
    texts = [tokens.encode(model.tokenizer, tokens.dialogue_text(turn)) for turn in turns]
    falls = {
        strength: float(logprob_falls(model, texts, [Addition(layer, additions)], batch_tokens).mean())
        for strength, additions in doses.items()
    }
    facts = {"guard_nats": steering.guard_nats, "texts": len(texts), "layer": layer}
    files.write_table(feels.cost_table(falls), coherence, **facts)
    closed, finite = guard(falls[judged], steering.guard_nats), feels.WordChanges(changes[judged], [bent])
    files.write_table(feels.evidence_on_words(slopes, finite, closed, bootstraps, seed), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
