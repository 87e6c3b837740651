"""The decoder of Llama, Qwen2 and Qwen3, as functions of its weights."""

import math
from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from shape import Adapter, Shape

Tensors = Mapping[str, torch.Tensor]

# How a layer's queries find keys and values: (layer, q [B, heads, L, size], k, v [B, kv_heads, L, size]) → as q.
# Everything else of the decoder is the same in training and in decoding.
Attention = Callable[[int, torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Softmax attention, causal where there is no mask; fewer key/value heads than query heads are shared."""
    grouped = q.shape[1] != k.shape[1]
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None, enable_gqa=grouped)


class Decoder:
    """Maps tokens to hidden states and logits. Works in the type of the weights it is given; holds none itself."""

    def __init__(self, shape: Shape, adapter: Adapter | None, device: torch.device) -> None:
        self.shape = shape
        self.adapter = adapter
        self.frequencies = rotary_frequencies(shape).to(device)

    def hidden(
        self, weights: Tensors, tokens: torch.Tensor, positions: torch.Tensor, attention: Attention
    ) -> torch.Tensor:
        """Last hidden states after the final norm: [B, L, hidden]. `tokens` are [B, L], `positions` [B or 1, L]."""
        shape = self.shape
        x = F.embedding(tokens, weights["model.embed_tokens.weight"])
        turn = self.rotation(positions, x.dtype)
        for layer in range(shape.layers):
            prefix = f"model.layers.{layer}"
            normed = self.norm(x, weights, f"{prefix}.input_layernorm")
            q = self.split(self.project(normed, weights, f"{prefix}.self_attn.q_proj"), shape.heads)
            k = self.split(self.project(normed, weights, f"{prefix}.self_attn.k_proj"), shape.kv_heads)
            v = self.split(self.project(normed, weights, f"{prefix}.self_attn.v_proj"), shape.kv_heads)
            if shape.qk_norm:
                q = self.norm(q, weights, f"{prefix}.self_attn.q_norm")
                k = self.norm(k, weights, f"{prefix}.self_attn.k_norm")
            mixed = attention(layer, rotate(q, *turn), rotate(k, *turn), v).transpose(1, 2).flatten(2)
            x = x + self.project(mixed, weights, f"{prefix}.self_attn.o_proj")

            normed = self.norm(x, weights, f"{prefix}.post_attention_layernorm")
            gate = F.silu(self.project(normed, weights, f"{prefix}.mlp.gate_proj"))
            inner = gate * self.project(normed, weights, f"{prefix}.mlp.up_proj")
            x = x + self.project(inner, weights, f"{prefix}.mlp.down_proj")
        return self.norm(x, weights, "model.norm")

    def logits(self, weights: Tensors, hidden: torch.Tensor) -> torch.Tensor:
        """[…, hidden] → […, vocabulary], in float32."""
        name = "model.embed_tokens.weight" if self.shape.tied_embeddings else "lm_head.weight"
        return F.linear(hidden, weights[name]).float()

    def norm(self, x: torch.Tensor, weights: Tensors, name: str) -> torch.Tensor:
        """x / rms(x) · weight, over the last axis."""
        return F.rms_norm(x, x.shape[-1:], weights[f"{name}.weight"], self.shape.norm_epsilon)

    def project(self, x: torch.Tensor, weights: Tensors, module: str) -> torch.Tensor:
        """x·Wᵀ, plus its bias where it has one, plus the adapter's s·(x·Aᵀ)·Bᵀ where it targets this projection."""
        y = F.linear(x, weights[f"{module}.weight"], weights.get(f"{module}.bias"))
        a = weights.get(f"{module}.lora_A.weight")
        if a is None:
            return y
        return y + self.adapter.scale * F.linear(F.linear(x, a), weights[f"{module}.lora_B.weight"])

    def split(self, x: torch.Tensor, heads: int) -> torch.Tensor:
        """[B, L, heads·size] → [B, heads, L, size]."""
        return x.unflatten(-1, (heads, self.shape.head_size)).transpose(1, 2)

    def rotation(self, positions: torch.Tensor, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
        """cos and sin of each position's angles, [B or 1, 1, L, size/2]; computed in double precision."""
        angles = (positions[..., None] * self.frequencies)[:, None]
        return angles.cos().to(dtype), angles.sin().to(dtype)


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
