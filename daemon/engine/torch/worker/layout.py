"""How a micro-batch lies in memory: each sequence a padded row, or packed segments of what sequences have in common."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from decoder import Attention, attend
from prefix_tree import Segment, Sequence, prefix_tree
from tree_attention import Pack, by_flash, by_levels


@dataclass(frozen=True)
class Layout:
    """What the decoder needs of a micro-batch, and where its answers are found."""

    # [rows, length]
    tokens: torch.Tensor
    # [1, length]
    positions: torch.Tensor
    attention: Attention
    # Of each response token: where, among all rows' tokens, it is predicted [N], and which it is [N].
    places: torch.Tensor
    targets: torch.Tensor


def padded(batch: list[Sequence], device: torch.device) -> Layout:
    """One row a sequence."""
    texts = [each.text for each in batch]
    length = max(1, *map(len, texts))
    # Padded on the right: what follows a token can't influence it.
    tokens = np.zeros((len(batch), length), np.int64)
    places = []
    for row, (each, text) in enumerate(zip(batch, texts)):
        tokens[row, : len(text)] = text
        places.append(row * length + len(each.prompt) - 1 + np.arange(len(each.response)))
    return layout(tokens, np.arange(length), lambda _, q, k, v: attend(q, k, v), places, batch, device)


def packed(batch: list[Sequence], bucket: int, flash: bool, device: torch.device) -> Layout:
    """All in one row, what is shared once; the row's length is a multiple of `bucket`."""
    segments, leaves = prefix_tree(batch)
    missing = -sum(len(each.tokens) for each in segments) % bucket or (0 if segments else bucket)
    if missing:
        segments.append(Segment(np.zeros(missing, np.int32), 0, -1, 0))
    order = sorted(range(len(segments)), key=lambda index: segments[index].level)
    place = {index: at for at, index in enumerate(order)}
    ordered = [segments[index] for index in order]
    pack = Pack([Segment(s.tokens, s.begin, place.get(s.parent, -1), s.level) for s in ordered])
    places = [
        pack.places(place[leaf])[len(each.prompt) - 1 :] if leaf >= 0 else np.empty(0, np.int64)
        for each, leaf in zip(batch, leaves)
    ]
    tokens = np.concatenate([each.tokens for each in pack.segments])
    positions = np.concatenate([each.begin + np.arange(len(each.tokens)) for each in pack.segments])
    attention: Callable[[Pack, torch.device], Attention] = by_flash if flash else by_levels
    return layout(tokens[None], positions, attention(pack, device), places, batch, device)


def layout(
    tokens: np.ndarray,
    positions: np.ndarray,
    attention: Attention,
    places: list[np.ndarray],
    batch: list[Sequence],
    device: torch.device,
) -> Layout:
    """The same on the device."""
    put = lambda array: torch.from_numpy(array.astype(np.int64)).to(device)
    targets = np.concatenate([each.response for each in batch])
    return Layout(put(tokens), put(positions)[None], attention, put(np.concatenate(places)), put(targets))


def packed_tokens(batch: list[Sequence]) -> int:
    """Tokens that `packed` computes, buckets aside."""
    segments, _ = prefix_tree(batch)
    return sum(len(each.tokens) for each in segments)


def padded_tokens(batch: list[Sequence]) -> int:
    """Tokens that `padded` computes."""
    return len(batch) * max(len(each.text) for each in batch)
