"""The answers being written side by side: all that a step reads and writes is in buffers that stay where they are."""

from dataclasses import dataclass, fields

import noise
import numpy as np
import torch
from arena import Arena
from draw import draw
from shape import Shape

# Positions whose noise is computed and sent to the device at once.
BLOCK = 32


@dataclass(frozen=True)
class Rows:
    """One row an answer. A buffer's first axis is rows, but for the cache's (layers) and for what all rows share."""

    # The token drawn last, and the position at which it is read: int64 [rows].
    tokens: torch.Tensor
    positions: torch.Tensor
    # Noise of a block of positions: float64 [rows, BLOCK].
    uniforms: torch.Tensor
    # What was drawn: int64 and float32 [rows, max_tokens].
    drawn: torch.Tensor
    logprobs: torch.Tensor
    # Tokens of each answer, and whether a stop token ended it; rows that ended go on until the host drops them.
    lengths: torch.Tensor
    ended: torch.Tensor
    # The answers' keys and values: [layers, rows, kv_heads, max_tokens, head_size].
    keys: torch.Tensor
    values: torch.Tensor
    # Tokens drawn so far, the same for all rows: int64 [1].
    step: torch.Tensor
    stops: torch.Tensor

    @staticmethod
    def empty(
        arena: Arena, shape: Shape, dtype: torch.dtype, count: int, max_tokens: int, stops: list[int]
    ) -> "Rows":
        """Rows that have drawn nothing, with keys and values of this type."""

        def zeros(name: str, *extent: int, dtype: torch.dtype = torch.int64) -> torch.Tensor:
            return arena.zeros(f"rows.{name}", extent, dtype)

        cache = (shape.layers, count, shape.kv_heads, max_tokens, shape.head_size)
        return Rows(
            tokens=zeros("tokens", count),
            positions=zeros("positions", count),
            uniforms=zeros("uniforms", count, BLOCK, dtype=torch.float64),
            drawn=zeros("drawn", count, max_tokens),
            logprobs=zeros("logprobs", count, max_tokens, dtype=torch.float32),
            lengths=zeros("lengths", count),
            ended=zeros("ended", count, dtype=torch.bool),
            keys=zeros("keys", *cache, dtype=dtype),
            values=zeros("values", *cache, dtype=dtype),
            step=zeros("step", 1),
            stops=arena.put("rows.stops", np.array(stops, np.int64)),
        )

    @property
    def count(self) -> int:
        return len(self.tokens)

    def buffers(self) -> list[torch.Tensor]:
        """All of them, for a step's key."""
        return [getattr(self, each.name) for each in fields(self)]

    def first(self, count: int) -> "Rows":
        """The first rows, in the same memory."""
        return Rows(**{each.name: by_row(each.name, getattr(self, each.name), slice(count)) for each in fields(self)})

    def kept(self, index: torch.Tensor) -> "Rows":
        """Moves the rows of an index to the front; only they are left."""
        kept = self.first(len(index))
        for each in fields(self):
            if each.name not in SHARED:
                moved = by_row(each.name, getattr(self, each.name), index)
                getattr(kept, each.name).copy_(moved)
        return kept

    def set_noise(self, keys: np.ndarray, start: int) -> None:
        """The noise of positions from `start`, a multiple of BLOCK. Rows behind the last key are padding."""
        block = noise.sample_uniforms(keys, np.arange(start, start + BLOCK))
        self.uniforms[: len(keys)].copy_(torch.from_numpy(block))

    def write(self, logits: torch.Tensor, temperature: float) -> None:
        """Draws each row's next token and notes it; float32 logits [rows, vocabulary]."""
        uniforms = self.uniforms.index_select(1, self.step % BLOCK)[:, 0]
        tokens, logprobs = draw(logits, temperature, uniforms)
        self.drawn.index_copy_(1, self.step, tokens[:, None])
        self.logprobs.index_copy_(1, self.step, logprobs[:, None].float())
        self.lengths.add_(~self.ended)
        self.ended.logical_or_((tokens[:, None] == self.stops).any(-1))
        self.tokens.copy_(tokens)
        self.step.add_(1)


# Buffers that have no axis of rows.
SHARED = ("step", "stops")


def by_row(name: str, buffer: torch.Tensor, rows: slice | torch.Tensor) -> torch.Tensor:
    """Some rows of one of the buffers."""
    if name in SHARED:
        return buffer
    return buffer[:, rows] if name in ("keys", "values") else buffer[rows]
