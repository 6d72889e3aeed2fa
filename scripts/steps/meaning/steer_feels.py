"""Steering and the emotion word after "feels": slopes at strength zero with their null, finite strengths, and A05.

Slopes come from one backward pass for each prompt and serve every direction; finite strengths confirm them. The coherence guard
is the fall of the log-probability of neutral text under the judged strength.
"""

import pandas as pd
import torch
from safetensors.torch import load_file
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.engine import coherence, packing, plain_readouts, replay
from emotion_vectors.engine import gradients as slopes
from emotion_vectors.engine.edits import Addition, dose
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.statistics import effects, random_directions, resampling
from emotion_vectors.stimuli import tables as stimuli
from emotion_vectors.weights import table as weights


def word_tokens(model: language_model.LanguageModel, words: dict[str, str]) -> dict[str, int]:
    """Emotions whose word after "feels" is one token of this model, with that token."""
    found = {emotion: tokens.single_token(model.tokenizer, word) for emotion, word in words.items()}
    return {emotion: token for emotion, token in found.items() if token is not None}


def pack_prompts(model: language_model.LanguageModel, prompts, ids: list[int]) -> list[packing.Packed]:
    """Chats that end in the middle of the reply, each with every word that would name the emotion as a continuation."""
    words, context = [[token] for token in ids], packing.context_of(model)
    encoded = [
        tokens.chat(model.tokenizer, [{"role": "user", "content": prompt.user}], model.template, prefill=prompt.prefill)
        for prompt in prompts
    ]
    return [packing.pack(prompt, words, context) for prompt in encoded]


def finite_changes(model, recordings: list[replay.Recording], layer: int, additions, budget: int) -> torch.Tensor:
    """Change of each word's log-probability under each addition: [prompt, direction, word], nats."""
    edits = [Addition(layer, additions)]
    return torch.stack(
        [
            replay.replay(model, recording, edits, budget) - replay.unsteered(model, recording)
            for recording in recordings
        ]
    )


def finite_null(model, recordings, layer: int, sets, budget: int, seed: int) -> torch.Tensor:
    """The same for null sets of additions [set, direction, d_model], each direction on one prompt drawn at random.

    A finite strength bends the response whatever its direction, so finite changes need a null of finite changes.

    Returns:
        [set, direction, word], nats.
    """
    prompt_of = torch.randint(len(recordings), sets.shape[:2], generator=torch.Generator().manual_seed(seed))
    changes = torch.empty(sets.shape[:2] + sets.shape[1:2])
    for index, recording in enumerate(tqdm(recordings, desc=f"{model.name} null", mininterval=5)):
        chosen = prompt_of == index
        if chosen.any():
            changes[chosen] = finite_changes(model, [recording], layer, sets[chosen], budget)[0]
    return changes


def main(
    inputs, responses_file, coherence_file, evidence_file, *, row, depth, steering, batch_tokens, bootstraps, seed
):
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    story_vectors = emotion_vectors.load(inputs.vectors)
    layer = layers.main_layer(model.layers, depth)
    feels = stimuli.load_feels(inputs.feels, emotions=story_vectors.emotions)
    words = word_tokens(model, feels.words)
    emotions, ids = list(words), list(words.values())
    norm, directions = story_vectors.norms[layer], story_vectors.of(emotions)[:, layer]
    prompts = pack_prompts(model, feels.prompts, ids)
    # Every word is a contrast of its own.
    gradients = torch.stack(
        [slopes.respond(model, prompt, torch.eye(len(ids)), [layer]).gradients[:, 0] for prompt in prompts]
    )

    judged = steering["judged_strength"]
    responses = torch.einsum("pwd,vd->pvw", gradients, dose(directions, norm, judged))
    columns = [story_vectors.emotions.index(emotion) for emotion in emotions]
    mean_gradients, generator = gradients.mean(0), torch.Generator().manual_seed(seed)
    shuffled = load_file(inputs.shuffled_main)["vectors"][:, columns, 0]
    nulls = {
        "label-shuffled": null_responses(mean_gradients, dose(shuffled, norm, judged)),
        "Gaussian": null_responses(
            mean_gradients, dose(random_directions.gaussian(shuffled.shape, generator), norm, judged)
        ),
    }
    strengths, recordings = steering["strengths"], [replay.record(model, prompt, [layer]) for prompt in prompts]
    changes = {
        strength: finite_changes(model, recordings, layer, dose(directions, norm, strength), batch_tokens)
        for strength in tqdm(strengths, desc=f"{model.name} steered", unit="strength")
    }
    dialogues = stimuli.load_dialogues(steering["dialogues"])["turns"].iloc[:: steering["every_dialogue"]]
    texts = [tokens.encode(model.tokenizer, tokens.dialogue_text(turns)) for turns in dialogues]
    falls = {
        strength: coherence.logprob_falls(
            model, texts, [Addition(layer, dose(directions, norm, strength))], batch_tokens
        )
        for strength in strengths
    }
    costs = pd.DataFrame(
        [(strength, float(fall.mean())) for strength, fall in falls.items()],
        columns=["strength_norm_fraction", "neutral_logprob_fall_nats_per_token"],
    )
    files.write_table(costs, coherence_file, guard_nats=steering["guard_nats"], texts=len(texts), layer=layer)
    files.write_table(response_table(responses, changes, emotions, judged), responses_file, layer=layer)
    guard = coherence.guard(float(falls[judged].mean()), steering["guard_nats"])
    bent = finite_null(
        model, recordings, layer, dose(shuffled[: steering["finite_nulls"]], norm, judged), batch_tokens, seed
    )
    evidence = evidence_table(responses, changes[judged], nulls, bent, guard, bootstraps, seed)
    files.write_table(evidence, evidence_file)


def response_table(responses, changes, emotions, judged) -> pd.DataFrame:
    """Mean response over the prompts: measure, strength, direction, word, change in nats."""
    measured = {("slope", judged): responses} | {("change", strength): change for strength, change in changes.items()}
    tables = []
    for (measure, strength), values in measured.items():
        table = (
            pd.DataFrame(values.mean(0).numpy(), index=emotions, columns=emotions)
            .rename_axis("direction")
            .reset_index()
        )
        table = table.melt("direction", var_name="word", value_name="delta_logprob_nats")
        tables.append(table.assign(measure=measure, strength_norm_fraction=strength))
    return pd.concat(tables, ignore_index=True)


def null_responses(gradients: torch.Tensor, additions: torch.Tensor) -> torch.Tensor:
    """Slopes [set, direction, word] along null directions [set, direction, d_model], gradients averaged over the prompts."""
    return torch.einsum("wd,svd->svw", gradients, additions)


def evidence_table(
    responses, changes, nulls: dict[str, torch.Tensor], bent: torch.Tensor, guard: str, bootstraps: int, seed: int
) -> pd.DataFrame:
    """Evidence on A05: own word minus others, and the fall of the others; intervals over prompts crossed with emotions.

    Args:
        responses, changes: [prompt, direction, word]; nulls: slopes [set, direction, word] of each kind, of which the stricter
            counts; bent: changes at the finite strength [set, direction, word] of label-shuffled sets.
    """
    own, others = plain_readouts.own_minus_others, plain_readouts.mean_of_others
    rows = []
    finite = {"label-shuffled": bent}
    for part, values, measure, null_sets in (
        ("slope, own minus others", responses, own, nulls),
        ("change at +0.1, own minus others", changes, own, finite),
        ("others fall", changes, others, finite),
    ):
        table = measure(values).numpy()
        interval = resampling.crossed_bootstrap(table, bootstraps, seed)
        scale = effects.Scale("prompt-emotion cells", "nats at strength 0.1", two_sided=True)
        found = [
            effects.effect(table.mean(), interval, measure(null).mean(-1).numpy(), n=table.size, scale=scale)
            for null in null_sets.values()
        ]
        strictest = min(found, key=lambda effect: effect.null_percentile)
        rows.append(judging.evidence("A05", part, strictest, guard=guard))
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.responses, snakemake.output.coherence, snakemake.output.evidence,
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), depth=snakemake.params.depth,
            steering=snakemake.params.steering, batch_tokens=snakemake.params.batch_tokens,
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
