"""Drawing completions: prompts are prefilled once, then all answers of a wave advance one token at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from arena import Arena
from decoder import Decoder, Tensors
from decoding import Completion, Decoding, Drawing
from graph import Graphs
from prompts import Prompts, share
from waves import Means, Wave


class Sampler:
    """Draws from any weights of one decoder, within `budget` bytes for keys and values."""

    def __init__(self, decoder: Decoder, device: torch.device, decoding: Decoding, budget: int) -> None:
        self.decoder, self.device, self.decoding, self.budget = decoder, device, decoding, budget
        self.graphs = Graphs() if decoding.graph else None
        self.arena = Arena(device)

    def release(self) -> None:
        """Frees what is kept between calls: captured steps and their buffers."""
        self.graphs = Graphs() if self.decoding.graph else None
        self.arena = Arena(self.device)

    @torch.inference_mode()
    def sample(
        self,
        weights: Tensors,
        prompts: list[np.ndarray],
        keys: np.ndarray,
        drawing: Drawing,
        most: int,
        checkpoint: Callable[[int], None],
    ) -> list[Completion]:
        """One completion a prompt, at most `most` of them side by side.

        `checkpoint` is called between steps with the number of answers that ended.
        """
        completions: list[Completion | None] = [None] * len(prompts)
        # Prompts of like length share a wave, equal ones lie side by side.
        waiting = sorted(range(len(prompts)), key=lambda index: (-len(prompts[index]), prompts[index].tobytes()))
        means = Means(self.decoder, weights, self.decoding, self.arena, self.graphs)
        with plain_kernels():
            while waiting:
                shared, wave = self.wave(weights, prompts, waiting[:most], drawing)
                ended = len(prompts) - len(waiting)
                done = lambda more: checkpoint(ended + more)
                drawn = Wave(means, shared, keys[wave], drawing, done)
                for place, completion in drawn.draw():
                    completions[wave[place]] = completion
                waiting = waiting[len(wave) :]
        if not self.graphs:
            self.release()
        return completions

    def wave(
        self, weights: Tensors, prompts: list[np.ndarray], wave: list[int], drawing: Drawing
    ) -> tuple[Prompts, list[int]]:
        """As many of the first prompts as fit side by side, and what they share."""
        shape = self.decoder.shape
        token = 2 * weights["model.embed_tokens.weight"].itemsize * shape.layers * shape.kv_heads * shape.head_size
        while True:
            shared = share([prompts[i] for i in wave], self.decoding.shared_prompts, self.decoding.shared_prefix)
            slots, rows = self.decoding.rows(len(shared.slots)), self.decoding.rows(len(wave))
            held = slots * self.decoding.prompt_tokens(shared.longest)
            tokens = len(shared.prefix) + held + rows * drawing.max_tokens
            if tokens * token <= self.budget or len(wave) == 1:
                return shared, wave
            wave = wave[: len(wave) // 2]


@contextmanager
def plain_kernels() -> Iterator[None]:
    """Without PyTorch's switch for deterministic algorithms, which sends writes by index through a slower path.

    Here each place is written once, so their order does not matter.
    """
    switched = torch.are_deterministic_algorithms_enabled()
    if switched:
        torch.use_deterministic_algorithms(False)
    try:
        yield
    finally:
        if switched:
            torch.use_deterministic_algorithms(True)
