"""One token for every row: the same operations on the same buffers each time, with nothing that the host has to see."""

import torch
from attention import Part, attend_parts
from decoder import Decoder, Tensors
from rows import Rows


class Step:
    """Reads the tokens drawn last and draws the next ones. A CUDA graph can hold it: only buffers' contents change."""

    def __init__(
        self, decoder: Decoder, weights: Tensors, rows: Rows, shared: list[Part], length: int, temperature: float
    ) -> None:
        """`shared` is what rows share of their prompts. Answers may become `length` tokens long, no longer."""
        self.decoder, self.weights, self.rows, self.shared = decoder, weights, rows, shared
        self.temperature = temperature
        self.length = length

    def __call__(self) -> None:
        rows = self.rows
        # The token drawn last is the answer's at `at`; its keys and values are written before they are read.
        at = rows.step - 1
        places = torch.arange(self.length, device=at.device)
        mask = torch.zeros_like(places, dtype=torch.float32).masked_fill(places > at, -torch.inf)
        own = Part(rows.keys[..., : self.length, :], rows.values[..., : self.length, :], width=1, mask=mask[None])
        parts = [*self.shared, own]

        def attention(layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
            rows.keys[layer].index_copy_(2, at, k)
            rows.values[layer].index_copy_(2, at, v)
            return attend_parts(layer, q, parts)

        hidden = self.decoder.hidden(self.weights, rows.tokens[:, None], rows.positions[:, None], attention)
        rows.positions.add_(1)
        rows.write(self.decoder.logits(self.weights, hidden[:, 0]), self.temperature)

    def key(self) -> tuple:
        """Where all that a step reads and writes lies, and what is fixed in it: steps of equal keys do the same."""
        shared = [field for part in self.shared for field in part.fields()]
        given = [*self.weights.values(), *self.rows.buffers(), *shared]
        return tuple(place(each) for each in given), self.temperature, self.length


def place(given: torch.Tensor | int | None) -> object:
    """What identifies a tensor's memory and its form; anything else stands for itself."""
    if isinstance(given, torch.Tensor):
        return given.data_ptr(), tuple(given.shape), given.stride(), given.dtype
    return given
