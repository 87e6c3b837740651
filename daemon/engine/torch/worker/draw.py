"""Drawing one token a row, wholly on the device."""

import math

import torch

# Probabilities are cut to this fraction of 1. Sums of integers have no order, so running sums depend neither on the
# batch nor on the device's way of adding.
STEPS = 2.0**44
# Neighbouring tokens whose probabilities are added up first: the running sum goes over groups, then within one.
GROUP = 256


def draw(logits: torch.Tensor, temperature: float, uniforms: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A token a row from softmax(logits / temperature), by inverting its distribution; and its log-probability.

    `logits` are float32 [rows, vocabulary], `uniforms` float64 [rows]. Temperature 0 takes the first of the most likely
    tokens and reports its log-probability at temperature 1.
    """
    scaled = logits if temperature in (0, 1) else logits / temperature
    probabilities = scaled.softmax(-1)
    groups = probabilities.unflatten(-1, (-1, math.gcd(probabilities.shape[-1], GROUP)))
    below = running_sum(groups.sum(-1))
    total = below[:, -1:]
    if temperature > 0:
        wanted = (uniforms[:, None] * total).long()
        group = first_above(below, wanted)
        members = groups.gather(1, group[..., None].expand(-1, -1, groups.shape[-1]))[:, 0]
        before = torch.where(group > 0, below.gather(1, (group - 1).clamp(min=0)), 0)
        tokens = group * groups.shape[-1] + first_above(running_sum(members), wanted - before)
    else:
        tokens = logits.argmax(-1, keepdim=True)
    logprobs = probabilities.gather(1, tokens).double().log() - (total / STEPS).log()
    return tokens[:, 0], logprobs[:, 0]


def running_sum(probabilities: torch.Tensor) -> torch.Tensor:
    """Cumulative sums along the last axis, in units of 1/STEPS."""
    return (probabilities.double() * STEPS).long().cumsum(-1)


def first_above(below: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Where a row's running sum first exceeds what is wanted, [rows, 1]."""
    return torch.searchsorted(below, wanted, right=True).clamp(max=below.shape[-1] - 1)
