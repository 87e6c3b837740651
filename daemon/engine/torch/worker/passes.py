"""Forward and backward passes over one micro-batch, on the fast or on the plain path."""

from dataclasses import dataclass

import head
import numpy as np
import torch
from decoder import Decoder, Tensors
from fast import Fast
from layout import Layout, packed, packed_tokens, padded, padded_tokens
from prefix_tree import Sequence
from tree_attention import flash_takes


@dataclass(frozen=True)
class Graph:
    """A forward pass that waits for its backward pass."""

    layout: Layout
    weights: Tensors
    # Last hidden states where response tokens are predicted: [N, hidden].
    hidden: torch.Tensor


class Passes:
    """Runs micro-batches through a decoder."""

    def __init__(self, decoder: Decoder, fast: Fast, dtype: torch.dtype, device: torch.device, bucket: int) -> None:
        """`bucket`: packed rows are as long as a multiple of this."""
        self.decoder = decoder
        self.fast = fast
        self.device = device
        self.bucket = bucket
        self.flash = flash_takes(device, dtype, decoder.shape.head_size)

    def tokens(self, batch: list[Sequence]) -> int:
        """Tokens that a micro-batch computes."""
        return packed_tokens(batch) if self.fast.sharedPrompts else padded_tokens(batch)

    def graph(self, weights: Tensors, batch: list[Sequence]) -> Graph:
        """The forward pass up to the last hidden states."""
        if self.fast.sharedPrompts:
            layout = packed(batch, self.bucket, self.flash, self.device)
        else:
            layout = padded(batch, self.device)
        hidden = self.decoder.hidden(weights, layout.tokens, layout.positions, layout.attention)
        return Graph(layout, weights, hidden.flatten(0, 1).index_select(0, layout.places))

    def measured(self, graph: Graph, temperature: float) -> torch.Tensor:
        """Log-probabilities of all response tokens, one after the other; on the plain path with their graph."""
        measure = head.chunked_logprobs if self.fast.chunkedLogits else head.full_logprobs
        return measure(graph.hidden, self.decoder.head(graph.weights), graph.layout.targets, temperature)

    def weighted(
        self, graph: Graph, temperature: float, coefficients: np.ndarray, parameters: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Log-probabilities, and the gradient of Σ coefficient·logp by each parameter that it depends on."""
        given = torch.tensor(coefficients, device=self.device)
        if self.fast.chunkedLogits:
            name = self.decoder.head_name
            by_head = torch.zeros_like(parameters[name]) if name in parameters else None
            last, matrix = graph.hidden, self.decoder.head(graph.weights)
            measured, slope = head.weighted_gradient(last, matrix, graph.layout.targets, temperature, given, by_head)
            gradients = grad(last, parameters, slope)
            if by_head is not None:
                gradients[name] = by_head.add_(gradients[name]) if name in gradients else by_head
            return measured, gradients
        measured = self.measured(graph, temperature)
        return measured.detach(), grad(measured, parameters, given)


def grad(output: torch.Tensor, parameters: dict[str, torch.Tensor], slope: torch.Tensor) -> dict[str, torch.Tensor]:
    """∇Σ slope·output, by the parameters that output depends on."""
    found = torch.autograd.grad(output, list(parameters.values()), slope, allow_unused=True)
    return {name: gradient for name, gradient in zip(parameters, found) if gradient is not None}


def split_responses(logprobs: torch.Tensor, batch: list[Sequence]) -> list[np.ndarray]:
    """Log-probabilities of a micro-batch, per sequence."""
    ends = np.cumsum([len(each.response) for each in batch])
    return np.split(logprobs.cpu().numpy(), ends[:-1])
