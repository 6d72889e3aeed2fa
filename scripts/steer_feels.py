"""Steering and the emotion word after "feels": slopes at strength zero with their null, finite strengths, and A05.

Slopes come from one backward pass for each prompt and serve every direction; finite strengths confirm them. The coherence guard
is the fall of the log-probability of neutral text under the judged strength.
"""

import pandas as pd
import torch
from safetensors.torch import load_file
from tqdm import tqdm

from emotion_vectors import claims, models, provenance, readouts, stats, stimuli, tokens, vectors, weights
from emotion_vectors.intervene import dose


def word_tokens(model: models.LanguageModel, words: dict[str, str]) -> dict[str, int]:
    """Emotions whose word after "feels" is one token of this model, with that token."""
    found = {emotion: tokens.single_token(model.tokenizer, word) for emotion, word in words.items()}
    return {emotion: token for emotion, token in found.items() if token is not None}


def encode_prompts(model: models.LanguageModel, prompts) -> list[tokens.Encoded]:
    """Chats that end in the middle of the reply, before the word that would name the emotion."""
    return [
        tokens.chat(model.tokenizer, [{"role": "user", "content": prompt.user}], model.template, prefill=prompt.prefill)
        for prompt in prompts
    ]


def finite_changes(model, prompts, ids, layer, additions) -> torch.Tensor:
    """Change of each word's log-probability under each addition: [prompt, direction, word], nats."""
    changes = []
    for prompt in tqdm(prompts, desc=f"{model.name} steered", mininterval=5):
        steered = readouts.steered_next_word_logprobs(model, prompt, ids, layer, additions)
        changes.append(steered - readouts.next_word_logprobs(model, prompt, ids))
    return torch.stack(changes)


def coherence_cost(model, dialogues, layer, additions) -> float:
    """Mean fall of the log-probability per token of neutral dialogues under the additions, nats."""
    texts = [tokens.encode(model.tokenizer, tokens.dialogue_text(turns)) for turns in dialogues]
    none = torch.zeros(1, model.width)
    falls = [
        readouts.text_logprob(model, text, layer, none) - readouts.text_logprob(model, text, layer, additions)
        for text in texts
    ]
    return float(torch.stack(falls).mean())


def main(
    inputs, responses_file: str, coherence_file: str, evidence_file: str, *, row, depth, steering, bootstraps, seed, run
):
    model = models.load(inputs.weights, template=row.template, dtype=row.dtype)
    emotion_vectors = vectors.load(inputs.vectors)
    layer = models.main_layer(model.layers, depth)
    feels = stimuli.load_feels(inputs.feels, emotions=emotion_vectors.emotions)
    words = word_tokens(model, feels.words)
    emotions, ids = list(words), list(words.values())
    norm, directions = emotion_vectors.norms[layer], emotion_vectors.of(emotions)[:, layer]
    prompts = encode_prompts(model, feels.prompts)
    gradients = torch.stack([readouts.next_word_gradients(model, prompt, ids, layer) for prompt in prompts])

    judged = steering["judged_strength"]
    slopes = torch.einsum("pwd,vd->pvw", gradients, dose(directions, norm, judged))
    columns = [emotion_vectors.emotions.index(emotion) for emotion in emotions]
    null = torch.stack(
        [
            torch.einsum("wd,vd->vw", gradients.mean(0), dose(one[columns, 0], norm, judged))
            for one in load_file(inputs.shuffled_main)["vectors"]
        ]
    )
    strengths = [sign * strength for strength in steering["strengths"] for sign in (-1, 1)]
    changes = {
        strength: finite_changes(model, prompts, ids, layer, dose(directions, norm, strength)) for strength in strengths
    }
    dialogues = stimuli.load_dialogues(steering["dialogues"])["turns"].iloc[:: steering["every_dialogue"]]
    costs = pd.DataFrame(
        [
            (strength, coherence_cost(model, dialogues, layer, dose(directions, norm, strength)))
            for strength in strengths
        ],
        columns=["strength_norm_fraction", "neutral_logprob_fall_nats_per_token"],
    )
    provenance.write_table(
        costs, coherence_file, run, guard_nats=steering["guard_nats"], texts=len(dialogues), layer=layer
    )
    provenance.write_table(response_table(slopes, changes, emotions, judged), responses_file, run, layer=layer)

    cost = float(costs.loc[costs["strength_norm_fraction"] == judged, "neutral_logprob_fall_nats_per_token"].iloc[0])
    guard = (
        ""
        if cost <= steering["guard_nats"]
        else f"outside the coherent range: neutral text loses {cost:.2f} nats a token"
    )
    provenance.write_table(evidence_table(slopes, changes[judged], null, guard, bootstraps, seed), evidence_file, run)


def response_table(slopes, changes, emotions, judged) -> pd.DataFrame:
    """Mean response over the prompts: measure, strength, direction, word, change in nats."""
    measured = {("slope", judged): slopes} | {("change", strength): change for strength, change in changes.items()}
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


def evidence_table(slopes, changes, null, guard: str, bootstraps: int, seed: int) -> pd.DataFrame:
    """Evidence on A05. Both own-minus-others effects and the fall of the others; intervals over prompts, then emotions.

    Args:
        slopes, changes: [prompt, direction, word]; null: [set, direction, word].
    """
    null_own = readouts.own_minus_others(null).mean(-1).numpy()
    count = null.shape[-1]

    def others(values: torch.Tensor) -> torch.Tensor:
        return (values.sum(-1) - values.diagonal(dim1=-2, dim2=-1)) / (count - 1)

    measured = {
        "slope, own minus others": (readouts.own_minus_others(slopes), null_own),
        "change at +0.1, own minus others": (readouts.own_minus_others(changes), null_own),
        "others fall": (others(changes), others(null).mean(-1).numpy()),
    }
    rows = []
    for part, (values, null_values) in measured.items():
        table = values.numpy()
        interval = stats.hierarchical_bootstrap(table, bootstraps, seed)
        found = stats.effect(
            table.mean(),
            interval,
            null_values,
            n=table.size,
            of="prompt-emotion cells",
            unit="nats at strength 0.1",
            two_sided=True,
        )
        rows.append(claims.evidence("A05", part, found, guard=guard))
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output.responses, snakemake.output.coherence, snakemake.output.evidence,
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), depth=snakemake.params.depth,
            steering=snakemake.params.steering, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed, run=run,
        )  # fmt: skip
