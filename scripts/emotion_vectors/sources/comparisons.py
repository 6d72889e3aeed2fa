"""Evidence on stories and messages decoded on the same terms by vectors and by what is no model (A01b, A02b, S05b)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.nonmodels import EMBEDDINGS, STYLE, TWIN, WORDS
from emotion_vectors.decoding.implicit_messages import MESSAGE_MEAN
from emotion_vectors.sources import decoders
from emotion_vectors.sources.decoded import (
    KINDS,
    RAW,
    WHITENED,
    Decoded,
    Messages,
    decode_all,
    decode_without,
    hits_across,
    hits_on_second,
)
from emotion_vectors.sources.decoders import Decoder
from emotion_vectors.sources.rates import Items, MessageItems, Row, StoryItems, difference_across
from emotion_vectors.sources.study import SECOND_HAND, SENTENCES, SPANS, VECTORS, Source
from emotion_vectors.statistics.effects import Effect
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.statistics.wording import bare

Array = NDArray[np.float64]


TOGETHER = "vectors and words"
COMPARED = (WORDS, STYLE, TWIN, VECTORS)
"""Sources whose rates stand beside each other, with the last and words together after them."""


@dataclass(frozen=True)
class Comparisons:
    """What was decoded in one study.

    decoded: every source, by name; residual: whitened decoders of vectors without what a source predicts, by its name; of_second:
    whitened decoders of vectors and of words that were fitted on the second hand's stories alone, by name, empty where these were not read.
    """

    decoded: Mapping[str, Decoded]
    residual: Mapping[str, Decoder]
    of_second: Mapping[str, Decoder]
    messages: Messages
    draws: Draws

    @property
    def stories(self) -> StoryItems:
        return StoryItems(self.draws)

    def at(self, span: str) -> MessageItems:
        return MessageItems(self.draws, self.messages, span)

    @property
    def words(self) -> Decoder:
        return self.decoded[WORDS].alone[WHITENED]


def measure(
    sources: Mapping[str, Source], sentences: Source, topics: int, messages: Messages, draws: Draws
) -> Comparisons:
    """Decode every source of a study, and what is left of the vectors without some of them.

    Args:
        sources: vectors and non-models, by name; sentences: sentence embeddings of the same texts.
    """
    vectors, removed = sources[VECTORS], {WORDS: sources[WORDS], STYLE: sources[STYLE], SENTENCES: sentences}
    residual = {name: decode_without(vectors, predictor, topics) for name, predictor in removed.items()}
    by_second = {name: sources[name].second_hand() for name in (VECTORS, WORDS)}
    of_second = {
        name: decoders.whitened(source.products(), len(source.stories) * topics // len(vectors.stories))
        for name, source in by_second.items()
        if source is not None
    }
    return Comparisons(decode_all(sources, topics), residual, of_second, messages, draws)


def on_the_model(study: Comparisons) -> pd.DataFrame:
    """Evidence on the vectors of a model."""
    return pd.DataFrame([*on_stories(study, VECTORS), *on_messages(study, VECTORS), *on_training(study)])


def on_nonmodels(study: Comparisons) -> pd.DataFrame:
    """The same of what is no model, in each part that it can enter, with the column nonmodel."""
    of_stories = [
        row | {"nonmodel": name} for name in (WORDS, STYLE, EMBEDDINGS, TWIN) for row in on_stories(study, name)
    ]
    of_messages = [row | {"nonmodel": name} for name in (WORDS, STYLE, TWIN) for row in on_messages(study, name)]
    return pd.DataFrame(of_stories + of_messages)


def on_stories(study: Comparisons, name: str) -> Iterator[Row]:
    """Evidence on A01b by one source; words add nothing to themselves."""
    source, words, stories = study.decoded[name], study.decoded[WORDS], study.stories
    for kind in KINDS:
        alone = source.alone[kind]
        across = stories.across(hits_across(alone))
        yield evidence_row("A01b", f"{kind}, above chance", stories.rate(alone), beside=across)
        if source.with_words:
            both, beside = source.with_words[kind], words.alone[kind]
            across = stories.across(difference_across(both, beside))
            yield evidence_row("A01b", f"{kind}, adds to words", stories.difference(both, beside), beside=across)


def on_messages(study: Comparisons, name: str) -> Iterator[Row]:
    """Evidence on A02b by one source, at both spans; words do not exceed themselves."""
    source = study.decoded[name]
    for span in SPANS:
        items, alone = study.at(span), source.alone[WHITENED]
        across = [_across_hands(study, items, name), f"raw {bare(items.hits(source.alone[RAW]).mean())}"]
        yield evidence_row("A02b", f"{span}, top-3 rate", items.rate(alone), beside="; ".join(across))
        if name != WORDS:
            across = [_across_hands(study, items, name, WORDS), f"words {bare(items.hits(study.words).mean())}"]
            above = items.difference(alone, study.words)
            yield evidence_row("A02b", f"{span}, minus words", above, beside="; ".join(across))


def _across_hands(study: Comparisons, items: Items, name: str, other: str | None = None) -> str:
    """Rate of a source that was fitted on the second hand's stories, or its difference from that of another, in words."""
    if not {name, other or name} <= set(study.of_second):
        return items.across(None)
    hits = items.hits(study.of_second[name])
    return items.across(hits if other is None else hits - items.hits(study.of_second[other]))


def on_training(study: Comparisons) -> Iterator[Row]:
    """Evidence on S05b: vectors against their twin, together with words, and without what other sources predict."""
    vectors, twin = (study.decoded[name].alone[WHITENED] for name in (VECTORS, TWIN))
    both = study.decoded[VECTORS].with_words[WHITENED]
    for name, items in (("stories", study.stories), ("messages", study.at(MESSAGE_MEAN))):
        yield evidence_row("S05b", f"{name}: trained above re-initialised", items.difference(vectors, twin))
        yield evidence_row("S05b", f"{name}: adds to words", items.difference(both, study.words))
        for source in (WORDS, STYLE, SENTENCES):
            left = study.residual[source]
            across = study.stories.across(hits_across(left)) if name == "stories" else ""
            yield evidence_row("S05b", f"{name}: without {source}", items.rate(left), beside=across)


def summary(study: Comparisons) -> pd.DataFrame:
    """Whitened rates of the sources side by side: measure, source, rate, low, high, null_95, chance, n.

    Measures are stories of topics left out, those of the second hand where they were read, and messages at both spans.
    """
    compared = {name: study.decoded[name].alone[WHITENED] for name in COMPARED}
    compared[TOGETHER] = study.decoded[VECTORS].with_words[WHITENED]
    rows = []
    for source, decoder in compared.items():
        rows.append(("stories", source, study.stories.rate(decoder)))
        rows += [(span, source, study.at(span).rate(decoder)) for span in SPANS]
    table = pd.DataFrame([{"measure": measure, "source": source, **_shown(effect)} for measure, source, effect in rows])
    return pd.concat([table, _summary_across(study, compared)], ignore_index=True)


def _shown(effect: Effect) -> dict[str, float]:
    numbers = {"rate": effect.estimate, "low": effect.low, "high": effect.high, "null_95": effect.null_95}
    return numbers | {"chance": effect.reference, "n": effect.n}


def _summary_across(study: Comparisons, compared: Mapping[str, Decoder]) -> pd.DataFrame:
    """Rates on the second hand's stories, with the null of permuted labels of the stories that the decoders were fitted on."""
    rows, draws = [], study.draws
    for source, decoder in compared.items():
        hits = hits_across(decoder)
        if hits is not None:
            low, high = study.stories.limits(hits)
            null = [hits_on_second(decoder, labels).mean() for labels in decoder.permuted(draws.shuffles, draws.seed)]
            numbers = {"rate": hits.mean(), "low": low, "high": high, "null_95": np.quantile(null, 0.95)}
            facts = {"measure": SECOND_HAND, "source": source, "chance": 1 / decoder.emotions, "n": len(hits)}
            rows.append(facts | numbers)
    return pd.DataFrame(rows)
