"""States of a model at the last token of every event asked for in the voice of every emotion (Wang et al. 2025, step 2)."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import prompt_states
from emotion_vectors.engine.prompts import with_order
from emotion_vectors.models import language_model, sublayers
from emotion_vectors.stimuli.events import EMOTIONS, NEUTRAL, load_events, load_orders, order_of, some_scenarios
from emotion_vectors.stimuli.files import file_digests


def main(
    events: Path,
    orders: list[Path],
    weights: Path,
    states: Path,
    *,
    row: Mapping[str, str],
    scenarios: int,
    components: bool,
    batch_tokens: int,
) -> None:
    """States under the study's own orders; where a file of other orders is given, under these, on neutral events alone."""
    chosen = some_scenarios(load_events(events), scenarios)
    asked = {emotion: order_of(emotion) for emotion in EMOTIONS}
    if orders:
        chosen = [event for event in chosen if event.valence == NEUTRAL]
        asked = {order.label: order.text for order in load_orders(orders[0])}
    model = language_model.load(weights, **row)
    sublayers.check_sublayers(model)
    texts = [with_order(model, event, order) for event in chosen for order in asked.values()]
    captured = prompt_states.capture(model, texts, batch_tokens, components=components)
    shape = (len(chosen), len(asked))
    files.write_tensors(
        {name: tensor.unflatten(0, shape) for name, tensor in captured.items()},
        states,
        model_sha256=model.sha256,
        events_sha256=file_digests([events], events.parent)[events.name],
        **prompt_states.facts_of(chosen, list(asked)),
    )


if __name__ == "__main__":
    step.run(main, snakemake)
