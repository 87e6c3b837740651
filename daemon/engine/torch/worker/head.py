"""From last hidden states to log-probabilities of given tokens, and the gradient of their weighted sum.

Chunk by chunk: no tensor of [all tokens, vocabulary] is ever made, and a chunk's gradient is computed while its logits
are there.
"""

import torch
import torch.nn.functional as F
from linear import linear

# Bytes of a chunk's logits in float32; on a CPU they stay in its cache.
CHUNK_BYTES = {"cpu": 2**22, "cuda": 2**29}
# With fewer rows the product itself gets slow.
FEWEST_ROWS = 128


def chunk_rows(head: torch.Tensor) -> int:
    """Tokens whose logits are there at once."""
    return max(FEWEST_ROWS, CHUNK_BYTES[head.device.type] // (4 * len(head)))


def full_logprobs(hidden: torch.Tensor, head: torch.Tensor, targets: torch.Tensor, temperature: float) -> torch.Tensor:
    """Log-probability of each target [N] from hidden [N, H] and head [V, H], all logits at once, with its graph."""
    logits = linear(hidden, head).float()
    return -F.cross_entropy(logits / temperature, targets, reduction="none")


@torch.no_grad()
def chunked_logprobs(
    hidden: torch.Tensor, head: torch.Tensor, targets: torch.Tensor, temperature: float
) -> torch.Tensor:
    """As `full_logprobs`, without a graph."""
    rows = chunk_rows(head)
    measured = []
    for part, wanted in zip(hidden.split(rows), targets.split(rows)):
        scaled = tempered(linear(part, head).float(), temperature)
        measured.append(scaled.gather(1, wanted[:, None])[:, 0] - scaled.logsumexp(-1))
    return torch.cat(measured)


def tempered(logits: torch.Tensor, temperature: float) -> torch.Tensor:
    """logits / temperature, in place."""
    return logits if temperature == 1 else logits.div_(temperature)


@torch.no_grad()
def weighted_gradient(
    hidden: torch.Tensor,
    head: torch.Tensor,
    targets: torch.Tensor,
    temperature: float,
    coefficients: torch.Tensor,
    head_gradient: torch.Tensor | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probabilities, and the gradient of Σ coefficient·logp by `hidden`; that by the head goes to `head_gradient`.

    dlogp/dlogits = (onehot(target) − softmax) / temperature.
    """
    logprobs = torch.empty(len(targets), device=hidden.device)
    gradient = torch.empty_like(hidden)
    rows = chunk_rows(head)
    for start in range(0, len(targets), rows):
        part = slice(start, start + rows)
        scaled = tempered(linear(hidden[part], head).float(), temperature)
        wanted, weight = targets[part, None], coefficients[part, None] / temperature
        log_softmax = scaled.sub_(scaled.logsumexp(-1, keepdim=True))
        logprobs[part] = log_softmax.gather(1, wanted)[:, 0]
        slope = log_softmax.exp_().mul_(-weight).scatter_add_(1, wanted, weight).to(head.dtype)
        gradient[part] = linear(slope, head.T)
        if head_gradient is not None:
            head_gradient += linear(slope.T, hidden[part].T)
    return logprobs, gradient
