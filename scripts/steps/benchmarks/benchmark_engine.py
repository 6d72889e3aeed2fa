"""Speed and memory of the engine against a plain implementation, on the same texts, in turns, in the same run."""

import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.benchmarks import heads, sweep, timing
from emotion_vectors.engine import capture, prompts
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.stimuli import situations as behaviours
from emotion_vectors.stimuli import tables
from emotion_vectors.weights import table as weights

HEAD_TEXTS = 2
DEFINITIONS = {
    "extraction_vs_bare_forward": "tokens/s of story_means over those of the blocks alone, best of the repetitions",
    "peak_memory_vs_weights": "peak resident memory during extraction, less that before the model was loaded, over the "
    "bytes of the parameters and of one batch's hidden states at all layers",
}


@torch.inference_mode()
def bare_forward(model: language_model.LanguageModel, texts: list[tokens.Encoded], budget: int) -> None:
    """The blocks over the same batches, keeping nothing."""
    for batch in tokens.batches(texts, budget, tokens.pad_id(model.tokenizer)):
        model.base(input_ids=batch.ids.to(model.device), use_cache=False)


def measure(model, texts, settings: dict, before: int) -> dict:
    """Ratios, and what they were computed from. `before`: resident bytes before the model was loaded."""
    windows, budget = capture.Windows(late=settings["first_token"]), settings["batch_tokens"]
    methods = {
        "extraction": lambda: capture.story_means(model, texts, windows, budget),
        "bare_forward": lambda: bare_forward(model, texts, budget),
    }
    peak = timing.peak_memory(methods["extraction"])
    methods["bare_forward"]()
    times = timing.in_turns(methods, settings["repetitions"])
    best = {name: min(each) for name, each in times.items()}
    counted = sum(len(text.ids) for text in texts)
    parameters = sum(tensor.numel() * tensor.element_size() for tensor in model.network.parameters())
    batch = model.layers * model.width * budget * torch.finfo(torch.float32).bits // 8
    return {
        "ratios": {
            "extraction_vs_bare_forward": best["bare_forward"] / best["extraction"],
            "peak_memory_vs_weights": (peak - before) / (parameters + batch),
        },
        "tokens_per_second": {name: counted / each for name, each in best.items()},
        "seconds": times,
        "memory_bytes": {"peak": peak, "before_loading": before, "parameters": parameters, "batch": batch},
        "sizes": {"model": model.name, "texts": len(texts), "tokens": counted, **settings},
        "machine": timing.machine_in_use(),
    }  # fmt: skip


def with_interventions(
    found: dict, model: language_model.LanguageModel, texts, situations: str, settings: dict
) -> dict:
    """What `measure` found, and beside it the engine for interventions on one behaviour item, and the scoring of heads."""
    item, layer = behaviours.load_items(situations)[0], layers.main_layer(model.layers, settings["depth"])
    packed, budget = prompts.encode(model, item), settings["batch_tokens"]
    measured = {
        "sweep": sweep.measure(model, item, packed, layer, budget, settings["repetitions"]),
        "heads": heads.measure(model, texts[:HEAD_TEXTS]),
    }
    ratios = found["ratios"] | measured["sweep"].pop("ratios") | measured["heads"].pop("ratios")
    defined = DEFINITIONS | sweep.DEFINITIONS | heads.DEFINITIONS
    return {**found, **measured, "ratios": ratios, "definitions": defined}


def main(inputs, output_file: str, *, row, stories: dict, settings: dict) -> None:
    before = timing.resident_bytes()
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    emotions, topics = tables.load_emotions(inputs.norms), stories["topics"]
    table = tables.load_stories(stories["folder"], list(topics), topics, emotions=emotions)
    texts = [tokens.encode(model.tokenizer, text) for text in table["text"].iloc[: stories["count"]]]
    found = with_interventions(measure(model, texts, settings, before), model, texts, inputs.situations, settings)
    files.write_json(found, output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.params.model),
            stories=snakemake.params.stories, settings=snakemake.params.settings,
        )  # fmt: skip
