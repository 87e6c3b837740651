"""Memory that returns: a buffer of one name lies at the same address as long as no larger one was asked for."""

import math

import numpy as np
import torch


class Arena:
    """Named buffers on one device. Steps that a CUDA graph holds find theirs where they were when it was captured."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.buffers: dict[str, torch.Tensor] = {}

    def zeros(self, name: str, extent: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
        """A buffer of zeros, in the place of the last one of this name: that must no longer be in use."""
        size = math.prod(extent)
        buffer = self.buffers.get(name)
        if buffer is None or buffer.numel() < size or buffer.dtype != dtype:
            # Gone before its successor comes.
            self.buffers.pop(name, None)
            buffer = self.buffers[name] = torch.empty(size, dtype=dtype, device=self.device)
        return buffer[:size].view(extent).zero_()

    def put(self, name: str, array: np.ndarray) -> torch.Tensor:
        """An array's copy in a buffer of its name."""
        tensor = torch.from_numpy(array)
        return self.zeros(name, tuple(tensor.shape), tensor.dtype).copy_(tensor)
