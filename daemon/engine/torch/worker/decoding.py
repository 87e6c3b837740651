"""What is asked of decoding, how it is done, and what comes out."""

from dataclasses import dataclass

import numpy as np
from fast import Fast

# Answers that are written side by side at most.
MAX_ROWS = 256
# Prompts' lengths are rounded up to multiples of this, answers' to powers of two from this on, where there are buckets.
PROMPT_BUCKET = 64
ANSWER_BUCKET = 64
# Where there are none, a step reads the answers up to the next multiple of this.
ANSWER_STRIDE = 16


@dataclass(frozen=True)
class Drawing:
    """How to draw; `temperature` 0 takes the most likely token."""

    temperature: float
    max_tokens: int
    stop_tokens: list[int]


@dataclass(frozen=True)
class Completion:
    """Drawn tokens with their log-probabilities, and whether a stop token ended them."""

    tokens: np.ndarray
    logprobs: np.ndarray
    stopped: bool


@dataclass(frozen=True)
class Decoding:
    """The switches of decoding. None changes what is computed, but for rounding."""

    # Answers to one prompt share its keys and values; else each row has a copy.
    shared_prompts: bool = True
    # The common prefix of all prompts is computed and kept once.
    shared_prefix: bool = True
    # Sizes are rounded up to few, so that a step's shapes return.
    buckets: bool = False
    # A step is one CUDA graph, which needs buckets to be captured rarely.
    graph: bool = False
    # Steps between two looks of the host, a divisor of BLOCK: on a GPU a look waits for all steps before it.
    look: int = 1

    @staticmethod
    def of(fast: Fast, cuda: bool) -> "Decoding":
        """What the switches say, and what pays on the device."""
        graph = fast.graphDecode and cuda
        return Decoding(fast.sharedPrompts, fast.sharedPrompts, buckets=graph, graph=graph, look=16 if cuda else 1)

    def rows(self, count: int) -> int:
        """Rows, or slots, or rows a slot, that a buffer has for so many."""
        return 1 << (count - 1).bit_length() if self.buckets else count

    def prompt_tokens(self, length: int) -> int:
        """Tokens that a slot has room for where the longest prompt has so many."""
        return -(-length // PROMPT_BUCKET) * PROMPT_BUCKET if self.buckets else length

    def answer_tokens(self, length: int, most: int) -> int:
        """Tokens of the answers that a step reads, of which `length` are there; `most` is the room that there is."""
        if self.buckets:
            return min(most, max(ANSWER_BUCKET, 1 << (length - 1).bit_length()))
        return min(most, -(-length // ANSWER_STRIDE) * ANSWER_STRIDE)

