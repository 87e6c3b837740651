"""Attention of the tokens being drawn: one query a row, over keys and values that rows share or have for themselves."""

from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from arena import Arena


@dataclass(frozen=True)
class Part:
    """Keys and values of one stretch of text: the prefix of all prompts, the prompts, or the answers so far.

    A part has slots, each of which serves `width` rows with one copy of its text. Where the rows don't lie so,
    `sources` says which row each place of [slots · width] reads its query from (any, where none does), and `places`
    where each row lies.
    """

    # [layers, slots, kv_heads, length, head_size]
    keys: torch.Tensor
    values: torch.Tensor
    width: int
    # 0 where a slot's text is, −∞ behind its end: float32 [slots, length], or [1, length] for all.
    mask: torch.Tensor | None = None
    sources: torch.Tensor | None = None
    places: torch.Tensor | None = None

    def of_rows(self, arena: Arena, slots: np.ndarray, width: int, count: int) -> "Part":
        """For rows that read these slots, in ascending order; `count` rows with those that are only padding."""
        sizes = np.bincount(slots, minlength=self.keys.shape[1])
        if len(slots) == count == len(sizes) * width:
            return replace(self, width=width)
        places = np.zeros(count, np.int64)
        places[: len(slots)] = slots * width + np.arange(len(slots)) - (np.cumsum(sizes) - sizes)[slots]
        sources = np.zeros(len(sizes) * width, np.int64)
        sources[places[: len(slots)]] = np.arange(len(slots))
        sources, places = arena.put("part.sources", sources), arena.put("part.places", places)
        return replace(self, width=width, sources=sources, places=places)

    def kept(self, slots: np.ndarray, count: int) -> "Part":
        """Moves these slots to the front; only they are left, with others that pad them to `count`."""
        index = torch.from_numpy(slots).to(self.keys.device)

        def kept(buffer: torch.Tensor, axis: int) -> torch.Tensor:
            buffer.narrow(axis, 0, len(slots)).copy_(buffer.index_select(axis, index))
            return buffer.narrow(axis, 0, count)

        return Part(kept(self.keys, 1), kept(self.values, 1), 1, None if self.mask is None else kept(self.mask, 0))

    def fields(self) -> list[torch.Tensor | int | None]:
        """All that a step's key is made of."""
        return [getattr(self, each.name) for each in fields(self)]

    def scores(self, layer: int, queries: torch.Tensor) -> torch.Tensor:
        """Queries [rows, kv_heads, group, head_size], scaled → products with keys, float32 [rows, …, length]."""
        products = product(self.to_slots(queries), self.keys[layer].flatten(0, 1).transpose(1, 2))
        _, slots, heads, length, _ = self.keys.shape
        products = products.view(slots, heads, self.width, -1, length)
        if self.mask is not None:
            products = products + self.mask[:, None, None, None]
        return self.to_rows(products)

    def mix(self, layer: int, shares: torch.Tensor) -> torch.Tensor:
        """Shares [rows, kv_heads, group, length] → values so weighted, float32 [rows, kv_heads, group, head_size]."""
        values = self.values[layer]
        mixed = product(self.to_slots(shares.to(values.dtype)), values.flatten(0, 1))
        return self.to_rows(mixed.view(*values.shape[:2], self.width, -1, values.shape[-1]))

    def to_slots(self, x: torch.Tensor) -> torch.Tensor:
        """[rows, kv_heads, group, n] → [slots · kv_heads, width · group, n]."""
        if self.sources is not None:
            x = x.index_select(0, self.sources)
        if self.width > 1:
            x = x.unflatten(0, (-1, self.width)).transpose(1, 2)
            return x.reshape(-1, self.width * x.shape[3], x.shape[4])
        return x.flatten(0, 1)

    def to_rows(self, x: torch.Tensor) -> torch.Tensor:
        """[slots, kv_heads, width, group, n] → [rows, kv_heads, group, n]."""
        x = x.transpose(1, 2).flatten(0, 1)
        return x if self.places is None else x.index_select(0, self.places)


def attend_parts(layer: int, queries: torch.Tensor, parts: list[Part]) -> torch.Tensor:
    """Softmax attention over all parts' keys together: [rows, heads, 1, head_size], as the queries."""
    rows, heads, _, size = queries.shape
    kv_heads = parts[0].keys.shape[2]
    grouped = (queries * size**-0.5).view(rows, kv_heads, heads // kv_heads, size)
    shares = torch.cat([part.scores(layer, grouped) for part in parts], -1).softmax(-1)
    pieces = shares.split([part.keys.shape[3] for part in parts], -1)
    mixed = sum(part.mix(layer, piece) for part, piece in zip(parts, pieces))
    return mixed.reshape(queries.shape).to(queries.dtype)


def product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Batched matrix product in float32, as fused attention computes it inside."""
    if a.dtype == torch.float32:
        return torch.bmm(a, b)
    if a.is_cuda:
        return torch.bmm(a, b, out_dtype=torch.float32)
    return torch.bmm(a.float(), b.float())
