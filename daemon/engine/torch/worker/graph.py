"""Steps as CUDA graphs: one launch in place of the hundreds that a step's kernels take."""

from collections.abc import Hashable

import torch
from step import Step

# Captured steps that are kept; the oldest goes first.
MOST = 64


class Graphs:
    """Steps captured so far, by the buffers that they work on."""

    def __init__(self) -> None:
        self.captured: dict[Hashable, torch.cuda.CUDAGraph] = {}
        # One after the other they may use the same memory for what a step keeps to itself.
        self.pool = torch.cuda.graph_pool_handle()

    def run(self, step: Step, times: int) -> None:
        """Takes a step so many times."""
        key = step.key()
        graph = self.captured.get(key)
        if graph is None:
            # What libraries set up at their first call must not be captured, so the first step is taken as it is.
            step()
            times -= 1
            graph = torch.cuda.CUDAGraph()
            # Other threads of the process do nothing on the GPU that a capture would have to forbid.
            with torch.cuda.graph(graph, pool=self.pool, capture_error_mode="thread_local"):
                step()
            self.captured[key] = graph
            if len(self.captured) > MOST:
                del self.captured[next(iter(self.captured))]
        for _ in range(times):
            graph.replay()

