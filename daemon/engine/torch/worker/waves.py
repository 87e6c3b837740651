"""Answers that are written side by side, from their prompts to their ends: the host's part of decoding."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from arena import Arena
from decoder import Decoder, Tensors
from decoding import Completion, Decoding, Drawing
from graph import Graphs
from prefill import prefill
from prompts import Prompts
from rows import BLOCK, Rows
from step import Step


@dataclass(frozen=True)
class Means:
    """What computes a wave."""

    decoder: Decoder
    weights: Tensors
    decoding: Decoding
    arena: Arena
    graphs: Graphs | None


class Wave:
    """Which row writes which answer from which slot's prompt; rows that ended are dropped when half of them have."""

    def __init__(
        self,
        means: Means,
        prompts: Prompts,
        keys: np.ndarray,
        drawing: Drawing,
        checkpoint: Callable[[int], None],
    ) -> None:
        """`keys` are of all answers of the wave. `checkpoint` is called at every look with the answers that ended."""
        self.means, self.drawing, self.checkpoint, self.keys = means, drawing, checkpoint, keys
        decoding, shape = means.decoding, means.decoder.shape
        # Rows of one slot lie together; further rows are padding.
        self.answers = np.array([row for slot in prompts.slots for row in slot.rows])
        self.slots = np.repeat(np.arange(len(prompts.slots)), [len(slot.rows) for slot in prompts.slots])
        self.finished: list[tuple[int, Completion]] = []

        extent = decoding.rows(len(prompts.slots)), decoding.prompt_tokens(prompts.longest)
        filled = prefill(means.decoder, means.weights, prompts, means.arena, extent, lambda: checkpoint(0))
        self.prefix, self.held = filled.prefix, filled.slots
        count, dtype = decoding.rows(len(self.answers)), filled.slots.keys.dtype
        self.rows = Rows.empty(means.arena, shape, dtype, count, drawing.max_tokens, drawing.stop_tokens)
        self.arrange()

        asked = np.zeros(count, np.int64)
        asked[: len(self.answers)] = np.array([slot.prompt for slot in prompts.slots])[self.slots]
        lengths = len(prompts.prefix) + np.array([len(each) for each in prompts.suffixes])[asked]
        self.rows.positions.copy_(torch.from_numpy(lengths))
        self.rows.ended[len(self.answers) :] = True
        self.rows.set_noise(keys[self.answers], 0)
        asked = torch.from_numpy(asked).to(means.arena.device)
        self.rows.write(filled.logits.index_select(0, asked), drawing.temperature)

    def draw(self) -> list[tuple[int, Completion]]:
        """The answers, each with its place in the wave."""
        decoding, most = self.means.decoding, self.drawing.max_tokens
        drawn = 1
        while True:
            ended = self.rows.ended.cpu().numpy()[: len(self.answers)]
            live = np.flatnonzero(~ended)
            self.checkpoint(len(self.finished) + len(ended) - len(live))
            if len(live) == 0 or drawn == most:
                self.finish(np.arange(len(ended)))
                return self.finished
            if 2 * decoding.rows(len(live)) <= self.rows.count:
                self.finish(np.flatnonzero(ended))
                self.keep(live)
            if drawn % BLOCK == 0:
                self.rows.set_noise(self.keys[self.answers], drawn)
            until = min(most, drawn - drawn % decoding.look + decoding.look)
            self.advance(until, until - drawn)
            drawn = until

    def advance(self, until: int, steps: int) -> None:
        """So many steps, after which each row has drawn `until` tokens."""
        means = self.means
        # The last token drawn is not read.
        length = means.decoding.answer_tokens(until - 1, self.drawing.max_tokens)
        step = Step(means.decoder, means.weights, self.rows, self.shared, length, self.drawing.temperature)
        if means.graphs:
            means.graphs.run(step, steps)
        else:
            for _ in range(steps):
                step()

    def finish(self, rows: np.ndarray) -> None:
        """Takes the answers of some rows."""
        index = torch.from_numpy(rows).to(self.means.arena.device)
        tokens, logprobs, lengths, ended = (
            buffer.index_select(0, index).cpu().numpy()
            for buffer in (self.rows.drawn, self.rows.logprobs, self.rows.lengths, self.rows.ended)
        )
        for row, length in enumerate(lengths):
            completion = Completion(tokens[row, :length], logprobs[row, :length], bool(ended[row]))
            self.finished.append((int(self.answers[rows[row]]), completion))

    def keep(self, live: np.ndarray) -> None:
        """Drops all other rows, and slots that nobody reads any more."""
        decoding = self.means.decoding
        count = decoding.rows(len(live))
        index = np.zeros(count, np.int64)
        index[: len(live)] = live
        self.rows = self.rows.kept(torch.from_numpy(index).to(self.means.arena.device))
        self.rows.ended[len(live) :] = True
        used, self.slots = np.unique(self.slots[live], return_inverse=True)
        self.answers = self.answers[live]
        self.held = self.held.kept(used, decoding.rows(len(used)))
        self.arrange()

    def arrange(self) -> None:
        """Tells the shared parts which rows read them."""
        width = self.means.decoding.rows(int(np.bincount(self.slots).max()))
        held = self.held.of_rows(self.means.arena, self.slots, width, self.rows.count)
        self.shared = [held] if self.prefix is None else [replace(self.prefix, width=self.rows.count), held]
