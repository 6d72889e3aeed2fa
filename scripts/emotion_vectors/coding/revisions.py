"""Further answers to coding tasks: who fails the visible tests is shown their output and answers again, in rounds.

Every round is kept in a partial file of its own as it goes on, answers together with what they amount to: no program is run twice
when a killed run goes on, so that what a model was shown stays what it was shown.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_vectors.coding import agent
from emotion_vectors.coding.agent import Attempt, Examined, Message, examine
from emotion_vectors.engine import sampling
from emotion_vectors.engine.sampling import Reply
from emotion_vectors.replies.transcripts import ATTEMPTS, Partial, Sample, digest_of, seed_of
from emotion_vectors.stimuli.situations import Item, chat_of

if TYPE_CHECKING:
    from emotion_vectors.coding.sandbox.isolation import Level
    from emotion_vectors.coding.task_runner import CodingTask
    from emotion_vectors.models import tokens
    from emotion_vectors.replies.sampled import Sampler

log = logging.getLogger(__name__)
EXAMINED = [field.name for field in fields(Examined)]


@dataclass(frozen=True)
class Rounds:
    """Attempts at a list of samples, round by round.

    sampler: what the first answers were sampled with. samples, first: the plan of the first answers, and these.
    tasks: by scenario. minimum: least isolation in which programs are run. folder: where the rounds are kept until all are there.
    """

    sampler: Sampler
    samples: Sequence[Sample]
    first: Sequence[Reply]
    tasks: Mapping[str, CodingTask]
    minimum: Level
    folder: Path

    def work(self, items: Sequence[Item], attempts: int) -> list[list[Attempt]]:
        """All attempts at each sample, `attempts` at most.

        Args:
            items: situations of the tasks, in which each sample finds its own.
        """
        by_name = {(item.scenario, item.variant): item for item in items}
        openings = [chat_of(by_name[sample.scenario, sample.variant]) for sample in self.samples]
        return agent.work(openings, self.attempt, attempts)

    def attempt(self, number: int, conversations: Mapping[int, list[Message]]) -> dict[int, Attempt]:
        """One attempt at each conversation, by row; a conversation that leaves no room for an answer is left out.

        Raises:
            SandboxError: the machine does not give the isolation.
        """
        prompts = self._prompts(conversations)
        rows = list(prompts)
        planned = [self._planned(row, number, prompts[row]) for row in rows]
        settings = {**self.sampler.settings, "isolation": self.minimum}
        with Partial(self.folder / str(number), planned, settings, EXAMINED) as partial:
            for replies in self._replies(number, list(prompts.values()), planned, partial.stored):
                examined = {at: self._examined(rows[at], reply) for at, reply in replies.items()}
                partial.append(replies, examined)
            stored = [json.loads(line) for line in partial.lines()]
        names = [field.name for field in fields(Attempt)]
        return {row: Attempt(**{name: value[name] for name in names}) for row, value in zip(rows, stored, strict=True)}

    def _prompts(self, conversations: Mapping[int, list[Message]]) -> dict[int, tokens.Encoded]:
        model = self.sampler.model
        room = sampling.room_of(model, self.sampler.sampling)
        prompts: dict[int, tokens.Encoded] = {}
        for row, messages in conversations.items():
            # Answers and outputs of programs are quoted as they stand: what they spell cannot end the turn in which they are shown.
            prompt = model.conversation.prompt(messages, quoted=True)
            if len(prompt.ids) <= room:
                prompts[row] = prompt
                continue
            log.warning(
                "%s: the conversation of %d tokens leaves no room for another answer (%d at most) and ends; generation.new_tokens and "
                "generation.attempts decide how long it grows",
                self.samples[row],
                len(prompt.ids),
                room,
            )
        return prompts

    def _planned(self, row: int, number: int, prompt: tokens.Encoded) -> Sample:
        """The sample as it was planned first or, in later rounds, with the conversation so far and a seed of the round."""
        first = self.samples[row]
        if number == 1:
            return first
        return replace(first, seed=seed_of(first.seed, "attempt", number), prompt_sha256=digest_of(prompt))

    def _replies(
        self, number: int, prompts: list[tokens.Encoded], planned: list[Sample], done: set[int]
    ) -> Iterator[dict[int, Reply]]:
        if number > 1:
            return self.sampler.replies(prompts, planned, done)
        return ({row: reply} for row, reply in enumerate(self.first) if row not in done)

    def _examined(self, row: int, reply: Reply) -> dict[str, str | None]:
        return asdict(examine(reply.text, self.tasks[self.samples[row].scenario], minimum=self.minimum))


def not_run(sample: Sample, reply: Reply) -> list[Attempt]:
    """The only attempt where programs cannot be run: the first answer, of no class."""
    return [Attempt(None, "not run", None, sample.seed, reply.text, reply.ids, reply.ended)]


def line_of(sample: Sample, attempts: Sequence[Attempt]) -> str:
    """A sample with its last answer and all attempts, as one line of JSON."""
    last = attempts[-1]
    return sample.line(
        Reply(last.tokens, [], last.text, last.ended), {ATTEMPTS: [asdict(attempt) for attempt in attempts]}
    )
