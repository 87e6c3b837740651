"""LoRA as a merged copy of the weights that it targets, and gradients of A and B through that copy."""

import noise
import torch
from linear import linear
from shape import Adapter, Shape
from weights import Parameter, Weights

A, B = ".lora_A.weight", ".lora_B.weight"
Tensors = dict[str, torch.Tensor]


def merged_parameters(shape: Shape, adapter: Adapter) -> list[Parameter]:
    """The weights that an adapter changes."""
    return [
        Parameter(f"model.layers.{layer}.{module}.weight", extent)
        for layer in range(shape.layers)
        for module, extent in (shape.projections()[target] for target in adapter.targets)
    ]


def merge_into(merged: Weights, base: Tensors, adapter: Tensors, settings: Adapter, step: int) -> None:
    """W + s·B·A of each target, from the pristine W.

    In bfloat16 it is rounded stochastically, with noise of (seed of the adapter, step, tensor) and nothing else.
    """
    for index, (name, target) in enumerate(merged.views().items()):
        module = name.removesuffix(".weight")
        exact = torch.addmm(base[name].float(), adapter[module + B], adapter[module + A], alpha=settings.scale)
        if target.dtype == torch.bfloat16:
            generator = torch.Generator(exact.device).manual_seed(noise.rounding_seed(settings.seed, step, index))
            exact = round_stochastically(exact, generator)
        target.copy_(exact)


def round_stochastically(exact: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each float32 as one of its two neighbours in bfloat16, the nearer the likelier: right on average.

    A step of training is far below the spacing of bfloat16. Rounding to nearest loses most of it; so rounded, a fitting
    share of the weights moves. What is a bfloat16 already stays as it is.
    """
    bits = exact.view(torch.int32)
    random = torch.randint(2**16, bits.shape, dtype=torch.int32, device=bits.device, generator=generator)
    # A bfloat16 is the upper half of a float32: the lower half is the probability of the carry.
    return ((bits + random) & -(2**16)).view(torch.float32).bfloat16()


class StraightThrough(torch.autograd.Function):
    """y = x·W'ᵀ + b with a merged W' ≈ W + s·B·A; gradients go to x, A and B as if W' were exactly that.

    dx = g·W', dB = s·gᵀ·(x·Aᵀ), dA = s·(g·B)ᵀ·x: nothing of W's size is made. A and B are given in the computing type.
    """

    @staticmethod
    def forward(ctx, x, weight, bias, a, b, scale):  # noqa: ANN001, ANN205 (autograd's own signature)
        ctx.save_for_backward(x, weight, a, b)
        ctx.scale = scale
        return linear(x, weight, bias)

    @staticmethod
    def backward(ctx, grad):  # noqa: ANN001, ANN205
        x, weight, a, b = ctx.saved_tensors
        dx = linear(grad, weight.T) if ctx.needs_input_grad[0] else None
        g, flat = grad.flatten(0, -2), x.flatten(0, -2)
        db = ctx.scale * (g.T @ (flat @ a.T))
        da = ctx.scale * ((g @ b).T @ flat)
        return dx, None, None, da, db, None
