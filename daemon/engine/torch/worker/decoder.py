"""The decoder of Llama, Qwen2 and Qwen3, as functions of its weights."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import torch
import torch.nn.functional as F
from linear import linear
from lora import StraightThrough
from shape import Adapter, Shape
from torch.utils.checkpoint import checkpoint

Tensors = Mapping[str, torch.Tensor]

LAYER = "model.layers."

# On a CPU the compiler would pack weights for measuring, which it can only do with constants.
COMPILER = {"cpp.weight_prepack": False}

# How a layer's queries find keys and values: (layer, q [B, heads, L, size], k, v [B, kv_heads, L, size]) → as q.
# Everything else of the decoder is the same in training and in decoding.
Attention = Callable[[int, torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Softmax attention, causal where there is no mask; fewer key/value heads than query heads are shared."""
    grouped = q.shape[1] != k.shape[1]
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None, enable_gqa=grouped)


class Decoder:
    """Maps tokens to hidden states and logits. Works in the type of the weights it is given; holds none itself."""

    def __init__(
        self,
        shape: Shape,
        adapter: Adapter | None,
        device: torch.device,
        *,
        merged: bool = False,
        compiled: bool = False,
        static: bool = False,
    ) -> None:
        """`merged`: weights that an adapter targets come with it merged in, and its A and B only receive gradients.

        `compiled`: what a layer does before and after its attention is compiled; `static`: anew for each number of
        tokens.
        """
        self.shape = shape
        self.adapter = adapter
        self.merged = merged
        # Each layer for itself is computed again in the backward pass, in place of keeping what it made.
        self.checkpointing = False
        self.frequencies = rotary_frequencies(shape).to(device)
        if compiled:
            # Two kinds of passes, a few numbers of tokens each; PyTorch's own limit would leave some of them eager.
            torch._dynamo.config.recompile_limit = 64
            compile_ = partial(torch.compile, dynamic=False if static else None, options=COMPILER)
            self.enter, self.leave = compile_(self.enter), compile_(self.leave)

    def hidden(
        self, weights: Tensors, tokens: torch.Tensor, positions: torch.Tensor, attention: Attention
    ) -> torch.Tensor:
        """Last hidden states after the final norm: [B, L, hidden]. `tokens` are [B, L], `positions` [B or 1, L]."""
        x = F.embedding(tokens, weights["model.embed_tokens.weight"])
        turn = self.rotation(positions, x.dtype)
        for index, layer in enumerate(by_layer(weights, self.shape.layers)):
            if self.checkpointing and torch.is_grad_enabled():
                x = checkpoint(self.layer, x, layer, turn, attention, index, use_reentrant=False)
            else:
                x = self.layer(x, layer, turn, attention, index)
        return self.norm(x, weights, "model.norm")

    def layer(
        self,
        x: torch.Tensor,
        weights: Tensors,
        turn: tuple[torch.Tensor, torch.Tensor],
        attention: Attention,
        index: int,
    ) -> torch.Tensor:
        """One layer, with its own weights under their names within it."""
        mixed = attention(index, *self.enter(x, weights, turn))
        return self.leave(x, mixed, weights)

    def enter(
        self, x: torch.Tensor, weights: Tensors, turn: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What attention takes: rotated queries and keys, and values."""
        shape = self.shape
        normed = self.norm(x, weights, "input_layernorm")
        q = self.split(self.project(normed, weights, "self_attn.q_proj"), shape.heads)
        k = self.split(self.project(normed, weights, "self_attn.k_proj"), shape.kv_heads)
        v = self.split(self.project(normed, weights, "self_attn.v_proj"), shape.kv_heads)
        if shape.qk_norm:
            q = self.norm(q, weights, "self_attn.q_norm")
            k = self.norm(k, weights, "self_attn.k_norm")
        return rotate(q, *turn), rotate(k, *turn), v

    def leave(self, x: torch.Tensor, mixed: torch.Tensor, weights: Tensors) -> torch.Tensor:
        """The layer's output from its input and what attention returned."""
        x = x + self.project(mixed.transpose(1, 2).flatten(2), weights, "self_attn.o_proj")
        normed = self.norm(x, weights, "post_attention_layernorm")
        gate = F.silu(self.project(normed, weights, "mlp.gate_proj"))
        inner = gate * self.project(normed, weights, "mlp.up_proj")
        return x + self.project(inner, weights, "mlp.down_proj")

    def head(self, weights: Tensors) -> torch.Tensor:
        """The output layer [vocabulary, hidden]."""
        return weights[self.head_name]

    @property
    def head_name(self) -> str:
        """The output layer's name; it may be the embedding."""
        return "model.embed_tokens.weight" if self.shape.tied_embeddings else "lm_head.weight"

    def logits(self, weights: Tensors, hidden: torch.Tensor) -> torch.Tensor:
        """[…, hidden] → […, vocabulary], in float32."""
        return linear(hidden, self.head(weights)).float()

    def norm(self, x: torch.Tensor, weights: Tensors, name: str) -> torch.Tensor:
        """x / rms(x) · weight, over the last axis."""
        return F.rms_norm(x, x.shape[-1:], weights[f"{name}.weight"], self.shape.norm_epsilon)

    def project(self, x: torch.Tensor, weights: Tensors, module: str) -> torch.Tensor:
        """x·Wᵀ, plus its bias where it has one, plus the adapter's s·(x·Aᵀ)·Bᵀ where it targets this projection."""
        weight, bias = weights[f"{module}.weight"], weights.get(f"{module}.bias")
        a, b = weights.get(f"{module}.lora_A.weight"), weights.get(f"{module}.lora_B.weight")
        if a is not None and self.merged:
            return StraightThrough.apply(x, weight, bias, a, b, self.adapter.scale)
        y = linear(x, weight, bias)
        if a is None:
            return y
        return y + self.adapter.scale * F.linear(F.linear(x, a), b)

    def split(self, x: torch.Tensor, heads: int) -> torch.Tensor:
        """[B, L, heads·size] → [B, heads, L, size]."""
        return x.unflatten(-1, (heads, self.shape.head_size)).transpose(1, 2)

    def rotation(self, positions: torch.Tensor, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
        """cos and sin of each position's angles, [B or 1, 1, L, size/2]; computed in double precision."""
        angles = (positions[..., None] * self.frequencies)[:, None]
        return angles.cos().to(dtype), angles.sin().to(dtype)


def by_layer(weights: Tensors, layers: int) -> list[dict[str, torch.Tensor]]:
    """Each layer's weights, under their names within it."""
    parts: list[dict[str, torch.Tensor]] = [{} for _ in range(layers)]
    for name, tensor in weights.items():
        if name.startswith(LAYER):
            layer, own = name[len(LAYER) :].split(".", 1)
            parts[int(layer)][own] = tensor
    return parts


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Turns the pairs (x_i, x_{i + size/2}) of each head."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def rotary_frequencies(shape: Shape) -> torch.Tensor:
    """Angle per position of a head's pairs, radians: θ^(−2i/size), slowed down as Llama 3 does; float64 [size/2]."""
    plain = shape.rope_theta ** (-2 * torch.arange(shape.head_size // 2, dtype=torch.float64) / shape.head_size)
    if shape.rope_scaling is None:
        return plain
    # Fast turns stay, slow ones are divided by `factor`, between them a straight line in turns per first training.
    factor, low, high, first_positions = shape.rope_scaling
    turns = first_positions * plain / (2 * math.pi)
    kept = ((turns - low) / (high - low)).clamp(0, 1)
    return kept * plain + (1 - kept) * (plain / factor)
