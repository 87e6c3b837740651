"""AdamW (Loshchilov & Hutter 2019) on one flat buffer."""

import math

import torch
from weights import Weights

# Elements that are updated at once: bounds the memory of the double-precision copies; a CPU has them in its cache.
CHUNK = {"cpu": 2**16, "cuda": 2**24}


class AdamW:
    """PyTorch's formulas, arithmetic in double precision and state in single, as in the onnx engine:

    m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  w ← w·(1 − lr·λ) − lr·(m/(1−β₁ᵗ)) / (sqrt(v/(1−β₂ᵗ)) + ε).
    """

    def __init__(self, weights: Weights) -> None:
        self.first_moment = weights.like()
        self.second_moment = weights.like()
        self.step = 0
        self.ranges = ranges(weights)
        longest = max(part.stop - part.start for part, _ in self.ranges)
        # g, m, v, w and one more: made once, because making them anew at every step left the heap in pieces.
        self.scratch = torch.empty(5, longest, dtype=torch.float64, device=weights.flat.device)

    def apply(self, weights: torch.Tensor, gradient: torch.Tensor, adam: dict[str, float]) -> float:
        """One step along −gradient; the gradient's norm before clipping. If that is not finite, nothing has changed."""
        norms = [torch.linalg.vector_norm(gradient[part], dtype=torch.float64) for part, _ in self.ranges]
        norm = math.sqrt(math.fsum(each * each for each in torch.stack(norms).tolist()))
        if not math.isfinite(norm):
            return norm
        limit = adam["maxGradNorm"]
        clip = limit / norm if 0 < limit < norm else 1.0
        beta1, beta2 = adam["beta1"], adam["beta2"]
        self.step += 1
        rate = adam["lr"] / (1 - beta1**self.step)
        correction = 1 / math.sqrt(1 - beta2**self.step)
        for part, decays in self.ranges:
            first, second, current = self.first_moment.flat[part], self.second_moment.flat[part], weights[part]
            g, m, v, w, other = self.scratch[:, : part.stop - part.start]
            g.copy_(gradient[part]).mul_(clip)
            m.copy_(first).mul_(beta1).add_(torch.mul(g, 1 - beta1, out=other))
            v.copy_(second).mul_(beta2).add_(torch.mul(g, g, out=other).mul_(1 - beta2))
            w.copy_(current).mul_(1 - adam["lr"] * adam["weightDecay"] if decays else 1)
            first.copy_(m)
            second.copy_(v)
            current.copy_(w.sub_(m.mul_(rate).div_(v.sqrt_().mul_(correction).add_(adam["eps"]))))
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
