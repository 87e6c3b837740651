"""What this GPU can do at most: measured in the same run, because floors from a data sheet compare nothing."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

# Large enough to fill any GPU of today; small where there is only a CPU and the numbers mean nothing.
COPY_BYTES = {"cuda": 4 * 2**30, "cpu": 2**26}
MATRIX = {"cuda": 8192, "cpu": 512}
REPEATS = 20


@dataclass(frozen=True)
class Ceilings:
    """Memory bandwidth, bytes read plus bytes written a second; matrix products in bfloat16, FLOP a second."""

    bandwidth: float
    flops: float


def seconds(work: Callable[[], object], device: str, repeats: int = REPEATS) -> float:
    """Median wall time; the device has finished before the clock is read."""
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    for _ in range(3):
        work()
    times = []
    for _ in range(repeats):
        wait()
        start = time.perf_counter()
        work()
        wait()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(device: str) -> Ceilings:
    """A copy on the device, and a product of two random matrices: zeros would run faster than real data."""
    source = torch.empty(COPY_BYTES[device], dtype=torch.uint8, device=device).random_(0, 256)
    target = torch.empty_like(source)
    copied = seconds(lambda: target.copy_(source), device)
    del source, target
    size = MATRIX[device]
    a, b = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    multiplied = seconds(lambda: a @ b, device)
    return Ceilings(2 * COPY_BYTES[device] / copied, 2 * size**3 / multiplied)
