"""What the answers of a wave share: its distinct prompts, their common prefix, and which rows answer which prompt."""

from dataclasses import dataclass

import numpy as np
from prefix_tree import common_length

# A common prefix is computed once from so many tokens on: each step then has one more part of attention.
SHORTEST_PREFIX = 32


@dataclass(frozen=True)
class Slot:
    """A copy of a prompt in the cache and the rows that read it."""

    prompt: int
    rows: list[int]


@dataclass(frozen=True)
class Prompts:
    """Distinct prompts without their common prefix, and the slots that hold them."""

    prefix: np.ndarray
    suffixes: list[np.ndarray]
    slots: list[Slot]

    @property
    def longest(self) -> int:
        """Tokens of the longest prompt, its prefix left out."""
        return max(map(len, self.suffixes))


def share(prompts: list[np.ndarray], shared_prompts: bool, shared_prefix: bool) -> Prompts:
    """How the rows of a wave share their prompts; each row has a slot of its own unless prompts are shared."""
    rows: dict[bytes, list[int]] = {}
    for row, prompt in enumerate(prompts):
        rows.setdefault(prompt.tobytes(), []).append(row)
    groups = list(rows.values())
    distinct = [prompts[group[0]] for group in groups]
    length = common_prefix(distinct) if shared_prefix else 0
    width = slot_width([len(group) for group in groups]) if shared_prompts else 1
    slots = [
        Slot(index, group[at : at + width]) for index, group in enumerate(groups) for at in range(0, len(group), width)
    ]
    return Prompts(distinct[0][:length], [prompt[length:] for prompt in distinct], slots)


def common_prefix(distinct: list[np.ndarray]) -> int:
    """Tokens that all prompts begin with; each keeps one token at least of its own. 0 where sharing would not pay."""
    if len(distinct) == 1:
        return 0
    shortest = min(map(len, distinct))
    length = min(min(common_length(distinct[0], other) for other in distinct), shortest - 1)
    return length if length >= SHORTEST_PREFIX else 0


def slot_width(sizes: list[int]) -> int:
    """Rows a slot serves, of groups of these sizes: as many as leave at most a third of the slots' places empty.

    One large group among small ones is cut into several slots, so that the small ones don't take as much room.
    """
    rows, largest = sum(sizes), max(sizes)
    widths = [largest, *(2**power for power in reversed(range(largest.bit_length())) if 2**power < largest)]
    return next(width for width in widths if 2 * sum(-(-size // width) for size in sizes) * width <= 3 * rows)
