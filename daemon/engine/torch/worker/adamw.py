"""AdamW (Loshchilov & Hutter 2019) on one flat buffer."""

import math

import torch
from weights import Weights

# Elements that are updated at once: bounds the memory of the double-precision copies.
CHUNK = {"cpu": 2**22, "cuda": 2**24}


class AdamW:
    """PyTorch's formulas, arithmetic in double precision and state in single, as in the onnx engine:

    m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  w ← w·(1 − lr·λ) − lr·(m/(1−β₁ᵗ)) / (sqrt(v/(1−β₂ᵗ)) + ε).
    """

    def __init__(self, weights: Weights) -> None:
        self.first_moment = weights.like()
        self.second_moment = weights.like()
        self.step = 0
        self.ranges = ranges(weights)

    def apply(self, weights: torch.Tensor, gradient: torch.Tensor, adam: dict[str, float]) -> float:
        """One step along −gradient; the gradient's norm before clipping. If that is not finite, nothing has changed."""
        squares = [gradient[part].double().square().sum() for part, _ in self.ranges]
        norm = math.sqrt(math.fsum(torch.stack(squares).tolist()))
        if not math.isfinite(norm):
            return norm
        limit = adam["maxGradNorm"]
        clip = limit / norm if 0 < limit < norm else 1.0
        beta1, beta2 = adam["beta1"], adam["beta2"]
        self.step += 1
        rate = adam["lr"] / (1 - beta1**self.step)
        correction = 1 / math.sqrt(1 - beta2**self.step)
        for part, decays in self.ranges:
            g = gradient[part].double() * clip
            m = beta1 * self.first_moment.flat[part].double() + (1 - beta1) * g
            v = beta2 * self.second_moment.flat[part].double() + (1 - beta2) * g * g
            w = weights[part].double() * (1 - adam["lr"] * adam["weightDecay"] if decays else 1)
            weights[part] = w - rate * m / (v.sqrt() * correction + adam["eps"])
            self.first_moment.flat[part] = m
            self.second_moment.flat[part] = v
        return norm


def ranges(weights: Weights) -> list[tuple[slice, bool]]:
    """The flat buffer in pieces of at most a CHUNK, and whether their weights decay: matrices do, norms don't."""
    chunk = CHUNK[weights.flat.device.type]
    runs: list[tuple[int, bool]] = []
    for start, parameter in zip(weights.starts, weights.parameters):
        decays = len(parameter.shape) > 1
        if not runs or runs[-1][1] != decays:
            runs.append((start, decays))
    ends = [start for start, _ in runs[1:]] + [weights.flat.numel()]
    return [
        (slice(at, min(at + chunk, end)), decays)
        for (start, decays), end in zip(runs, ends)
        for at in range(start, end, chunk)
    ]
