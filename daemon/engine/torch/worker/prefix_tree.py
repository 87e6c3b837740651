"""What sequences have in common: a tree of segments in which a shared prompt, or a long beginning, is there once."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np

# Prompts that are not equal share their beginning from so many tokens on; below, segments cost more than they save.
SHORTEST_SHARED = 32


@dataclass(frozen=True)
class Sequence:
    """A prompt and the response whose tokens count."""

    prompt: np.ndarray
    response: np.ndarray

    @property
    def text(self) -> np.ndarray:
        """The tokens that the model reads: the last one is predicted only."""
        return np.concatenate([self.prompt, self.response])[:-1]


@dataclass(frozen=True)
class Segment:
    """Tokens that see those of their ancestors and themselves. Never empty."""

    tokens: np.ndarray
    # Position of the first token.
    begin: int
    # The segment that these tokens continue, −1 for none; it lies before this one in its list.
    parent: int
    # Ancestors.
    level: int


def prefix_tree(batch: list[Sequence]) -> tuple[list[Segment], list[int]]:
    """Segments of all sequences that have a response, and each one's last segment (−1 where it has no response)."""
    segments: list[Segment] = []
    leaves = [-1] * len(batch)

    def add(tokens: np.ndarray, begin: int, parent: int) -> int:
        """A segment's index; that of its parent if there is nothing to add."""
        if len(tokens) == 0:
            return parent
        segments.append(Segment(tokens, begin, parent, segments[parent].level + 1 if parent >= 0 else 0))
        return len(segments) - 1

    # Big-endian bytes sort as the tokens do.
    order = sorted(
        (index for index, each in enumerate(batch) if len(each.response)),
        key=lambda index: batch[index].prompt.astype(">i4").tobytes(),
    )
    # Sequences in order, whose first `depth` tokens are those of the segments down to `parent`.
    waiting = [(order, -1, 0)] if order else []
    while waiting:
        members, parent, depth = waiting.pop()
        first, last = batch[members[0]].prompt, batch[members[-1]].prompt
        common = common_length(first, last)
        if len(members) == 1:
            leaves[members[0]] = add(batch[members[0]].text[depth:], depth, parent)
        elif common == len(first) == len(last):
            parent = add(first[depth:], depth, parent)
            for index in members:
                leaves[index] = add(batch[index].response[:-1], common, parent)
        else:
            if common - depth >= SHORTEST_SHARED:
                parent, depth = add(first[depth:common], depth, parent), common
            following = lambda index: batch[index].prompt[common : common + 1].tobytes()
            waiting += [(list(group), parent, depth) for _, group in groupby(members, following)]
    return segments, leaves


def common_length(a: np.ndarray, b: np.ndarray) -> int:
    """Tokens that two prompts begin with alike; in sorted prompts, all between them do, too."""
    length = min(len(a), len(b))
    unlike = np.flatnonzero(a[:length] != b[:length])
    return int(unlike[0]) if len(unlike) else length
