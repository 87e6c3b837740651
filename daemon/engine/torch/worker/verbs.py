"""What the worker does when asked: one method a verb, from a frame's header and arrays to an answer's value and arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
from memory import Tell
from model import Model
from prefix_tree import Sequence
from ragged import concatenate, split

Answer = tuple[Any, tuple]


class Verbs:
    """The verbs, on the model that `open` reads."""

    def __init__(self, checkpoint: Callable[[int, int, int], None], tell: Tell) -> None:
        """`checkpoint(id, done, total)` tells progress of a request, or raises Aborted. `tell` writes a notice."""
        self.checkpoint = checkpoint
        self.tell = tell

    def open(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        self.model = Model(header, self.tell)
        return self.model.facts(), ()

    def snapshot(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        return self.model.snapshot(), ()

    def release(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        self.model.release(header["policy"])
        return None, ()

    def sample(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        """Arrays: prompts, keys of five numbers each. Answers which ended at a stop token; tokens, log-probabilities."""
        prompts = split(arrays[0], arrays[1])
        keys = np.asarray(arrays[2]).reshape(-1, 5)
        completions = self.model.sample(prompts, keys, header, self.progress(header, len(prompts)))
        tokens = concatenate([each.tokens for each in completions], np.int32)
        logprobs, _ = concatenate([each.logprobs for each in completions], np.float32)
        return [each.stopped for each in completions], (*tokens, logprobs)

    def logprobs(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        """Arrays: prompts, responses, micro-batches. Answers log-probabilities."""
        batch = sequences(arrays)
        progress = self.progress(header, len(batch))
        micro_batches = split(arrays[4], arrays[5])
        measured = self.model.logprobs(batch, micro_batches, header["policy"], header["temperature"], progress)
        return None, concatenate(measured, np.float32)

    def update(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        """Arrays: prompts, responses, micro-batches, coefficients. Answers log-probabilities."""
        batch = sequences(arrays)
        progress = self.progress(header, len(batch))
        coefficients = split(arrays[6], arrays[3])
        micro_batches = split(arrays[4], arrays[5])
        measured = self.model.update(batch, micro_batches, coefficients, header["temperature"], progress)
        return None, concatenate(measured, np.float32)

    def forward(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        """Arrays: prompts and responses of one micro-batch. Answers log-probabilities; their graph waits for `backward`."""
        return None, concatenate(self.model.forward(sequences(arrays), header["temperature"]), np.float32)

    def backward(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        """Arrays: coefficients of the micro-batch that was sent forward."""
        self.model.backward(np.asarray(arrays[0]))
        return None, ()

    def step(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        return self.model.step(header["adam"]), ()

    def discard(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        self.model.discard()
        return None, ()

    def save(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        self.model.save(header["dir"])
        return None, ()

    def load(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        self.model.load(header["dir"])
        return None, ()

    def export(self, header: dict[str, Any], arrays: list[memoryview]) -> Answer:
        self.model.export(header["dir"], header["format"])
        return None, ()

    def progress(self, header: dict[str, Any], total: int) -> Callable[[int], None]:
        return lambda done: self.checkpoint(header["id"], done, total)


def sequences(arrays: list[memoryview]) -> list[Sequence]:
    """Prompts with their responses."""
    prompts, responses = split(arrays[0], arrays[1]), split(arrays[2], arrays[3])
    return [Sequence(prompt, response) for prompt, response in zip(prompts, responses)]
